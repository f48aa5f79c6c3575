"""Creating hosts, assigning and ending roles; the members of a host and who speaks for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor, StaffRole
from consult.accounts.actors import Person
from consult.accounts.models import Account
from consult.accounts.queries import find_account, lock_account
from consult.accounts.services import create_account, end_sign_ins, invite_to_choose_password
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, Gone, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, new_key
from consult.ledger.services import record
from consult.secretariats import emails
from consult.secretariats.enums import MemberStatus, StaffStanding
from consult.secretariats.models import Host, Member, MemberDelegate, Membership
from consult.secretariats.standing import (
    end_protection,
    require_may_decide,
    require_may_protect,
    set_standings,
)

DELEGATE_LINK_LIFE = timedelta(days=60)
MEMBERS_AT_ONCE = 300


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


def update_safety_contact(host: Host, contact: str, *, actor: Actor, now: datetime) -> None:
    """Say, in the host's own words, whom people turn to with fear and reprisals; public, and empty takes it away."""
    if contact == host.safety_contact:
        return
    host.safety_contact = contact
    db.session.flush()
    record("host:safety_contact:change", host, actor=actor, now=now, content={"contact": contact})


def assign_role(
    host: Host,
    *,
    account: Account,
    role: StaffRole,
    actor: Actor,
    now: datetime,
    standing: StaffStanding = StaffStanding.OWN,
) -> Membership:
    """Give somebody a role at a host, and say who employs them there; it holds for all their roles at that host.

    Whoever is seconded, or from a government, loses the protection role, wherever they have it.

    Args:
        host: where.
        account: whose.
        role: which.
        actor: who gives it.
        now: when.
        standing: who employs them.

    Raises:
        Conflict: they have it already.
        BadInput: the protection role does not go to this person, or not together with this role.
    """
    lock_account(account.id)
    present = sa.select(Membership.id).where(
        Membership.host_id == host.id,
        Membership.account_id == account.id,
        Membership.role == role,
        Membership.ended_at.is_(None),
    )
    if db.session.scalar(present) is not None:
        raise Conflict(_("This person has that role already."), "email")
    if role is StaffRole.PROTECTION:
        require_may_protect(host, account, standing=standing, actor=actor)
    else:
        require_may_decide(host, account, role=role)
    if standing is not StaffStanding.OWN:
        end_protection(account.id, actor=actor, now=now)
    set_standings(host, account, standing)
    membership = Membership(host=host, account=account, role=role, standing=standing, created_at=now)
    db.session.add(membership)
    db.session.flush()
    record(
        "host:role:assign", host, actor=actor, now=now,
        content={"account": account.id, "role": role.value, "standing": standing.value},
    )  # fmt: skip
    return membership


def tell_of_protection(membership: Membership, *, now: datetime) -> None:
    """Tell the managers and the other officers of a host whom it has as a protection officer from now on."""
    if membership.role is StaffRole.PROTECTION:
        emails.queue_protection_given(membership, now=now)


def change_standing(membership: Membership, standing: StaffStanding, *, actor: Actor, now: datetime) -> int:
    """Change who employs somebody at a host, in all their roles there; returns how many protection roles ended by it.

    Raises:
        InvalidTransition: the role has ended.
    """
    lock_account(membership.account_id)
    db.session.refresh(membership, attribute_names=["ended_at", "standing"])
    if membership.ended_at is not None:
        raise InvalidTransition(_("This role has ended."))
    ended = end_protection(membership.account_id, actor=actor, now=now) if standing is not StaffStanding.OWN else 0
    set_standings(membership.host, membership.account, standing)
    record(
        "host:standing:change", membership.host, actor=actor, now=now,
        content={"account": membership.account_id, "standing": standing.value},
    )  # fmt: skip
    return ended


def assign_role_by_email(
    host: Host,
    *,
    email: str,
    name: str,
    role: StaffRole,
    standing: StaffStanding,
    locale: str,
    actor: Actor,
    now: datetime,
) -> Membership:
    """Give a role to whoever has that address, and tell them; without an account, one is made. As `assign_role`."""
    account = find_account(email)
    if account is None:
        account = create_account(email=email, name=name, password=None, locale=locale, now=now)
    membership = assign_role(host, account=account, role=role, standing=standing, actor=actor, now=now)
    if account.confirmed_at is None:
        # Also when there is an account that nobody confirmed: anybody may have asked for it with that address.
        invite_to_choose_password(account, now=now)
    else:
        emails.queue_role_assigned(membership, now=now)
    tell_of_protection(membership, now=now)
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


