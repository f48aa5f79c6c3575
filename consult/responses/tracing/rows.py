"""Of a table that a point changed, the rows that it is about: the others are what others asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from consult.core.scripts import UNSPACED, script_of
from consult.documents.comparing import Change, Piece, TableRow
from consult.documents.queries.changes import ShownChange
from consult.submissions.models import Comment

SHORTEST = 4
"""Fewer letters than these stand in almost any point; in scripts without spaces two are a word."""


def rows_for(comment: Comment, change: ShownChange) -> tuple[ShownChange, bool]:
    """A change of a table with the rows alone that hold words of a point, or of what it proposes.

    Args:
        comment: the point.
        change: any change; one of a single row, or of no table, stays as it is.

    Returns:
        The change; and whether every row is shown because none could be told from the others.
    """
    changed = change.changed_rows
    if len(changed) < 3:  # the head, and one row
        return change, False
    said = _folded(f"{comment.text} {comment.proposed_change}")
    quoted = _folded(comment.quotation.exact) if comment.quotation is not None else ""
    meant = [row for row in changed[1:] if _holds(row, said, quoted)]
    return (replace(change, table=[changed[0], *meant]), False) if meant else (change, True)


def _holds(row: TableRow, said: str, quoted: str) -> bool:
    """Whether a cell, or what came to it or went from it, stands in what the point says, or the words that it means."""
    for text in _texts(row):
        words = _folded(text)
        if quoted and quoted in words:
            return True
        letters = sum(letter.isalpha() for letter in words)
        if letters > 1 and script_of(words[0]) in UNSPACED:
            if words in said:
                return True
        elif letters >= SHORTEST and f" {words} " in f" {said} ":
            return True
    return False


def _texts(row: TableRow) -> Iterator[str]:
    for cell in row[1]:
        yield _read(cell, Change.ADDED)
        yield _read(cell, Change.REMOVED)
        yield from (piece.text for piece in cell if piece.kind is not Change.SAME)


def _read(cell: list[Piece], hidden: Change) -> str:
    return "".join(piece.text for piece in cell if piece.kind is not hidden)


def _folded(text: str) -> str:
    """The words of a text alone, so that signs and capitals make no difference."""
    kept = (sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in text.casefold())
    return " ".join("".join(kept).split())
