"""Revised submissions: which takes the place of which, and what of that a reader may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload

from consult.core.db import db
from consult.submissions.enums import ON_RECORD, SubmissionStatus
from consult.submissions.models import Comment, PublicationChange, Submission
from consult.submissions.queries.points import PUBLIC

_later = aliased(Submission)
SUPERSEDED = (
    sa.select(_later.id)
    .where(_later.supersedes_id == Submission.id, _later.status.in_(ON_RECORD))
    .correlate(Submission)
    .exists()
)
"""SQL: a revision of this submission is on record, if it was withdrawn since."""
KNOWN_SUPERSEDED = (
    sa.select(_later.id)
    .where(_later.supersedes_id == Submission.id, _later.status.in_(ON_RECORD), _later.is_held.is_(False))
    .correlate(Submission)
    .exists()
)
"""SQL: the same, as far as the public may know: a revision that is held supersedes nothing yet."""


class Reader(Enum):
    """Who reads what is told of revisions."""

    AUTHOR = auto()
    STAFF = auto()
    PUBLIC = auto()


@dataclass(frozen=True)
class Neighbours:
    """The submission that one takes the place of, and the one on record that takes its place."""

    earlier: Submission | None = None
    later: Submission | None = None


def neighbours_of(submissions: Iterable[Submission]) -> Mapping[int, Neighbours]:
    """What comes before and after each submission, by its key; one query."""
    found = {submission.id: submission for submission in submissions}
    before = [submission.supersedes_id for submission in found.values() if submission.supersedes_id is not None]
    rows = db.session.scalars(
        sa.select(Submission)
        .options(lazyload(Submission.constituencies))
        .where(
            sa.or_(
                Submission.id.in_(before),
                sa.and_(Submission.supersedes_id.in_(list(found)), Submission.status.in_(ON_RECORD)),
            )
        )
        .order_by(Submission.id)
    ).all()
    by_key = {row.id: row for row in rows}
    after = {row.supersedes_id: row for row in rows if row.status in ON_RECORD}
    return {
        key: Neighbours(by_key.get(submission.supersedes_id or 0), after.get(key)) for key, submission in found.items()
    }


def superseded_among(submission_ids: Collection[int], *, known: bool = False) -> set[int]:
    """The keys of those among these submissions that a revision on record has taken the place of; one query.

    Args:
        submission_ids: of these.
        known: as far as the public may know of it: what is held supersedes nothing yet.
    """
    statement = sa.select(Submission.supersedes_id).where(
        Submission.supersedes_id.in_(list(submission_ids)), Submission.status.in_(ON_RECORD)
    )
    if known:
        statement = statement.where(Submission.is_held.is_(False))
    return set(db.session.scalars(statement))


def tied_among(pairs: Iterable[tuple[Submission, Submission]]) -> set[tuple[int, int]]:
    """Those of these pairs, by their keys, of which all may be told that both are by the same person; one query.

    Only where they tell the same of who speaks, and always did: a named submission beside an anonymous one would name
    both, and so would one that was named until its author thought better of it.
    """
    alike = [(first, second) for first, second in pairs if _are_shown_alike(first, second)]
    keys = {submission.id for pair in alike for submission in pair}
    statement = sa.select(PublicationChange.submission_id).where(PublicationChange.submission_id.in_(keys))
    changed = set(db.session.scalars(statement)) if keys else set()
    return {(first.id, second.id) for first, second in alike if not changed & {first.id, second.id}}


def _are_shown_alike(first: Submission, second: Submission) -> bool:
    return (
        first.status is second.status is SubmissionStatus.SUBMITTED
        and first.publication_setting is second.publication_setting
        and first.pseudonym == second.pseudonym
        and first.is_protected is second.is_protected
    )


def may_be_tied(first: Submission, second: Submission) -> bool:
    """Whether readers other than the author may be told that the two are by the same person."""
    return bool(tied_among([(first, second)]))


def tied_neighbours(submission: Submission) -> list[Submission]:
    """The submissions before and after this one that the public is told of beside it."""
    if submission.is_held:
        return []
    around = _as_known(neighbours_of([submission])[submission.id])
    return [other for other in (around.earlier, around.later) if other is not None and may_be_tied(submission, other)]


def _as_known(around: Neighbours) -> Neighbours:
    """What the public may know of: nothing that is held comes before or after anything."""
    earlier, later = around.earlier, around.later
    return Neighbours(
        earlier if earlier is not None and not earlier.is_held else None,
        later if later is not None and not later.is_held else None,
    )


@dataclass(frozen=True)
class Marks:
    """What is told of revisions beside a point.

    Args:
        revision: which one the point came in; 0 where nothing is told.
        earlier: reference of the point that this one takes the place of, if that is told.
        is_superseded: whether a revision took the place of the submission, with or without this point.
        later_revision: which one; 0 where it is not told.
        later: reference of the point that takes the place of this one, if that is told.
    """

    revision: int = 0
    earlier: str = ""
    is_superseded: bool = False
    later_revision: int = 0
    later: str = ""


def marks_of(comments: Iterable[Comment], reader: Reader) -> Mapping[int, Marks]:
    """What this reader is told of revisions beside points, by their keys; one query, three where there are any."""
    points = {comment.id: comment for comment in comments}
    around = neighbours_of([comment.submission for comment in points.values()])
    if reader is Reader.PUBLIC:
        around = {key: _as_known(found) for key, found in around.items()}
    if not any(found.earlier or found.later for found in around.values()):
        return dict.fromkeys(points, Marks())
    tied = None if reader is Reader.AUTHOR else _tied(points.values(), around)
    others = _related(points.values(), reader)
    earlier = {comment.id: comment for comment in others}
    later = {comment.supersedes_id: comment for comment in others if comment.submission.is_on_record}

    def marks(comment: Comment) -> Marks:
        before, after = earlier.get(comment.supersedes_id or 0), later.get(comment.id)
        return _marks(comment, around[comment.submission_id], before, after, tied)

    return {key: marks(comment) for key, comment in points.items()}


def _tied(comments: Iterable[Comment], around: Mapping[int, Neighbours]) -> set[tuple[int, int]]:
    submissions = {comment.submission_id: comment.submission for comment in comments}
    return tied_among(
        (submission, other)
        for key, submission in submissions.items()
        for other in (around[key].earlier, around[key].later)
        if other is not None
    )


def _related(comments: Iterable[Comment], reader: Reader) -> list[Comment]:
    points = list(comments)
    statement = (
        sa.select(Comment)
        .join(Comment.submission)
        .options(joinedload(Comment.submission).lazyload(Submission.constituencies))
        .where(
            sa.or_(
                Comment.id.in_([point.supersedes_id for point in points if point.supersedes_id is not None]),
                Comment.supersedes_id.in_([point.id for point in points]),
            )
        )
    )
    if reader is Reader.PUBLIC:
        statement = statement.where(PUBLIC)
    elif reader is Reader.STAFF:
        statement = statement.where(Comment.withdrawn_at.is_(None))
    return list(db.session.scalars(statement.order_by(Comment.id)).unique())


def _marks(
    comment: Comment,
    around: Neighbours,
    earlier: Comment | None,
    later: Comment | None,
    tied: Collection[tuple[int, int]] | None,
) -> Marks:
    """The marks of one point; ``tied`` are the pairs that may be told, None where all may."""
    if comment.is_withdrawn:
        return Marks()

    def told(other: Submission | None) -> bool:
        return other is not None and (tied is None or (comment.submission_id, other.id) in tied)

    before, after = told(around.earlier), told(around.later)
    return Marks(
        revision=comment.submission.revision if before else 0,
        earlier=earlier.reference or "" if earlier is not None and before else "",
        is_superseded=around.later is not None,
        later_revision=around.later.revision if around.later is not None and after else 0,
        later=later.reference or "" if later is not None and after else "",
    )
