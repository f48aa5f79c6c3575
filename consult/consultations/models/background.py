"""Documents that staff give out beside the draft."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, relationship

from consult.consultations.models.consultation import Consultation
from consult.core.db import Base, primary_key, reference_to
from consult.files.models import StoredFile


class BackgroundFile(Base):
    """A document that staff give out beside the draft. One that is taken away leaves its number to no other."""

    __tablename__ = "background_file"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "number"),
        sa.CheckConstraint("(file_id IS NULL) = (removed_on IS NOT NULL)", name="removed_has_day"),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id", index=False)
    number: Mapped[int]
    # What it is called, in the authentic language; and the language that the document itself is in.
    title: Mapped[str]
    language: Mapped[str]
    file_id: Mapped[int | None] = reference_to("stored_file.id", nullable=True)
    added_by: Mapped[int] = reference_to("account.id", index=False)
    removed_on: Mapped[date | None]

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    file: Mapped[StoredFile | None] = relationship(lazy="joined")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id
