"""Placing what changed: each thing once, at its newest place, and only what the public was ever given."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.accounts.actors import Visitor
from consult.api.models import FollowedCommitment, FollowedRound
from consult.api.queries import NOTED, answer_is_public
from consult.commitments.models import Commitment
from consult.commitments.queries import PUBLIC as COMMITMENT_IS_PUBLIC
from consult.commitments.queries import is_overdue
from consult.consultations.enums import RoundState, Visibility
from consult.consultations.models import Round
from consult.core.changes import PublicChange, lock_sequencer, note_change, sequence_changes
from consult.core.db import db
from consult.core.wake import want_worker
from consult.pages.queries import states_of
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.submissions.models import Comment
from consult.submissions.queries import PUBLIC


def place_changes(*, now: datetime) -> int:
    """Give places to what changed for the public, by somebody's act or by the clock; returns how many.

    All of it under the sequencer's lock: a point that is published while its round is being disclosed is either among
    the points disclosed, or placed by the next run.
    """
    lock_sequencer()
    _follow_rounds(now)
    _follow_commitments(now)
    db.session.flush()
    _forget_untold()
    return sequence_changes()


def _follow_rounds(now: datetime) -> None:
    rounds = db.session.scalars(
        sa.select(Round)
        .outerjoin(FollowedRound, FollowedRound.round_id == Round.id)
        .where(sa.or_(Round.opened_at.is_not(None), FollowedRound.round_id.is_not(None)))
        .order_by(Round.id)
    ).all()
    states = states_of(rounds, now)
    told = {row.round_id: row for row in db.session.scalars(sa.select(FollowedRound).order_by(FollowedRound.round_id))}
    for round_ in rounds:
        state = states[round_.id].value
        followed = told.get(round_.id)
        if followed is None:
            followed = FollowedRound(round_id=round_.id, slug=round_.consultation.slug, state="")
            db.session.add(followed)
        if followed.state != state:
            note_change("consultation", round_.consultation_id)
            followed.state = state
            if state != RoundState.SETUP.value:  # taken back: it may be called something else next time
                followed.slug = round_.consultation.slug
        if followed.disclosed_at is None and permits(Visitor(), Permission.INPUT_READ, round_):
            followed.disclosed_at = now
            _disclose(round_)


def _follow_commitments(now: datetime) -> None:
    """Note the commitments whose day has passed since the last look."""
    late = db.session.scalars(
        sa.select(Commitment)
        .outerjoin(FollowedCommitment, FollowedCommitment.commitment_id == Commitment.id)
        .where(
            COMMITMENT_IS_PUBLIC,
            is_overdue(now.date()),
            sa.or_(FollowedCommitment.due.is_(None), FollowedCommitment.due != Commitment.due),
        )
        .order_by(Commitment.id)
    ).unique()
    for commitment in late:
        note_change("commitment", commitment.id)
        db.session.merge(FollowedCommitment(commitment_id=commitment.id, due=commitment.due))


def _disclose(round_: Round) -> None:
    """Note everything public of a round whose input the public may read from now on, by reference: never by arrival."""
    points = sa.select(sa.literal("comment"), Comment.id).join(Comment.submission)
    answers = sa.select(sa.literal("response"), Comment.id).join(Comment.submission)
    conditions = [points.where(PUBLIC)]
    if round_.visibility is not Visibility.COMPILATION_ONLY:
        conditions.append(answers.where(answer_is_public()))
    for statement in conditions:
        chosen = statement.where(Comment.round_id == round_.id).order_by(Comment.reference)
        db.session.execute(sa.insert(PublicChange).from_select(["kind", "subject_id"], chosen))
    releases = sa.select(sa.literal("release"), Release.id).where(
        Release.round_id == round_.id, Release.status == ReleaseStatus.PUBLISHED
    )
    db.session.execute(sa.insert(PublicChange).from_select(["kind", "subject_id"], releases.order_by(Release.number)))
    want_worker()


def _forget_untold() -> None:
    """Drop what was noted and is none of the public's business: it is not public, and nobody was ever told of it.

    So acts may note freely, what was published and taken back in between leaves no trace, and the places tell nobody
    how much happens in a round whose input is not public.
    """
    earlier = aliased(PublicChange)
    told = sa.exists().where(
        earlier.kind == PublicChange.kind,
        earlier.subject_id == PublicChange.subject_id,
        earlier.sequence.is_not(None),
    )
    for kind, is_public in NOTED.items():
        untold = (
            sa.select(PublicChange.id)
            .where(PublicChange.sequence.is_(None), PublicChange.kind == kind)
            .where(sa.not_(told), sa.not_(is_public(PublicChange.subject_id)))
        )
        db.session.execute(
            sa.delete(PublicChange).where(PublicChange.id.in_(untold)).execution_options(synchronize_session=False)
        )
