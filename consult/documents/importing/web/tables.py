"""Tables of a web page as grids of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from consult.documents.enums import BlockKind
from consult.documents.importing.composing import plain
from consult.documents.importing.grids import CELLS_MOST, tables_of
from consult.documents.importing.structure import FindingCode, Unreadable, UnreadableCode
from consult.documents.importing.web.inline import CONTAINERS, Gathered
from consult.documents.importing.web.looks import Element, Look

if TYPE_CHECKING:
    from consult.documents.importing.web.reader import Reader

COLUMNS_MOST = 63
_SPAN = re.compile(r"\s*(\d{1,4})\s*")


class Tables:
    """Reads the tables of a page.

    Args:
        reader: of the page.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader, self.builder = reader, reader.builder
        self._cells = 0

    def read(self, table: Element, look: Look) -> None:
        """Add a table; its caption stands before it, and what it holds besides words after it."""
        for caption in table.iterfind("caption"):
            self.reader.blocks(caption, look)
        rows = [(row, [cell for cell in row if cell.tag in {"td", "th"}]) for row in _rows(table)]
        rows = [(row, cells) for row, cells in rows if cells]
        self._cells += sum(len(cells) for _row, cells in rows)
        if self._cells > CELLS_MOST or any(len(cells) > COLUMNS_MOST for _row, cells in rows):
            raise Unreadable(UnreadableCode.TABLE_TOO_LARGE)
        full = {place for _row, cells in rows for place, cell in enumerate(cells) if "".join(cell.itertext()).strip()}
        if len(full) < 2 or table.get("role") in {"presentation", "none"}:
            if full:
                self.builder.find(FindingCode.TABLE_LAYOUT, ahead=1)
            for _row, cells in rows:
                for cell in cells:
                    self.reader.blocks(cell, look)
            return
        self._grid(rows, look)

    def _grid(self, rows: list[tuple[Element, list[Element]]], look: Look) -> None:
        grid: list[list[str]] = []
        pieces: list[int] = []
        hanging: list[Gathered] = []
        nested: list[Element] = []
        below: dict[int, int] = {}  # columns that a cell above still fills, with the rows that it does
        for _row, cells in rows:
            made: list[str] = []
            shown: list[str] = []
            for cell in cells:
                while below.get(len(made), 0):
                    below[len(made)] -= 1
                    made.append("")
                wide = min(_span(cell, "colspan"), COLUMNS_MOST - len(made))
                tall = _span(cell, "rowspan")
                if wide > 1 or tall > 1:
                    self.builder.find(FindingCode.TABLE_MERGED, ahead=1)
                for place in range(len(made), len(made) + wide):
                    below[place] = tall - 1
                text, said = self._cell(cell, look, hanging, nested)
                made += [text, *[""] * (wide - 1)]
                shown.append(said)
            while below.get(len(made), 0):
                below[len(made)] -= 1
                made.append("")
            grid.append(made)
            pieces.append(self.builder.piece("tr", " | ".join(shown)))
        has_headings = all(cell.tag == "th" for cell in rows[0][1]) or rows[0][0].getparent().tag == "thead"
        self._put(grid, pieces, has_headings=has_headings)
        for gathered in hanging:
            if gathered.pictures:
                self.builder.find(FindingCode.PICTURE_IN_TABLE, count=len(gathered.pictures))
            self.reader.hang(gathered, pieces[-1])
        for table in nested:
            self.builder.find(FindingCode.TABLE_NESTED)
            self.read(table, look)

    def _cell(self, cell: Element, look: Look, hanging: list[Gathered], nested: list[Element]) -> tuple[str, str]:
        tables = _outermost_tables(cell)
        nested += tables
        for table in tables:  # its words are not the cell's
            tail = table.tail
            parent = table.getparent()
            before = table.getprevious()
            if tail and before is not None:
                before.tail = f"{before.tail or ''} {tail}"
            elif tail:
                parent.text = f"{parent.text or ''} {tail}"
            parent.remove(table)
        gathered = Gathered()
        self.reader.inline.flat(cell, look, gathered)
        if sum(1 for child in cell.iter(*CONTAINERS) if "".join(child.itertext()).strip()) > 1:
            self.builder.find(FindingCode.TABLE_LINES, ahead=1)
        if gathered.pictures or gathered.marks:
            hanging.append(gathered)
        said = " ".join(plain(gathered.runs).split())
        return self.builder.words(gathered.runs, in_line=True), said

    def _put(self, grid: list[list[str]], pieces: list[int], *, has_headings: bool) -> None:
        made = tables_of(grid)
        if made and not has_headings:
            self.builder.find(FindingCode.TABLE_HEADINGS, place=pieces[0])
        if len(made) > 1:
            self.builder.find(FindingCode.TABLE_LONG, place=pieces[0])
        for text, start, end in made:
            first = pieces[0 if start <= 1 else start]
            self.builder.add(BlockKind.TABLE, text, first=first, last=pieces[end])


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterfind("tr")


def _outermost_tables(cell: Element) -> list[Element]:
    found: list[Element] = []
    for table in cell.iter("table"):
        if not any(table in set(one.iter("table")) for one in found):
            found.append(table)
    return found


def _span(cell: Element, name: str) -> int:
    found = _SPAN.fullmatch(cell.get(name) or "")
    return max(1, min(int(found[1]), 1000)) if found else 1
