"""Reading answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.responses.models import ClearanceDecision, ResponseVersion
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import OUTSTANDING, comments_in


def newest_versions(comment_ids: Collection[int]) -> Mapping[int, ResponseVersion]:
    """The current version of each point's answer, by key of the point; one query. For the desk."""
    wanted = list(comment_ids)
    newest = (
        sa.select(sa.func.max(ResponseVersion.id))
        .where(ResponseVersion.comment_id.in_(wanted))
        .group_by(ResponseVersion.comment_id)
    )
    rows = db.session.scalars(
        sa.select(ResponseVersion).where(ResponseVersion.id.in_(newest)).order_by(ResponseVersion.id)
    )
    return {row.comment_id: row for row in rows}


def sent_versions(comments: Collection[Comment]) -> Mapping[int, ResponseVersion]:
    """The answers that were sent, by key of the point; one query. For authors and the public."""
    return newest_versions([c.id for c in comments if c.response_status is ResponseStatus.SENT and not c.is_withdrawn])


def newest_clearances(version_ids: Collection[int]) -> Mapping[int, ClearanceDecision]:
    """The newest clearance decision about each version, by key of the version; one query."""
    newest = (
        sa.select(sa.func.max(ClearanceDecision.id))
        .where(ClearanceDecision.response_version_id.in_(list(version_ids)))
        .group_by(ClearanceDecision.response_version_id)
    )
    rows = db.session.scalars(
        sa.select(ClearanceDecision).where(ClearanceDecision.id.in_(newest)).order_by(ClearanceDecision.id)
    )
    return {row.response_version_id: row for row in rows}


def page_of_proposed(round_: Round, *, after: str | None, before: str | None) -> Page[ResponseVersion]:
    """The versions that wait for clearance, in the order they were written.

    Answers that were written together for several points stand next to each other.
    """
    newest = sa.select(sa.func.max(ResponseVersion.id)).group_by(ResponseVersion.comment_id)
    statement = (
        sa.select(ResponseVersion)
        .join(ResponseVersion.comment)
        .join(Comment.submission)
        .options(
            contains_eager(ResponseVersion.comment).options(
                contains_eager(Comment.submission),
                joinedload(Comment.paragraph),
                joinedload(Comment.question).lazyload(Question.options),
            )
        )
        .where(
            Comment.round_id == round_.id,
            Comment.withdrawn_at.is_(None),
            Comment.response_status == ResponseStatus.PROPOSED,
            ResponseVersion.id.in_(newest.where(ResponseVersion.comment_id == Comment.id).correlate(Comment)),
        )
    )
    return fetch_page(
        db.session,
        statement,
        [ResponseVersion.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


@dataclass(frozen=True)
class Group:
    """One answer, and the points that somebody gave it to together."""

    answer: ResponseVersion
    versions: Sequence[ResponseVersion]


def group_versions(versions: Sequence[ResponseVersion]) -> list[Group]:
    """Neighbours with the same words by the same person, together, in their order."""

    def words(version: ResponseVersion) -> tuple[object, ...]:
        return (version.written_by, version.disposition, version.rationale, version.text, version.language)

    groups = [list(found) for _words, found in groupby(versions, key=words)]
    return [Group(found[0], found) for found in groups]


@dataclass(frozen=True)
class Outgoing:
    """What sending would do now: how many answers go, in how many messages, to how many people."""

    answers: int
    messages: int
    people: int


def count_outgoing(round_: Round) -> Outgoing:
    """What waits to be sent in a round, counted exactly."""
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.distinct(Comment.submission_id)),
            sa.func.count(sa.distinct(Submission.account_id)),
        )
        .select_from(Comment)
        .join(Comment.submission)
        .where(
            Comment.round_id == round_.id,
            Comment.withdrawn_at.is_(None),
            Comment.response_status == ResponseStatus.CLEARED,
        )
    ).one()
    return Outgoing(*row)


def list_cleared(round_: Round, limit: int = 200) -> Sequence[Comment]:
    """The points whose answers wait to be sent, oldest first."""
    return (
        db.session.scalars(
            comments_in(round_, Comment.response_status == ResponseStatus.CLEARED, Comment.withdrawn_at.is_(None))
            .order_by(Comment.id)
            .limit(limit)
        )
        .unique()
        .all()
    )


def list_beside(comments: Sequence[Comment], limit: int = 20) -> Sequence[Comment]:
    """Other points about the same blocks or questions as these, oldest first: who answers one reads the others."""
    blocks = {comment.paragraph_id for comment in comments if comment.paragraph_id is not None}
    questions = {comment.question_id for comment in comments if comment.question_id is not None}
    if not blocks and not questions:
        return []
    return (
        db.session.scalars(
            comments_in(
                comments[0].submission.round,
                sa.or_(Comment.paragraph_id.in_(blocks), Comment.question_id.in_(questions)),
                Comment.id.not_in([comment.id for comment in comments]),
                Comment.withdrawn_at.is_(None),
            )
            .order_by(Comment.id)
            .limit(limit)
        )
        .unique()
        .all()
    )


def list_versions(comment: Comment) -> Sequence[ResponseVersion]:
    """Every version of a point's answer, newest first."""
    return db.session.scalars(
        sa.select(ResponseVersion)
        .where(ResponseVersion.comment_id == comment.id)
        .order_by(ResponseVersion.number.desc())
    ).all()


def page_of_missing(round_: Round, *, after: str | None, before: str | None) -> Page[Comment]:
    """What is missing before the round can be called answered, oldest first."""
    return fetch_page(
        db.session,
        comments_in(round_, OUTSTANDING),
        [Comment.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def count_by_status(round_: Round) -> Mapping[ResponseStatus, int]:
    """How many points stand where on the axis of answering, exactly; withdrawn ones apart."""
    rows = db.session.execute(
        sa.select(Comment.response_status, sa.func.count())
        .where(Comment.round_id == round_.id, Comment.reference.is_not(None), Comment.withdrawn_at.is_(None))
        .group_by(Comment.response_status)
    )
    found = {status: int(number) for status, number in rows}
    return {status: found.get(status, 0) for status in ResponseStatus}


def outstanding_exists(round_id: Any) -> sa.Exists:
    """SQL: some point of the round of that key still asks for an answer."""
    return sa.exists().where(Comment.round_id == round_id, OUTSTANDING)


def is_answered(round_: Round) -> bool:
    """Whether every point of the round is formally addressed, counted exactly."""
    return not db.session.scalar(sa.select(outstanding_exists(round_.id)))
