"""Consultations, rounds and their extensions, questions, composition of bodies, invitations, meetings, languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from consult.accounts.enums import Constituency
from consult.consultations.enums import (
    Audience,
    Body,
    MeetingKind,
    OutcomeKind,
    QuestionKind,
    TextType,
    Visibility,
)
from consult.core.clock import to_wall
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.files.models import StoredFile
from consult.secretariats.models import Host
from consult.texts.models import SearchText
from consult.texts.searchable import Searchable, declare

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
# The longest grace for drafts that were begun before a round closed, in minutes: a week.
GRACE_MAX = 10_080
# What a round that follows another says of itself; see ``Round``.
ROUND_FIELDS = ("introduction",)
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
