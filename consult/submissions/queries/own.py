"""Reading what is somebody’s own: drafts, submissions, who spoke in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.access.roles import Actor
from consult.accounts.actors import Person, Visitor
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Question, Round
from consult.consultations.queries import rounds_open_to, split_address
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    ON_RECORD,
    SubmissionStatus,
)
from consult.submissions.models import Choice, Comment, Submission, SubmissionIdentity
from consult.submissions.queries.points import PUBLIC, find_comment


def is_author(actor: Actor, subject: Any) -> bool:
    """The relation *author*: whose submission it is, who came with its code, or whose browser holds the draft's key."""
    submission: Submission = subject if isinstance(subject, Submission) else subject.submission
    if submission.account_id is not None:
        return submission.account_id == actor.actor_id
    if not isinstance(actor, Visitor | Person):
        return False
    if actor.claimed_id is not None and actor.claimed_id == submission.id:
        return True
    return submission.draft_key_digest in {key_digest(key) for key in actor.draft_keys}


def find_draft(round_: Round, actor: Actor) -> Submission | None:
    """The draft that this actor has in a round: the account's, else the one opened with its code or begun here."""
    base = sa.select(Submission).where(Submission.round_id == round_.id, Submission.status == SubmissionStatus.DRAFT)
    if actor.actor_id is not None:
        return db.session.scalar(base.where(Submission.account_id == actor.actor_id))
    keys = actor.draft_keys if isinstance(actor, Visitor) else ()
    if not keys and actor.claimed_id is None:
        return None
    is_claimed = Submission.id == (actor.claimed_id or 0)
    return db.session.scalar(
        base.where(
            Submission.account_id.is_(None),
            sa.or_(is_claimed, Submission.draft_key_digest.in_([key_digest(key) for key in keys])),
        )
        .order_by(sa.case((is_claimed, 0), else_=1), Submission.id)
        .limit(1)
    )


