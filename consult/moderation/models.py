"""Decisions and credentials: insert-only."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.moderation.enums import CredentialKind, Decision, RestrictionReason


class ModerationDecision(Base):
    """One decision about one point; the newest holds, the earlier ones stay."""

    __tablename__ = "moderation_decision"
    __table_args__ = (
        sa.CheckConstraint(
            "(decision = 'restrict') = (reason IS NOT NULL AND public_reason <> '')", name="restriction_has_reason"
        ),
    )

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = reference_to("comment.id")
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    reason: Mapped[RestrictionReason | None] = mapped_column(enum_type(RestrictionReason))
    public_reason: Mapped[str] = mapped_column(default="")
    agreement: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int] = reference_to("account.id", index=False)
    decided_at: Mapped[datetime]


class FileDecision(Base):
    """One decision about one file that its author would have public; the newest holds, the earlier ones stay."""

    __tablename__ = "file_decision"
    __table_args__ = (
        sa.CheckConstraint(
            "(decision = 'restrict') = (reason IS NOT NULL AND public_reason <> '')", name="restriction_has_reason"
        ),
    )

    id: Mapped[int] = primary_key()
    attachment_id: Mapped[int] = reference_to("attachment.id")
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    reason: Mapped[RestrictionReason | None] = mapped_column(enum_type(RestrictionReason))
    public_reason: Mapped[str] = mapped_column(default="")
    agreement: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int] = reference_to("account.id", index=False)
    decided_at: Mapped[datetime]


class Credential(Base):
    """What was seen before input in an official name was published."""

    __tablename__ = "credential"

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), unique=True)
    kind: Mapped[CredentialKind] = mapped_column(enum_type(CredentialKind))
    reference: Mapped[str]
    recorded_by: Mapped[int] = reference_to("account.id", index=False)
    recorded_at: Mapped[datetime]
