"""The text of a PDF, as a last resort: which lines are paragraphs, headings or items is guessed from their places."""

from __future__ import annotations

import ctypes
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pypdfium2
from pypdfium2 import raw

from consult.core.scripts import is_unspaced
from consult.documents.enums import BlockKind, SourceFormat
from consult.documents.importing.blocks import LABELS
from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run
from consult.documents.importing.structure import FindingCode, ReadText, Unreadable, UnreadableCode
from consult.documents.importing.typed import split_number
from consult.documents.importing.word.signs import without_private

PAGES_MOST = 1_200
CHARACTERS_MOST = 2_500_000
EDGE = 3
"""Lines at the top and at the bottom of a page among which headers, footers and page numbers are looked for."""
OUTER = 0.115
"""The part of a page's height at its top and bottom in which they stand: about 34 mm of A4."""
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|página|стр\.)?\s*[-–—|]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/|de|von|из)\s*\d{1,4})?\s*[-–—|]?",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\.\s?){5,}\s*(?:\d{1,4}|[ivxlc]{1,7})\s*$")
_SECTION = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,3}){0,5})\.?\s+(?=[^\W\d_])")
_NAMED = re.compile(rf"(?:{'|'.join(LABELS.values())})\s+(?:\d{{1,3}}|[A-Z]|[IVXLC]{{1,6}})\b", re.IGNORECASE)
_LINE_NUMBER = re.compile(r"(\d{1,5})(?:\s+|$)")
_PARTED = re.compile("(?<=[^\\W\\d_])[\u0002\ufffe](?=[^\\W\\d_])")
_WHOLE = re.compile(r"\d{1,6}")
_BULLET_O = re.compile(r"^o (?=\S)")
_ENDS = (".", ":", ";", "!", "?", "。", "؟", "။", "។", "”")
_HYPHENS = "-\u00ad\u2010\u0002\ufffe"


@dataclass(frozen=True)
class Line:
    """One line of a page.

    Args:
        text: its words.
        page: from 1.
        top: of its first letter, in points from the bottom of the page.
        right: the end of its last letter.
        size: of its letters.
        is_bold: whether its font says so.
        is_outer: whether it stands where headers and footers do.
    """

    text: str
    page: int
    top: float
    right: float
    size: float
    is_bold: bool
    is_outer: bool = False


def read_pdf(content: bytes, tell: Callable[[int], None]) -> ReadText:
    """Read the text of a PDF.

    Args:
        content: the file.
        tell: gets the percent that is done.

    Raises:
        Unreadable: with the reason.
    """
    builder = Builder(tell)
    pages = _pages(content, tell)
    empty = sum(1 for lines in pages if not lines)
    if empty == len(pages) or sum(len(line.text) for lines in pages for line in lines) < 40 * (len(pages) - empty) / 4:
        raise Unreadable(UnreadableCode.SCANNED)
    builder.find(FindingCode.PDF_TEXT, count=len(pages))
    if empty:
        builder.find(FindingCode.PDF_EMPTY_PAGES, count=empty)
    lines = _without_line_numbers(_without_running(pages, builder), builder)
    _Joiner(lines, builder).join()
    made = builder.finish(SourceFormat.PDF)
    tell(100)
    return made


