"""The changes from one version of a text to the next, as its correspondences have them; each by version and eId."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.core.db import db
from consult.documents.comparing import Change as Kind
from consult.documents.comparing import Piece, compare_words
from consult.documents.enums import Continuation, Ground
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries import Place, places_of
from consult.texts.queries import Texts, load_texts

AROUND = 90
"""So many letters of what stayed are left at each side of a change where it is shown small."""
Key = tuple[int, str]
"""A change: key of the version that it led to, and the eId there, or of what was removed."""

_before, _after = aliased(Paragraph), aliased(Paragraph)
# The eId that a row of correspondence belongs under, in statements that join both.
EID = sa.func.coalesce(_after.eid, _before.eid)


@dataclass(frozen=True)
class Outline:
    """A change without its words.

    Args:
        version_id: the version that it led to.
        eid: of the paragraph there, or of what was removed.
        continuation: what happened.
        ground: on which this is said.
        before_ids: what it comes from; several where they were merged, none of what is new.
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


def outline_of(version: DocumentVersion) -> list[Outline]:
    """What changed with a version, in the order of its text; what was removed after what stood before it. One query."""
    return outlines_of([version.id]).get(version.id, [])


def outlines_of(version_ids: Collection[int]) -> Mapping[int, list[Outline]]:
    """The same of several versions, by key; one query for all. What stayed as it was is no change."""
    rows = db.session.execute(
        sa.select(
            Correspondence.version_id,
            Correspondence.continuation,
            Correspondence.ground,
            _before.id.label("before_id"),
            _before.position.label("was_at"),
            _before.eid.label("was"),
            _after.id.label("after_id"),
            _after.position.label("is_at"),
            _after.eid.label("eid"),
        )
        .outerjoin(_before, _before.id == Correspondence.before_id)
        .outerjoin(_after, _after.id == Correspondence.after_id)
        .where(Correspondence.version_id.in_(list(version_ids)))
        .order_by(Correspondence.version_id, sa.func.coalesce(_before.position, 0), Correspondence.id)
    ).all()
    found: dict[int, list[Outline]] = {}
    for key in dict.fromkeys(row.version_id for row in rows):
        found[key] = _outlined([row for row in rows if row.version_id == key])
    return found


def _outlined(rows: Sequence[Any]) -> list[Outline]:
    kept: dict[int, list[Any]] = {}
    placed: list[tuple[tuple[int, int], Outline]] = []
    last = 0
    for row in rows:
        if row.after_id is not None:
            kept.setdefault(row.after_id, []).append(row)
            last = row.is_at if row.before_id is not None else last
        else:  # it stood after what stands there now
            outline = Outline(row.version_id, row.was, row.continuation, row.ground, (row.before_id,), None)
            placed.append(((last, row.was_at), outline))
    for of_one in kept.values():
        changed = [row for row in of_one if row.continuation is not Continuation.UNCHANGED]
        if not changed:
            continue
        row = changed[0]
        befores = tuple(one.before_id for one in of_one if one.before_id is not None)
        outline = Outline(row.version_id, row.eid, row.continuation, row.ground, befores, row.after_id)
        placed.append(((row.is_at, 0), outline))
    return [outline for _place, outline in sorted(placed, key=lambda one: one[0])]


# SQL, of a statement about something with `version_id`, `eid` and `paragraph_id`: the change that it names is there.
def names_a_change(named: Any) -> sa.Exists:
    """SQL: the change that a row of this table names is one still."""
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


