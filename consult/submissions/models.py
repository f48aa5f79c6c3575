"""Submissions, who spoke, their comments and choices.

A draft is a submission that is not submitted yet. Who spoke is a row of its own, which lists and the desk never
load for protected submissions.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from consult.accounts.enums import Capacity, Constituency
from consult.consultations.models import Question, QuestionOption, Round
from consult.core.clock import to_wall
from consult.core.db import Base, BigId, enum_type, primary_key, reference_to
from consult.core.locale import current_locale, language_name
from consult.core.secrets import new_key
from consult.documents.models import Paragraph
from consult.files.models import StoredFile
from consult.ledger.services import Hold
from consult.submissions.enums import (
    ON_RECORD,
    Agreement,
    CommentType,
    CredentialStatus,
    FileAudience,
    ModerationStatus,
    PublicationDelay,
    PublicationSetting,
    ResponseStatus,
    Stance,
    StrikeReason,
    SubmissionSource,
    SubmissionStatus,
)
from consult.texts.searchable import Searchable, declare

POINT_FIELDS = ("text", "proposed_change")
"""The words of a point, which are translated."""


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
    # Received after the round had closed; the reason is what the public reads, or the author when it was declined.
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


class Comment(Base):
    """A point: the atom that gets an answer. About a paragraph, a question, or the text in general.

    Words are changed only while the submission is a draft; withdrawing erases them and leaves the reference. In its
    draft a point is addressed by its key, which the form that it is begun in already holds: saving as one types,
    pressing the button and pressing it twice make one point.
    """

    __tablename__ = "comment"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "key"),
        sa.UniqueConstraint("submission_id", "option_id"),
        sa.UniqueConstraint("supersedes_id"),
        sa.CheckConstraint("paragraph_id IS NULL OR question_id IS NULL", name="one_anchor_at_most"),
        sa.CheckConstraint("option_id IS NULL OR question_id IS NOT NULL", name="option_of_a_question"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) OR "
            "(text = '' AND proposed_change = '' AND place_as_written = '' AND language_words = '')",
            name="withdrawn_is_empty",
        ),
        sa.CheckConstraint("language_words = '' OR language = 'mis'", name="words_where_no_code"),
        sa.CheckConstraint("struck_as IS NULL OR withdrawn_at IS NOT NULL", name="struck_is_empty"),
        sa.Index("ix_comment_queue", "round_id", "moderation_status", "id"),
        sa.Index("ix_comment_answering", "round_id", "response_status", "id"),
        sa.Index("ix_comment_held", "round_id", sqlite_where=sa.text("is_held"), postgresql_where=sa.text("is_held")),
    )

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True)
    round_id: Mapped[int] = reference_to("round.id")
    paragraph_id: Mapped[int | None] = reference_to("paragraph.id", nullable=True)
    question_id: Mapped[int | None] = reference_to("question.id", nullable=True)
    option_id: Mapped[int | None] = reference_to("question_option.id", nullable=True)
    supersedes_id: Mapped[int | None] = reference_to("comment.id", nullable=True, index=False)
    key: Mapped[str] = mapped_column(default=short_key)
    reference: Mapped[str | None] = mapped_column(unique=True)
    comment_type: Mapped[CommentType] = mapped_column(enum_type(CommentType))
    text: Mapped[str]
    proposed_change: Mapped[str] = mapped_column(default="")
    # Where it points in the author's own words, where they came from elsewhere: they may name more than one place.
    place_as_written: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    # Its name as the author wrote it, where no code is known.
    language_words: Mapped[str] = mapped_column(default="")
    # Of a draft: the language that its words seem to be in, while its author has not said what to do about it.
    language_guess: Mapped[str] = mapped_column(default="")
    moderation_status: Mapped[ModerationStatus] = mapped_column(
        enum_type(ModerationStatus), default=ModerationStatus.WAITING
    )
    response_status: Mapped[ResponseStatus] = mapped_column(
        enum_type(ResponseStatus), default=ResponseStatus.UNANSWERED
    )
    # When its words were taken out of the record: withdrawn by its author or, with a class of reason, struck.
    withdrawn_at: Mapped[datetime | None]
    struck_as: Mapped[StrikeReason | None] = mapped_column(enum_type(StrikeReason))
    # Screened after its submission went public, if protected: waits for the next batch. Of a point that was taken out
    # while its submission was held it stays: the public never knew of it, and never will.
    is_held: Mapped[bool] = mapped_column(default=False)

    submission: Mapped[Submission] = relationship(back_populates="comments", lazy="joined", innerjoin=True)
    paragraph: Mapped[Paragraph | None] = relationship(lazy="joined")
    question: Mapped[Question | None] = relationship(lazy="joined")
    option: Mapped[QuestionOption | None] = relationship(lazy="joined")
    choice: Mapped[Choice | None] = relationship(
        lazy="joined",
        viewonly=True,
        uselist=False,
        primaryjoin=lambda: sa.and_(
            foreign(Choice.submission_id) == Comment.submission_id,
            foreign(Choice.option_id) == Comment.option_id,
        ),
    )

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.submission.host_id

    @property
    def position(self) -> Stance | None:
        """The position that these words give the reasons for; it goes with them."""
        return self.choice.stance if self.choice is not None and not self.is_withdrawn else None

    @property
    def is_withdrawn(self) -> bool:
        """Whether only the reference is left: withdrawn, or struck."""
        return self.withdrawn_at is not None

    @property
    def is_hidden(self) -> bool:
        """Whether the public does not know that it is there: no reference, no tombstone; see ``queries.KNOWN``."""
        return self.submission.is_held or (self.is_held and self.is_withdrawn)

    @property
    def ledger_hold(self) -> Hold | None:
        """As its submission; a point that alone is held waits with it too."""
        return Hold(self.round_id, self.submission_id) if self.submission.is_held or self.is_held else None

    @property
    def is_struck(self) -> bool:
        """Whether its words were struck for safety or law; it then keeps the class of reason and the day too."""
        return self.struck_as is not None

    @property
    def language_label(self) -> str:
        """The language of its words: by name in the current locale, or as its author named it."""
        return self.language_words or language_name(self.language, current_locale().code)


class Choice(Base):
    """What a respondent says of one option: chosen, how far they agree with it, or their position on it.

    An option that they leave open has no row.
    """

    __tablename__ = "choice"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "option_id"),
        sa.CheckConstraint("agreement IS NULL OR stance IS NULL", name="one_value_at_most"),
        sa.Index(
            "uq_choice_only_one",
            "submission_id",
            "question_id",
            unique=True,
            sqlite_where=sa.text("is_only"),
            postgresql_where=sa.text("is_only"),
        ),
    )

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True)
    question_id: Mapped[int] = reference_to("question.id")
    option_id: Mapped[int] = reference_to("question_option.id")
    is_only: Mapped[bool] = mapped_column(default=False)
    agreement: Mapped[Agreement | None] = mapped_column(enum_type(Agreement))
    stance: Mapped[Stance | None] = mapped_column(enum_type(Stance))

    option: Mapped[QuestionOption] = relationship()

    @property
    def value(self) -> Agreement | Stance | None:
        """How far one agrees, or the position; None where the option was simply chosen."""
        return self.agreement or self.stance


class Attachment(Base):
    """A file that comes with a submission, and perhaps with one of its points: a public one always does.

    It is frozen with its submission. Where its bytes were taken out of the record (its point withdrawn or struck, its
    author's wish) the row stays, empty, so that what was there can be counted.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        sa.CheckConstraint("(file_id IS NULL) = (erased_on IS NOT NULL)", name="erased_has_day"),
        sa.CheckConstraint("erased_on IS NULL OR description = ''", name="erased_is_empty"),
        sa.Index("ix_attachment_queue", "submission_id", "id"),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True, default=short_key)
    submission_id: Mapped[int] = reference_to("submission.id", cascade=True, index=False)
    comment_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("comment.id", ondelete="SET NULL"), nullable=True, index=True
    )
    file_id: Mapped[int | None] = reference_to("stored_file.id", nullable=True)
    audience: Mapped[FileAudience] = mapped_column(enum_type(FileAudience), default=FileAudience.SECRETARIAT)
    # What it shows, in its author's words and language: for those who do not see it.
    description: Mapped[str] = mapped_column(default="")
    moderation_status: Mapped[ModerationStatus] = mapped_column(
        enum_type(ModerationStatus), default=ModerationStatus.WAITING
    )
    erased_on: Mapped[date | None]

    submission: Mapped[Submission] = relationship(lazy="joined", innerjoin=True)
    comment: Mapped[Comment | None] = relationship(lazy="joined")
    file: Mapped[StoredFile | None] = relationship(lazy="joined")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.submission.host_id

    @property
    def ledger_hold(self) -> Hold | None:
        """As its point, or its submission."""
        return self.comment.ledger_hold if self.comment is not None else self.submission.ledger_hold

    @property
    def is_erased(self) -> bool:
        """Whether it is only counted any more."""
        return self.erased_on is not None

    @property
    def shown_name(self) -> str:
        """What everybody but its author sees it called: its own name may tell who is behind a protected submission."""
        if self.file is None:
            return ""
        if self.submission.is_protected:
            return f"{self.submission.round.label}-{self.key[:6].strip('-_') or 'file'}.{self.file.kind.extension}"
        return self.file.name


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


# A draft is its author's alone, and of what was withdrawn nothing is left to be found.
declare(
    Searchable(
        Comment,
        "comment",
        fields=POINT_FIELDS,
        plain=("reference",),
        language=lambda: Comment.language,
        is_kept=lambda: sa.and_(Comment.reference.is_not(None), Comment.withdrawn_at.is_(None)),
        watched=("language", "withdrawn_at"),
    )
)
