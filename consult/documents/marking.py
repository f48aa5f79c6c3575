"""Marks on words in a block that is drawn: which words points are about, and how many points they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise

from markupsafe import Markup, escape

from consult.core.locale import ngettext
from consult.documents.plain import BREAKING, SPACES, pieces_of, plain_of_html


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


# A bracket that the link of a mark stands in is read as it is: what is drawn as one sign holds no link.
_SIGN_AROUND_LINK = re.compile(r'(<b class="br[^"]*") role="img" aria-label="[^"]*">((?:(?!</b>).)*<a )')


def marked_at(
    html: Markup, spans: Sequence[tuple[int, int]], address_of: Callable[[tuple[int, ...]], str]
) -> Markup | None:
    """A drawn block with the words marked that points are about, and after each run a link with how many they are.

    Args:
        html: safe HTML of the block.
        spans: the first position and the one after the last, of each point's words.
        address_of: where points are read, by their places among the spans.

    Returns:
        Safe HTML; None where there is nothing to mark, or positions cannot be told in it.
    """
    segments = []
    for start, end, over in segments_of(spans):
        label = ngettext("%(num)s point on these words", "%(num)s points on these words", len(over))
        segments.append(Segment(start, end, len(over), address_of(over), label))
    drawn = marked(html, segments)
    return None if drawn is None else Markup(_SIGN_AROUND_LINK.sub(r"\1>\2", str(drawn)))  # noqa: S704  our own marks


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
    for piece in pieces_of(html):
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
        if name in BREAKING:
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
            if SPACES.fullmatch(character):
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
