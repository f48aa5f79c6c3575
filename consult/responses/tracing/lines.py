"""One paragraph through time: its words in every version, the points on it, and which of them changed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.documents.enums import Continuation, Ground
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries import Place, places_of
from consult.documents.queries.changes import Key, ShownChange, find_changes, show_changes
from consult.responses.models import ChangeTrace
from consult.responses.tracing.queries import traces_of_changes
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PUBLIC
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class OneParagraph:
    """A paragraph by its eId, in the versions that the reader may read."""

    round: Round
    eid: str
    versions: Sequence[DocumentVersion]

    @property
    def host_id(self) -> int:
        """The host whose text it is."""
        return self.round.host_id


@dataclass(frozen=True)
class Kin:
    """Another paragraph that this one came from, or became a part of."""

    eid: str
    place: Place
    continuation: Continuation


@dataclass(frozen=True)
class Stage:
    """A version of the text, and the paragraph in it.

    Args:
        version: which.
        paragraph: as it stands there; None where it is not in this version.
        text: its words.
        place: where it stands.
        change: what changed since the version before, if anything did.
        ground: on which it is said to continue the one before; None in the first version, and of what is new.
        causes: the points that changed it, each with the link.
        came_from: other paragraphs that it was merged from, or split off.
        went_to: other paragraphs that parts of it became in the next version.
    """

    version: DocumentVersion
    paragraph: Paragraph | None
    text: LocalizedText | None
    place: Place | None
    change: ShownChange | None
    ground: Ground | None
    causes: Sequence[tuple[ChangeTrace, Comment]]
    came_from: Sequence[Kin]
    went_to: Sequence[Kin]

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out with this version."""
        return self.paragraph is None and self.change is not None


def history_of(
    eid: str,
    versions: Sequence[DocumentVersion],
    language: str,
    *,
    round_ids: Collection[int] | None = None,
    for_staff: bool = False,
) -> list[Stage]:
    """A paragraph in each of these versions, from the one in which it first stands; some twenty queries.

    Args:
        eid: of the paragraph; the same in every version.
        versions: that the reader may read, oldest first.
        language: in which they read.
        round_ids: of the rounds whose points and answers they may read; None for all.
        for_staff: also points that the public does not read.

    Raises:
        NotFound: it stands in none of these versions.
    """
    ids = [version.id for version in versions]
    rows = db.session.scalars(
        sa.select(Paragraph).where(Paragraph.version_id.in_(ids), Paragraph.eid == eid).order_by(Paragraph.id)
    ).all()
    if not rows:
        raise NotFound
    by_version = {row.version_id: row for row in rows}
    changes = show_changes(find_changes((key, eid) for key in ids).values(), language, readable=ids)
    causes = traces_of_changes(list(changes), round_ids=round_ids, for_staff=for_staff) if changes else {}
    texts = load_texts("paragraph", by_version_ids(rows, versions, language), language)
    placed = places_of(rows, language, actor=None)
    grounds, before, after = _around(rows, ids, language)
    originals = {version.id: version.language for version in versions}
    stages: list[Stage] = []
    for version in versions:
        row = by_version.get(version.id)
        change = changes.get((version.id, eid))
        if row is None and (change is None or not stages):
            continue
        stages.append(
            Stage(
                version,
                row,
                texts.of(row.id, "text", row.text, originals[version.id]) if row is not None else None,
                placed[row.id] if row is not None else None,
                change,
                grounds.get((version.id, eid)),
                _meant(causes.get((version.id, eid), []), change),
                before.get(row.id, []) if row is not None else [],
                after.get(row.id, []) if row is not None else [],
            )
        )
    return stages


def _meant(
    causes: Sequence[tuple[ChangeTrace, Comment]], change: ShownChange | None
) -> list[tuple[ChangeTrace, Comment]]:
    return [one for one in causes if change is not None and change.change.is_meant(one[0].paragraph_id)]