def find_offered(round_: Round, actor: Actor) -> Submission | None:
    """What this actor has offered late in a round, or had declined; the newest."""
    found: Submission | None = db.session.scalar(
        _submissions_of(actor)
        .where(
            Submission.round_id == round_.id,
            Submission.status.in_([SubmissionStatus.OFFERED, SubmissionStatus.DECLINED]),
        )
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return found


def is_input_reader(actor: Actor, subject: Any) -> bool:
    """The relation *input reader*: by the visibility of the round, and the clock."""
    round_: Round = subject if isinstance(subject, Round) else subject.round
    return round_.id in rounds_with_input_for(actor, [round_])


def rounds_with_input_for(actor: Actor, rounds: Iterable[Round]) -> set[int]:
    """The keys of those rounds whose input the actor may read; three queries at most, none for a visitor."""
    now = utc_now()
    found: set[int] = set()
    for_participants = []
    for round_ in rounds:
        if round_.opened_at is None:
            continue
        if round_.visibility is Visibility.PARTICIPANTS_ONLY:
            for_participants.append(round_)
        elif round_.visibility is Visibility.AS_RECEIVED:
            found |= {round_.id} if round_.has_begun(now) else set()
        else:  # not before the grace has passed: nobody writes after reading the others
            found |= {round_.id} if round_.is_over(now) else set()
    # In a public round everybody may take part, so only who has done so counts as taking part.
    public = [round_.id for round_ in for_participants if round_.audience is Audience.PUBLIC]
    others = [round_ for round_ in for_participants if round_.audience is not Audience.PUBLIC]
    return found | _submitted_in(actor, public) | rounds_open_to(actor, others)


def read_by_everybody(rounds: Iterable[Round]) -> sa.ColumnElement[bool]:
    """SQL, in a statement that joins comments and submissions: points of these rounds that every visitor reads now."""
    return sa.and_(PUBLIC, Comment.round_id.in_(sorted(rounds_with_input_for(Visitor(), rounds))))


def _submitted_in(actor: Actor, round_ids: Collection[int]) -> set[int]:
    if (actor.actor_id is None and actor.claimed_id is None) or not round_ids:
        return set()
    statement = sa.select(Submission.round_id).where(
        _is_of(actor),
        Submission.round_id.in_(round_ids),
        Submission.status == SubmissionStatus.SUBMITTED,
    )
    return set(db.session.scalars(statement))


def get_submission(key: str) -> Submission:
    """The submission of that key, with its points.

    Raises:
        NotFound: no such submission.
    """
    found = db.session.scalar(sa.select(Submission).where(Submission.key == key))
    if found is None:
        raise NotFound
    return found


def get_submission_at(slug: str, key: str) -> Submission:
    """The submission, or the draft, that an address names.

    Raises:
        NotFound: none such in this consultation.
    """
    submission = get_submission(key)
    if submission.round.consultation.slug != split_address(slug)[0]:
        raise NotFound
    return submission


def get_submitted(slug: str, key: str) -> Submission:
    """The submission on the record (or withdrawn since) that an address names.

    Raises:
        NotFound: none such in this consultation, or a draft.
    """
    submission = get_submission_at(slug, key)
    if not submission.is_on_record:
        raise NotFound
    return submission


def get_identity(submission: Submission) -> SubmissionIdentity | None:
    """Who spoke: for the author's own pages and the act of submitting, nowhere else."""
    return db.session.get(SubmissionIdentity, submission.id)


def comments_of(submissions: Iterable[Submission]) -> Mapping[int, Sequence[Comment]]:
    """The points of several submissions, by key of the submission; one query. By place in the text, then as written."""
    found: dict[int, list[Comment]] = {submission.id: [] for submission in submissions}
    rows = db.session.scalars(
        sa.select(Comment)
        .outerjoin(Comment.paragraph)
        .options(joinedload(Comment.paragraph), joinedload(Comment.question).lazyload(Question.options))
        .where(Comment.submission_id.in_(list(found)))
        .order_by(
            sa.func.coalesce(Paragraph.position, 0),
            sa.func.coalesce(Comment.question_id, 0),
            sa.func.coalesce(Comment.option_id, 0),
            Comment.id,
        )
    ).unique()
    for row in rows:
        found[row.submission_id].append(row)
    return found


def list_comments_of(submission: Submission) -> Sequence[Comment]:
    """The points of one submission: by place in the text, then as they were written."""
    return comments_of([submission])[submission.id]


def get_draft_comment(submission: Submission, key: str) -> Comment:
    """One point of a draft.

    Raises:
        NotFound: none such in this draft.
    """
    comment = db.session.scalar(sa.select(Comment).where(Comment.submission_id == submission.id, Comment.key == key))
    if comment is None:
        raise NotFound
    return comment


def get_submitted_comment(submission: Submission, reference: str) -> Comment:
    """One point of a submission, by its reference.

    Raises:
        NotFound: none such in this submission.
    """
    comment = find_comment(reference)
    if comment is None or comment.submission_id != submission.id:
        raise NotFound
    return comment


def count_points(submission_ids: Collection[int]) -> Mapping[int, int]:
    """How many points each submission has left, by key of the submission; one query."""
    rows = db.session.execute(
        sa.select(Comment.submission_id, sa.func.count())
        .where(Comment.submission_id.in_(list(submission_ids)), Comment.withdrawn_at.is_(None))
        .group_by(Comment.submission_id)
    )
    return {key: number for key, number in rows}  # noqa: C416 - rows are not tuples to the type checker


def list_choices_of(submission: Submission) -> Mapping[int, Choice]:
    """What one submission says of options, by key of the option; one left open is not among them."""
    rows = db.session.scalars(
        sa.select(Choice)
        .options(joinedload(Choice.option))
        .where(Choice.submission_id == submission.id)
        .order_by(Choice.id)
    )
    return {row.option_id: row for row in rows}


def page_of_submissions_of(actor: Actor, *, after: str | None, before: str | None, size: int = 10) -> Page[Submission]:
    """What somebody has submitted or withdrawn, newest first; what is not on record is listed apart."""
    return fetch_page(
        db.session,
        _submissions_of(actor).where(Submission.status.in_(ON_RECORD)),
        [Submission.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
        size=size,
    )


def list_drafts_of(actor: Actor) -> Sequence[Submission]:
    """The drafts of somebody's account, last saved first: those that were offered late, or declined, too."""
    return db.session.scalars(
        _submissions_of(actor)
        .where(Submission.status.not_in(ON_RECORD))
        .order_by(Submission.saved_at.desc(), Submission.id.desc())
        .limit(200)
    ).all()


def list_submitted_in(round_: Round, actor: Actor) -> Sequence[Submission]:
    """What somebody has submitted in a round before, newest first."""
    return db.session.scalars(
        _submissions_of(actor)
        .where(Submission.round_id == round_.id, Submission.status == SubmissionStatus.SUBMITTED)
        .order_by(Submission.id.desc())
        .limit(200)
    ).all()


def _submissions_of(actor: Actor) -> sa.Select[Any]:
    return sa.select(Submission).where(_is_of(actor))


def _is_of(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: it is of this account, or the one that was opened with its code."""
    if actor.actor_id is None:
        return Submission.id == (actor.claimed_id or 0)
    return Submission.account_id == actor.actor_id
