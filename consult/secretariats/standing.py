"""Who may hold the protection role: a host's own staff, who speak for nobody and decide about nothing there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor, StaffRole
from consult.accounts.models import Account
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.secretariats import emails
from consult.secretariats.enums import StaffStanding
from consult.secretariats.models import Host, MemberDelegate, Membership

# They screen, answer, clear and decide on what people say, and must not learn who said it.
DECIDING = frozenset({StaffRole.MANAGER, StaffRole.MODERATOR, StaffRole.RESPONDER, StaffRole.APPROVER})

GovernmentCheck = Callable[[int], bool]
_checks: list[GovernmentCheck] = []


def register_government_check(check: GovernmentCheck) -> None:
    """Let a higher feature say whether an account has spoken for a State, a government or an intergovernmental body."""
    if check not in _checks:
        _checks.append(check)


def _present(account_id: int) -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .where(Membership.account_id == account_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )


def require_may_protect(host: Host, account: Account, *, standing: StaffStanding, actor: Actor) -> None:
    """Refuse the protection role to whoever must not see who is behind protected input.

    Raises:
        BadInput: with the sentence that says why.
    """
    if account.id == actor.actor_id:
        raise BadInput(_("Nobody gives this role to themselves. Let another administrator give it."), "email")
    if standing is not StaffStanding.OWN:
        raise BadInput(_("The protection role is for the host’s own staff, never for who is seconded."), "standing")
    present = db.session.scalars(_present(account.id)).all()
    if any(one.standing is not StaffStanding.OWN for one in present):
        raise BadInput(_("In another role this person is seconded, or from a government."), "email")
    if any(one.host_id == host.id and one.role in DECIDING for one in present):
        raise BadInput(
            _("This person decides on input here. Who sees identities manages, moderates, answers and clears nothing."),
            "email",
        )
    if _is_delegate(account.id):
        raise BadInput(_("This person speaks for a member of a host."), "email")
    if any(check(account.id) for check in _checks):
        raise BadInput(_("This person has taken part for a State or a government."), "email")


def require_may_decide(host: Host, account: Account, *, role: StaffRole) -> None:
    """Refuse a role that decides on input to whoever holds the protection role at that host.

    Raises:
        BadInput: they do.
    """
    if role not in DECIDING:
        return
    present = db.session.scalars(_present(account.id)).all()
    if any(one.host_id == host.id and one.role is StaffRole.PROTECTION for one in present):
        raise BadInput(
            _("This person is a protection officer here, and so decides on nothing. End that role first."), "email"
        )


def _is_delegate(account_id: int) -> bool:
    found = sa.exists().where(MemberDelegate.account_id == account_id, MemberDelegate.revoked_at.is_(None))
    return bool(db.session.scalar(sa.select(found)))


def set_standings(host: Host, account: Account, standing: StaffStanding) -> None:
    """Say who employs somebody at a host: one standing for all their present roles there."""
    for one in db.session.scalars(_present(account.id).where(Membership.host_id == host.id)):
        one.standing = standing
    db.session.flush()


def end_protection(account_id: int, *, actor: Actor, now: datetime) -> int:
    """End the protection role wherever somebody has it, in the act by which they may hold it no more.

    Returns:
        How many ended.
    """
    ended = db.session.scalars(_present(account_id).where(Membership.role == StaffRole.PROTECTION)).all()
    for one in ended:
        one.ended_at = now
        db.session.flush()
        record(
            "host:role:end", one.host, actor=actor, now=now,
            content={"account": account_id, "role": one.role.value},
        )  # fmt: skip
        emails.queue_protection_ended(one, now=now)
    return len(ended)
