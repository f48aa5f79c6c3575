"""Which block of a language edition is which paragraph of the authentic text: by kind, number, order, length; pure.

The words say nothing here: they are in two languages. So nothing is taken for granted: what has no counterpart, or one
of another kind or number, is shown to the manager, who mends it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from math import log
from statistics import median

from consult.documents.enums import BlockKind

# What it costs to leave a block alone, and to pair two that do not fit; a pair that fits costs next to nothing.
ALONE, ALONE_HEADING = 2.2, 4.0
OTHER_KIND, HEADING_OR_NOT, OTHER_LEVEL, OTHER_NUMBER, OTHER_MARK = 2.5, 9.0, 1.0, 4.5, 1.2
LENGTH_MOST, FREE = 2.0, 0.45
# From here on a pair is shown as one that differs in length: e to this power, 2.7 times; short ones say nothing.
FAR, SHORT = 1.0, 80
# Beyond this many pairs only those near the diagonal are looked at.
PAIRS_MOST, BAND = 160_000, 70
_DIGITS = re.compile(r"\d+")
_PROSE = frozenset({BlockKind.TEXT, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.NOTE})


class Misfit(StrEnum):
    """What does not fit between a paragraph and the block beside it."""

    KIND = "kind"
    LEVEL = "level"
    NUMBER = "number"
    LENGTH = "length"


@dataclass(frozen=True)
class Unit:
    """A paragraph or block, as far as it can be compared across languages."""

    kind: BlockKind
    level: int
    number: str
    length: int


Row = tuple[int | None, int | None]
"""Index of the paragraph, index of the block; one of them may be missing."""


def misfits(one: Unit, other: Unit, ratio: float = 1.0) -> list[Misfit]:
    """What does not fit between the two; nothing where they are counterparts.

    Args:
        one: a paragraph.
        other: the block beside it.
        ratio: how much longer the edition says the same (`ratio_of`).
    """
    found = []
    if one.kind is not other.kind:
        return [Misfit.KIND]
    if one.level != other.level:
        found.append(Misfit.LEVEL)
    if _numbers_differ(one, other):
        found.append(Misfit.NUMBER)
    if max(one.length * ratio, other.length) > SHORT and _distance(one, other, ratio) > FAR:
        found.append(Misfit.LENGTH)
    return found


def ratio_of(authentic: Sequence[Unit], other: Sequence[Unit]) -> float:
    """How much longer an edition says the same."""
    return _usual_length(other) / _usual_length(authentic)


def _distance(one: Unit, other: Unit, ratio: float) -> float:
    """How far the lengths are from what could be expected, as a logarithm."""
    return abs(log((other.length + 12) / (one.length * ratio + 12)))


def _numbers_differ(one: Unit, other: Unit) -> bool:
    """Whether both have figures in their numbers that differ; letters may be another alphabet's."""
    mine, theirs = _figures(one.number), _figures(other.number)
    return bool(mine and theirs and mine != theirs)


def _figures(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _DIGITS.findall(number))


def align_edition(
    authentic: Sequence[Unit], other: Sequence[Unit], *, pinned: Mapping[int, int] | None = None
) -> list[Row]:
    """The two side by side, in their order; each appears once.

    Args:
        authentic: the paragraphs.
        other: the blocks of the edition.
        pinned: paragraph to block, as a manager said; those that cross another are not kept to.
    """
    pins = _in_order(pinned or {})
    fixed = sorted([*pins, *_apart(_anchors(authentic, other), pins)])
    rows: list[Row] = []
    ratio = ratio_of(authentic, other)
    left = right = 0
    for one, two in [*fixed, (len(authentic), len(other))]:
        rows += _between(authentic, other, range(left, one), range(right, two), ratio)
        if one < len(authentic):
            rows.append((one, two))
        left, right = one + 1, two + 1
    return rows


def _usual_length(units: Sequence[Unit]) -> float:
    """The middle one, which a few blocks too many do not shift: languages differ in how long they say the same."""
    return median(unit.length for unit in units) + 1 if units else 1.0


