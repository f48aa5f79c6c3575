"""A message as HTML, made from its plain text: escaped, its languages marked, our own addresses as links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from consult.core.locale import direction
from consult.core.marking import split_marked

# No colours, so that dark stays dark; no picture and nothing that is fetched, so that nobody learns who opened it.
_STYLE = "font-family:sans-serif;font-size:16px;line-height:1.75;max-width:40em;overflow-wrap:anywhere"
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")


def html_of(text: str, *, language: str, title: str, public_url: str) -> str:
    """The HTML part of a message.

    Args:
        text: the message, perhaps with words in other languages (`consult.core.context.in_language`).
        language: of the message.
        title: its subject.
        public_url: what our own addresses begin with; no other becomes a link, whoever wrote it.
    """
    ours = re.compile(rf"{re.escape(public_url)}/[^\s<>\"]*[^\s<>\".,;:!?)]")
    pieces = split_marked(_BLANK.sub("\n\n", text.strip()))
    flow = Markup("").join(_piece(words, code, ours) for code, words in pieces)
    body = Markup("\n").join(
        Markup("<p>{}</p>").format(block.strip("\n").replace("\n", Markup("<br>\n")))
        for block in flow.split("\n\n")
        if block.strip()
    )
    whole = Markup(
        '<!doctype html>\n<html lang="{0}" dir="{1}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n<title>{2}</title>\n</head>\n<body>\n'
        # Once more, since many readers of mail throw away what stands around the body.
        '<div lang="{0}" dir="{1}" style="{3}">\n{4}\n</div>\n</body>\n</html>\n'
    )
    return str(whole.format(language, direction(language), title, _STYLE, body))


def _piece(words: str, language: str, ours: re.Pattern[str]) -> Markup:
    """Some words; in another language each paragraph of them is marked by itself, so that it can stand in one."""
    if not language:
        return _linked(words, ours)
    # A passage is a block, so that it begins at its own margin; a name or a title stays in its line.
    style = Markup(' style="display:block"') if len(words) > _LONG else ""
    mark = Markup('<span lang="{}" dir="{}"{}>{}</span>')
    return Markup("\n\n").join(
        mark.format(language, direction(language), style, _linked(part, ours)) if part.strip() else escape(part)
        for part in words.split("\n\n")
    )


_LONG = 80


def _linked(words: str, ours: re.Pattern[str]) -> Markup:
    made, end = Markup(""), 0
    for found in ours.finditer(words):
        made += escape(words[end : found.start()])
        made += Markup('<a href="{0}"><bdi dir="ltr">{0}</bdi></a>').format(found[0])
        end = found.end()
    return made + escape(words[end:])
