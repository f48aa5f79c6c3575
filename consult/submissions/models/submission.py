"""One act of one respondent: who spoke, how it is opened, what its author wished later."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Round
from consult.core.clock import to_wall
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.secrets import new_key
from consult.ledger.services import Hold
from consult.submissions.enums import (
    ON_RECORD,
    CredentialStatus,
    PublicationDelay,
    PublicationSetting,
    SubmissionSource,
    SubmissionStatus,
)

if TYPE_CHECKING:
    from consult.submissions.models.points import Choice, Comment


def short_key() -> str:
    """A random part of an address: 132 bits."""
    return new_key()[:22]


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise RuntimeError("the times of a draft are cleared")
    return moment


class Submission(Base):
    """One act by one respondent in one round. Once submitted, it freezes who spoke and in what capacity."""

    __tablename__ = "submission"
    __table_args__ = (
        sa.CheckConstraint(
            "account_id IS NOT NULL OR draft_key_digest IS NOT NULL OR claim_digest IS NOT NULL "
            "OR forgotten_on IS NOT NULL OR source <> 'online'",
            name="has_an_owner",
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (submitted_at IS NOT NULL "
            "AND capacity IS NOT NULL AND publication_setting IS NOT NULL AND language IS NOT NULL)",
            name="submitted_is_complete",
        ),
        sa.CheckConstraint(
            "forgotten_on IS NULL OR (account_id IS NULL AND claim_digest IS NULL)", name="forgotten_has_no_owner"
        ),
        sa.CheckConstraint(
            "status = 'draft' OR source <> 'online' OR account_id IS NOT NULL OR claim_digest IS NOT NULL "
            "OR forgotten_on IS NOT NULL",
            name="handed_in_by_somebody",
        ),
        sa.CheckConstraint(
            "(claim_checked_at IS NULL OR claim_digest IS NOT NULL) "
            "AND (status = 'draft' OR claim_digest IS NULL OR claim_checked_at IS NOT NULL)",
            name="code_is_checked",
        ),
        sa.CheckConstraint("account_id IS NULL OR claim_digest IS NULL", name="account_or_code"),
        sa.CheckConstraint("status = 'draft' OR draft_key_digest IS NULL", name="draft_key_of_a_draft"),
        sa.CheckConstraint("(publication_delay = 'date') = (publish_on IS NOT NULL)", name="delayed_to_a_day"),
        sa.CheckConstraint(
            "status <> 'draft' OR (begun_at IS NOT NULL AND saved_at IS NOT NULL)", name="draft_has_times"
        ),
        sa.CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_time"),
        sa.CheckConstraint(
            "publication_setting <> 'pseudonym' OR status <> 'submitted' OR pseudonym <> ''", name="pseudonym_is_given"
        ),
        sa.Index(
            "uq_submission_one_draft",
            "round_id",
            "account_id",
            unique=True,
            sqlite_where=sa.text("status = 'draft' AND account_id IS NOT NULL"),
            postgresql_where=sa.text("status = 'draft' AND account_id IS NOT NULL"),
        ),
        sa.CheckConstraint(
            "source = 'online' OR status <> 'submitted' OR how_permitted <> ''", name="transcribed_with_permission"
        ),
        sa.Index(
            "ix_submission_held", "round_id", sqlite_where=sa.text("is_held"), postgresql_where=sa.text("is_held")
        ),
        sa.UniqueConstraint("supersedes_id"),
        sa.CheckConstraint("(supersedes_id IS NULL) = (revision = 0)", name="revision_has_earlier"),
        sa.CheckConstraint("late_reason <> '' OR NOT (is_late OR status = 'declined')", name="late_has_reason"),
        sa.CheckConstraint("late_plea = '' OR status IN ('offered', 'submitted', 'declined')", name="plea_of_an_offer"),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = reference_to("round.id")
    account_id: Mapped[int | None] = reference_to("account.id", nullable=True)
    draft_key_digest: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[SubmissionStatus] = mapped_column(enum_type(SubmissionStatus), default=SubmissionStatus.DRAFT)
    credential_status: Mapped[CredentialStatus] = mapped_column(
        enum_type(CredentialStatus), default=CredentialStatus.NOT_NEEDED
    )
    capacity: Mapped[Capacity | None] = mapped_column(enum_type(Capacity))
    language: Mapped[str | None]
    publication_setting: Mapped[PublicationSetting | None] = mapped_column(enum_type(PublicationSetting))
    pseudonym: Mapped[str] = mapped_column(default="")
    # Whether its author asked for protection beside a setting that does not bring it; see `is_protected`.
    asked_for_protection: Mapped[bool] = mapped_column(default=False)
    # When at the earliest the public reads it, at its author's wish.
    publication_delay: Mapped[PublicationDelay] = mapped_column(
        enum_type(PublicationDelay), default=PublicationDelay.NONE
    )
    publish_on: Mapped[date | None]
    # Nothing of it is public yet, not even that it is there: protected, or delayed; see `services.holding`.
    is_held: Mapped[bool] = mapped_column(default=False)
    # Opens a submission without an account: the digest of the code that its author wrote down, and on which day they
    # proved to have it. Withdrawing everything forgets it, so that a note that is found later opens nothing.
    claim_digest: Mapped[str | None] = mapped_column(unique=True)
    claim_checked_at: Mapped[datetime | None]
    # The day on which its author's account was closed, or everything withdrawn with a code: nobody opens it any more.
    forgotten_on: Mapped[date | None]
    # Of a draft alone where it is protected: submitting clears them.
    begun_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    # The submission that this one takes the place of, and which revision it is: 1 is Rev.1.
    supersedes_id: Mapped[int | None] = reference_to("submission.id", nullable=True, index=False)
    revision: Mapped[int] = mapped_column(default=0)
    # Received after the round had closed; the reason is what the public reads, unless it is
    # protected, or the author when it was declined.
    is_late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str] = mapped_column(default="")
    # Why its author hands it in late: for the manager who decides and the author alone, never public.
    late_plea: Mapped[str] = mapped_column(default="")
    # By another door than the site: who wrote it in (nobody: the command line), and how permission was given.
    source: Mapped[SubmissionSource] = mapped_column(enum_type(SubmissionSource), default=SubmissionSource.ONLINE)
    transcribed_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    how_permitted: Mapped[str] = mapped_column(default="")

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    supersedes: Mapped[Submission | None] = relationship(remote_side="Submission.id")
    constituencies: Mapped[list[SubmissionConstituency]] = relationship(
        order_by="SubmissionConstituency.id", cascade="all, delete-orphan", lazy="selectin"
    )
    identity: Mapped[SubmissionIdentity | None] = relationship(
        back_populates="submission", cascade="all, delete-orphan", lazy="raise"
    )
    comments: Mapped[list[Comment]] = relationship(
        back_populates="submission", order_by="Comment.id", cascade="all, delete-orphan"
    )
    choices: Mapped[list[Choice]] = relationship(order_by="Choice.id", cascade="all, delete-orphan")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id

    @property
    def begun(self) -> datetime:
        """When its draft was begun.

        Raises:
            RuntimeError: it is no draft any more, and its times are cleared.
        """
        return _known(self.begun_at)

    @property
    def saved(self) -> datetime:
        """When its draft was last saved; as `begun`."""
        return _known(self.saved_at)

    @property
    def is_protected(self) -> bool:
        """Whether the protection role alone sees who is behind it, and the public nothing of its author."""
        setting = self.publication_setting
        return self.asked_for_protection or (setting is not None and setting.is_protected)

    @property
    def public_day(self) -> date | None:
        """The day that everybody reads: when it was handed in, and of a protected one when its round closed."""
        if self.is_protected or self.submitted_at is None:
            return self.round.closing_day if self.round.closes_at is not None else None
        return to_wall(self.submitted_at, self.round.zone).date()

    @property
    def public_late_reason(self) -> str:
        """Why it was taken late, for everybody who reads its points; of a protected one nothing.

        A reason is written for one submission: under several points it would tell that one hand wrote them.
        """
        return self.late_reason if self.is_late and not self.is_protected else ""

    @property
    def ledger_hold(self) -> Hold | None:
        """What the ledger asks: whether its order may not tell of this yet."""
        return Hold(self.round_id, self.id) if self.is_held else None

    @property
    def is_on_record(self) -> bool:
        """Whether it was submitted, or accepted late; also when it was withdrawn afterwards."""
        return self.status in ON_RECORD

    @property
    def is_official(self) -> bool:
        """Whether it speaks for a State, a government or an intergovernmental body."""
        return self.capacity is Capacity.STATE_DELEGATION or any(
            row.constituency.is_official for row in self.constituencies
        )


class SubmissionConstituency(Base):
    """One constituency that the respondent named; none at all means "prefer not to say"."""

    __tablename__ = "submission_constituency"
    __table_args__ = (sa.UniqueConstraint("submission_id", "constituency"),)

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True)
    constituency: Mapped[Constituency] = mapped_column(enum_type(Constituency))


class ClaimOpening(Base):
    """A submission that somebody has opened with its code in one browser, which holds the key; no longer than hours.

    Deleting the row ends it.
    """

    __tablename__ = "claim_opening"

    id: Mapped[int] = primary_key()
    key_digest: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True)
    expires_at: Mapped[datetime]


class SubmissionIdentity(Base):
    """Who spoke, frozen: never public by itself, never shown to staff for protected submissions."""

    __tablename__ = "submission_identity"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]

    submission: Mapped[Submission] = relationship(back_populates="identity")


class PublicationChange(Base):
    """A later, stricter publication setting; the first one stays on record."""

    __tablename__ = "publication_change"

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True)
    setting_before: Mapped[PublicationSetting] = mapped_column(enum_type(PublicationSetting, "setting_before"))
    setting_after: Mapped[PublicationSetting] = mapped_column(enum_type(PublicationSetting, "setting_after"))
    changed_at: Mapped[datetime]


class Lifting(Base):
    """A batch: what of a round was held became public together. One a day at most, so that few stand alone in one."""

    __tablename__ = "lifting"
    __table_args__ = (sa.UniqueConstraint("round_id", "lifted_on"),)

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id", index=False)
    lifted_on: Mapped[date]
