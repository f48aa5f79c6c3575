"""What happens in the course of a consultation: invitations, more time, meetings, the outcome."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.enums import MeetingKind, OutcomeKind
from consult.consultations.models.consultation import Consultation
from consult.consultations.models.rounds import Round
from consult.core.db import Base, enum_type, primary_key, reference_to


class Invitation(Base):
    """Somebody invited to a round by e-mail; the mailed link holds the key, this row its digest."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("round_id", "email"),)

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id")
    email: Mapped[str]
    # The language it was written in; None: the consultation's own.
    locale: Mapped[str | None]
    key_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    account_id: Mapped[int | None] = reference_to("account.id", nullable=True)
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


class RoundExtension(Base):
    """A round was given more time, never less; insert-only. The round itself holds the dates that count now."""

    __tablename__ = "round_extension"
    __table_args__ = (
        sa.CheckConstraint("closes_after > closes_before", name="never_shorter"),
        sa.CheckConstraint("response_due_after >= response_due_before", name="response_never_earlier"),
        sa.CheckConstraint("reason <> ''", name="has_reason"),
    )

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id")
    closes_before: Mapped[datetime]
    closes_wall_before: Mapped[str]
    closes_after: Mapped[datetime]
    closes_wall_after: Mapped[str]
    response_due_before: Mapped[date]
    response_due_after: Mapped[date]
    reason: Mapped[str]
    extended_at: Mapped[datetime]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


class Meeting(Base):
    """A meeting that belongs to the process, planned or held."""

    __tablename__ = "meeting"
    __table_args__ = (
        sa.CheckConstraint("last_day >= first_day", name="ends_after_beginning"),
        sa.CheckConstraint("title <> ''", name="has_title"),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    kind: Mapped[MeetingKind] = mapped_column(enum_type(MeetingKind))
    title: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    record_url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id

    def is_planned(self, today: date) -> bool:
        """Whether it is still to begin."""
        return self.first_day > today


class Outcome(Base):
    """What became of the text: it closes the process. Insert-only; a newer one replaces an older, which stays."""

    __tablename__ = "outcome"
    __table_args__ = (
        sa.CheckConstraint("body <> ''", name="has_body"),
        # One begins the chain, and each is replaced once at most: so exactly one stands.
        sa.Index(
            "uq_outcome_one_first",
            "consultation_id",
            unique=True,
            sqlite_where=sa.text("replaces_id IS NULL"),
            postgresql_where=sa.text("replaces_id IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outcome.id"), unique=True)
    kind: Mapped[OutcomeKind] = mapped_column(enum_type(OutcomeKind))
    body: Mapped[str]
    decided_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    final_text_url: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id
