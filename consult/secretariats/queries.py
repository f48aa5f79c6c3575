"""Reading hosts and staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.access.roles import Actor, StaffRole
from consult.core.db import db
from consult.core.errors import NotFound
from consult.secretariats.models import Host, Membership


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
    return db.session.scalars(statement).all()


def list_hosts_managed_by(actor: Actor) -> Sequence[Host]:
    """The hosts where this actor may set up consultations, by name."""
    managed = [host_id for host_id, roles in actor.staff_roles.items() if StaffRole.MANAGER in roles]
    return db.session.scalars(sa.select(Host).where(Host.id.in_(managed)).order_by(Host.name, Host.id)).all()


def get_host(slug: str) -> Host:
    """The host of that slug.

    Raises:
        NotFound: no such host.
    """
    host = db.session.scalar(sa.select(Host).where(Host.slug == slug))
    if host is None:
        raise NotFound
    return host


def list_staff(host: Host) -> Sequence[Membership]:
    """Present staff of a host, by name, then role."""
    return (
        db.session.scalars(
            sa.select(Membership)
            .join(Membership.account)
            .options(joinedload(Membership.account))
            .where(Membership.host_id == host.id, Membership.ended_at.is_(None))
            .order_by(Membership.account_id, Membership.role, Membership.id)
        )
        .unique()
        .all()
    )


def get_membership(host: Host, membership_id: int) -> Membership:
    """One present role at that host.

    Raises:
        NotFound: none such at this host.
    """
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.host_id != host.id or membership.ended_at is not None:
        raise NotFound
    return membership
