"""The words of a block as people see and copy them: plain text.

What is drawn has a number, a mark of a list, links and bold words; what somebody selects has none of these. This is
the one rule that the server, the API and the script in the browser (``static/pointing.js``) keep to; positions are
counted in what `plain_text` gives:

1. the block is drawn (``core.markdown``), without its number and its mark of a list;
2. where a block of it ends, or a line, a space stands;
3. white space of any kind and length is one space, none at the ends;
4. marks of footnotes, and whatever carries ``data-beside``, are left out;
5. the whole is in Unicode NFC, and positions count its code points.

Texts that are compared (`plain_lines`) keep their lines, and marks of footnotes as raised numbers: where a mark alone
changed, that is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from markupsafe import Markup

from consult.core.markdown import KEPT, to_html, to_inline_html
from consult.documents.enums import BlockKind

SPACE = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space, as the inside of a set of characters: named one by one, because Python's and a browser's differ."""
SPACES = re.compile(f"[{SPACE}]+")
# What ends a line where it begins or ends; everything else that `core.markdown` lets through stands inside a line.
BREAKING = frozenset(
    {"p", "br", "pre", "blockquote", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td", "div"}
)
_EMPTY = frozenset({"br", "hr", "img"})
_BESIDE = frozenset({"td", "th"})
_LINE_ENDS = re.compile(r" ?\n[ \n]*")
_NOTE_MARKS = re.compile(r"\[\^([\w-]{1,20})\](?!:)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Without one of these there is nothing to draw.
_MARKUP = re.compile(r"[*_`<>\[\]|#&\\~\n!+]|^\s*(?:[-=]|\d+[.)])")
_PIECES = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|&[#\w]+;|[^<&]+|[<&]", re.DOTALL)


def plain_text(kind: BlockKind, markdown: str) -> str:
    """What people see and copy of a block.

    Args:
        kind: of the block; a heading is one line of Markdown.
        markdown: its words in one language.
    """
    return plain_of_html(to_inline_html(markdown) if kind is BlockKind.HEADING else to_html(markdown))


def plain_lines(kind: BlockKind, markdown: str) -> str:
    """The same for texts that are compared: each line for itself, with marks of footnotes as raised numbers.

    Args:
        kind: of the block.
        markdown: its words in one language.
    """
    if not _MARKUP.search(markdown):
        return unicodedata.normalize("NFC", SPACES.sub(" ", markdown).strip(" "))
    return lines_of_html(to_inline_html(markdown) if kind is BlockKind.HEADING else to_html(markdown))


@lru_cache(maxsize=KEPT)
def plain_of_html(html: Markup) -> str:
    """The plain text of a block that is drawn already."""
    words = _NOTE_MARKS.sub("", "".join(_words(html, lambda _tag: " ")))
    return unicodedata.normalize("NFC", SPACES.sub(" ", words).strip(" "))


def lines_of_html(html: str) -> str:
    """The lines of a block, or of a part of one, that is drawn already."""
    words = "".join(_words(html, lambda tag: " " if tag in _BESIDE else "\n", keeps_spaces=False))
    words = _NOTE_MARKS.sub(lambda mark: _raised(mark[1]), words)
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", words).strip())


def _words(html: str, between: Callable[[str], str], *, keeps_spaces: bool = True) -> Iterator[str]:
    """The words of a drawn block, and what stands for each end of a line; in fixed text white space stays as it is."""
    fixed = 0
    for piece in pieces_of(html):
        if piece.is_beside:
            continue
        if piece.tag:
            fixed += (-1 if piece.is_end else 1) if piece.tag == "pre" else 0
            if piece.tag in BREAKING:
                yield between(piece.tag)
            continue
        words = unescape(piece.source) if piece.source[0] == "&" else piece.source
        yield words if keeps_spaces or fixed else SPACES.sub(" ", words)


def _raised(label: str) -> str:
    """The mark of a footnote as it is seen; a label that is no number between raised brackets."""
    return label.translate(_RAISED) if label.isascii() and label.isdigit() else f"⁽{label}⁾"


@dataclass(frozen=True)
class Piece:
    """A tag, an entity, or a run of text; `is_beside`: within what is drawn in a block and is none of its words."""

    source: str
    tag: str
    is_end: bool
    is_beside: bool


def pieces_of(html: str) -> Iterator[Piece]:
    beside: list[str] = []
    for piece in _PIECES.finditer(html):
        tag, is_end = piece[2] or "", bool(piece[1])
        was_beside = bool(beside)
        if tag and is_end and beside[-1:] == [tag]:
            beside.pop()
        elif tag and not is_end and (" data-beside" in piece[0] or (beside and tag not in _EMPTY)):
            beside.append(tag)
        yield Piece(piece[0], tag, is_end, was_beside or bool(beside))
