"""Tables of a DOCX as grids of cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from consult.documents.enums import BlockKind
from consult.documents.importing.composing import Run, plain
from consult.documents.importing.grids import CELLS_MOST, tables_of
from consult.documents.importing.structure import FindingCode, Unreadable, UnreadableCode
from consult.documents.importing.word.inline import Words, words_in
from consult.documents.importing.word.package import Element, W, is_on, value
from consult.documents.importing.word.styles import number_of

if TYPE_CHECKING:
    from consult.documents.importing.word.reader import Reader

_WRAPPED = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "del", "moveFrom")}
COLUMNS_MOST = 63
"""What Word allows in a row."""


@dataclass
class _Grid:
    rows: list[list[str]] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    nested: list[Element] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)


class Tables:
    """Reads the tables of a file.

    Args:
        reader: of the file.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader, self.builder = reader, reader.builder
        self._cells = 0

    def read(self, table: Element) -> None:
        """Add a table; what it holds besides words stands after it."""
        rows = [(row, list(_inside(row, f"{W}tc"))) for row in self._rows(table)]
        self._cells += sum(len(cells) for _row, cells in rows)
        if self._cells > CELLS_MOST or any(len(cells) > COLUMNS_MOST for _row, cells in rows):
            raise Unreadable(UnreadableCode.TABLE_TOO_LARGE)
        if max((len(cells) for _row, cells in rows), default=0) < 2:
            self._as_paragraphs([cell for _row, cells in rows for cell in cells])
            return
        grid = _Grid()
        for row, cells in rows:
            self._row(row, cells, grid)
        self._put(grid, has_headings=bool(rows) and _is_heading(rows[0][0]))

    def _rows(self, table: Element) -> Iterator[Element]:
        for row in _inside(table, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}ins") is not None:
                self.builder.piece("table", words_in(row))
                self.builder.find(FindingCode.TRACKED_INSERTIONS, words_in(row))
                continue
            if properties is not None and properties.find(f"{W}del") is not None:
                self.builder.find(FindingCode.TRACKED_DELETIONS, words_in(row), ahead=1)
            yield row

    def _as_paragraphs(self, cells: list[Element]) -> None:
        """A table of one column arranges words: it is no table of anything."""
        if any(words_in(cell).strip() for cell in cells):
            self.builder.find(FindingCode.TABLE_LAYOUT, ahead=1)
        for cell in cells:
            self.reader.body(cell)

    def _row(self, row: Element, cells: list[Element], grid: _Grid) -> None:
        before = number_of(value(row.find(f"{W}trPr/{W}gridBefore"))) or 0
        made = [""] * max(0, min(before, COLUMNS_MOST))
        shown: list[str] = []
        for cell in cells:
            properties = cell.find(f"{W}tcPr")
            if properties is not None and properties.find(f"{W}cellIns") is not None:
                self.builder.find(FindingCode.TRACKED_INSERTIONS, words_in(cell), ahead=1)
                continue
            span = number_of(value(properties.find(f"{W}gridSpan"))) if properties is not None else None
            merge = properties.find(f"{W}vMerge") if properties is not None else None
            goes_on = merge is not None and value(merge, default="continue") == "continue"
            text, said = self._cell(cell, grid)
            if goes_on or (span or 1) > 1:
                self.builder.find(FindingCode.TABLE_MERGED, ahead=1)
            made.append(text)
            made += [""] * max(0, min((span or 1) - 1, COLUMNS_MOST - len(made)))
            shown.append(said)
        grid.pieces.append(self.builder.piece("table", " | ".join(shown)))
        grid.rows.append(made)

    def _cell(self, cell: Element, grid: _Grid) -> tuple[str, str]:
        paragraphs, nested = self.reader.cell(cell)
        grid.nested += nested
        grid.words += [one for one in paragraphs if one.pictures or one.boxes or one.notes]
        full = [one for one in paragraphs if any(run.text.strip() for run in one.runs)]
        if len(full) > 1:
            self.builder.find(FindingCode.TABLE_LINES, ahead=1)
        runs = [run for one in full for run in (*one.runs, Run(" "))]
        return self.builder.words(runs, in_line=True), " ".join(plain(one.runs) for one in full)

    def _put(self, grid: _Grid, *, has_headings: bool) -> None:
        made = tables_of(grid.rows)
        if made and not has_headings:
            self.builder.find(FindingCode.TABLE_HEADINGS, place=grid.pieces[0])
        if len(made) > 1:
            self.builder.find(FindingCode.TABLE_LONG, place=grid.pieces[0])
        for text, start, end in made:
            first = grid.pieces[0 if not start or start == 1 else start]
            self.builder.add(BlockKind.TABLE, text, first=first, last=grid.pieces[end])
        last = grid.pieces[-1] if grid.pieces else None
        pictures = sum(len(one.pictures) for one in grid.words)
        if pictures:
            self.builder.find(FindingCode.PICTURE_IN_TABLE, count=pictures, place=last)
        self.reader.hang(grid.words, last)
        for table in grid.nested:
            self.builder.find(FindingCode.TABLE_NESTED, place=last)
            self.read(table)


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """Rows of a table, or cells of a row, also where something is wrapped around them."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPED:
            yield from _inside(child, tag)


def _is_heading(row: Element) -> bool:
    """Whether a row says that it holds headings, or all its words are strong."""
    if is_on(row.find(f"{W}trPr/{W}tblHeader")):
        return True
    runs = [run for run in row.iter(f"{W}r") if words_in(run).strip()]
    return bool(runs) and all(is_on(run.find(f"{W}rPr/{W}b")) for run in runs)
