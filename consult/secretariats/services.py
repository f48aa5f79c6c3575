"""Creating hosts, assigning and ending roles."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor, StaffRole
from consult.accounts.models import Account
from consult.accounts.queries import find_account
from consult.accounts.services import create_account, end_sign_ins, invite_to_choose_password
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.secretariats import emails
from consult.secretariats.models import Host, Membership


def check_slug(slug: str) -> str:
    """A slug for addresses: lower-case letters, digits and hyphens, 3 to 60.

    Raises:
        BadInput: anything else.
    """
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{1,58})[a-z0-9]", slug) or "--" in slug:
        raise BadInput(_("Use 3 to 60 small letters a to z, digits, and single hyphens between them."), "slug")
    return slug


def create_host(*, slug: str, name: str, actor: Actor, now: datetime, is_illustration: bool = False) -> Host:
    """Create a host organisation.

    Raises:
        Conflict: the slug is taken.
    """
    check_slug(slug)
    if db.session.scalar(sa.select(Host.id).where(Host.slug == slug)) is not None:
        raise Conflict(_("Another host has this address already. Choose another one."), "slug")
    host = Host(slug=slug, name=name, is_illustration=is_illustration, created_at=now)
    db.session.add(host)
    db.session.flush()
    record("instance:host:create", host, actor=actor, now=now, content={"slug": slug, "name": name})
    return host


def assign_role(host: Host, *, account: Account, role: StaffRole, actor: Actor, now: datetime) -> Membership:
    """Give somebody a role at a host.

    Raises:
        Conflict: they have it already.
    """
    present = sa.select(Membership.id).where(
        Membership.host_id == host.id,
        Membership.account_id == account.id,
        Membership.role == role,
        Membership.ended_at.is_(None),
    )
    if db.session.scalar(present) is not None:
        raise Conflict(_("This person has that role already."), "email")
    membership = Membership(host=host, account=account, role=role, created_at=now)
    db.session.add(membership)
    db.session.flush()
    record("host:role:assign", host, actor=actor, now=now, content={"account": account.id, "role": role.value})
    return membership


def assign_role_by_email(
    host: Host, *, email: str, name: str, role: StaffRole, locale: str, actor: Actor, now: datetime
) -> Membership:
    """Give a role to whoever has that address, and tell them; without an account, one is made.

    Raises:
        Conflict: they have it already.
    """
    account = find_account(email)
    if account is None:
        account = create_account(email=email, name=name, password=None, locale=locale, now=now)
    membership = assign_role(host, account=account, role=role, actor=actor, now=now)
    if account.confirmed_at is None:
        # Also when there is an account that nobody confirmed: anybody may have asked for it with that address.
        invite_to_choose_password(account, now=now)
    else:
        emails.queue_role_assigned(membership, now=now)
    return membership


def end_role(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """Take a role away; the person is signed out everywhere, so that no open page keeps it.

    Raises:
        InvalidTransition: a manager would take the last manager's role, and nobody could give it back.
    """
    if membership.role is StaffRole.MANAGER and not actor.is_administrator:
        # One at a time at each host, or two managers could end each other's role at once.
        db.session.get_one(Host, membership.host_id, with_for_update=True, populate_existing=True)
        others = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Membership)
            .where(
                Membership.host_id == membership.host_id,
                Membership.role == StaffRole.MANAGER,
                Membership.ended_at.is_(None),
                Membership.id != membership.id,
            )
        )
        if not others:
            raise InvalidTransition(_("This is the last manager of the host. Name another one first."))
    membership.ended_at = now
    if membership.account_id != actor.actor_id:
        end_sign_ins(membership.account, now=now)
    record(
        "host:role:end",
        membership.host,
        actor=actor,
        now=now,
        content={"account": membership.account_id, "role": membership.role.value},
    )
