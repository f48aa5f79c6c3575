"""Markdown to safe HTML: no raw HTML, no images, no links to scripts."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "*": {"lang", "dir"}}


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The one parser, for import and for display: CommonMark with tables, raw HTML shown as text."""
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def _clean(html: str) -> Markup:
    return Markup(  # noqa: S704 - cleaned in the same expression
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel="nofollow")
    )


@lru_cache(maxsize=4096)
def to_html(source: str) -> Markup:
    """Blocks of Markdown as safe HTML."""
    return _clean(parser().render(source))


@lru_cache(maxsize=4096)
def to_inline_html(source: str) -> Markup:
    """One line of Markdown as safe HTML without a surrounding paragraph, as in headings."""
    return _clean(parser().renderInline(source))