def _anchors(authentic: Sequence[Unit], other: Sequence[Unit]) -> dict[int, int]:
    """Headings that are surely each other: all of them where they are the same ones, else those of one number."""
    mine = [place for place, unit in enumerate(authentic) if unit.kind is BlockKind.HEADING]
    theirs = [place for place, unit in enumerate(other) if unit.kind is BlockKind.HEADING]
    names = [_figures(authentic[place].number) for place in mine]
    others = [_figures(other[place].number) for place in theirs]
    if names == others and [authentic[place].level for place in mine] == [other[place].level for place in theirs]:
        return dict(zip(mine, theirs, strict=True))
    once = {name for name, count in Counter(names).items() if count == 1 and name}
    once &= {name for name, count in Counter(others).items() if count == 1}
    found = {}
    for block in SequenceMatcher(None, names, others, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            if names[block.a + step] in once:
                found[mine[block.a + step]] = theirs[block.b + step]
    return found


def _in_order(pairs: Mapping[int, int]) -> list[tuple[int, int]]:
    """The pairs that do not cross one before them."""
    kept: list[tuple[int, int]] = []
    for one, two in sorted(pairs.items()):
        if not kept or two > kept[-1][1]:
            kept.append((one, two))
    return kept


def _apart(pairs: Mapping[int, int], pins: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that cross none of these, and share nothing with them."""
    return [(one, two) for one, two in pairs.items() if all((one - a) * (two - b) > 0 for a, b in pins)]


def _between(
    authentic: Sequence[Unit], other: Sequence[Unit], lefts: range, rights: range, ratio: float
) -> Iterator[Row]:
    """The cheapest way through what lies between two anchors."""
    mine, theirs = [authentic[place] for place in lefts], [other[place] for place in rights]
    if not mine or not theirs:
        yield from ((place, None) for place in lefts)
        yield from ((None, place) for place in rights)
        return
    for one, two in _cheapest(mine, theirs, ratio):
        yield (None if one is None else lefts[one], None if two is None else rights[two])


def _cheapest(mine: Sequence[Unit], theirs: Sequence[Unit], ratio: float) -> list[Row]:
    rows, columns = len(mine), len(theirs)
    band = columns + rows if rows * columns <= PAIRS_MOST else max(BAND, abs(rows - columns) + BAND)
    alone = [ALONE_HEADING if unit.kind is BlockKind.HEADING else ALONE for unit in theirs]
    far = float("inf")
    above = [0.0] * (columns + 1)
    for column in range(columns):
        above[column + 1] = above[column] + alone[column]
    came: list[bytearray] = []
    for row, unit in enumerate(mine):
        lonely = ALONE_HEADING if unit.kind is BlockKind.HEADING else ALONE
        centre = row * columns // rows
        start, end = max(0, centre - band), min(columns, centre + band)
        line = [far] * (columns + 1)
        steps = bytearray(columns + 1)  # 0: the paragraph alone, 1: the block alone, 2: both
        line[start] = above[start] + lonely
        for column in range(start, end):
            pair = above[column] + _cost(unit, theirs[column], ratio)
            down, right = above[column + 1] + lonely, line[column] + alone[column]
            best, step = (pair, 2) if pair <= down and pair <= right else (down, 0) if down <= right else (right, 1)
            line[column + 1] = best
            steps[column + 1] = step
        above = line
        came.append(steps)
    found: list[Row] = []
    row, column = rows, columns
    while row or column:
        step = 1 if not row else 0 if not column else came[row - 1][column]
        row, column = row - (step != 1), column - (step != 0)
        found.append((None if step == 1 else row, None if step == 0 else column))
    return found[::-1]


def _cost(one: Unit, other: Unit, ratio: float) -> float:
    cost = 0.0
    if one.kind is not other.kind:
        if BlockKind.HEADING in (one.kind, other.kind):
            return HEADING_OR_NOT
        cost += OTHER_KIND / 2 if one.kind in _PROSE and other.kind in _PROSE else OTHER_KIND
    elif one.kind is BlockKind.HEADING:
        cost += (one.level != other.level) * OTHER_LEVEL + _numbers_differ(one, other) * OTHER_NUMBER
    elif one.number != other.number and _numbers_differ(one, other):
        cost += OTHER_MARK
    return cost + min(LENGTH_MOST, max(0.0, _distance(one, other, ratio) - FREE))
