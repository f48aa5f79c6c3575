"""Hosts and their staff."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.access.roles import StaffRole
from consult.accounts.models import Account
from consult.core.db import Base, enum_type, primary_key, reference_to


class Host(Base):
    """An organisation that holds consultations here; nobody at one sees or touches another's desk."""

    __tablename__ = "host"

    id: Mapped[int] = primary_key()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_illustration: Mapped[bool] = mapped_column(default=False)
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
    )

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id")
    account_id: Mapped[int] = reference_to("account.id")
    role: Mapped[StaffRole] = mapped_column(enum_type(StaffRole))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
    host: Mapped[Host] = relationship()