def _pages(content: bytes, tell: Callable[[int], None]) -> list[list[Line]]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Unreadable(UnreadableCode.ENCRYPTED if is_locked else UnreadableCode.DAMAGED) from error
    number = len(document)
    if not number:
        raise Unreadable(UnreadableCode.NO_TEXT)
    if number > PAGES_MOST:
        raise Unreadable(UnreadableCode.TOO_LONG)
    pages: list[list[Line]] = []
    total = 0
    for place in range(number):
        try:
            page = document[place]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            pages.append([])
            continue
        height = page.get_height()
        lines = [
            replace(line, is_outer=not OUTER * height < line.top < (1 - OUTER) * height)
            for line in _lines(text, place + 1)
        ]
        total += sum(len(line.text) for line in lines)
        if total > CHARACTERS_MOST:
            raise Unreadable(UnreadableCode.TOO_LONG)
        pages.append(lines)
        text.close()
        page.close()
        tell(80 * (place + 1) // number)
    return pages


def _lines(page: Any, number: int) -> list[Line]:
    """The lines of a page, in the order in which the file writes them."""
    count = page.count_chars()
    made: list[Line] = []
    start: int | None = None
    words: list[str] = []
    last = 0
    for index in range(min(count, 200_000)):
        code = raw.FPDFText_GetUnicode(page, index)
        if code in {10, 13}:
            if start is not None:
                made.append(_line(page, "".join(words), number, start, last))
            start, words = None, []
        elif code:
            words.append(chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd")
            if start is None and code > 32:
                start = index
            if code > 32:
                last = index
    if start is not None:
        made.append(_line(page, "".join(words), number, start, last))
    return [line for line in made if line.text]


def _line(page: Any, text: str, number: int, start: int, last: int) -> Line:
    try:
        _left, _bottom, _right, top = page.get_charbox(start)
        right = page.get_charbox(last)[2]
    except pypdfium2.PdfiumError:
        top = right = 0.0
    # The last letter tells how the words look: the first one may be the number of the line.
    size = raw.FPDFText_GetFontSize(page, last)
    is_bold = raw.FPDFText_GetFontWeight(page, last) >= 600 or _is_bold(page, last)
    said = _BULLET_O.sub("• ", " ".join(without_private(text, "symbol").split()))
    return Line(said, number, top, right, round(size, 1), is_bold)


def _is_bold(page: Any, index: int) -> bool:

    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, index, name, 128, flags)
    return b"bold" in name.value.lower()


def _without_running(pages: Sequence[Sequence[Line]], builder: Builder) -> list[Line]:
    """The lines without headers, footers and page numbers: those at an edge that come again on other pages."""
    counted = Counter(key for lines in pages for key in {key for line in _edges(lines) for key in _keys(line)})
    often = max(3, len(pages) // 4)
    kept: list[Line] = []
    dropped: dict[str, int] = {}
    has_contents = False
    for lines in pages:
        edges = {id(line) for line in _edges(lines)}
        for line in lines:
            is_number = bool(_PAGE_NUMBER.fullmatch(line.text)) and len(pages) > 1
            if id(line) in edges and (is_number or any(counted[key] >= often for key in _keys(line))):
                said = re.sub(r"\d+", "#", line.text)
                dropped[said] = dropped.get(said, 0) + 1
            elif _LEADER.search(line.text):
                place = builder.piece(str(line.page), line.text)
                builder.find(FindingCode.CONTENTS_LIST, count=0 if has_contents else 1, place=place)
                has_contents = True
            else:
                kept.append(line)
    for key, count in dropped.items():
        builder.find(FindingCode.PDF_RUNNING, key, count=count)
    return kept


def _without_line_numbers(lines: list[Line], builder: Builder) -> list[Line]:
    """The lines without the numbers that drafts for comment count them by: on most lines, each one more."""
    counted: dict[int, int] = {}
    last = 0
    for place, line in enumerate(lines):
        found = _LINE_NUMBER.match(line.text)
        if found and (last < int(found[1]) <= last + 3 or (int(found[1]) == 1 and line.page != lines[place - 1].page)):
            last = int(found[1])
            counted[place] = found.end()
    if len(counted) < max(10, len(lines) // 2):
        return lines
    builder.find(FindingCode.PDF_LINE_NUMBERS, count=len(counted))
    bare = [replace(line, text=line.text[counted.get(place, 0) :]) for place, line in enumerate(lines)]
    return [replace(line, text=_BULLET_O.sub("• ", line.text)) for line in bare if line.text]


def _edges(lines: Sequence[Line]) -> list[Line]:
    """The lines nearest to the top and to the bottom of a page, wherever the file writes them."""
    in_order = sorted((line for line in lines if line.is_outer), key=lambda line: line.top)
    return [*in_order[:EDGE], *in_order[-EDGE:]] if len(in_order) > 2 * EDGE else in_order


def _keys(line: Line) -> set[str]:
    """What a line is on other pages too: itself, or with a number in it that grows with the pages, and no other."""
    keys = {line.text}
    numbers = list(_WHOLE.finditer(line.text))
    for found in (*numbers[:1], *numbers[-1:]):
        keys.add(f"{line.text[: found.start()]}#{int(found[0]) - line.page}{line.text[found.end() :]}")
    return keys


class _Joiner:
    """Joins lines to paragraphs."""

    def __init__(self, lines: list[Line], builder: Builder) -> None:
        self.lines, self.builder = lines, builder
        sizes = Counter[float]()
        for line in lines:
            sizes[line.size] += len(line.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = sorted((size for size in sizes if size > self.body * 1.08), reverse=True)
        self.ranks = {size: min(place + 1, 4) for place, size in enumerate(larger)}
        steps = [a.top - b.top for a, b in pairwise(lines) if a.page == b.page and 0 < a.top - b.top < 60]
        self.step = statistics.median(steps) if steps else 14.0
        self.width = statistics.quantiles([line.right for line in lines], n=10)[8] if len(lines) > 9 else 500.0

    def join(self) -> None:
        """Add every paragraph."""
        part: list[Line] = []
        for place, line in enumerate(self.lines):
            if part and self._is_new(part, line):
                self._put(part)
                part = []
            part.append(line)
            if not place % 500:
                self.builder.tell(80 + 18 * place // len(self.lines))
        if part:
            self._put(part)

    def _is_new(self, part: Sequence[Line], line: Line) -> bool:
        """Whether a line begins a paragraph."""
        before = part[-1]
        level = self._level(line)
        if level or self._level(part[0]):
            is_same = (
                (line.size, line.is_bold) == (before.size, before.is_bold) and level and not _SECTION.match(line.text)
            )
            return not (is_same and before.page == line.page and self._is_near(before, line) and len(part) < 3)
        if split_number(line.text)[0]:
            return True
        if before.page != line.page:
            return before.text.endswith(_ENDS) or before.right < self.width * 0.6
        if not self._is_near(before, line):
            return True
        return before.text.endswith(_ENDS) and before.right < self.width * 0.8

    def _is_near(self, before: Line, line: Line) -> bool:
        return -2 < before.top - line.top < 1.45 * max(self.step, before.size)

    def _level(self, line: Line) -> int:
        """The level of the heading that a line is, or 0."""
        if len(line.text) > 120 or not any(c.isalpha() for c in line.text) or line.text.endswith((",", ";")):
            return 0
        found = _SECTION.match(line.text)
        stands_out = line.size in self.ranks or line.is_bold
        if found and stands_out and not line.text.endswith("."):
            return min(found["number"].count(".") + 1, 6)
        if line.size in self.ranks:
            return self.ranks[line.size]
        if line.is_bold and _NAMED.match(line.text):
            return 2
        return 0

    def _put(self, part: Sequence[Line]) -> None:
        level = self._level(part[0])
        text = self._joined(part)
        first = self.builder.piece(str(part[0].page), "\n".join(line.text for line in part))
        if level:
            self.builder.add(BlockKind.HEADING, self.builder.words([Run(text)], in_line=True), level=level, first=first)
            return
        number, rest = split_number(text)
        kind = BlockKind.ITEM if number else BlockKind.TEXT
        self.builder.add(kind, self.builder.words([Run(rest)]), number=number, first=first)

    def _joined(self, part: Iterable[Line]) -> str:
        """The lines as one, words parted at their ends put together."""
        text = ""
        for line in part:
            if text and text[-1] in _HYPHENS and text[-2:-1].isalpha() and line.text[:1].islower():
                self.builder.find(FindingCode.PDF_HYPHENS, f"{text.split()[-1][:-1]}{line.text.split()[0]}", ahead=1)
                text = f"{text[:-1]}{line.text}"
            elif text and is_unspaced(text[-1]) and is_unspaced(line.text[:1]):
                text += line.text
            else:
                text = f"{text} {line.text}" if text else line.text
        for word in text.split():
            if _PARTED.search(word):  # the library's own mark of a hyphen at the end of a line
                self.builder.find(FindingCode.PDF_HYPHENS, _PARTED.sub("", word), ahead=1)
        return _PARTED.sub("", text).translate({0x02: "-", 0xFFFE: "-", 0xAD: None})