def find_outlines(keys: Iterable[Key]) -> dict[Key, Outline]:
    """Some changes by version and eId; those that are no change, or no more, are left out. One query."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(
            Correspondence.version_id,
            Correspondence.continuation,
            Correspondence.ground,
            Correspondence.before_id,
            Correspondence.after_id,
            EID.label("eid"),
        )
        .outerjoin(_before, _before.id == Correspondence.before_id)
        .outerjoin(_after, _after.id == Correspondence.after_id)
        .where(
            Correspondence.version_id.in_({version_id for version_id, _eid in wanted}),
            EID.in_({eid for _version_id, eid in wanted}),
        )
        .order_by(Correspondence.version_id, _before.position, Correspondence.id)
    ).all()
    grouped: dict[Key, list[Any]] = {}
    for row in rows:
        if (row.version_id, row.eid) in wanted:
            grouped.setdefault((row.version_id, row.eid), []).append(row)
    found = {}
    for key, of_one in grouped.items():
        changed = [row for row in of_one if row.continuation is not Continuation.UNCHANGED]
        if changed:
            row = changed[0]
            befores = tuple(one.before_id for one in of_one if one.before_id is not None)
            found[key] = Outline(*key, row.continuation, row.ground, befores, row.after_id)
    return found


@dataclass(frozen=True)
class ShownChange:
    """A change with its words, before and after.

    Args:
        outline: which.
        place: where it stands, or stood.
        pieces: what stayed, came and went, in plain words; of what was only moved, its words.
        language: of these.
        has_before: whether the earlier words are shown: not to those who may not read that version.
    """

    outline: Outline
    place: Place
    pieces: Sequence[Piece]
    language: str
    has_before: bool = True

    @property
    def eid(self) -> str:
        """See `Outline`."""
        return self.outline.eid

    @property
    def label(self) -> str:
        """What happened, in a word."""
        return self.outline.continuation.label

    @property
    def small(self) -> list[Piece]:
        """The same with what stayed cut down to the words around each change."""
        return shortened(self.pieces)


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
    outlines: Collection[Outline], language: str = "", *, readable: Collection[int] | None = None
) -> dict[Key, ShownChange]:
    """Changes with their words, by version and eId; six queries, however many.

    Args:
        outlines: which.
        language: in which they are read, where there is an edition in it of both versions; else the authentic one.
        readable: keys of the versions whose words may be shown; None for all.
    """
    wanted = list(outlines)
    ids = {key for one in wanted for key in (*one.before_ids, one.after_id) if key is not None}
    if not ids:
        return {}
    rows = db.session.scalars(sa.select(Paragraph).where(Paragraph.id.in_(ids)).order_by(Paragraph.id)).all()
    paragraphs = {row.id: row for row in rows}
    version_ids = {row.version_id for row in rows}
    originals: dict[int, str] = {
        row.id: row.language
        for row in db.session.execute(
            sa.select(DocumentVersion.id, DocumentVersion.language).where(DocumentVersion.id.in_(version_ids))
        )
    }
    is_translated = bool(language) and any(code != language for code in originals.values())
    texts = load_texts("paragraph", list(ids) if is_translated else [], language)
    placed = places_of(rows, language)
    return {
        one.key: _shown(one, paragraphs, originals, placed, texts, language, readable)
        for one in wanted
        if (one.after_id or one.before_ids[0]) in paragraphs
    }


def _shown(
    outline: Outline,
    paragraphs: Mapping[int, Paragraph],
    originals: Mapping[int, str],
    placed: Mapping[int, Place],
    texts: Texts,
    language: str,
    readable: Collection[int] | None,
) -> ShownChange:
    after = paragraphs[outline.after_id] if outline.after_id is not None else None
    befores = [paragraphs[key] for key in outline.before_ids if key in paragraphs]
    place = placed[after.id if after is not None else befores[0].id]
    may_see = readable is None or all(row.version_id in readable for row in befores)
    rows = [*befores, *([after] if after is not None else [])]
    said = {row.id: texts.of(row.id, "text", row.text, originals[row.version_id]) for row in rows}
    # Half in one language and half in another would be a change that nobody made, and a translation of former words
    # would hide the one that was made.
    is_whole = len({text.language for text in said.values()}) == 1 and not any(text.is_stale for text in said.values())
    words = {row.id: plain_text(row.kind, said[row.id].text if is_whole else row.text) for row in rows}
    read_in = said[rows[-1].id].language if is_whole else originals[rows[-1].version_id]
    new = words[after.id] if after is not None else ""
    if not may_see:
        pieces = [Piece(Kind.SAME, new)] if new else []
    else:
        pieces = compare_words(" ".join(words[row.id] for row in befores), new, read_in)
    return ShownChange(outline, place, pieces, read_in, may_see)
