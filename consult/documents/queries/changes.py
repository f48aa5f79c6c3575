"""What changed from one version of a text to the next, as its correspondences have it; by version and eId."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.core.db import db
from consult.documents.comparing import Change as Kind
from consult.documents.comparing import Piece, TableRow, changed_rows, compare, compare_tables
from consult.documents.enums import BlockKind, Continuation, Ground, told_of
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.plain import plain_lines
from consult.documents.queries.places import Place, places_of
from consult.texts.queries import Texts, load_texts

AROUND = 90
"""So many letters of what stayed are left at each side of a change where it is shown small."""
Key = tuple[int, str]
"""A change: key of the version that it led to, and the eId there, or of what was removed."""

_before, _after = aliased(Paragraph), aliased(Paragraph)
# The eId that a row of correspondence belongs under, in statements that join both.
EID = sa.func.coalesce(_after.eid, _before.eid)


@dataclass(frozen=True)
class TextChange:
    """A change without its words: one for each paragraph of the newer version that is not as it was, and each removed.

    Args:
        version_id: the version that it led to.
        eid: of the paragraph there, or of what was removed.
        continuation: what happened.
        ground: on which this is said.
        before_ids: what it comes from, in the order of the older text; several where they were merged, none of what
            is new.
        after_id: what it became; None where it was removed.
    """

    version_id: int
    eid: str
    continuation: Continuation
    ground: Ground
    before_ids: tuple[int, ...]
    after_id: int | None

    @property
    def key(self) -> Key:
        """How a trace names it."""
        return (self.version_id, self.eid)

    def is_meant(self, paragraph_id: int | None) -> bool:
        """Whether what named this change by its eId still means it: a new paragraph may be another one by now."""
        return bool(self.before_ids) or self.after_id == paragraph_id


def changed_eids(version: DocumentVersion) -> set[str]:
    """The eIds of what was edited, moved, split, merged or added with a version; nothing where it is the first one."""
    return set(
        db.session.scalars(
            sa.select(Paragraph.eid)
            .join(Correspondence, Correspondence.after_id == Paragraph.id)
            .where(Correspondence.version_id == version.id, Correspondence.continuation != Continuation.UNCHANGED)
        )
    )


def list_changes(version: DocumentVersion) -> list[TextChange]:
    """What changed with a version, in the order of its text; what was removed after what stood before it. One query.

    What stayed as it was is no change.
    """
    rows = _rows(Correspondence.version_id == version.id)
    places: dict[str, tuple[int, int]] = {}
    last = 0
    for row in rows:
        if row.is_at is None:  # it stood after what stands there now
            places[row.eid] = (last, row.was_at)
        else:
            places[row.eid] = (row.is_at, 0)
            last = row.is_at if row.was_at is not None else last
    changes = (_change(of_one) for of_one in _by_key(rows).values())
    return sorted((one for one in changes if one is not None), key=lambda one: places[one.eid])


def find_changes(keys: Iterable[Key]) -> dict[Key, TextChange]:
    """Some changes by version and eId; those that are no change, or no more, are left out. One query."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = _by_key(
        _rows(
            Correspondence.version_id.in_({version_id for version_id, _eid in wanted}),
            EID.in_({eid for _version_id, eid in wanted}),
        )
    )
    found = {key: _change(rows[key]) for key in wanted if key in rows}
    return {key: change for key, change in found.items() if change is not None}


