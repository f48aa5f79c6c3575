"""How the versions of a document continue each other: of any two of them, over those between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.documents.enums import FIRST_TOLD, Continuation, Ground
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries.versions import IN_ORDER, fixed_in_sql, is_fixed


@dataclass(frozen=True)
class Step:
    """What became of a paragraph in a later version.

    Args:
        paragraph_id: what continues it there; None where it was removed.
        eid: the same, as it is addressed; empty where it was removed.
        continuation: in one word, over all versions between.
        ground: the weakest of the grounds on the way.
        likeness: of the words, from 0 to 1000; over several versions the least on the way.
        confirmed_at: when the last of it was confirmed.
    """

    paragraph_id: int | None
    eid: str
    continuation: Continuation
    ground: Ground
    likeness: int
    confirmed_at: datetime


@dataclass(frozen=True)
class Pair:
    """A paragraph of an older version and what continues it in a newer one; one of both is None for new and removed."""

    before: int | None
    after: int | None
    continuation: Continuation
    ground: Ground
    likeness: int


@dataclass(frozen=True)
class _Link:
    before: int | None
    after: int | None
    continuation: Continuation
    ground: Ground
    likeness: int
    confirmed_at: datetime


def told_in_sql(continuation: Any) -> sa.ColumnElement[str]:
    """SQL: what is told of the paragraph that rows are grouped by, as `told_of`; its value.

    Args:
        continuation: the column.
    """
    first = sa.func.min(
        sa.case(
            {kind.value: place for place, kind in enumerate(FIRST_TOLD)},
            value=sa.type_coerce(continuation, sa.String()),
        )
    )
    return sa.case({place: kind.value for place, kind in enumerate(FIRST_TOLD)}, value=first)


def list_versions(consultation: Consultation) -> list[DocumentVersion]:
    """All versions of a consultation's text, by round, the final text last; with their editions; two queries."""
    return list(
        db.session.scalars(
            sa.select(DocumentVersion)
            .outerjoin(Round, Round.id == DocumentVersion.round_id)
            .where(DocumentVersion.consultation_id == consultation.id)
            .order_by(*IN_ORDER)
            .options(selectinload(DocumentVersion.editions))
        ).unique()
    )


def published_versions(consultation: Consultation, actor: Actor) -> list[DocumentVersion]:
    """Those that somebody may read as the public does: of opened rounds that they may read, and the final text.

    The final text is everybody's once the outcome is recorded.
    """
    return [
        version
        for version in list_versions(consultation)
        if is_fixed(version) and (version.of_round is None or permits(actor, Permission.DRAFT_READ, version.of_round))
    ]


def newest_published(consultation_ids: Collection[int], actor: Actor) -> dict[int, DocumentVersion]:
    """The newest text of each consultation that somebody may read as the public does, by its key; one query at most."""
    if not consultation_ids:
        return {}
    rows = db.session.scalars(
        sa.select(DocumentVersion)
        .outerjoin(Round, Round.id == DocumentVersion.round_id)
        .where(DocumentVersion.consultation_id.in_(sorted(consultation_ids)), fixed_in_sql())
        .order_by(DocumentVersion.consultation_id, *IN_ORDER)
    ).unique()
    return {
        row.consultation_id: row
        for row in rows
        if row.of_round is None or permits(actor, Permission.DRAFT_READ, row.of_round)
    }


def find_base(consultation: Consultation, round_: Round | None) -> DocumentVersion | None:
    """The version that the text of a round continues, or the final text: that of the last opened round before it."""
    number = Round.number
    return db.session.scalar(
        sa.select(DocumentVersion)
        .join(Round, Round.id == DocumentVersion.round_id)
        .where(
            DocumentVersion.consultation_id == consultation.id,
            Round.opened_at.is_not(None),
            sa.true() if round_ is None else number < round_.number,
        )
        .order_by(number.desc())
        .limit(1)
    )


