"""The words of a table cell by cell, and what became of them from one table to another; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Indel

from consult.core.markdown import to_html
from consult.documents.comparing.words import Change, Piece, compare_words
from consult.documents.plain import lines_of_html

_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)

Table = list[list[str]]
TableRow = tuple[Change | None, list[list[Piece]]]
"""What became of a row, None for one that stayed, and the pieces of each of its cells."""


def table_of(markdown: str) -> Table:
    """The words of each cell, row by row; nothing where there is no table."""
    rows = str(to_html(markdown)).split("<tr>")[1:]
    return [[lines_of_html(cell) for cell in _CELL.findall(row)] for row in rows]


def changed_rows(rows: Sequence[TableRow]) -> list[TableRow]:
    """The rows of a table that changed, below its head."""
    return [
        row
        for place, row in enumerate(rows)
        if not place or any(piece.kind is not Change.SAME for cell in row[1] for piece in cell)
    ]


def compare_tables(before: str, after: str, language: str) -> list[TableRow]:
    """What became of each row of a table, cell by cell.

    Args:
        before: the older table in Markdown.
        after: the newer one.
        language: the code of their language.

    Returns:
        The rows in reading order; nothing where one of the two is no table.
    """
    old, new = table_of(before), table_of(after)
    if not old or not new:
        return []
    told: list[TableRow] = []
    signs: dict[tuple[str, ...], str] = {}
    of_old, of_new = (
        "".join(signs.setdefault(tuple(cells), chr(0x10000 + len(signs))) for cells in rows) for rows in (old, new)
    )
    for from_old, to_old, from_new, to_new in _stretches(of_old, of_new):
        both = min(to_old - from_old, to_new - from_new)
        together = zip(old[from_old : from_old + both], new[from_new : from_new + both], strict=True)
        told += [(None, _cells(before, after, language)) for before, after in together]
        told += [row_alone(Change.REMOVED, cells) for cells in old[from_old + both : to_old]]
        told += [row_alone(Change.ADDED, cells) for cells in new[from_new + both : to_new]]
    return told


def row_alone(kind: Change, cells: Sequence[str]) -> TableRow:
    """A row that came or went whole."""
    return kind, [[Piece(kind, cell)] if cell else [] for cell in cells]


def _stretches(old: str, new: str) -> list[tuple[int, int, int, int]]:
    """Stretches of rows that stand for each other: the same ones, and what stands between them."""
    found: list[tuple[int, int, int, int]] = []
    open_ = False
    for step in Indel.opcodes(old, new):
        stretch = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if step.tag != "equal" and open_:
            found[-1] = (found[-1][0], stretch[1], found[-1][2], stretch[3])
        else:
            found.append(stretch)
        open_ = step.tag != "equal"
    return found


def _cells(old: Sequence[str], new: Sequence[str], language: str) -> list[list[Piece]]:
    wide = max(len(old), len(new))
    olds, news = ([*cells, *[""] * (wide - len(cells))] for cells in (old, new))
    return [compare_words(before, after, language) for before, after in zip(olds, news, strict=True)]
