"""Hosts, their staff, their members and who speaks for those."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.access.roles import StaffRole
from consult.accounts.models import Account
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.secretariats.enums import MemberStatus, StaffStanding
from consult.texts.searchable import Searchable, declare


class Host(Base):
    """An organisation that holds consultations here; nobody at one sees or touches another's desk."""

    __tablename__ = "host"

    id: Mapped[int] = primary_key()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_illustration: Mapped[bool] = mapped_column(default=False)
    # How to reach whoever helps with fear and reprisals: public, in the host's own words.
    safety_contact: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    @property
    def host_id(self) -> int:
        """A host is a subject of itself."""
        return self.id


class Membership(Base):
    """One role of one person at one host; ended, never deleted."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.Index(
            "uq_membership_current",
            "host_id",
            "account_id",
            "role",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.CheckConstraint("role <> 'protection' OR standing = 'own'", name="protection_is_own_staff"),
    )

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id")
    account_id: Mapped[int] = reference_to("account.id")
    role: Mapped[StaffRole] = mapped_column(enum_type(StaffRole))
    standing: Mapped[StaffStanding] = mapped_column(enum_type(StaffStanding), default=StaffStanding.OWN)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
    host: Mapped[Host] = relationship()


class Member(Base):
    """A State or an organisation that stands in some relation to a host; which one is the host's to say."""

    __tablename__ = "member"
    __table_args__ = (sa.UniqueConstraint("host_id", "name"),)

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id")
    name: Mapped[str]
    status: Mapped[MemberStatus] = mapped_column(enum_type(MemberStatus))
    created_at: Mapped[datetime]

    host: Mapped[Host] = relationship(lazy="joined", innerjoin=True)
    delegates: Mapped[list[MemberDelegate]] = relationship(back_populates="member", order_by="MemberDelegate.email")


class MemberDelegate(Base):
    """Somebody whom a member sends, invited by e-mail; the mailed link holds the key, this row its digest."""

    __tablename__ = "member_delegate"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "email"),
        sa.CheckConstraint("(accepted_at IS NULL) = (account_id IS NULL)", name="accepted_by_an_account"),
    )

    id: Mapped[int] = primary_key()
    member_id: Mapped[int] = reference_to("member.id")
    email: Mapped[str]
    locale: Mapped[str]
    key_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    account_id: Mapped[int | None] = reference_to("account.id", nullable=True)
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(back_populates="delegates", lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.member.host_id


declare(Searchable(Host, "host", fields=(), plain=("name",), language=lambda: sa.literal("")))
