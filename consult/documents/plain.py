"""The words of a block as people see and copy them: one line of plain text in which positions are counted.

What is drawn has a number, a mark of a list, links and bold words; what somebody selects has none of these. This is
the one rule that the server, the API and the script in the browser (``static/pointing.js``) keep to:

1. the block is drawn (``core.markdown``), without its number and its mark of a list;
2. where a block of it ends, or a line, a space stands;
3. white space of any kind and length is one space, none at the ends;
4. marks of footnotes, and whatever carries ``data-beside``, are left out;
5. the whole is in Unicode NFC, and positions count its code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import pairwise

from markupsafe import Markup, escape

from consult.core.markdown import KEPT, to_html, to_inline_html
from consult.documents.enums import BlockKind

SPACE = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space, as the inside of a set of characters: named one by one, because Python's and a browser's differ."""
_SPACES = re.compile(f"[{SPACE}]+")
# What ends a line where it begins or ends; everything else that `core.markdown` lets through stands inside a line.
_BREAKING = frozenset(
    {"p", "br", "pre", "blockquote", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td", "div"}
)
_EMPTY = frozenset({"br", "hr", "img"})
_NOTE_MARKS = re.compile(r"\[\^[\w-]{1,20}\](?!:)")
_PIECES = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|&[#\w]+;|[^<&]+|[<&]", re.DOTALL)


def plain_text(kind: BlockKind, markdown: str) -> str:
    """What people see and copy of a block.

    Args:
        kind: of the block; a heading is one line of Markdown.
        markdown: its words in one language.
    """
    return plain_of_html(to_inline_html(markdown) if kind is BlockKind.HEADING else to_html(markdown))


@lru_cache(maxsize=KEPT)
def plain_of_html(html: Markup) -> str:
    """The same of a block that is drawn already."""
    parts = []
    for piece in _pieces(html):
        if piece.is_beside:
            continue
        if piece.tag:
            parts.append(" " if piece.tag in _BREAKING else "")
        else:
            parts.append(unescape(piece.source) if piece.source[0] == "&" else piece.source)
    words = _NOTE_MARKS.sub("", "".join(parts))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", words).strip(" "))


@dataclass(frozen=True)
class _Piece:
    """A tag, an entity, or a run of text; `is_beside`: within what is drawn in a block and is none of its words."""

    source: str
    tag: str
    is_end: bool
    is_beside: bool


def _pieces(html: str) -> Iterator[_Piece]:
    beside: list[str] = []
    for piece in _PIECES.finditer(html):
        tag, is_end = piece[2] or "", bool(piece[1])
        was_beside = bool(beside)
        if tag and is_end and beside[-1:] == [tag]:
            beside.pop()
        elif tag and not is_end and (" data-beside" in piece[0] or (beside and tag not in _EMPTY)):
            beside.append(tag)
        yield _Piece(piece[0], tag, is_end, was_beside or bool(beside))


@dataclass(frozen=True)
class Segment:
    """A run of words that the same quotes cover.

    Args:
        start: its first position in the plain text.
        end: the position after its last.
        count: how many points.
        url: where these are.
        label: what the link says to whoever does not see where it stands.
    """

    start: int
    end: int
    count: int
    url: str
    label: str


def segments_of(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Cut what overlaps: (start, end, which of the spans cover it), in order, only what is covered."""
    borders = sorted({border for span in spans for border in span})
    found = []
    for start, end in pairwise(borders):
        over = tuple(place for place, span in enumerate(spans) if span[0] <= start and span[1] >= end)
        if over:
            found.append((start, end, over))
    return found


def marked(html: Markup, segments: Sequence[Segment]) -> Markup | None:
    """A drawn block with some of its words marked, and after each run of them a link with the number of points.

    Args:
        html: safe HTML of the block.
        segments: in order, without overlaps.

    Returns:
        Safe HTML; None where positions cannot be told in it, because its pieces are put together by NFC.
    """
    text = plain_of_html(html)
    if not segments:
        return None
    # The number stands at the last word, not behind the space after it.
    drawn = _Drawing([replace(one, end=len(text[: one.end].rstrip(" "))) for one in segments])
    for piece in _pieces(html):
        if piece.is_beside:
            drawn.beside(piece.source)
        elif piece.tag:
            drawn.tag(piece.source, piece.tag, is_end=piece.is_end)
        else:
            drawn.words(piece.source)
    if drawn.at != len(text):
        return None
    return Markup("".join(drawn.parts))  # noqa: S704 - pieces of safe HTML, and escaped labels


class _Drawing:
    """Goes through safe HTML and counts positions of its plain text as `plain_of_html` does."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.parts: list[str] = []
        self.at = 0
        self._waiting = list(reversed(segments))
        self._open: Segment | None = None
        self._is_space = False  # white space that counts once something follows it
        self._is_marking = False
        self._in_link = False
        self._owed: list[Segment] = []  # counts that follow the end of a link: none stands inside another

    def tag(self, tag: str, name: str, *, is_end: bool) -> None:
        self._stop()
        if name in _BREAKING:
            self._is_space = True
        if name == "a":
            self._in_link = not is_end
        self.parts.append(tag)
        if name == "a" and is_end:
            self._pay()

    def beside(self, source: str) -> None:
        """Something that is not counted; the mark ends before it and goes on behind it."""
        self._stop()
        self.parts.append(source)

    def words(self, source: str) -> None:
        for unit, character in _units(source):
            if _SPACES.fullmatch(character):
                self._is_space = True
                if self._is_marking and self._open is not None and self.at >= self._open.end:
                    self._end()
                self.parts.append(unit)
                continue
            self._count_space()
            if self._open is not None and self.at >= self._open.end:
                self._end()
            if self._open is None and self._waiting and self._waiting[-1].start <= self.at:
                self._open = self._waiting.pop()
            if self._open is not None and not self._is_marking:
                self.parts.append("<mark>")
                self._is_marking = True
            self.parts.append(unit)
            self.at += 1
            if self._open is not None and self.at >= self._open.end:
                self._end()

    def _count_space(self) -> None:
        if self._is_space and self.at:
            self.at += 1
        self._is_space = False

    def _stop(self) -> None:
        """End the mark, not the segment: it goes on behind the tag."""
        if self._is_marking:
            self.parts.append("</mark>")
            self._is_marking = False

    def _end(self) -> None:
        self._stop()
        if self._open is not None:
            self._owed.append(self._open)
            self._open = None
        if not self._in_link:
            self._pay()

    def _pay(self) -> None:
        for one in self._owed:
            self.parts.append(
                f'<a class="pointed" href="{escape(one.url)}" aria-label="{escape(one.label)}">{one.count}</a>'
            )
        self._owed = []


def _units(source: str) -> Iterator[tuple[str, str]]:
    """Each character of a piece of text: as it stands in HTML, and what it is."""
    if source[0] == "&" and len(source) > 1:
        for place, character in enumerate(unescape(source)):
            yield (source if place == 0 else ""), character
        return
    for character in source:
        yield character, character
