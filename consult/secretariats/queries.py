"""Reading hosts and staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from consult.access.roles import Actor, StaffRole
from consult.accounts.models import Account
from consult.core.collation import in_order
from consult.core.db import db
from consult.core.errors import Gone, NotFound
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest
from consult.secretariats.enums import MemberStatus
from consult.secretariats.models import Host, Member, MemberDelegate, Membership


def staff_roles_of(account_id: int) -> Mapping[int, frozenset[StaffRole]]:
    """Somebody's present roles, by key of the host."""
    roles: dict[int, set[StaffRole]] = {}
    rows = db.session.execute(
        sa.select(Membership.host_id, Membership.role).where(
            Membership.account_id == account_id, Membership.ended_at.is_(None)
        )
    )
    for host_id, role in rows:
        roles.setdefault(host_id, set()).add(role)
    return {host_id: frozenset(found) for host_id, found in roles.items()}


def list_hosts(actor: Actor) -> Sequence[Host]:
    """The hosts that this actor looks after or works for, by name."""
    statement = sa.select(Host).order_by(Host.name, Host.id)
    if not actor.is_administrator:
        statement = statement.where(Host.id.in_(list(actor.staff_roles)))
    return _by_name(db.session.scalars(statement))


def list_hosts_managed_by(actor: Actor) -> Sequence[Host]:
    """The hosts where this actor may set up consultations, by name."""
    managed = [host_id for host_id, roles in actor.staff_roles.items() if StaffRole.MANAGER in roles]
    return _by_name(db.session.scalars(sa.select(Host).where(Host.id.in_(managed)).order_by(Host.name, Host.id)))


def _by_name(hosts: Iterable[Host]) -> Sequence[Host]:
    """As whoever reads looks names up; a database orders by bytes, each in its own way."""
    return in_order(hosts, lambda host: host.name, current_locale().code)


def get_host(slug: str) -> Host:
    """The host of that slug.

    Raises:
        NotFound: no such host.
    """
    host = db.session.scalar(sa.select(Host).where(Host.slug == slug))
    if host is None:
        raise NotFound
    return host


def page_of_hosts(*, words: str = "", after: str | None = None, before: str | None = None) -> Page[Host]:
    """All hosts of the instance by name.

    Args:
        words: must be in the name or the slug.
        after: key of the row before the page.
        before: key of the row behind it.
    """
    statement = _hosts_with(words, sa.select(Host))
    columns = [Host.name, Host.id]
    return fetch_page(db.session, statement, columns, lambda h: [h.name, h.id], after=after, before=before)


def count_hosts(*, words: str = "") -> int:
    """How many hosts have these words in their name or slug."""
    return db.session.scalar(_hosts_with(words, sa.select(sa.func.count()).select_from(Host))) or 0


def _hosts_with(words: str, statement: sa.Select[Any]) -> sa.Select[Any]:
    if words:
        has_words = (Host.name.icontains(words, autoescape=True), Host.slug.icontains(words, autoescape=True))
        statement = statement.where(sa.or_(*has_words))
    return statement


def count_staff(host_ids: Collection[int]) -> Mapping[int, int]:
    """How many people work for each of these hosts."""
    rows = db.session.execute(
        sa.select(Membership.host_id, sa.func.count(sa.distinct(Membership.account_id)))
        .where(Membership.host_id.in_(host_ids), Membership.ended_at.is_(None))
        .group_by(Membership.host_id)
    )
    return {row[0]: row[1] for row in rows}


def page_of_staff(
    host: Host, *, words: str = "", after: str | None = None, before: str | None = None
) -> Page[Membership]:
    """Present roles at a host, by name of the person.

    Args:
        host: where.
        words: must be in the name or the address.
        after: key of the row before the page.
        before: key of the row behind it.
    """
    statement = _staff_with(host, words, sa.select(Membership)).options(contains_eager(Membership.account))
    columns = [Account.name, Membership.account_id, Membership.id]
    return fetch_page(
        db.session, statement, columns, lambda m: [m.account.name, m.account_id, m.id], after=after, before=before
    )


def count_roles(host: Host, *, words: str = "") -> int:
    """How many present roles `page_of_staff` lists on all its pages."""
    return db.session.scalar(_staff_with(host, words, sa.select(sa.func.count()).select_from(Membership))) or 0


def _staff_with(host: Host, words: str, statement: sa.Select[Any]) -> sa.Select[Any]:
    statement = statement.join(Membership.account).where(Membership.host_id == host.id, Membership.ended_at.is_(None))
    if words:
        has_words = (Account.name.icontains(words, autoescape=True), Account.email.icontains(words, autoescape=True))
        statement = statement.where(sa.or_(*has_words))
    return statement


