"""Corrections to a draft that is being commented on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, primary_key, reference_to
from consult.documents.models.versions import DocumentVersion, Paragraph


class Corrigendum(Base):
    """A dated correction to a draft that is being commented on; insert-only. The text stays as it is.

    ``reads`` and ``should_read`` quote one edition, that of ``language``, or every edition where it is None: then they
    are in the authentic language.
    """

    __tablename__ = "corrigendum"
    __table_args__ = (
        sa.CheckConstraint("words <> ''", name="has_words"),
        sa.CheckConstraint("(reads = '') = (should_read = '')", name="reads_and_should_read"),
    )

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id")
    paragraph_id: Mapped[int | None] = reference_to("paragraph.id", nullable=True)
    language: Mapped[str | None]
    words: Mapped[str]
    reads: Mapped[str] = mapped_column(default="")
    should_read: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime]

    version: Mapped[DocumentVersion] = relationship(lazy="joined", innerjoin=True)
    paragraph: Mapped[Paragraph | None] = relationship(lazy="joined")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.version.host_id