def find_predecessor(version: DocumentVersion) -> DocumentVersion | None:
    """The version that this one was kept as the continuation of, if any."""
    base = sa.select(Correspondence.base_id).where(Correspondence.version_id == version.id).limit(1).scalar_subquery()
    return db.session.scalar(sa.select(DocumentVersion).where(DocumentVersion.id == base))


def is_overtaken(version: DocumentVersion) -> bool:
    """Whether a round was opened since a final text was kept, so that it does not continue the last draft."""
    before, base = find_predecessor(version), find_base(version.consultation, None)
    return (before.id if before else None) != (base.id if base else None)


def successors(paragraph_ids: Collection[int], *versions: DocumentVersion) -> Mapping[int, Sequence[Step]]:
    """Where paragraphs of earlier versions are in this one; by key. Nothing of one that it does not come from.

    A paragraph that was split has several steps, in the order of the text; of one that was removed on the way there
    is a step without a paragraph. Three queries, however many paragraphs and versions.

    Args:
        paragraph_ids: of earlier versions.
        versions: the later one; of several consultations one of each.
    """
    chain = _bases(*versions)
    ends_in = {version.id for version in versions}
    links: dict[int, list[_Link]] = defaultdict(list)
    wanted = set(paragraph_ids)
    if not wanted or len(chain) <= len(ends_in):
        return {}
    for link in _walk(wanted, chain):
        if link.before is not None:
            links[link.before].append(link)
    found = {key: _follow(key, links) for key in sorted(wanted) if key in links}
    ends = {link.after for ended in found.values() for link in ended if link.after is not None}
    known = {
        row.id: row
        for row in db.session.execute(
            sa.select(Paragraph.id, Paragraph.eid, Paragraph.position, Paragraph.version_id).where(
                Paragraph.id.in_(sorted(ends))
            )
        )
    }
    return {
        key: [
            Step(
                link.after,
                known[link.after].eid if link.after is not None else "",
                link.continuation,
                link.ground,
                link.likeness,
                link.confirmed_at,
            )
            for link in sorted(ended, key=lambda one: known[one.after].position if one.after is not None else 0)
            if link.after is None or known[link.after].version_id in ends_in
        ]
        for key, ended in found.items()
    }


def pairs_of(older: DocumentVersion, newer: DocumentVersion) -> list[Pair]:
    """How one version continues another, over those between; in the order of the newer text, what was removed last.

    Two queries for versions that follow each other and for any others. Nothing where the newer one does not come from
    the older one.
    """
    chain = _bases(newer)
    if older.id not in chain or older.id == newer.id:
        return []
    between = chain[: chain.index(older.id)]
    after, before = aliased(Paragraph), aliased(Paragraph)
    rows = db.session.execute(
        sa.select(*_COLUMNS, Correspondence.version_id)
        .outerjoin(after, after.id == Correspondence.after_id)
        .outerjoin(before, before.id == Correspondence.before_id)
        .where(Correspondence.version_id.in_(between))
        .order_by(after.position.is_(None), after.position, before.position, Correspondence.id)
    ).all()
    by_version: dict[int, list[_Link]] = defaultdict(list)
    for row in rows:
        by_version[row.version_id].append(_link(row))
    links = by_version[newer.id]
    for key in between[1:]:
        links = _compose(by_version[key], links)
    return [Pair(one.before, one.after, one.continuation, one.ground, one.likeness) for one in links]


_COLUMNS = (
    Correspondence.before_id,
    Correspondence.after_id,
    Correspondence.continuation,
    Correspondence.ground,
    Correspondence.likeness,
    Correspondence.confirmed_at,
)


def _link(row: Any) -> _Link:
    return _Link(row.before_id, row.after_id, row.continuation, row.ground, row.likeness, row.confirmed_at)


