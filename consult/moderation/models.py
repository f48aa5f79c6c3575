"""Decisions and credentials: insert-only."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.moderation.enums import CredentialKind, Decision, RestrictionReason


class Decided:
    """What was decided about something, why and by whom; the newest decision holds, the earlier ones stay."""

    id: Mapped[int] = primary_key()
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    reason: Mapped[RestrictionReason | None] = mapped_column(enum_type(RestrictionReason))
    public_reason: Mapped[str] = mapped_column(default="")
    agreement: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int] = reference_to("account.id", index=False)
    decided_at: Mapped[datetime]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[sa.CheckConstraint]:  # noqa: N805 - SQLAlchemy hands in the class
        return (
            sa.CheckConstraint(
                "(decision = 'restrict') = (reason IS NOT NULL AND public_reason <> '')", name="restriction_has_reason"
            ),
        )


class ModerationDecision(Decided, Base):
    """One decision about one point."""

    __tablename__ = "moderation_decision"

    comment_id: Mapped[int] = reference_to("comment.id")


class FileDecision(Decided, Base):
    """One decision about one file that its author would have public."""

    __tablename__ = "file_decision"

    attachment_id: Mapped[int] = reference_to("attachment.id")


class Credential(Base):
    """What was seen before input in an official name was published."""

    __tablename__ = "credential"

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), unique=True)
    kind: Mapped[CredentialKind] = mapped_column(enum_type(CredentialKind))
    reference: Mapped[str]
    recorded_by: Mapped[int] = reference_to("account.id", index=False)
    recorded_at: Mapped[datetime]
