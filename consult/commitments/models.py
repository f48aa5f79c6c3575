"""Commitments, the points that led to them, their history and its evidence, and the reminders that were sent."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.commitments.enums import RUNNING, CommitmentOrigin, CommitmentStatus
from consult.consultations.models import Consultation
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.secretariats.models import Host
from consult.submissions.models import Comment
from consult.texts.searchable import Searchable, declare

_IS_ADDRESS = "({0} LIKE 'http://%' OR {0} LIKE 'https://%')"


class Commitment(Base):
    """A dated undertaking of an office. Its words no longer change once it is published; status and date may.

    Text columns hold the words in `language`; translations are in ``texts``, under the subject ``commitment``.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        sa.CheckConstraint(
            "(origin = 'statement' AND source_title <> '' AND source_date IS NOT NULL "
            f"AND {_IS_ADDRESS.format('source_url')}) OR (origin = 'response' AND source_title = '' "
            "AND source_url = '' AND source_date IS NULL AND consultation_id IS NOT NULL)",
            name="origin_has_source",
        ),
        sa.CheckConstraint("(status = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced_by_another"),
        sa.CheckConstraint("replaced_by_id <> id", name="not_replaced_by_itself"),
        sa.CheckConstraint(
            "published_at IS NOT NULL OR status IN ('not_started', 'under_way', 'kept')", name="draft_has_first_status"
        ),
        sa.CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="published_by_somebody"),
        sa.Index("ix_commitment_status_due", "status", "due"),
    )

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id")
    consultation_id: Mapped[int | None] = reference_to("consultation.id", nullable=True)
    reference: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    what: Mapped[str]
    office: Mapped[str]
    due: Mapped[date]
    status: Mapped[CommitmentStatus] = mapped_column(enum_type(CommitmentStatus))
    origin: Mapped[CommitmentOrigin] = mapped_column(enum_type(CommitmentOrigin))
    source_title: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str] = mapped_column(default="")
    source_date: Mapped[date | None]
    replaced_by_id: Mapped[int | None] = reference_to("commitment.id", nullable=True)
    made_by: Mapped[int] = reference_to("account.id", index=False)
    made_at: Mapped[datetime]
    published_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    host: Mapped[Host] = relationship(lazy="joined", innerjoin=True)
    consultation: Mapped[Consultation | None] = relationship(lazy="joined")
    replaced_by: Mapped[Commitment | None] = relationship(remote_side="Commitment.id")
    points: Mapped[list[CommitmentPoint]] = relationship(
        order_by="CommitmentPoint.id", cascade="all, delete-orphan", back_populates="commitment"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_published(self) -> bool:
        """Whether it has entered the public register."""
        return self.published_at is not None

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it: published, and of a consultation that the public knows of, if of one."""
        return self.is_published and (self.consultation is None or self.consultation.is_published)

    @property
    def is_running(self) -> bool:
        """Whether it is still to be kept."""
        return self.status in RUNNING

    @property
    def is_illustration(self) -> bool:
        """Whether it is an invented example."""
        return self.host.is_illustration or (self.consultation is not None and self.consultation.is_illustration)

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it is neither kept, given up nor replaced."""
        return self.is_running and self.due < today


class CommitmentPoint(Base):
    """A point whose answer led to a commitment."""

    __tablename__ = "commitment_point"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "comment_id"),)

    id: Mapped[int] = primary_key()
    commitment_id: Mapped[int] = reference_to("commitment.id", index=False, cascade=True)
    comment_id: Mapped[int] = reference_to("comment.id")

    commitment: Mapped[Commitment] = relationship(back_populates="points")
    comment: Mapped[Comment] = relationship()


class CommitmentUpdate(Base):
    """A step in the history of a published commitment, insert-only; each earlier date stays in it for ever.

    The note is public, in the language of the commitment; translations under the subject ``commitment_update``.
    """

    __tablename__ = "commitment_update"
    __table_args__ = (
        sa.CheckConstraint(
            "note <> '' OR (status_before = status_after AND due_before = due_after)", name="change_has_note"
        ),
    )

    id: Mapped[int] = primary_key()
    commitment_id: Mapped[int] = reference_to("commitment.id")
    status_before: Mapped[CommitmentStatus] = mapped_column(enum_type(CommitmentStatus, "status_before"))
    status_after: Mapped[CommitmentStatus] = mapped_column(enum_type(CommitmentStatus, "status_after"))
    due_before: Mapped[date]
    due_after: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[int] = reference_to("account.id", index=False)
    made_at: Mapped[datetime]

    @property
    def changes_status(self) -> bool:
        """Whether it changed how far the commitment has got."""
        return self.status_before is not self.status_after

    @property
    def changes_date(self) -> bool:
        """Whether it changed by when the commitment is to be kept."""
        return self.due_before != self.due_after


class CommitmentEvidence(Base):
    """A public document that shows something about a commitment; without an update it came with the making."""

    __tablename__ = "commitment_evidence"
    __table_args__ = (
        sa.CheckConstraint("title <> ''", name="has_title"),
        sa.CheckConstraint(_IS_ADDRESS.format("url"), name="is_a_web_address"),
    )

    id: Mapped[int] = primary_key()
    commitment_id: Mapped[int] = reference_to("commitment.id", cascade=True)
    update_id: Mapped[int | None] = reference_to("commitment_update.id", nullable=True)
    title: Mapped[str]
    url: Mapped[str]


class CommitmentReminder(Base):
    """The managers were reminded of a commitment: once for each occasion of each date that it had."""

    __tablename__ = "commitment_reminder"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "due", "occasion"),)

    id: Mapped[int] = primary_key()
    commitment_id: Mapped[int] = reference_to("commitment.id", index=False)
    due: Mapped[date]
    occasion: Mapped[date]
    sent_at: Mapped[datetime]


declare(
    Searchable(
        Commitment,
        "commitment",
        fields=("what", "office"),
        plain=("reference",),
        language=lambda: Commitment.language,
        watched=("language",),
    )
)
