"""A submission without an account: its code, coming back with it, keeping it in an account, forgetting its draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.accounts.actors import Person
from consult.core.codes import code_digest, is_code, new_code
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, new_key
from consult.ledger.services import record
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import ClaimOpening, Submission
from consult.submissions.queries.claims import needs_account
from consult.submissions.services.drafting import delete_draft, lock_draft
from consult.submissions.services.handing_over import drafts_of_browser, take_over_draft

OPEN_FOR = timedelta(hours=2)
"""How long a browser keeps a submission open at most; half an hour without a request ends it before."""


def make_claim_code(draft: Submission, *, now: datetime) -> str:
    """A new code for a draft without an account, which is to be typed back; one that was made before holds no more.

    It is returned to be shown once, and kept as its digest alone.

    Raises:
        InvalidTransition: submitted already, the round takes it no more, or it needs an account.
    """
    lock_draft(draft, now)
    if draft.account_id is not None or needs_account(draft):
        raise InvalidTransition(_("This can be submitted with an account alone, so it gets no code."))
    code = new_code()
    draft.claim_digest, draft.claim_checked_at = code_digest(code), None
    _end_openings_of(draft)
    db.session.flush()
    return code


def opens_submission(submission: Submission, code: str) -> bool:
    """Whether that is the code of a submission without an account."""
    return is_code(submission.claim_digest, code)


def check_claim_code(draft: Submission, code: str, *, now: datetime) -> str:
    """Take note that its author has the code, and open the draft with it in this browser.

    Args:
        draft: without an account.
        code: as it was typed in, in the form that was shown.
        now: when; the day alone is kept.

    Returns:
        The key of the opening, for this browser to keep.

    Raises:
        BadInput: it is not the code of this draft.
        InvalidTransition: submitted already, or the round takes it no more.
    """
    lock_draft(draft, now)
    if not opens_submission(draft, code):
        raise BadInput(
            _("This is not the code that we showed you last. Look at each group again, or make a new code."),
            "written_code",
        )
    draft.claim_checked_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return open_for_author(draft, now=now)


def open_with_code(code: str, *, now: datetime) -> tuple[Submission, str] | None:
    """Open a submission with its code; None where no code opens anything, whatever the reason.

    A code that was never given, one whose submission was withdrawn, and one that is kept in an account now are looked
    for in the same way and found in none: nothing tells them apart.

    Returns:
        The submission, or its draft; and the key of the opening, for this browser to keep.
    """
    found = _find(code)
    return (found, open_for_author(found, now=now)) if found is not None else None


def _find(code: str, *, lock: bool = False) -> Submission | None:
    statement = sa.select(Submission).where(Submission.claim_digest == code_digest(code))
    if lock:
        statement = statement.with_for_update(of=Submission).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def open_for_author(submission: Submission, *, now: datetime) -> str:
    """Open a submission in the browser of whoever proved to be its author, and return the key of the opening."""
    key = new_key()
    db.session.add(ClaimOpening(key_digest=key_digest(key), submission_id=submission.id, expires_at=now + OPEN_FOR))
    db.session.flush()
    return key


def end_claim_openings(keys: Sequence[str]) -> None:
    """End what a browser has opened with a code; harmless when it has ended already."""
    if keys:
        digests = [key_digest(key) for key in keys]
        db.session.execute(sa.delete(ClaimOpening).where(ClaimOpening.key_digest.in_(digests)))


def forget_expired_openings(now: datetime) -> int:
    """Delete the openings whose time has passed; returns how many."""
    gone = db.session.execute(sa.delete(ClaimOpening).where(ClaimOpening.expires_at <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _end_openings_of(submission: Submission) -> None:
    db.session.execute(sa.delete(ClaimOpening).where(ClaimOpening.submission_id == submission.id))


def forget_code(submission: Submission, *, now: datetime) -> None:
    """Let nobody open a submission that was withdrawn with its code: a note that is found later tells nothing."""
    if submission.claim_digest is not None:
        submission.claim_digest = submission.claim_checked_at = None
        submission.forgotten_on = now.date()
        _end_openings_of(submission)


def keep_in_account(code: str, *, actor: Person, now: datetime) -> Submission | None:
    """Let a submission without an account, or its draft, be that of an account; from then on the code opens nothing.

    Returns:
        The submission, or the draft that the account has in its round now; None where the code opens nothing.
    """
    found = _find(code, lock=True)
    if found is None:
        return None
    _end_openings_of(found)
    if found.status is SubmissionStatus.DRAFT:
        return take_over_draft(found, actor.account, now=now)
    found.account_id, found.claim_digest, found.claim_checked_at = actor.actor_id, None, None
    db.session.flush()
    record("account:submission:keep", found, actor=actor, now=now)
    return found


def forget_drafts(keys: Sequence[str]) -> int:
    """Delete the drafts that one browser alone could open, since it forgets them; returns how many it held.

    A draft whose author has a code for it stays for the code; the browser's key opens it no more.
    """
    found = drafts_of_browser(keys)
    for draft in found:
        if draft.claim_checked_at is not None:
            draft.draft_key_digest = None
        else:
            delete_draft(draft)
    db.session.flush()
    return len(found)
