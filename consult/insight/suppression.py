"""Which numbers of a row may be shown, so that no small one is told, nor can be computed from the others."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 5


def shown_cells(cells: Sequence[int], total: int) -> list[int | None]:
    """The numbers of a row that may be shown; None for each that may not.

    Numbers under five go, from none to four alike. Where one is gone, all that is not shown, with those who left it
    open, must together be at least five as well, or a reader who knows how many there are in all could compute it:
    where it is not, the smallest number that is left goes too.

    A reader who knows the total, every number that is shown, and this rule, then still holds each number that is not
    shown to be anything from none to four, and perhaps more: put any of these in its place and 0 for the others, and
    give the rest to those who left it open; the same numbers would be shown. A test tries every small row.

    Args:
        cells: of one row, which exclude each other: whoever is in one is in no other, or has left it open.
        total: how many there are in the row, with those who left it open.
    """
    shown: list[int | None] = [number if number >= FEWEST else None for number in cells]
    rest = total - sum(number or 0 for number in shown)
    left = [number for number in shown if number is not None]
    if rest < FEWEST and left and None in shown:
        shown[shown.index(min(left))] = None
    return shown


def shown_choice(number: int, total: int) -> int | None:
    """How many chose an option of any number of them, if it may be shown; None if not.

    Who did not choose it is the difference, and is as much as a number beside it: neither may be under five.
    """
    return shown_cells([number, total - number], total)[0]