def _bases(*versions: DocumentVersion) -> list[int]:
    """The keys of a version and those that it comes from, newest first; one query, for several texts too."""
    edges: dict[int, int] = {
        row.version_id: row.base_id
        for row in db.session.execute(
            sa.select(Correspondence.version_id, Correspondence.base_id)
            .join(DocumentVersion, DocumentVersion.id == Correspondence.version_id)
            .where(DocumentVersion.consultation_id.in_({version.consultation_id for version in versions}))
            .distinct()
        )
    }
    chain: list[int] = []
    for version in versions:
        chain.append(version.id)
        while chain[-1] in edges and edges[chain[-1]] not in chain:
            chain.append(edges[chain[-1]])
    return chain


def _walk(wanted: Collection[int], versions: Collection[int]) -> list[_Link]:
    """All that leads from some paragraphs onwards, through these versions; one query."""
    start = (
        sa.select(Correspondence.id, Correspondence.after_id)
        .where(Correspondence.before_id.in_(sorted(wanted)), Correspondence.version_id.in_(list(versions)))
        .cte("onwards", recursive=True)
    )
    step = (
        sa.select(Correspondence.id, Correspondence.after_id)
        .join(start, Correspondence.before_id == start.c.after_id)
        .where(Correspondence.version_id.in_(list(versions)))
    )
    walked = start.union(step)
    rows = db.session.execute(
        sa.select(*_COLUMNS).where(Correspondence.id.in_(sa.select(walked.c.id))).order_by(Correspondence.id)
    )
    return [_link(row) for row in rows]


def _follow(key: int, links: Mapping[int, Sequence[_Link]]) -> list[_Link]:
    ends, reached = list(links[key]), []
    while ends:
        one = ends.pop(0)
        onwards = links.get(one.after, []) if one.after is not None else []
        if onwards:
            ends += [_joined(one, other) for other in onwards]
        else:
            reached.append(one)
    return _without_repeats(reached)


def _compose(first: Iterable[_Link], second: Sequence[_Link]) -> list[_Link]:
    into: dict[int, list[_Link]] = defaultdict(list)
    gone: list[_Link] = []
    for link in first:
        if link.after is not None:
            into[link.after].append(link)
        else:
            gone.append(link)
    found: list[_Link] = []
    for link in second:
        before = into.get(link.before, []) if link.before is not None else []
        joined = [_joined(one, link) for one in before] or [link]
        # What was new on the way and is gone again was in neither of the two.
        found += [one for one in joined if one.before is not None or one.after is not None]
    return [*_without_repeats(found), *gone]


def _without_repeats(links: Iterable[_Link]) -> list[_Link]:
    """One for each pair: what was split and merged again leads to the same place by two ways.

    What lives on in one part was not removed for having lost another.
    """
    found: dict[tuple[int | None, int | None], _Link] = {}
    for link in links:
        key = (link.before, link.after)
        if key not in found or found[key].likeness < link.likeness:
            found[key] = link
    living = {before for before, after in found if before is not None and after is not None}
    return [link for (before, after), link in found.items() if after is not None or before not in living]


def _joined(one: _Link, other: _Link) -> _Link:
    if one.before is None:
        kind = Continuation.NEW
    elif other.after is None:
        kind = Continuation.REMOVED
    else:
        kind = _both(one.continuation, other.continuation)
    return _Link(
        one.before,
        other.after,
        kind,
        max(one.ground, other.ground, key=_WEAKNESS.index),
        min(one.likeness, other.likeness),
        max(one.confirmed_at, other.confirmed_at),
    )


_WEAKNESS = (Ground.SAME_WORDS, Ground.EDITED_HERE, Ground.BY_HAND, Ground.SIMILAR_WORDS)
_MOVES = {Continuation.MOVED, Continuation.MOVED_EDITED}
_EDITS = {Continuation.EDITED, Continuation.MOVED_EDITED}


def _both(one: Continuation, other: Continuation) -> Continuation:
    kinds = {one, other}
    for part in (Continuation.SPLIT, Continuation.MERGED):
        if part in kinds:
            return part
    if kinds & _MOVES:
        return Continuation.MOVED_EDITED if kinds & _EDITS else Continuation.MOVED
    return Continuation.EDITED if kinds & _EDITS else Continuation.UNCHANGED
