"""The container, with its summary, its terms, and who decides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.enums import Constituency
from consult.consultations.enums import Body, TextType
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.secretariats.models import Host

if TYPE_CHECKING:
    from consult.consultations.models.rounds import Round

# The plain summary and the terms: every field is required before opening, in every language of the consultation.
SUMMARY_FIELDS = ("summary_changes", "summary_for_whom", "summary_asked")
DECISION_FIELDS = ("being_decided", "settled_already", "who_decides", "how_composed", "how_input_used")
TERMS_FIELDS = (
    "terms_responsibilities",
    "terms_time_travel",
    "terms_support",
    "terms_how_to_ask",
    "confidentiality",
    "right_to_consult_peers",
)
CONTACT_FIELDS = ("contact",)
PRIVACY_FIELDS = (
    "privacy_controller",
    "privacy_purpose",
    "privacy_retention",
    "privacy_transfers",
    "privacy_contact",
)
LOCALIZED_FIELDS = ("title", *SUMMARY_FIELDS, *DECISION_FIELDS, *TERMS_FIELDS, *CONTACT_FIELDS, *PRIVACY_FIELDS)


class Consultation(Base):
    """The container: what is asked, of whom, on what terms. Text columns hold the authentic language."""

    __tablename__ = "consultation"
    __table_args__ = (
        sa.CheckConstraint("code = upper(code)", name="code_is_upper"),
        sa.CheckConstraint("predecessor_id IS NULL OR predecessor_title = ''", name="predecessor_here_or_elsewhere"),
        sa.CheckConstraint("predecessor_url = '' OR predecessor_title <> ''", name="predecessor_link_has_title"),
    )

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id")
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    text_type: Mapped[TextType] = mapped_column(enum_type(TextType))
    is_member_driven: Mapped[bool] = mapped_column(default=False)
    is_illustration: Mapped[bool] = mapped_column(default=False)
    authentic_language: Mapped[str]
    languages: Mapped[list[str]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    # The number of the newest round that was opened; None before. Read with the row, from its rounds, never stored.
    current_number: ClassVar[Any]

    title: Mapped[str]
    summary_changes: Mapped[str] = mapped_column(default="")
    summary_for_whom: Mapped[str] = mapped_column(default="")
    summary_asked: Mapped[str] = mapped_column(default="")
    being_decided: Mapped[str] = mapped_column(default="")
    settled_already: Mapped[str] = mapped_column(default="")
    who_decides: Mapped[str] = mapped_column(default="")
    how_composed: Mapped[str] = mapped_column(default="")
    how_input_used: Mapped[str] = mapped_column(default="")
    terms_responsibilities: Mapped[str] = mapped_column(default="")
    terms_time_travel: Mapped[str] = mapped_column(default="")
    terms_support: Mapped[str] = mapped_column(default="")
    terms_how_to_ask: Mapped[str] = mapped_column(default="")
    confidentiality: Mapped[str] = mapped_column(default="")
    right_to_consult_peers: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    privacy_controller: Mapped[str] = mapped_column(default="")
    privacy_purpose: Mapped[str] = mapped_column(default="")
    privacy_retention: Mapped[str] = mapped_column(default="")
    privacy_transfers: Mapped[str] = mapped_column(default="")
    privacy_contact: Mapped[str] = mapped_column(default="")
    privacy_minimum_age: Mapped[int | None]
    # What it follows: a consultation of this instance, or a text that was consulted elsewhere.
    predecessor_id: Mapped[int | None] = reference_to("consultation.id", nullable=True)
    predecessor_title: Mapped[str] = mapped_column(default="")
    predecessor_url: Mapped[str] = mapped_column(default="")

    host: Mapped[Host] = relationship(lazy="joined", innerjoin=True)
    rounds: Mapped[list[Round]] = relationship(back_populates="consultation", order_by="Round.number")
    seats: Mapped[list[BodySeats]] = relationship(order_by="BodySeats.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_published(self) -> bool:
        """Whether the public knows of it."""
        return self.published_at is not None


class BodySeats(Base):
    """How many seats a constituency has in the drafting or the deciding body."""

    __tablename__ = "body_seats"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "body", "constituency"),
        sa.CheckConstraint("seats BETWEEN 0 AND 10000", name="seats_in_range"),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id", cascade=True)
    body: Mapped[Body] = mapped_column(enum_type(Body))
    constituency: Mapped[Constituency] = mapped_column(enum_type(Constituency))
    seats: Mapped[int]
