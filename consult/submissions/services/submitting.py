"""Submitting, withdrawing, making stricter: the acts on the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.consultations.models import Round
from consult.core.counters import count
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import random_reference
from consult.core.wake import want_worker
from consult.ledger.services import erase_salts, record
from consult.submissions import emails
from consult.submissions.enums import (
    CredentialStatus,
    PublicationSetting,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import (
    Comment,
    PublicationChange,
    Submission,
)
from consult.submissions.queries import get_identity
from consult.submissions.services.drafting import list_gaps, require_open, setting_fits
from consult.submissions.services.transitions import count_published, is_public

# From open to closed: a setting may later only move to the right.
STRICTNESS = [
    PublicationSetting.NAMED,
    PublicationSetting.ORGANISATION_ONLY,
    PublicationSetting.PSEUDONYM,
    PublicationSetting.ANONYMOUS,
    PublicationSetting.NOT_PUBLISHED,
]


def submit_submission(submission: Submission, *, actor: Person, now: datetime) -> Submission:
    """Submit a draft: freeze it, give every point its reference, record it, and mail the receipt.

    Submitting twice is harmless: the second time finds it submitted and changes nothing.

    Raises:
        InvalidTransition: incomplete, withdrawn, or the round takes it no more.
    """
    db.session.refresh(submission, attribute_names=["status"], with_for_update={"of": Submission})
    if submission.status is SubmissionStatus.SUBMITTED:
        return submission
    require_open(submission, now)
    if list_gaps(submission):
        raise InvalidTransition(_("Something is still missing. The list of steps shows what."))
    submission.status, submission.submitted_at = SubmissionStatus.SUBMITTED, now
    submission.account_id, submission.draft_key_digest = actor.actor_id, None
    if submission.is_official:
        submission.credential_status = CredentialStatus.AWAITED
    assign_references(submission.comments, submission.round)
    number = len(submission.comments)
    count(f"round:{submission.round_id}:submitted", number)
    count(f"round:{submission.round_id}:asked", number)
    db.session.flush()
    record(
        "account:submission:submit",
        submission,
        actor=actor,
        now=now,
        content={
            "references": [comment.reference for comment in submission.comments],
            "capacity": submission.capacity,
            "constituencies": [row.constituency for row in submission.constituencies],
        },
    )
    for comment in submission.comments:
        record("account:comment:submit", comment, actor=actor, now=now, content=comment_content(comment))
    emails.queue_receipt(submission, account=actor.account, now=now)
    return submission


def comment_content(comment: Comment) -> dict[str, str | None]:
    """What of a point the digests are over."""
    return {
        "reference": comment.reference,
        "type": comment.comment_type,
        "text": comment.text,
        "proposed_change": comment.proposed_change,
        "language": comment.language,
    }


def assign_references(comments: Sequence[Comment], round_: Round) -> None:
    """Give each point a reference that no other has; random, so that it tells neither order nor time."""
    waiting = [comment for comment in comments if comment.reference is None]
    while waiting:
        proposed = {f"{round_.label}-{random_reference()}" for _ in waiting}
        taken = set(db.session.scalars(sa.select(Comment.reference).where(Comment.reference.in_(proposed))))
        for reference in proposed - taken:
            waiting.pop().reference = reference


def withdraw_comment(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Withdraw one point, no reason asked: its words and the salts of its digests go, its reference stays.

    With the last point, where no option was chosen either, the submission itself is withdrawn.

    Raises:
        InvalidTransition: not submitted, or withdrawn already.
    """
    submission = comment.submission
    _hold(submission)
    _withdraw(comment, actor, now)
    if not submission.choices and all(row.is_withdrawn for row in submission.comments):
        _finish_withdrawal(submission, actor, now)


