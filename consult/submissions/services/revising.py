"""Revising what was submitted: a draft that takes its place once it is submitted too; the first one stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from consult.accounts.actors import Person
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.core.locale import gettext as _
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import (
    Choice,
    Comment,
    Submission,
    SubmissionConstituency,
    SubmissionIdentity,
    short_key,
)
from consult.submissions.queries import find_draft, get_identity, superseded_among
from consult.submissions.services.drafting import delete_draft, lock_draft
from consult.submissions.services.files import copy_files
from consult.submissions.services.quotations import copy_quotation


def begin_revision(submission: Submission, *, actor: Person, now: datetime) -> Submission:
    """A draft with copies of a submission's points, answers and who speaks; beginning it twice gives the same one.

    Args:
        submission: on record, the newest of its line, and the actor's own.
        actor: its author.
        now: when.

    Raises:
        InvalidTransition: withdrawn, revised already, the round is closed, or there is another draft in this round.
    """
    # Of two devices the second waits here, then finds the draft that the first began.
    db.session.refresh(submission, attribute_names=["status"], with_for_update={"of": Submission})
    if submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("This has been withdrawn, so it cannot be revised."))
    if not submission.round.is_open(now):
        raise InvalidTransition(_("This round is closed, so nothing can be revised any more."))
    if superseded_among([submission.id]):
        raise InvalidTransition(_("This has been revised already. Revise the newest one."))
    there = find_draft(submission.round, actor)
    if there is not None and there.supersedes_id == submission.id:
        return there
    if there is not None:
        raise _another_draft()
    try:
        with db.session.begin_nested():
            return _copy(submission, now)
    except IntegrityError as error:  # another draft was begun in this moment, on another device
        raise _another_draft() from error


def _another_draft() -> InvalidTransition:
    return InvalidTransition(_("You have another draft in this round. Submit it first, then revise."))


def _copy(submission: Submission, now: datetime) -> Submission:
    draft = Submission(
        key=short_key(),
        round=submission.round,
        account_id=submission.account_id,
        supersedes_id=submission.id,
        revision=submission.revision + 1,
        capacity=submission.capacity,
        language=submission.language,
        publication_setting=submission.publication_setting,
        pseudonym=submission.pseudonym,
        asked_for_protection=submission.asked_for_protection,
        publication_delay=submission.publication_delay,
        publish_on=submission.publish_on,
        begun_at=now,
        saved_at=now,
    )
    draft.constituencies = [SubmissionConstituency(constituency=row.constituency) for row in submission.constituencies]
    identity = get_identity(submission)
    if identity is not None:
        draft.identity = SubmissionIdentity(
            name=identity.name, organisation=identity.organisation, country=identity.country
        )
    draft.choices = [
        Choice(
            question_id=row.question_id,
            option_id=row.option_id,
            is_only=row.is_only,
            agreement=row.agreement,
            stance=row.stance,
        )
        for row in submission.choices
    ]
    kept = [row for row in submission.comments if not row.is_withdrawn]
    draft.comments = [
        Comment(
            round_id=row.round_id,
            paragraph_id=row.paragraph_id,
            question_id=row.question_id,
            option_id=row.option_id,
            supersedes_id=row.id,
            comment_type=row.comment_type,
            nature=row.nature,
            text=row.text,
            proposed_change=row.proposed_change,
            language=row.language,
            language_words=row.language_words,
        )
        for row in kept
    ]
    for copied, row in zip(draft.comments, kept, strict=True):
        copy_quotation(row, copied)
    db.session.add(draft)
    db.session.flush()
    copy_files(submission, draft)
    return draft


def discard_revision(draft: Submission, *, now: datetime) -> None:
    """Give up a revision before it is submitted: what it was to replace stays as it is.

    Raises:
        InvalidTransition: submitted already, the round has closed, or it revises nothing.
    """
    lock_draft(draft, now)
    if draft.supersedes_id is None:
        raise InvalidTransition(_("This draft revises nothing that was submitted."))
    delete_draft(draft)