def _rows(*conditions: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Correspondences with where both sides stand, in the order of the older text."""
    return db.session.execute(
        sa.select(
            Correspondence.version_id,
            EID.label("eid"),
            Correspondence.continuation,
            Correspondence.ground,
            Correspondence.before_id,
            Correspondence.after_id,
            _before.position.label("was_at"),
            _after.position.label("is_at"),
        )
        .outerjoin(_before, _before.id == Correspondence.before_id)
        .outerjoin(_after, _after.id == Correspondence.after_id)
        .where(*conditions)
        .order_by(Correspondence.version_id, sa.func.coalesce(_before.position, 0), Correspondence.id)
    ).all()


def _by_key(rows: Iterable[Any]) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in rows:
        found[(row.version_id, row.eid)].append(row)
    return found


def _change(rows: Sequence[Any]) -> TextChange | None:
    """What the correspondences of one paragraph say together; nothing where it stayed as it was."""
    told = told_of(row.continuation for row in rows)
    if told is Continuation.UNCHANGED:
        return None
    speaking = next(row for row in rows if row.continuation is told)
    befores = tuple(row.before_id for row in rows if row.before_id is not None)
    return TextChange(
        speaking.version_id, speaking.eid, speaking.continuation, speaking.ground, befores, speaking.after_id
    )


def names_a_change(named: Any) -> sa.Exists:
    """SQL: the change that a row of this table (with `version_id`, `eid`, `paragraph_id`) names is one still."""
    return (
        sa.exists()
        .select_from(sa.join(Correspondence, _before, _before.id == Correspondence.before_id, isouter=True)
                     .join(_after, _after.id == Correspondence.after_id, isouter=True))
        .where(
            Correspondence.version_id == named.version_id,
            Correspondence.continuation != Continuation.UNCHANGED,
            named.eid == EID,
            sa.or_(Correspondence.before_id.is_not(None), Correspondence.after_id == named.paragraph_id),
        )
        .correlate(named)
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Group:
    """Paragraphs that were split or merged with each other: what they were and became, in the order of both texts."""

    pairs: Collection[tuple[int, int]]
    befores: Sequence[int]
    afters: Sequence[int]

    def rest_of(self, after_id: int | None) -> list[int]:
        """What else came from what one of them comes from."""
        mine = {before for before, after in self.pairs if after == after_id}
        others = {after for before, after in self.pairs if before in mine and after != after_id}
        return [key for key in self.afters if key in others]


def groups_of(changes: Iterable[TextChange]) -> dict[Key, Group]:
    """Of changes by which paragraphs were split or merged: all that these were and became; one query.

    Returns:
        By change; all changes of one group have the very same. Of a change of one paragraph by itself there is nothing.
    """
    divided = [one for one in changes if one.after_id is not None and one.before_ids]
    if not divided:
        return {}
    is_pair = (
        Correspondence.version_id.in_({one.version_id for one in divided}),
        Correspondence.before_id.is_not(None),
        Correspondence.after_id.is_not(None),
    )
    split, merged = (
        sa.select(side).where(*is_pair).group_by(Correspondence.version_id, side).having(sa.func.count() > 1)
        for side in (Correspondence.before_id, Correspondence.after_id)
    )
    rows = db.session.execute(
        sa.select(
            Correspondence.before_id,
            Correspondence.after_id,
            _before.position.label("was_at"),
            _after.position.label("is_at"),
        )
        .join(_before, _before.id == Correspondence.before_id)
        .join(_after, _after.id == Correspondence.after_id)
        .where(*is_pair, sa.or_(Correspondence.before_id.in_(split), Correspondence.after_id.in_(merged)))
        .order_by(_after.position, Correspondence.id)
    ).all()
    tied: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in rows:
        tied["before", row.before_id].append(row)
        tied["after", row.after_id].append(row)
    of_after: dict[int, Group] = {}
    for row in rows:
        if row.after_id not in of_after:
            group = _group_of(row, tied)
            of_after |= dict.fromkeys(group.afters, group)
    return {one.key: of_after[one.after_id] for one in divided if one.after_id in of_after}


def _group_of(row: Any, tied: Mapping[tuple[str, int], Sequence[Any]]) -> Group:
    """What hangs together with a pair, over however many others."""
    pairs: dict[tuple[int, int], Any] = {}
    waiting = [row]
    while waiting:
        one = waiting.pop()
        if (one.before_id, one.after_id) not in pairs:
            pairs[one.before_id, one.after_id] = one
            waiting += [*tied["before", one.before_id], *tied["after", one.after_id]]
    befores = {one.before_id: one.was_at for one in pairs.values()}
    afters = {one.after_id: one.is_at for one in pairs.values()}
    return Group(list(pairs), sorted(befores, key=befores.__getitem__), sorted(afters, key=afters.__getitem__))


@dataclass(frozen=True)
class ShownChange:
    """A change with its words, before and after.

    Args:
        change: which.
        place: where it stands, or stood.
        pieces: what stayed, came and went, in plain words; of what was only moved, its words. Of a part of a paragraph
            that was split, its own share of the older words.
        language: of these.
        has_before: whether the earlier words are shown: not to those who may not read that version.
        table: of a table, what became of its rows, cell by cell; nothing of any other paragraph.
        rest: where the other parts of a paragraph that was split stand now.
    """

    change: TextChange
    place: Place
    pieces: Sequence[Piece]
    language: str
    has_before: bool = True
    table: Sequence[TableRow] = ()
    rest: Sequence[Place] = ()

    @property
    def key(self) -> Key:
        """How a trace names it."""
        return self.change.key

    @property
    def eid(self) -> str:
        """See `TextChange`."""
        return self.change.eid

    @property
    def label(self) -> str:
        """What happened, in a word."""
        return self.change.continuation.label

    @property
    def small(self) -> list[Piece]:
        """The same with what stayed cut down to the words around each change."""
        return shortened(self.pieces)

    @property
    def changed_rows(self) -> list[TableRow]:
        """The rows of a table that changed, below its head."""
        return changed_rows(self.table)


def shortened(pieces: Sequence[Piece], around: int = AROUND) -> list[Piece]:
    """Pieces with long runs of what stayed cut: the words next to a change stay, an ellipsis stands for the rest."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind is not Kind.SAME:
            found.append(piece)
            continue
        is_first, is_last = place == 0, place == len(pieces) - 1
        room = around * (1 + (not is_first and not is_last))
        if is_first and is_last:
            room = around * 4
        if len(piece.text) <= room + 20:
            found.append(piece)
        elif is_first and is_last:
            found.append(Piece(piece.kind, f"{_head(piece.text, room)}…"))
        else:
            head = "" if is_first else _head(piece.text, around)
            tail = "" if is_last else _tail(piece.text, around)
            found.append(Piece(piece.kind, f"{head} … {tail}" if head and tail else f"{head}…{tail}"))
    return found


def _head(text: str, length: int) -> str:
    cut = text[:length].rpartition(" ")[0]
    return cut or text[:length]


def _tail(text: str, length: int) -> str:
    cut = text[-length:].partition(" ")[2]
    return cut or text[-length:]


def show_changes(
    changes: Collection[TextChange], language: str = "", *, readable: Collection[int] | None = None
) -> dict[Key, ShownChange]:
    """Changes with their words, by version and eId; seven queries, however many.

    Args:
        changes: which.
        language: in which they are read, where there is an edition in it of both versions; else the authentic one.
        readable: keys of the versions whose words may be shown; None for all.
    """
    wanted = list(changes)
    groups = groups_of(wanted)
    ids = {key for one in wanted for key in (*one.before_ids, one.after_id) if key is not None}
    ids |= {key for group in groups.values() for key in (*group.befores, *group.afters)}
    if not ids:
        return {}
    rows = db.session.scalars(sa.select(Paragraph).where(Paragraph.id.in_(ids)).order_by(Paragraph.id)).all()
    version_ids = {row.version_id for row in rows}
    originals: dict[int, str] = {
        row.id: row.language
        for row in db.session.execute(
            sa.select(DocumentVersion.id, DocumentVersion.language).where(DocumentVersion.id.in_(version_ids))
        )
    }
    is_translated = bool(language) and any(code != language for code in originals.values())
    texts = load_texts("paragraph", list(ids) if is_translated else [], language)
    source = _Source({row.id: row for row in rows}, originals, places_of(rows, language, actor=None), texts, readable)
    return {
        one.key: _shown(one, groups.get(one.key), source)
        for one in wanted
        if (one.after_id or one.before_ids[0]) in source.paragraphs
    }


@dataclass(frozen=True)
class _Source:
    paragraphs: Mapping[int, Paragraph]
    originals: Mapping[int, str]
    placed: Mapping[int, Place]
    texts: Texts
    readable: Collection[int] | None
    told: dict[Group, list[list[Piece]]] = field(default_factory=dict)

    def words_of(self, rows: Sequence[Paragraph]) -> tuple[dict[int, str], str]:
        """The Markdown of these, all in one language, and which.

        Half in one language and half in another would be a change that nobody made, and a translation of former words
        would hide the one that was made.
        """
        said = {row.id: self.texts.of(row.id, "text", row.text, self.originals[row.version_id]) for row in rows}
        languages = {text.language for text in said.values()}
        if len(languages) == 1 and not any(text.is_stale for text in said.values()):
            return {key: text.text for key, text in said.items()}, languages.pop()
        return {row.id: row.text for row in rows}, self.originals[rows[-1].version_id]


def _shown(change: TextChange, group: Group | None, source: _Source) -> ShownChange:
    after = source.paragraphs[change.after_id] if change.after_id is not None else None
    befores = [source.paragraphs[key] for key in (group.befores if group is not None else change.before_ids)]
    if group is not None:
        afters = [source.paragraphs[key] for key in group.afters]
    else:
        afters = [after] if after is not None else []
    place = source.placed[after.id if after is not None else befores[0].id]
    rest = [source.placed[key] for key in group.rest_of(change.after_id)] if group is not None else []
    words, language = source.words_of([*befores, *afters])
    plain = {row.id: plain_lines(row.kind, words[row.id]) for row in (*befores, *afters)}
    if source.readable is not None and any(row.version_id not in source.readable for row in befores):
        pieces = [Piece(Kind.SAME, plain[after.id])] if after is not None and plain[after.id] else []
        return ShownChange(change, place.told_to(reader=after is not None), pieces, language, has_before=False)
    olds, news = ([plain[row.id] for row in rows] for rows in (befores, afters))
    if group is None or after is None:
        (told,) = compare(olds, news or [""], language)
    else:
        if group not in source.told:
            source.told[group] = compare(olds, news, language)
        told = source.told[group][afters.index(after)]
    table: Sequence[TableRow] = ()
    if after is not None and [row.kind for row in befores] == [after.kind] == [BlockKind.TABLE] and not rest:
        table = compare_tables(words[befores[0].id], words[after.id], language)
    return ShownChange(change, place, told, language, True, table, rest)
