"""Ledger entries."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, primary_key


class LedgerEntry(Base):
    """One act, written in the act's own transaction.

    ``digest`` is SHA-256 over ``salt`` and the canonical bytes of what was done. Erasing a subject deletes the
    salt, after which the digest tells nothing about a text that could be guessed.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("sequence"),
        sa.Index("ix_ledger_entry_subject", "subject", "subject_id"),
        sa.Index("ix_ledger_entry_unsequenced", "id", sqlite_where=sa.text("sequence IS NULL"),
                 postgresql_where=sa.text("sequence IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = primary_key()
    sequence: Mapped[int | None] = mapped_column(sa.BigInteger)
    act: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    host_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    at: Mapped[datetime]
    salt: Mapped[str | None]
    digest: Mapped[str]


class HeldEntry(Base):
    """An act about something that is not public yet: kept here, and in the ledger once that is lifted.

    The order of the ledger would tell when it arrived. So it waits without a time, with its salt and digest, for the
    batch that it goes with: all of it together, in no order; see `release_entries`.

    ``batch`` and ``held_by`` are keys that the subject tells, see `Hold`.
    """

    __tablename__ = "held_entry"
    __table_args__ = (
        sa.Index("ix_held_entry_batch", "batch", "held_by"),
        sa.Index("ix_held_entry_subject", "subject", "subject_id"),
    )

    id: Mapped[int] = primary_key()
    batch: Mapped[int] = mapped_column(sa.BigInteger)
    held_by: Mapped[int] = mapped_column(sa.BigInteger)
    act: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    host_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    salt: Mapped[str | None]
    digest: Mapped[str]
