"""Rounds, their clock, and what they ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from consult.consultations.enums import Audience, QuestionKind, Visibility
from consult.consultations.models.consultation import Consultation
from consult.core.clock import to_wall
from consult.core.db import Base, enum_type, primary_key, reference_to

# The longest grace for drafts that were begun before a round closed, in minutes: a week.
GRACE_MAX = 10_080
# What a round that follows another says of itself; see ``Round``.
ROUND_FIELDS = ("introduction",)


class Round(Base):
    """One dated call for input on one version of the draft.

    A deadline is wall time, IANA zone and UTC: the wall time is what was promised, UTC is what is compared.
    """

    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "number"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        sa.CheckConstraint(f"grace_minutes BETWEEN 0 AND {GRACE_MAX}", name="grace_up_to_a_week"),
        sa.CheckConstraint(
            "opened_at IS NULL OR (opens_at IS NOT NULL AND closes_at IS NOT NULL AND response_due IS NOT NULL)",
            name="opened_has_dates",
        ),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    number: Mapped[int]
    audience: Mapped[Audience] = mapped_column(enum_type(Audience), default=Audience.PUBLIC)
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility), default=Visibility.AS_RECEIVED)
    zone: Mapped[str]
    opens_wall: Mapped[str | None]
    closes_wall: Mapped[str | None]
    opens_at: Mapped[datetime | None] = mapped_column(index=True)
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    grace_minutes: Mapped[int] = mapped_column(default=60)
    response_due: Mapped[date | None]
    opened_at: Mapped[datetime | None]
    introduction: Mapped[str] = mapped_column(default="")

    consultation: Mapped[Consultation] = relationship(back_populates="rounds", lazy="joined", innerjoin=True)
    questions: Mapped[list[Question]] = relationship(
        back_populates="round", order_by="Question.position", cascade="all, delete-orphan"
    )

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id

    @property
    def address(self) -> str:
        """What stands for this round in paths for ever, whatever rounds follow: ``minerals/rounds/1``."""
        return f"{self.consultation.slug}/rounds/{self.number}"

    @property
    def closing_day(self) -> date:
        """The day on which it closes, by its own clock: the date of all that is protected in it.

        Raises:
            RuntimeError: it was never opened, so it has no such day.
        """
        if self.closes_at is None:
            raise RuntimeError("a round that was never opened has no closing day")
        return to_wall(self.closes_at, self.zone).date()

    @property
    def is_current(self) -> bool:
        """Whether it stands for the consultation: the newest that was opened, or the first, being set up."""
        return self.number == (self.consultation.current_number or 1)

    @property
    def label(self) -> str:
        """Code and number, as references begin."""
        return f"{self.consultation.code}-{self.number}"

    @property
    def asks_for_answers(self) -> bool:
        """Whether its points are answered: a compilation publishes input verbatim and disposes of nothing."""
        return self.visibility is not Visibility.COMPILATION_ONLY

    def has_begun(self, now: datetime) -> bool:
        """Whether input is or was taken."""
        return self.opened_at is not None and self.opens_at is not None and self.opens_at <= now

    def is_open(self, now: datetime) -> bool:
        """Whether new input is taken."""
        return self.has_begun(now) and self.closes_at is not None and now < self.closes_at

    def has_closed(self, now: datetime) -> bool:
        """Whether the closing time has passed."""
        return self.has_begun(now) and self.closes_at is not None and self.closes_at <= now

    def is_over(self, now: datetime) -> bool:
        """Whether no input can come any more: it has closed, and its grace for drafts begun before has passed."""
        if not self.has_closed(now) or self.closes_at is None:
            return False
        return self.closes_at + timedelta(minutes=self.grace_minutes) <= now

    def takes_draft_begun_at(self, begun: datetime, now: datetime) -> bool:
        """Whether a draft may still be submitted: the round is open, or in its grace for drafts begun before."""
        if self.is_open(now):
            return True
        if not self.has_closed(now) or self.closes_at is None:
            return False
        return begun < self.closes_at and now < self.closes_at + timedelta(minutes=self.grace_minutes)


Consultation.current_number = column_property(
    sa.select(sa.func.max(Round.number))
    .where(Round.consultation_id == Consultation.id, Round.opened_at.is_not(None))
    .correlate_except(Round)
    .scalar_subquery()
)


class Question(Base):
    """Something a round asks; its words are in the consultation's authentic language."""

    __tablename__ = "question"

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id", cascade=True)
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(enum_type(QuestionKind))
    text: Mapped[str]

    round: Mapped[Round] = relationship(back_populates="questions")
    options: Mapped[list[QuestionOption]] = relationship(
        order_by="QuestionOption.position", cascade="all, delete-orphan", lazy="selectin"
    )


class QuestionOption(Base):
    """One option of a question: something to choose, a statement to agree with, or what to take a position on."""

    __tablename__ = "question_option"

    id: Mapped[int] = primary_key()
    question_id: Mapped[int] = reference_to("question.id", cascade=True)
    position: Mapped[int]
    text: Mapped[str]