@dataclass(frozen=True)
class MemberEntry:
    """A member, what it is to the host, and perhaps the address of somebody who speaks for it."""

    name: str
    status: MemberStatus
    email: str = ""


@dataclass(frozen=True)
class MembersAdded:
    """What adding members did: new ones, changed statuses, delegates who got a link."""

    added: int
    changed: int
    invited: int


def add_members(
    host: Host, entries: Sequence[MemberEntry], *, locale: str, actor: Actor, now: datetime
) -> MembersAdded:
    """Add members to the list of a host, and send each delegate a link that admits them.

    A name that is there already keeps its delegates and takes the status that is given. Who has a link that still
    holds, or has used it, is left alone; who was taken back, or whose link has expired, gets a new one.

    Args:
        host: whose list.
        entries: one for each delegate, at most 300 at once; the same name may come several times.
        locale: language of the messages.
        actor: who keeps the list.
        now: when.

    Raises:
        BadInput: too many at once, or one name with two statuses.
    """
    if len(entries) > MEMBERS_AT_ONCE:
        raise BadInput(_("Add at most %(count)s at once.", count=MEMBERS_AT_ONCE), "lines")
    wanted: dict[str, MemberStatus] = {}
    for entry in entries:
        if wanted.setdefault(entry.name, entry.status) is not entry.status:
            raise BadInput(_("“%(name)s” stands here with two statuses.", name=entry.name), "lines")
    # One list at a time for each host: two who paste the same list at once add nobody twice.
    db.session.get_one(Host, host.id, with_for_update=True, populate_existing=True)
    present = {
        row.name: row
        for row in db.session.scalars(sa.select(Member).where(Member.host_id == host.id, Member.name.in_(wanted)))
    }
    added = changed = 0
    for name, status in wanted.items():
        if name not in present:
            present[name] = Member(host=host, name=name, status=status, created_at=now)
            db.session.add(present[name])
            added += 1
        elif present[name].status is not status:
            present[name].status = status
            changed += 1
    db.session.flush()
    invited = sum(
        [_invite_delegate(present[entry.name], entry.email.lower(), locale, now) for entry in entries if entry.email]
    )
    db.session.flush()
    done = MembersAdded(added, changed, invited)
    record(
        "host:members:add", host, actor=actor, now=now,
        content={"added": added, "changed": changed, "invited": invited},
    )  # fmt: skip
    return done


def _invite_delegate(member: Member, email: str, locale: str, now: datetime) -> bool:
    row = db.session.scalar(
        sa.select(MemberDelegate).where(MemberDelegate.member_id == member.id, MemberDelegate.email == email)
    )
    if row is not None and row.revoked_at is None and (row.accepted_at or row.expires_at > now):
        return False
    key = new_key()
    if row is None:
        row = MemberDelegate(member=member, email=email, locale="", key_digest="", created_at=now, expires_at=now)
        db.session.add(row)
    row.locale, row.key_digest, row.expires_at = locale, key_digest(key), now + DELEGATE_LINK_LIFE
    row.revoked_at = row.accepted_at = row.account_id = None
    db.session.flush()
    emails.queue_delegate_invited(row, key=key, locale=locale, now=now)
    return True


def accept_delegation(delegate: MemberDelegate, *, actor: Person, now: datetime) -> None:
    """Admit whoever holds the link and has signed in; the link is used up.

    Who speaks for a member is no protection officer any more, of any host.

    Raises:
        Gone: used, revoked or expired since the page was opened.
    """
    db.session.refresh(delegate, with_for_update={"of": MemberDelegate})
    if delegate.accepted_at or delegate.revoked_at or delegate.expires_at <= now:
        raise Gone(_("This link has been used, was taken back, or has expired."))
    lock_account(actor.actor_id)
    delegate.account_id, delegate.accepted_at = actor.actor_id, now
    db.session.flush()
    end_protection(actor.actor_id, actor=actor, now=now)
    record("account:delegation:accept", delegate.member.host, actor=actor, now=now)


def revoke_delegate(delegate: MemberDelegate, *, actor: Actor, now: datetime) -> None:
    """Let somebody speak for a member no more; what they submitted stays on record. Twice changes nothing."""
    if delegate.revoked_at is not None:
        return
    delegate.revoked_at = now
    db.session.flush()
    record("host:delegate:revoke", delegate.member.host, actor=actor, now=now)
