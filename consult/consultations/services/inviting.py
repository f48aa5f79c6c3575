"""Inviting people to a round by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import Person
from consult.consultations import emails
from consult.consultations.enums import Audience
from consult.consultations.models import Invitation, Round
from consult.core.db import db
from consult.core.errors import BadInput, Gone, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, new_key
from consult.ledger.services import record

INVITATION_LIFE = timedelta(days=60)
INVITATIONS_AT_ONCE = 200


def invite(round_: Round, emails_typed: Sequence[str], *, locale: str, actor: Actor, now: datetime) -> int:
    """Invite people by e-mail; who is invited already is left alone. Returns how many were invited.

    Args:
        round_: a round by invitation, opened and not closed: the mailed link must lead somewhere.
        emails_typed: addresses, at most 200 at once.
        locale: language of the message.
        actor: who invites.
        now: when.

    Raises:
        InvalidTransition: the round is not by invitation, not opened, or closed.
        BadInput: too many at once.
    """
    if round_.audience is not Audience.BY_INVITATION or round_.opened_at is None or round_.has_closed(now):
        raise InvalidTransition(_("People can be invited to a round by invitation, from its opening to its closing."))
    wanted = sorted({email.strip().lower() for email in emails_typed if email.strip()})
    if len(wanted) > INVITATIONS_AT_ONCE:
        raise BadInput(_("Invite at most %(count)s people at once.", count=INVITATIONS_AT_ONCE), "emails")
    present = {
        row.email: row
        for row in db.session.scalars(
            sa.select(Invitation).where(Invitation.round_id == round_.id, Invitation.email.in_(wanted))
        )
    }
    sent = 0
    for email in wanted:
        row = present.get(email)
        if row is not None and row.revoked_at is None and (row.accepted_at or row.expires_at > now):
            continue
        key = new_key()
        if row is None:
            row = Invitation(round=round_, email=email, key_digest="", created_at=now, expires_at=now)
            db.session.add(row)
        row.key_digest, row.expires_at = key_digest(key), now + INVITATION_LIFE
        row.locale = locale
        row.revoked_at = row.accepted_at = row.account_id = None
        emails.queue_invitation(row, key=key, locale=locale, now=now)
        sent += 1
    db.session.flush()
    record("desk:round:invite", round_, actor=actor, now=now, content={"number": sent})
    return sent


def accept_invitation(invitation: Invitation, *, actor: Person, now: datetime) -> None:
    """Admit whoever holds the link and has signed in; the link is used up.

    Raises:
        Gone: used, revoked or expired since the page was opened.
    """
    db.session.refresh(invitation, with_for_update={"of": Invitation})
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= now:
        raise Gone(_("This invitation has been used, was taken back, or has expired."))
    invitation.account_id, invitation.accepted_at = actor.actor_id, now
    db.session.flush()
    record("account:invitation:accept", invitation.round, actor=actor, now=now)


def revoke_invitation(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back; what its holder submitted stays on record. Twice changes nothing."""
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = now
    db.session.flush()
    record("desk:invitation:revoke", invitation.round, actor=actor, now=now)