def by_version_ids(rows: Sequence[Paragraph], versions: Sequence[DocumentVersion], language: str) -> list[int]:
    """The keys of those paragraphs whose version was written in another language than is read."""
    foreign = {version.id for version in versions if version.language != language}
    return [row.id for row in rows if row.version_id in foreign]


def _around(
    rows: Sequence[Paragraph], version_ids: Collection[int], language: str
) -> tuple[dict[Key, Ground], dict[int, list[Kin]], dict[int, list[Kin]]]:
    """On which ground each continues the one before, what else it came from, and what else it became; five queries."""
    ids = {row.id for row in rows}
    before, after = aliased(Paragraph), aliased(Paragraph)
    found: Any = db.session.execute(
        sa.select(Correspondence, before, after)
        .outerjoin(before, before.id == Correspondence.before_id)
        .outerjoin(after, after.id == Correspondence.after_id)
        .where(
            sa.or_(Correspondence.before_id.in_(ids), Correspondence.after_id.in_(ids)),
            Correspondence.version_id.in_(version_ids),
            sa.or_(Correspondence.base_id.in_(version_ids), Correspondence.before_id.is_(None)),
        )
        .order_by(Correspondence.id)
    ).all()
    eid = rows[0].eid
    others = [one for _c, *pair in found for one in pair if one is not None and one.eid != eid]
    placed = places_of(others, language, actor=None)
    grounds: dict[Key, Ground] = {}
    came: dict[int, list[Kin]] = {}
    went: dict[int, list[Kin]] = {}
    for row, old, new in found:
        if old is not None and (new is None or new.eid == old.eid):
            grounds[(row.version_id, old.eid)] = row.ground
        elif new is not None and old is not None and new.id in ids:
            came.setdefault(new.id, []).append(Kin(old.eid, placed[old.id], row.continuation))
            grounds.setdefault((row.version_id, new.eid), row.ground)
        elif new is not None and old is not None:
            went.setdefault(old.id, []).append(Kin(new.eid, placed[new.id], row.continuation))
    return grounds, came, went


def page_of_points_on(
    paragraph_ids: Collection[int],
    *,
    round_ids: Collection[int] | None = None,
    for_staff: bool = False,
    after: str | None = None,
    before: str | None = None,
) -> Page[Comment]:
    """The points on a paragraph in every version, by round and reference, never by arrival.

    Args:
        paragraph_ids: its keys in the versions.
        round_ids: of the rounds whose points may be read; None for all.
        for_staff: also what the public does not read.
        after: as `fetch_page`.
        before: as `fetch_page`.
    """
    return fetch_page(
        db.session,
        _points_on(paragraph_ids, round_ids, for_staff).options(
            joinedload(Comment.question).lazyload(Question.options)
        ),
        [Round.number, Comment.reference],
        lambda row: [row.submission.round.number, row.reference],
        after=after,
        before=before,
    )


def count_points_on(
    paragraph_ids: Collection[int], *, round_ids: Collection[int] | None = None, for_staff: bool = False
) -> Mapping[int, int]:
    """How many points such a list holds, by key of the paragraph; one query."""
    statement = _points_on(paragraph_ids, round_ids, for_staff)
    rows = db.session.execute(
        statement.with_only_columns(Comment.paragraph_id, sa.func.count()).group_by(Comment.paragraph_id)
    )
    return {row[0] or 0: int(row[1]) for row in rows}


def _points_on(paragraph_ids: Collection[int], round_ids: Collection[int] | None, for_staff: bool) -> sa.Select[Any]:
    statement: sa.Select[Any] = (
        sa.select(Comment)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(Round, Round.id == Comment.round_id)
        .where(
            Comment.paragraph_id.in_(list(paragraph_ids)),
            Comment.reference.is_not(None),
            Comment.withdrawn_at.is_(None),
        )
    )
    if not for_staff:
        statement = statement.where(PUBLIC)
    if round_ids is not None:
        statement = statement.where(Comment.round_id.in_(list(round_ids)))
    return statement
