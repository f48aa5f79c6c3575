"""Translated files that wait to be looked at before they are taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import Base, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE


class TranslatedFile(Base):
    """A file that came back from a translator, kept between looking at it and taking it; then forgotten.

    It lies in the file store under a digest of its own, which no other file shares.
    """

    __tablename__ = "translated_file"

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    consultation_id: Mapped[int] = reference_to("consultation.id")
    language: Mapped[str]
    file_name: Mapped[str]
    kept_digest: Mapped[str] = mapped_column(index=True, info=NAMES_A_FILE)
    begun_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    begun_at: Mapped[datetime] = mapped_column(index=True)

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id
