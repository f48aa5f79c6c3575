"""What hosts hold of their staff and of delegates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section, chosen, names_owner
from consult.secretariats.models import MemberDelegate, Membership


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    roles = db.session.scalars(
        sa.select(Membership)
        .options(joinedload(Membership.host))
        .where(Membership.account_id == owner.account_id)
        .order_by(Membership.id)
    )
    yield Section(
        "roles",
        _("Your roles at hosts"),
        _("The managers of the host, and the administrator."),
        [
            Entry(
                [
                    Fact("host", _("Host"), row.host.name),
                    chosen("role", _("Role"), row.role),
                    chosen("standing", _("Who employs you"), row.standing),
                    Fact("since", _("Since"), row.created_at),
                    Fact("until", _("Until"), row.ended_at),
                ]
            )
            for row in roles
        ],
    )
    delegates = db.session.scalars(
        sa.select(MemberDelegate)
        .where(names_owner(owner, MemberDelegate.account_id, MemberDelegate.email))
        .order_by(MemberDelegate.id)
    ).unique()
    yield Section(
        "delegations",
        _("Members of hosts that named you as a delegate"),
        _("The managers of the host see the address that they wrote to, and whether you accepted."),
        [
            Entry(
                [
                    Fact("member", _("Member"), row.member.name),
                    Fact("host", _("Host"), row.member.host.name),
                    Fact("email", _("Address that they wrote to"), row.email),
                    Fact("named_at", _("Named"), row.created_at),
                    Fact("accepted_at", _("Accepted"), row.accepted_at),
                    Fact("revoked_at", _("Taken back"), row.revoked_at),
                ]
            )
            for row in delegates
        ],
    )


def _erase(owner: Owner, *, now: datetime) -> None:
    statement = sa.delete(MemberDelegate).where(names_owner(owner, MemberDelegate.account_id, MemberDelegate.email))
    db.session.execute(statement.execution_options(synchronize_session=False))


def _forget_address(email: str) -> None:
    """Delegations that nobody has accepted: those that somebody has go with their account."""
    statement = sa.delete(MemberDelegate).where(MemberDelegate.account_id.is_(None), MemberDelegate.email == email)
    db.session.execute(statement.execution_options(synchronize_session=False))


COLLECTORS = (
    Collector(
        key="hosts",
        title=_l("Your roles and delegations"),
        tables=("membership", "member_delegate"),
        when_closed=_l(
            "Before that you give up your present roles. The record that you had a role stays, without your name. Your "
            "address goes from the lists of delegates."
        ),
        collect=_collect,
        erase=_erase,
        forget_address=_forget_address,
    ),
)
