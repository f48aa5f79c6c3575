"""How long each host keeps what, what the worker forgot, and who was told that their account closes."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, BigId, primary_key, reference_to
from consult.privacy.enums import LIMITS, Kept


class RetentionRule(Base):
    """How long a host keeps what, in days; a host without a row keeps the defaults. Changes are in the ledger."""

    __tablename__ = "retention_rule"
    __table_args__ = tuple(
        sa.CheckConstraint(f"{kept.value} BETWEEN {of.least} AND {of.most}", name=f"{kept.value}_in_limits")
        for kept, of in LIMITS.items()
    )

    host_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("host.id"), primary_key=True, autoincrement=False)
    draft_days: Mapped[int]
    account_days: Mapped[int]
    security_days: Mapped[int]
    delivery_days: Mapped[int]
    set_by: Mapped[int] = reference_to("account.id", index=False)
    set_at: Mapped[datetime]

    def days(self, kept: Kept) -> int:
        """How long that is kept."""
        return int(getattr(self, kept.value))


class RetentionRun(Base):
    """What was forgotten on one day: of one host, or of the instance, for what belongs to no host. Numbers alone."""

    __tablename__ = "retention_run"
    __table_args__ = (
        sa.UniqueConstraint("host_id", "ran_on"),
        sa.Index(
            "uq_retention_run_of_the_instance",
            "ran_on",
            unique=True,
            sqlite_where=sa.text("host_id IS NULL"),
            postgresql_where=sa.text("host_id IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    host_id: Mapped[int | None] = reference_to("host.id", nullable=True, index=False)
    ran_on: Mapped[date]
    drafts: Mapped[int] = mapped_column(default=0)
    accounts_told: Mapped[int] = mapped_column(default=0)
    accounts_closed: Mapped[int] = mapped_column(default=0)
    security_events: Mapped[int] = mapped_column(default=0)
    deliveries: Mapped[int] = mapped_column(default=0)
    # None: a worker is at it, or was killed; the next sweep goes on.
    finished_at: Mapped[datetime | None]


class InactivityNotice(Base):
    """The owner of an account was told that it closes unless they sign in."""

    __tablename__ = "inactivity_notice"

    account_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    told_on: Mapped[date]