def withdraw_submission(submission: Submission, *, actor: Actor, now: datetime) -> None:
    """Withdraw everything of one submission: its points, what was chosen, and who spoke.

    Raises:
        InvalidTransition: not submitted, or withdrawn already.
    """
    _hold(submission)
    for comment in submission.comments:
        if not comment.is_withdrawn:
            _withdraw(comment, actor, now)
    _finish_withdrawal(submission, actor, now)


def _hold(submission: Submission) -> None:
    db.session.refresh(
        submission,
        attribute_names=["status", "publication_setting", "comments", "choices"],
        with_for_update={"of": Submission},
    )
    if submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("This has been withdrawn already."))


def _withdraw(comment: Comment, actor: Actor, now: datetime) -> None:
    # Read afresh: what a moderator or an approver did a moment ago decides which counters change.
    db.session.refresh(
        comment,
        attribute_names=["withdrawn_at", "moderation_status", "response_status"],
        with_for_update={"of": Comment},
    )
    if comment.reference is None or comment.is_withdrawn:
        raise InvalidTransition(_("This point has been withdrawn already."))
    if is_public(comment):
        count_published(comment, -1)
    count(f"round:{comment.round_id}:submitted", -1)
    if comment.response_status is not ResponseStatus.CLOSED:
        count(f"round:{comment.round_id}:asked", -1)
    if comment.response_status is ResponseStatus.SENT:
        count(f"round:{comment.round_id}:answered", -1)
    comment.text = comment.proposed_change = ""
    comment.withdrawn_at = now
    erase_salts("comment", [comment.id])
    want_worker()  # a release that shows the words is reissued at once
    db.session.flush()
    record("account:comment:withdraw", comment, actor=actor, now=now)


def _finish_withdrawal(submission: Submission, actor: Actor, now: datetime) -> None:
    submission.status, submission.withdrawn_at = SubmissionStatus.WITHDRAWN, now
    submission.choices.clear()
    submission.constituencies.clear()
    submission.pseudonym = ""
    identity = get_identity(submission)
    if identity is not None:
        db.session.delete(identity)
    erase_salts("submission", [submission.id])
    db.session.flush()
    record("account:submission:withdraw", submission, actor=actor, now=now)


def stricter_settings(submission: Submission) -> list[PublicationSetting]:
    """The settings that this submission may still move to."""
    present = submission.publication_setting
    if submission.status is not SubmissionStatus.SUBMITTED or present is None:
        return []
    return [s for s in STRICTNESS[STRICTNESS.index(present) + 1 :] if setting_fits(submission, s)]


def make_stricter(
    submission: Submission, setting: PublicationSetting, *, pseudonym: str, actor: Actor, now: datetime
) -> None:
    """Show the public less of who speaks than before; the first setting stays on record.

    Raises:
        InvalidTransition: not submitted.
        BadInput: not stricter than before, unfit for who speaks, or a pseudonym that is missing.
    """
    _hold(submission)
    before = submission.publication_setting
    if before is None:
        raise InvalidTransition(_("This has been withdrawn already."))
    if STRICTNESS.index(setting) <= STRICTNESS.index(before):
        raise BadInput(_("The setting can only become stricter."), "setting")
    if not setting_fits(submission, setting):
        raise BadInput(_("This choice does not fit who you speak for. Choose another one."), "setting")
    if setting is PublicationSetting.PSEUDONYM and not pseudonym:
        raise BadInput(_("Write the pseudonym that is to be shown."), "pseudonym")
    public_before = [comment for comment in submission.comments if is_public(comment)]
    submission.publication_setting = setting
    submission.pseudonym = pseudonym if setting is PublicationSetting.PSEUDONYM else ""
    for comment in public_before:
        if not is_public(comment):
            count_published(comment, -1)
    want_worker()  # a release that shows the words is reissued at once
    db.session.add(
        PublicationChange(submission_id=submission.id, setting_before=before, setting_after=setting, changed_at=now)
    )
    db.session.flush()
    record("account:submission:make_stricter", submission, actor=actor, now=now, content={"setting": setting})
