"""Answers: insert-only versions, clearances, deliveries."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.responses.enums import Clearance, Disposition, Route
from consult.submissions.models import Comment


class ResponseVersion(Base):
    """One version of the answer to one point; the newest is the current one, earlier ones stay."""

    __tablename__ = "response_version"
    __table_args__ = (sa.UniqueConstraint("comment_id", "number"),)

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = reference_to("comment.id")
    number: Mapped[int]
    disposition: Mapped[Disposition] = mapped_column(enum_type(Disposition))
    rationale: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    written_by: Mapped[int] = reference_to("account.id", index=False)
    written_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship()

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.comment.host_id


class ClearanceDecision(Base):
    """An approver, another person than the writer, cleared or returned one version."""

    __tablename__ = "clearance_decision"
    __table_args__ = (sa.CheckConstraint("decision <> 'returned' OR note <> ''", name="return_has_note"),)

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = reference_to("response_version.id")
    decision: Mapped[Clearance] = mapped_column(enum_type(Clearance))
    note: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int] = reference_to("account.id", index=False)
    decided_at: Mapped[datetime]


class Delivery(Base):
    """A version was sent to the point's author."""

    __tablename__ = "delivery"

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = mapped_column(sa.ForeignKey("response_version.id"), unique=True)
    route: Mapped[Route] = mapped_column(enum_type(Route))
    sent_at: Mapped[datetime]
