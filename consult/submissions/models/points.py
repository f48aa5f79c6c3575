"""Points, and what is said of options."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from consult.consultations.models import Question, QuestionOption
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.locale import current_locale, language_name
from consult.documents.models import Paragraph
from consult.ledger.services import Hold
from consult.submissions.enums import (
    Agreement,
    CommentType,
    ModerationStatus,
    Nature,
    ResponseStatus,
    Stance,
    StrikeReason,
)
from consult.submissions.models.quotations import Quotation
from consult.submissions.models.submission import Submission, short_key
from consult.texts.searchable import Searchable, declare

POINT_FIELDS = ("text", "proposed_change")
"""The words of a point, which are translated."""


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
        sa.CheckConstraint("nature = 'point' OR question_id IS NULL", name="of_states_on_the_text"),
        sa.CheckConstraint(
            "nature = 'point' OR response_status IN ('unanswered', 'closed')", name="of_states_is_not_answered"
        ),
        sa.Index("ix_comment_queue", "round_id", "moderation_status", "id"),
        sa.Index("ix_comment_answering", "round_id", "response_status", "id"),
        sa.Index(
            "ix_comment_of_states",
            "round_id",
            sqlite_where=sa.text("nature <> 'point'"),
            postgresql_where=sa.text("nature <> 'point'"),
        ),
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
    nature: Mapped[Nature] = mapped_column(enum_type(Nature), default=Nature.POINT)
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
    quotation: Mapped[Quotation | None] = relationship(
        lazy="joined", uselist=False, cascade="all, delete-orphan", passive_deletes=True
    )
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
    def asks_for_answer(self) -> bool:
        """Whether it is counted among those to be answered: no reservation or statement of position is."""
        return not self.nature.is_of_state and self.submission.round.asks_for_answers

    @property
    def kind(self) -> CommentType | Nature:
        """What it is to its readers: what a State puts on record has no type, it is a reservation, say."""
        return self.nature if self.nature.is_of_state else self.comment_type

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