def count_officers(host_id: int) -> int:
    """How many people are protection officers of a host now."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(sa.distinct(Membership.account_id))).where(
                Membership.host_id == host_id,
                Membership.role == StaffRole.PROTECTION,
                Membership.ended_at.is_(None),
            )
        )
        or 0
    )


def holders_of(host_id: int, roles: Collection[StaffRole], *, besides: int | None = None) -> Sequence[Account]:
    """Who has one of these roles at a host now, each of them once; without the account whose key is ``besides``."""
    held = sa.select(Membership.account_id).where(
        Membership.host_id == host_id, Membership.role.in_(roles), Membership.ended_at.is_(None)
    )
    found = db.session.scalars(sa.select(Account).where(Account.id.in_(held)).order_by(Account.id))
    return [account for account in found if account.id != besides]


def get_membership(host: Host, membership_id: int) -> Membership:
    """One present role at that host.

    Raises:
        NotFound: none such at this host.
    """
    statement = (
        sa.select(Membership)
        .options(joinedload(Membership.account), joinedload(Membership.host))
        .where(Membership.host_id == host.id, Membership.id == membership_id, Membership.ended_at.is_(None))
    )
    membership = db.session.scalar(statement)
    if membership is None:
        raise NotFound
    return membership


def page_of_members(
    host: Host, *, words: str = "", after: str | None = None, before: str | None = None
) -> Page[Member]:
    """The members of a host by name, each with its delegates; two queries.

    Args:
        host: whose.
        words: must be in the name, or in the address of a delegate.
        after: key of the row before the page.
        before: key of the row behind it.
    """
    statement = sa.select(Member).options(selectinload(Member.delegates).lazyload(MemberDelegate.member))
    columns = [Member.name, Member.id]
    return fetch_page(
        db.session,
        statement.where(*_members_with(host, words)),
        columns,
        lambda m: [m.name, m.id],
        after=after,
        before=before,
    )


def count_members(host: Host, *, words: str = "") -> int:
    """How many members `page_of_members` lists on all its pages."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Member).where(*_members_with(host, words))) or 0


def _members_with(host: Host, words: str) -> list[sa.ColumnElement[bool]]:
    if not words:
        return [Member.host_id == host.id]
    has_delegate = sa.exists().where(
        MemberDelegate.member_id == Member.id, MemberDelegate.email.icontains(words, autoescape=True)
    )
    return [Member.host_id == host.id, sa.or_(Member.name.icontains(words, autoescape=True), has_delegate)]


def get_delegate_of(host: Host, digest: str) -> MemberDelegate:
    """One delegate of a member of that host, by the digest of the key.

    Raises:
        NotFound: none such at this host.
    """
    found = db.session.scalar(
        sa.select(MemberDelegate)
        .join(MemberDelegate.member)
        .where(Member.host_id == host.id, MemberDelegate.key_digest == digest)
    )
    if found is None:
        raise NotFound
    return found


def get_delegate(key: str, now: datetime) -> MemberDelegate:
    """The delegate whom a mailed link is for.

    Raises:
        Gone: unknown, revoked, expired, or accepted already; which of these is not told.
    """
    found = db.session.scalar(
        sa.select(MemberDelegate).where(
            MemberDelegate.key_digest == key_digest(key),
            MemberDelegate.revoked_at.is_(None),
            MemberDelegate.accepted_at.is_(None),
            MemberDelegate.expires_at > now,
        )
    )
    if found is None:
        raise Gone(_("This link has been used, was taken back, or has expired."))
    return found


def find_accepted_delegate(actor: Actor, key: str) -> MemberDelegate | None:
    """The delegate of that link, if this actor is the one who used it and it still holds."""
    if actor.actor_id is None:
        return None
    return db.session.scalar(
        sa.select(MemberDelegate).where(
            MemberDelegate.key_digest == key_digest(key),
            MemberDelegate.account_id == actor.actor_id,
            MemberDelegate.revoked_at.is_(None),
        )
    )


def hosts_represented(actor: Actor, host_ids: Collection[int]) -> set[int]:
    """Those of these hosts for a member of which the actor speaks: accepted, not revoked, and the status is *member*.

    One query at most.
    """
    if actor.actor_id is None or not host_ids:
        return set()
    statement = (
        sa.select(Member.host_id)
        .join(MemberDelegate, MemberDelegate.member_id == Member.id)
        .where(
            Member.host_id.in_(host_ids),
            Member.status == MemberStatus.MEMBER,
            MemberDelegate.account_id == actor.actor_id,
            MemberDelegate.revoked_at.is_(None),
        )
    )
    return set(db.session.scalars(statement))


def has_delegates(host_id: int) -> bool:
    """Whether anybody was named, and not taken back, who speaks for a member of that host."""
    found = (
        sa.select(MemberDelegate.id)
        .join(MemberDelegate.member)
        .where(Member.host_id == host_id, Member.status == MemberStatus.MEMBER, MemberDelegate.revoked_at.is_(None))
    )
    return bool(db.session.scalar(sa.select(found.exists())))
