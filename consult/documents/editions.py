"""Which block of a language edition is which paragraph of the authentic text; pure.

The words say nothing here: they are in two languages. What both share is kind, number or mark, order, place in the
section, length, brackets and figures. Nothing is taken for granted: what has no counterpart, or one that differs in any
of these, is shown to the manager, who mends it.
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

from consult.core.locale import lazy_gettext as _l
from consult.documents.enums import BlockKind

# What it costs to leave a block alone, and to pair two that do not fit; a pair that fits costs next to nothing.
ALONE, ALONE_HEADING = 2.2, 4.0
OTHER_KIND, HEADING_OR_NOT, OTHER_LEVEL, OTHER_NUMBER, OTHER_MARK = 2.5, 9.0, 1.0, 4.5, 1.2
BRACKET, BRACKETS_MOST, FIGURES, ELSEWHERE, ELSEWHERE_MOST = 0.75, 1.5, 0.75, 0.15, 3
LENGTH_MOST, FREE = 2.0, 0.45
# From here on a pair is shown as one that differs in length: e to this power, 2.7 times; short ones say nothing.
FAR, SHORT = 1.0, 80
# Beyond this many pairs only those near the diagonal are looked at.
PAIRS_MOST, BAND = 160_000, 70
_DIGITS = re.compile(r"\d+")
_NOT_SAID = re.compile(r"\[\^[^\[\]\s]+\]|(?<=\])\([^()\s]*\)|<?https?://\S+")
_LINKED = re.compile(r"\]\([^()\s]*\)")
_PROSE = frozenset({BlockKind.TEXT, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.NOTE})


class Misfit(StrEnum):
    """What does not fit between a paragraph and the block beside it."""

    KIND = "kind"
    LEVEL = "level"
    NUMBER = "number"
    BRACKETS = "brackets"
    FIGURES = "figures"
    NOTES = "notes"
    LENGTH = "length"
    SECTION = "section"
    WORDLESS = "wordless"
    OUTDATED = "outdated"

    @property
    def label(self) -> str:
        """What is said of it."""
        return str(_LABELS[self])


_LABELS = {
    Misfit.KIND: _l("Of another kind"),
    Misfit.LEVEL: _l("Of another level"),
    Misfit.NUMBER: _l("Another number or mark"),
    Misfit.BRACKETS: _l("Other brackets"),
    Misfit.FIGURES: _l("Other figures"),
    Misfit.NOTES: _l("Other marks of footnotes"),
    Misfit.LENGTH: _l("Of another length, or in another section"),
    Misfit.SECTION: _l("Of another length, or in another section"),
    Misfit.WORDLESS: _l("No words in this language"),
    Misfit.OUTDATED: _l("The source has changed, these words have not"),
}
BUILD = frozenset({Misfit.KIND, Misfit.LEVEL, Misfit.NUMBER})
"""What differs in how the text is built; the rest may differ between languages."""


@dataclass(frozen=True)
class Unit:
    """A paragraph or block, as far as it can be compared across languages (`unit_of`).

    Args:
        kind: what it is.
        level: of headings, from 1; else 0.
        number: its number or mark.
        length: in characters.
        brackets: how many are opened in it.
        figures: the digits of the numbers in it, in order of size, whatever parts or separates them.
        notes: how many marks of footnotes stand in it.
    """

    kind: BlockKind
    level: int
    number: str
    length: int
    brackets: int = 0
    figures: str = ""
    notes: int = 0


def unit_of(kind: BlockKind, level: int, number: str, text: str) -> Unit:
    """A block as far as it can be compared across languages; addresses and marks of notes count for nothing."""
    brackets = text.count("[") + text.count("［") - len(_LINKED.findall(text)) - text.count("[^")
    said = _NOT_SAID.sub("", text)
    figures = "".join(sorted(str(int(char)) for group in _DIGITS.findall(said) for char in group))
    return Unit(kind, level, number, len(text), max(0, brackets), figures, text.count("[^"))


Row = tuple[int | None, int | None]
"""Index of the paragraph, index of the block; one of them may be missing."""


def misfits(one: Unit, other: Unit, ratio: float = 1.0) -> list[Misfit]:
    """What does not fit between the two; nothing where they may be counterparts.

    Args:
        one: a paragraph.
        other: the block beside it.
        ratio: how much longer the edition says the same (`ratio_of`).
    """
    if one.kind is not other.kind:
        return [Misfit.KIND]
    if one.length and not other.length:
        return [Misfit.WORDLESS]
    differs = {
        Misfit.LEVEL: one.level != other.level,
        Misfit.NUMBER: _numbers_differ(one, other),
        Misfit.BRACKETS: one.brackets != other.brackets,
        Misfit.FIGURES: one.figures != other.figures,
        Misfit.NOTES: one.notes != other.notes,
        Misfit.LENGTH: max(one.length * ratio, other.length) > SHORT and _distance(one, other, ratio) > FAR,
    }
    return [misfit for misfit, is_so in differs.items() if is_so]


def seen_misfits(one: Unit, other: Unit) -> list[Misfit]:
    """What two that do not fit show of that by themselves; else it is their length or their section."""
    return [found for found in misfits(one, other) if found is not Misfit.LENGTH] or [Misfit.LENGTH]


def misfits_of(authentic: Sequence[Unit], other: Sequence[Unit], rows: Sequence[Row]) -> list[list[Misfit]]:
    """What does not fit in each row of two texts side by side; of a row with one side alone nothing is said.

    Beside what the two say of themselves: whether the headings that they stand below are each other.
    """
    ratio = ratio_of(authentic, other)
    above, beside = _heads(authentic), _heads(other)
    together = {(one, two) for one, two in rows if one is not None and two is not None} | {(-1, -1)}
    found: list[list[Misfit]] = []
    for one, two in rows:
        if one is None or two is None:
            found.append([])
            continue
        same = (above[one], beside[two]) in together
        found.append(misfits(authentic[one], other[two], ratio) + ([] if same else [Misfit.SECTION]))
    return found


def _heads(units: Sequence[Unit]) -> list[int]:
    """The place of the heading before each block, -1 for none, and of a heading itself."""
    heads, last = [], -1
    for place, unit in enumerate(units):
        if unit.kind is BlockKind.HEADING:
            last = place
            heads.append(-1)
        else:
            heads.append(last)
    return heads


def ratio_of(authentic: Sequence[Unit], other: Sequence[Unit]) -> float:
    """How much longer an edition says the same."""
    return _usual_length(other) / _usual_length(authentic)


def _distance(one: Unit, other: Unit, ratio: float) -> float:
    """How far the lengths are from what could be expected, as a logarithm."""
    return abs(log((other.length + 12) / (one.length * ratio + 12)))


def _numbers_differ(one: Unit, other: Unit) -> bool:
    """Whether their figures or letters differ, or only one of two items is counted; alphabets may be different ones."""
    mine, theirs = _figures(one.number), _figures(other.number)
    if mine and theirs:
        return mine != theirs
    if one.kind is BlockKind.ITEM and _is_counted(one) != _is_counted(other):
        return True
    letters, others = _letters(one.number), _letters(other.number)
    return one.kind is BlockKind.ITEM and not mine and not theirs and bool(letters and others and letters != others)


def _is_counted(unit: Unit) -> bool:
    return any(char.isalnum() for char in unit.number)


def _letters(number: str) -> str:
    letters = "".join(char for char in number if char.isalpha())
    return letters.casefold() if letters.isascii() else ""


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
    inside, insides = _places(mine), _places(theirs)
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
            far_off = min(ELSEWHERE_MOST, abs(inside[row] - insides[column]))
            pair = above[column] + _cost(unit, theirs[column], ratio) + ELSEWHERE * far_off
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
    if one.brackets != other.brackets:
        cost += min(BRACKETS_MOST, BRACKET * abs(one.brackets - other.brackets))
    if one.figures != other.figures:
        cost += FIGURES if one.figures and other.figures else 2 * FIGURES
    return cost + min(LENGTH_MOST, max(0.0, _distance(one, other, ratio) - FREE))


def _places(units: Sequence[Unit]) -> list[int]:
    """The place of each below the heading before it."""
    places, place = [], 0
    for unit in units:
        place = 0 if unit.kind is BlockKind.HEADING else place + 1
        places.append(place)
    return places
