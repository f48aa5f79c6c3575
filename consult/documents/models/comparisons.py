"""Comparisons of two versions, made once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE
from consult.documents.models.versions import DocumentVersion


class Comparison(Base):
    """Two versions of a text compared in one language; a job makes it, and its file holds what it says.

    ``source`` tells what is to be compared, ``made_of`` what the file was made of: while a version is set up they come
    to differ, and it is made anew. Of versions that never change it is made once.
    """

    __tablename__ = "comparison"
    __table_args__ = (
        sa.UniqueConstraint("older_id", "newer_id", "language"),
        sa.CheckConstraint("older_id <> newer_id", name="two_versions"),
        sa.CheckConstraint("(sha256 IS NULL) = (made_of = '')", name="made_has_file"),
    )

    id: Mapped[int] = primary_key()
    older_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    newer_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    language: Mapped[str]
    source: Mapped[str]
    made_of: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str | None] = mapped_column(index=True, info=NAMES_A_FILE)
    problem: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    asked_at: Mapped[datetime]

    older: Mapped[DocumentVersion] = relationship(foreign_keys=[older_id])
    newer: Mapped[DocumentVersion] = relationship(foreign_keys=[newer_id])

    @property
    def is_current(self) -> bool:
        """Whether its file says what the versions say now."""
        return self.sha256 is not None and self.made_of == self.source
