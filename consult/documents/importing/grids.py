"""Tables as Markdown: one line a row, cut into several where one would be too long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from consult.documents.importing.blocks import BLOCK_MAX

CELLS_MOST = 60_000
"""Cells of all tables of a file together."""
_PIPE = re.compile(r"(?<!\\)\|")


def tables_of(rows: Sequence[Sequence[str]]) -> list[tuple[str, int, int]]:
    """A grid of cells as Markdown tables, the first row as the headings of each.

    Args:
        rows: cells in Markdown of one line.

    Returns:
        Each table with the first and last row that stand in it besides the headings; nothing where no cell has words.
    """
    width = max((len(row) for row in rows), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    if not any(cell.strip() for row in full for cell in row):
        return []
    kept = [place for place in range(width) if any(row[place].strip() for row in full)]
    lines = [
        "| " + " | ".join(_PIPE.sub(r"\\|", row[place].replace("\n", " ")) for place in kept) + " |" for row in full
    ]
    head = [lines[0], "|" + " --- |" * len(kept)]
    room = BLOCK_MAX - sum(len(line) + 1 for line in head)
    made: list[tuple[str, int, int]] = []
    part: list[str] = []
    start, length = 0, 0
    for place, line in enumerate(lines[1:], start=1):
        if part and length + len(line) + 1 > room:
            made.append(("\n".join([*head, *part]), start, place - 1))
            part, length, start = [], 0, place
        part.append(line)
        length += len(line) + 1
    return [*made, ("\n".join([*head, *part]), start, len(lines) - 1)]
