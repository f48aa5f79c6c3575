"""Reading decisions and credentials."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.db import db
from consult.moderation.models import Credential, ModerationDecision
from consult.submissions.enums import ModerationStatus
from consult.submissions.models import Comment


def newest_decisions(comment_ids: Collection[int]) -> Mapping[int, ModerationDecision]:
    """The decision that holds for each point, by key of the point; one query."""
    newest = (
        sa.select(sa.func.max(ModerationDecision.id))
        .where(ModerationDecision.comment_id.in_(list(comment_ids)))
        .group_by(ModerationDecision.comment_id)
    )
    rows = db.session.scalars(
        sa.select(ModerationDecision).where(ModerationDecision.id.in_(newest)).order_by(ModerationDecision.id)
    )
    return {row.comment_id: row for row in rows}


def list_decisions(comment: Comment) -> list[ModerationDecision]:
    """Every decision about a point, newest first."""
    return list(
        db.session.scalars(
            sa.select(ModerationDecision)
            .where(ModerationDecision.comment_id == comment.id)
            .order_by(ModerationDecision.id.desc())
        )
    )


def count_waiting(round_: Round) -> int:
    """How many points of a round are still to be screened."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Comment)
            .where(
                Comment.round_id == round_.id,
                Comment.reference.is_not(None),
                Comment.withdrawn_at.is_(None),
                Comment.moderation_status == ModerationStatus.WAITING,
            )
        )
        or 0
    )


def find_credential(submission_id: int) -> Credential | None:
    """The credential on record for a submission."""
    return db.session.scalar(sa.select(Credential).where(Credential.submission_id == submission_id))
