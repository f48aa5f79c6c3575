"""Files that come with a submission."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, BigId, enum_type, primary_key, reference_to
from consult.core.secrets import key_digest
from consult.files.models import StoredFile
from consult.ledger.services import Hold
from consult.submissions.enums import (
    FileAudience,
    ModerationStatus,
)
from consult.submissions.models.points import Comment
from consult.submissions.models.submission import Submission, short_key


class Attachment(Base):
    """A file that comes with a submission, and perhaps with one of its points: a public one always does.

    It is frozen with its submission. Where its bytes were taken out of the record (its point withdrawn or struck, its
    author's wish) the row stays, empty, so that what was there can be counted.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        sa.CheckConstraint("(file_id IS NULL) = (erased_on IS NOT NULL)", name="erased_has_day"),
        sa.CheckConstraint("erased_on IS NULL OR description = ''", name="erased_is_empty"),
        sa.Index("ix_attachment_queue", "submission_id", "id"),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True, default=short_key)
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True, index=False)
    comment_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("comment.id", ondelete="SET NULL"), nullable=True, index=True
    )
    file_id: Mapped[int | None] = reference_to("stored_file.id", nullable=True)
    audience: Mapped[FileAudience] = mapped_column(enum_type(FileAudience), default=FileAudience.SECRETARIAT)
    # What it shows, in its author's words and language: for those who do not see it.
    description: Mapped[str] = mapped_column(default="")
    moderation_status: Mapped[ModerationStatus] = mapped_column(
        enum_type(ModerationStatus), default=ModerationStatus.WAITING
    )
    erased_on: Mapped[date | None]

    submission: Mapped[Submission] = relationship(lazy="joined", innerjoin=True)
    comment: Mapped[Comment | None] = relationship(lazy="joined")
    file: Mapped[StoredFile | None] = relationship(lazy="joined")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.submission.host_id

    @property
    def ledger_hold(self) -> Hold | None:
        """As its point, or its submission."""
        return self.comment.ledger_hold if self.comment is not None else self.submission.ledger_hold

    @property
    def is_erased(self) -> bool:
        """Whether it is only counted any more."""
        return self.erased_on is not None

    @property
    def shown_name(self) -> str:
        """What everybody but its author sees it called: its own name may tell who is behind a protected submission."""
        if self.file is None:
            return ""
        if self.submission.is_protected:
            # Not of its key, which its author's draft had in its addresses.
            tail = key_digest(f"name of {self.key}")[:6]
            return f"{self.submission.round.label}-{tail}.{self.file.kind.extension}"
        return self.file.name
