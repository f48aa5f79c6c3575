"""Languages that a consultation is given after its opening, and what of it is found by its words meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models.consultation import LOCALIZED_FIELDS, Consultation
from consult.consultations.models.course import RoundExtension
from consult.consultations.models.rounds import Round
from consult.core.db import Base, primary_key, reference_to
from consult.texts.models import SearchText
from consult.texts.searchable import Searchable, declare


class AddedLanguage(Base):
    """A language that a consultation is given after its opening: in preparation, then published, which stays.

    Publishing while the round is open or upcoming demands more time for it, or a public reason for giving none.
    """

    __tablename__ = "added_language"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "language"),
        sa.CheckConstraint(
            "published_at IS NOT NULL OR (reason = '' AND extension_id IS NULL)", name="decided_when_published"
        ),
        sa.CheckConstraint("reason = '' OR extension_id IS NULL", name="reason_or_extension"),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id", index=False)
    # The round that stood for the consultation then.
    round_id: Mapped[int] = reference_to("round.id")
    language: Mapped[str]
    begun_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    begun_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    # Why the round got no more time.
    reason: Mapped[str] = mapped_column(default="")
    extension_id: Mapped[int | None] = reference_to("round_extension.id", nullable=True)

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    extension: Mapped[RoundExtension | None] = relationship()

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id

    @property
    def is_published(self) -> bool:
        """Whether the public reads it."""
        return self.published_at is not None


def in_preparation(consultation_id: Any) -> sa.ColumnElement[bool]:
    """SQL over `SearchText`: words of a consultation in a language that it is being given, and is not published in."""
    being_added = AddedLanguage.published_at.is_(None)
    return sa.and_(
        SearchText.language.in_(sa.select(AddedLanguage.language).where(being_added)),
        sa.exists()
        .where(AddedLanguage.consultation_id == consultation_id, AddedLanguage.language == SearchText.language)
        .where(being_added)
        .correlate(SearchText),
    )


declare(
    Searchable(
        Consultation,
        "consultation",
        fields=LOCALIZED_FIELDS,
        plain=("code",),
        language=lambda: Consultation.authentic_language,
        watched=("authentic_language",),
        is_hidden=lambda: in_preparation(SearchText.subject_id),
    )
)
