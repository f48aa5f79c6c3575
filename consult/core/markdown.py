"""Markdown to safe HTML: no raw HTML, no images, no links to scripts."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

TAGS = {
    "p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "*": {"lang", "dir"}}
SCHEMES = {"http", "https", "mailto"}
# How many rendered pieces a process keeps. A page asks for all its blocks in turn, so a cache smaller than the
# longest document (5,000 blocks) would forget each block just before it is wanted again.
KEPT = 16_384
_NOWHERE = re.compile(r'<a rel="nofollow">(.*?)</a>', re.DOTALL)


def _image_as_words(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _environment: MutableMapping[str, Any],
) -> str:
    """A picture is its description: pages ask no other host for anything, and read no file."""
    return escapeHtml(tokens[place].content)


def make_parser() -> MarkdownIt:
    """The one kind of parser, for import and for display: CommonMark with tables, raw HTML shown as text."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    made.add_render_rule("image", _image_as_words)
    return made


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return make_parser()


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep links to other sites and within the page; an address without a scheme would point into this instance."""
    if tag == "a" and name == "href":
        return value if value.startswith("#") or value.partition(":")[0].lower() in SCHEMES else None
    return value


def _clean(html: str) -> Markup:
    cleaned = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_attribute, url_schemes=SCHEMES, link_rel="nofollow"
    )
    # Words that lead nowhere are no link.
    return Markup(_NOWHERE.sub(r"\1", cleaned))  # noqa: S704 - cleaned above


@lru_cache(maxsize=KEPT)
def to_html(source: str) -> Markup:
    """Blocks of Markdown as safe HTML."""
    return _clean(_parser().render(source))


@lru_cache(maxsize=KEPT)
def to_inline_html(source: str) -> Markup:
    """One line of Markdown as safe HTML without a surrounding paragraph, as in headings."""
    return _clean(_parser().renderInline(source))
