"""Reading answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.responses.models import ClearanceDecision, ResponseVersion
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
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


def list_versions(comment: Comment) -> Sequence[ResponseVersion]:
    """Every version of a point's answer, newest first."""
    return db.session.scalars(
        sa.select(ResponseVersion)
        .where(ResponseVersion.comment_id == comment.id)
        .order_by(ResponseVersion.number.desc())
    ).all()


def page_of_missing(round_: Round, *, after: str | None, before: str | None) -> Page[Any]:
    """What is missing before the round can be called answered, oldest first."""
    return fetch_page(
        db.session,
        comments_in(round_, OUTSTANDING),
        [Comment.id],  # type: ignore[list-item]
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
