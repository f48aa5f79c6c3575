"""How one version continues the one before it, paragraph by paragraph."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, enum_type, only_one, primary_key, reference_to
from consult.documents.enums import Continuation, Ground
from consult.documents.models.versions import DocumentVersion, Paragraph


class Correspondence(Base):
    """What became of a paragraph in the next version, as a manager confirmed it; one row for each pair.

    A split paragraph has several rows, of which one continues it under its eId; a merged one shares its successor. Of
    a new paragraph ``before_id`` is empty, of a removed one ``after_id``. Rows are made with their version and go with
    it while it is set up; they never change. Only where the words alone decide, a command may have made them: then
    nobody is named.
    """

    __tablename__ = "correspondence"
    __table_args__ = (
        sa.UniqueConstraint("before_id", "after_id"),
        sa.CheckConstraint("(before_id IS NULL) = (continuation = 'new')", name="new_has_nothing_before"),
        sa.CheckConstraint("(after_id IS NULL) = (continuation = 'removed')", name="removed_has_nothing_after"),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1000", name="likeness_per_mille"),
        sa.CheckConstraint("confirmed_by IS NOT NULL OR ground = 'same_words'", name="somebody_confirmed"),
        sa.CheckConstraint("continuation <> 'unchanged' OR likeness = 1000", name="unchanged_is_the_same"),
        only_one("uq_correspondence_one_new", "after_id", where="before_id IS NULL"),
        only_one("uq_correspondence_one_removed", "version_id", "before_id", where="after_id IS NULL"),
    )

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    base_id: Mapped[int] = reference_to("document_version.id")
    before_id: Mapped[int | None] = reference_to("paragraph.id", nullable=True)
    after_id: Mapped[int | None] = reference_to("paragraph.id", nullable=True, cascade=True)
    continuation: Mapped[Continuation] = mapped_column(enum_type(Continuation))
    ground: Mapped[Ground] = mapped_column(enum_type(Ground))
    likeness: Mapped[int]
    confirmed_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    confirmed_at: Mapped[datetime]

    before: Mapped[Paragraph | None] = relationship(foreign_keys=[before_id])
    after: Mapped[Paragraph | None] = relationship(foreign_keys=[after_id])
    version: Mapped[DocumentVersion] = relationship(foreign_keys=[version_id])
    base: Mapped[DocumentVersion] = relationship(foreign_keys=[base_id])

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.version.host_id
