"""Looking at who is behind a protected submission: rare, with a reason, on record, and told to the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor, StaffRole
from consult.accounts.countries import country_in_words
from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition, NotPermitted, TooManyAttempts
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.protection import emails
from consult.protection.enums import LookReason
from consult.protection.models import IdentityLook
from consult.secretariats.models import Membership
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.queries import get_identity

LOOKS_A_DAY = 20
"""How often one officer looks within 24 hours: enough for a bad week, too few to copy a round."""


@dataclass(frozen=True)
class Behind:
    """Who is behind a submission: for the answer to one request, never kept.

    Args:
        name: as they wrote it.
        organisation: may be empty.
        country: ISO code, or None.
        email: of their account, if it has one.
        has_account: whether the submission belongs to an account.
    """

    name: str
    organisation: str
    country: str | None
    email: str | None
    has_account: bool

    @property
    def country_words(self) -> str:
        """The country or area by its United Nations name; empty where none is on record."""
        return country_in_words(self.country, current_locale().code)


def look_behind(submission: Submission, *, reason: LookReason, words: str, actor: Actor, now: datetime) -> Behind:
    """See who is behind a protected submission. The look is a row that stays, and the person is told of it.

    Args:
        submission: protected, on the record.
        reason: why, of a short list.
        words: why, in the officer's own words, which the person reads.
        actor: the protection officer.
        now: when.

    Raises:
        BadInput: no words.
        InvalidTransition: withdrawn or left by its author meanwhile, or not protected: staff see those anyway.
        NotPermitted: the officer has lost the role meanwhile.
        TooManyAttempts: this officer has looked too often within a day.
    """
    if not words:
        raise BadInput(_("Write why you look. The person reads it."), "why")
    if actor.actor_id is None:
        raise NotPermitted
    # Of a look and a withdrawal at once, the second waits here and sees what the first did.
    db.session.refresh(
        submission,
        attribute_names=["status", "publication_setting", "asked_for_protection", "account_id", "forgotten_on"],
        with_for_update={"of": Submission},
    )
    if submission.status is not SubmissionStatus.SUBMITTED or submission.forgotten_on is not None:
        raise InvalidTransition(_("Its author has taken it back or left. Nobody can be seen behind it any more."))
    if not submission.is_protected:
        raise InvalidTransition(_("This submission is not protected."))
    _require_few(actor.actor_id, now)
    _require_role(actor.actor_id, submission.host_id)
    look = IdentityLook(
        submission_id=submission.id, host_id=submission.host_id, officer_id=actor.actor_id, reason=reason,
        words=words, looked_at=now,
    )  # fmt: skip
    db.session.add(look)
    db.session.flush()
    record("desk:identity:look", look, actor=actor, now=now, content={"reason": reason.value, "words": words})
    account = get_account(submission.account_id) if submission.account_id is not None else None
    if account is not None:
        emails.queue_looked(account, now=now)
    identity = get_identity(submission)
    return Behind(
        name=identity.name if identity is not None else "",
        organisation=identity.organisation if identity is not None else "",
        country=identity.country if identity is not None else None,
        email=account.email if account is not None else None,
        has_account=account is not None,
    )


def _require_few(officer_id: int, now: datetime) -> None:
    """Count under a lock, so that many requests at once do not pass the limit together."""
    db.session.execute(sa.select(Account.id).where(Account.id == officer_id).with_for_update())
    made = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(IdentityLook)
        .where(IdentityLook.officer_id == officer_id, IdentityLook.looked_at > now - timedelta(days=1))
    )
    if (made or 0) >= LOOKS_A_DAY:
        raise TooManyAttempts(
            ngettext(
                "You have looked %(num)s time within a day. That is the limit; go on tomorrow.",
                "You have looked %(num)s times within a day. That is the limit; go on tomorrow.",
                LOOKS_A_DAY,
            ),
            retry_after=3600,
        )


def _require_role(officer_id: int, host_id: int) -> None:
    """Of a look and the end of the role at once, the second waits here: who was let in as an officer may be none."""
    held = (
        sa.select(Membership.id)
        .where(
            Membership.account_id == officer_id,
            Membership.host_id == host_id,
            Membership.role == StaffRole.PROTECTION,
            Membership.ended_at.is_(None),
        )
        .with_for_update()
    )
    if db.session.scalar(held) is None:
        raise NotPermitted
