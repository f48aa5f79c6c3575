"""Two versions of a text compared, paragraph by paragraph and word by word; pure.

The rows stand in the order of the newer version. What was removed stands where it stood; what moved stands at its new
place and is pointed to from the old one. A split paragraph is one row with its parts, and so are merged ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from consult.documents.comparing.parts import compare
from consult.documents.comparing.tables import TableRow, compare_tables, row_alone, table_of
from consult.documents.comparing.words import Change, Piece
from consult.documents.enums import BlockKind, Continuation, told_of
from consult.documents.plain import plain_lines

RULES = 3
"""Which rules the stored comparisons were made by: raise it with a change here, and they are made anew."""
_CODES = {Change.SAME: "=", Change.REMOVED: "-", Change.ADDED: "+"}
_KINDS = {code: kind for kind, code in _CODES.items()}
_MOVED = {Continuation.MOVED, Continuation.MOVED_EDITED}


class What(StrEnum):
    """What became of a row."""

    UNCHANGED = "unchanged"
    EDITED = "edited"
    MOVED = "moved"
    MOVED_EDITED = "moved_edited"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    REMOVED = "removed"
    LEFT = "left"
    """The place that something moved away from."""


@dataclass(frozen=True)
class Unit:
    """A block of one of the two versions.

    Args:
        id: key of its paragraph.
        eid: its address.
        kind: what it is.
        number: of a heading, or the mark of a list item.
        text: Markdown, in the language that is compared.
        place: what to call it.
    """

    id: int
    eid: str
    kind: BlockKind
    number: str
    text: str
    place: str


@dataclass
class Row:
    """What became of one paragraph, or of several that were split or merged.

    ``pieces`` tell it word by word, ``table`` cell by cell: of each row what became of it, and the pieces of its cells.
    An unchanged row has neither. ``other`` is the row that it is tied to: where it went, or where it came from.
    """

    what: What
    before: list[int]
    after: list[int]
    pieces: list[Piece] = field(default_factory=list)
    table: list[TableRow] = field(default_factory=list)
    is_form_only: bool = False
    other: int | None = None


def compare_texts(
    older: Sequence[Unit], newer: Sequence[Unit], pairs: Iterable[tuple[int, int, Continuation]], language: str
) -> list[Row]:
    """The rows of a comparison, in the order in which they are read.

    Args:
        older: the blocks of the older version, in order.
        newer: the same of the newer one.
        pairs: keys of a block of each that belong together, and what became of it; the rest is new or removed.
        language: the code of the language of both.
    """
    groups = _grouped(pairs, {unit.id for unit in older}, {unit.id for unit in newer})
    olds, news = ({unit.id: unit for unit in units} for units in (older, newer))
    group_of_new = {key: group for group in groups for key in group.after}
    group_of_old = {key: group for group in groups for key in group.before}
    place_of = {unit.id: place for place, unit in enumerate(newer)}
    gone = _gone(older, group_of_old, place_of)
    rows: list[Row] = []
    made: dict[int, int] = {}
    left: list[tuple[int, _Group]] = []

    def put_gone(place: int) -> None:
        for unit in gone.get(place, ()):
            group = group_of_old.get(unit.id)
            if group is None:
                rows.append(_alone(What.REMOVED, unit, language))
            else:
                left.append((len(rows), group))
                rows.append(Row(What.LEFT, [unit.id], []))

    put_gone(-1)
    for place, unit in enumerate(newer):
        group = group_of_new.get(unit.id)
        if group is None:
            rows.append(_alone(What.NEW, unit, language))
        elif id(group) not in made:
            made[id(group)] = len(rows)
            group.after.sort(key=place_of.__getitem__)
            rows.append(_told(group, [olds[key] for key in group.before], [news[key] for key in group.after], language))
        elif place_of[group.after[0]] + group.after.index(unit.id) != place:
            # A part of a split paragraph that stands elsewhere: pointed to where the whole is told.
            rows.append(Row(What.LEFT, [], [unit.id], other=made[id(group)]))
        put_gone(place)
    for index, group in left:
        rows[index].other = made[id(group)]
        rows[made[id(group)]].other = index
    return rows


@dataclass(eq=False)
class _Group:
    before: list[int]
    after: list[int]
    continuations: set[Continuation]


def _grouped(pairs: Iterable[tuple[int, int, Continuation]], olds: set[int], news: set[int]) -> list[_Group]:
    """What belongs together: one paragraph and its successor, or all that were split and merged with each other."""
    of_old: dict[int, _Group] = {}
    of_new: dict[int, _Group] = {}
    for before, after, continuation in pairs:
        if before not in olds or after not in news:
            continue
        group = of_old.get(before) or of_new.get(after) or _Group([], [], set())
        other = of_new.get(after)
        if other is not None and other is not group:
            for key in other.before:
                of_old[key] = group
            for key in other.after:
                of_new[key] = group
            group.before += other.before
            group.after += other.after
            group.continuations |= other.continuations
        if before not in group.before:
            group.before.append(before)
        if after not in group.after:
            group.after.append(after)
        group.continuations.add(continuation)
        of_old[before] = of_new[after] = group
    return list({id(group): group for group in of_new.values()}.values())


def _gone(
    older: Sequence[Unit], group_of_old: Mapping[int, _Group], place_of: Mapping[int, int]
) -> dict[int, list[Unit]]:
    """What no longer stands where it stood, by the place in the newer version behind which it stood; -1 for before."""
    found: dict[int, list[Unit]] = defaultdict(list)
    behind = -1
    for unit in older:
        group = group_of_old.get(unit.id)
        if group is None or (len(group.before) == 1 == len(group.after) and group.continuations & _MOVED):
            found[behind].append(unit)
        else:
            behind = max(place_of[key] for key in group.after)
    return found


def _alone(what: What, unit: Unit, language: str) -> Row:
    kind = Change.ADDED if what is What.NEW else Change.REMOVED
    row = Row(what, [] if what is What.NEW else [unit.id], [unit.id] if what is What.NEW else [])
    if unit.kind is BlockKind.TABLE:
        row.table = [row_alone(kind, cells) for cells in table_of(unit.text)]
    if not row.table:
        words = _seen(unit)
        row.pieces = [Piece(kind, words)] if words else []
    return row


def _told(group: _Group, olds: Sequence[Unit], news: Sequence[Unit], language: str) -> Row:
    before, after = olds[0], news[0]
    is_one = len(olds) == 1 == len(news)
    row = Row(What.UNCHANGED, [unit.id for unit in olds], [unit.id for unit in news])
    is_moved = bool(is_one and group.continuations & _MOVED)
    if is_one and (before.number, before.text) == (after.number, after.text):
        row.what = What.MOVED if is_moved else What.UNCHANGED
        return row
    if is_one:
        row.what = What.MOVED_EDITED if is_moved else What.EDITED
    else:
        true = [Continuation.SPLIT] * (len(news) > 1) + [Continuation.MERGED] * (len(olds) > 1)
        row.what = What(told_of(true).value)
    if is_one and before.kind is after.kind is BlockKind.TABLE:
        row.table = compare_tables(before.text, after.text, language)
    if not row.table:
        row.pieces = _in_lines(compare([_seen(unit) for unit in olds], [_seen(unit) for unit in news], language))
    told = [piece for _kind, cells in row.table for cell in cells for piece in cell] or row.pieces
    row.is_form_only = is_one and all(piece.kind is Change.SAME for piece in told)
    return row


def _in_lines(parts: Sequence[Sequence[Piece]]) -> list[Piece]:
    """The pieces of all parts, each on a line of its own; in the older words that shows where they were cut."""
    found: list[Piece] = []
    for part in parts:
        if found and part:
            found.append(Piece(Change.SAME, "\n"))
        found += part
    return found


def _seen(unit: Unit) -> str:
    return f"{unit.number} {plain_lines(unit.kind, unit.text)}".strip()


def counted(rows: Iterable[Row]) -> Counter[What]:
    """What became of how many blocks of the newer version, each part of what was split for itself; and of how many of
    the older one that were removed. Places that something moved away from count as nothing.
    """
    found: Counter[What] = Counter()
    for row in rows:
        if row.what is not What.LEFT:
            found[row.what] += len(row.after) or len(row.before)
    return found


def written(rows: Iterable[Row]) -> list[list[Any]]:
    """The rows as they are stored."""
    return [
        [
            row.what.value,
            row.before,
            row.after,
            _short(row.pieces),
            [[_CODES[kind] if kind else "", [_short(cell) for cell in cells]] for kind, cells in row.table],
            int(row.is_form_only),
            row.other,
        ]
        for row in rows
    ]


def read_back(stored: Iterable[Sequence[Any]]) -> list[Row]:
    """The rows of what `written` made."""
    return [
        Row(
            What(what),
            before,
            after,
            _long(pieces),
            [(_KINDS.get(kind), [_long(cell) for cell in cells]) for kind, cells in table],
            bool(form),
            other,
        )
        for what, before, after, pieces, table, form, other in stored
    ]


def _short(pieces: Iterable[Piece]) -> list[list[str]]:
    return [[_CODES[piece.kind], piece.text] for piece in pieces]


def _long(pieces: Iterable[Sequence[str]]) -> list[Piece]:
    return [Piece(_KINDS[code], text) for code, text in pieces]
