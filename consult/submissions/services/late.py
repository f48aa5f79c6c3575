"""Input handed in after its round has closed: offered by its author, accepted or declined by a manager."""

from __future__ import annotations

from datetime import datetime

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.accounts.queries import get_account
from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.submissions import emails
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.queries import is_released
from consult.submissions.services.drafting import list_gaps
from consult.submissions.services.holding import handed_in_at
from consult.submissions.services.submitting import lock_with_earlier, put_on_record


def can_offer_late(submission: Submission, now: datetime) -> bool:
    """Whether its author may hand in a draft late: begun before the closing, complete, and nothing released yet."""
    return _is_late(submission, now) and not list_gaps(submission) and not is_released(submission.round)


def _is_late(submission: Submission, now: datetime) -> bool:
    round_ = submission.round
    return (
        submission.status is SubmissionStatus.DRAFT
        and round_.is_over(now)
        and round_.closes_at is not None
        and submission.begun < round_.closes_at
    )


def offer_late(submission: Submission, *, plea: str = "", actor: Person, now: datetime) -> None:
    """Hand in a draft after the closing: it is kept as it is, and not on the record unless a manager accepts it.

    Args:
        submission: the draft.
        plea: why it comes late, if its author says so; never public, and not in the ledger.
        actor: its author.
        now: when.

    Raises:
        InvalidTransition: not complete, not late, begun too late, or a release of the round exists.
    """
    _lock_with_round(submission)
    if submission.status is SubmissionStatus.OFFERED:
        return
    require_unreleased(submission.round)
    if not _is_late(submission, now):
        raise InvalidTransition(_("Only a draft that was begun before the round closed can be handed in late."))
    submission.account_id, submission.claim_digest, submission.claim_checked_at = actor.actor_id, None, None
    if list_gaps(submission):
        raise InvalidTransition(_("Something is still missing, so this draft cannot be handed in."))
    submission.draft_key_digest = None
    submission.status, submission.late_plea = SubmissionStatus.OFFERED, plea
    submission.submitted_at, submission.is_held = handed_in_at(submission, now), submission.is_protected
    db.session.flush()
    record("account:submission:offer_late", submission, actor=actor, now=now)


def take_back_offer(submission: Submission, *, actor: Person, now: datetime) -> None:
    """Let what was handed in late be a draft again, while nobody has decided on it; why it came late is erased.

    Raises:
        InvalidTransition: it was decided on, or never handed in.
    """
    _lock_with_round(submission)
    _require_offered(submission)
    submission.status, submission.late_plea = SubmissionStatus.DRAFT, ""
    db.session.flush()
    record("account:submission:take_back_offer", submission, actor=actor, now=now)


def mark_late(submission: Submission, reason: str) -> None:
    """Say of a submission that it was received after its round had closed, and why it is taken all the same.

    Args:
        submission: before it is put on the record.
        reason: public, in the authentic language of the consultation.

    Raises:
        BadInput: no reason.
    """
    if not reason:
        raise BadInput(_("Write the reason that the public will read."), "reason")
    submission.is_late, submission.late_reason = True, reason
    db.session.flush()


def accept_late(submission: Submission, *, reason: str, actor: Actor, now: datetime) -> Submission:
    """Put what was handed in late on the record, marked so; its author gets the receipt.

    Raises:
        BadInput: no reason.
        InvalidTransition: decided on already, taken back, or a release of the round exists.
    """
    _lock_with_round(submission)
    _require_offered(submission)
    require_unreleased(submission.round)
    mark_late(submission, reason)
    put_on_record(submission, act="desk:submission:accept_late", actor=actor, now=now)
    return submission


def decline_late(submission: Submission, *, reason: str, actor: Actor, now: datetime) -> None:
    """Decline what was handed in late, with the reason for its author alone; the draft stays theirs to read.

    Raises:
        BadInput: no reason.
        InvalidTransition: decided on already, or taken back.
    """
    _lock_with_round(submission)
    _require_offered(submission)
    if not reason:
        raise BadInput(_("Write the reason that the author will read."), "reason")
    submission.status, submission.late_reason = SubmissionStatus.DECLINED, reason
    db.session.flush()
    record("desk:submission:decline_late", submission, actor=actor, now=now, content={"reason": reason})
    emails.queue_declined(submission, account=get_account(submission.account_id or 0), now=now)


def _lock_with_round(submission: Submission) -> None:
    """Lock the round, then the submission: asking for a release locks the round too, and the second sees the first."""
    db.session.refresh(submission.round, attribute_names=["opened_at"], with_for_update={"of": Round})
    lock_with_earlier(submission)


def _require_offered(submission: Submission) -> None:
    if submission.status is not SubmissionStatus.OFFERED:
        raise InvalidTransition(_("This was decided on already, or its author has taken it back."))


def require_unreleased(round_: Round) -> None:
    """Refuse what can no longer be added.

    Raises:
        InvalidTransition: a release of the round exists, if it is only being built.
    """
    if is_released(round_):
        raise InvalidTransition(_("The response log of this round is released, so nothing more can be added to it."))
