"""Answers: insert-only versions, clearances, deliveries; which point caused which change of the text."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import Base, BigId, enum_type, only_one, primary_key, reference_to
from consult.documents.models import DocumentVersion
from consult.ledger.services import Hold
from consult.responses.enums import Clearance, Disposition, Route, Verdict
from consult.submissions.models import Comment
from consult.texts.searchable import Searchable, declare

ANSWER_FIELDS = ("rationale", "text")
"""The words of an answer, which are translated, in the order in which they are read at the desk."""


class ResponseVersion(Base):
    """One version of the answer to one point; the newest is the current one, earlier ones stay."""

    __tablename__ = "response_version"
    __table_args__ = (sa.UniqueConstraint("comment_id", "number"),)

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = reference_to("comment.id")
    number: Mapped[int]
    disposition: Mapped[Disposition] = mapped_column(enum_type(Disposition))
    rationale: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    written_by: Mapped[int] = reference_to("account.id", index=False)
    written_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship()

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.comment.host_id

    @property
    def ledger_hold(self) -> Hold | None:
        """As its point."""
        return self.comment.ledger_hold


class ResponseCorrection(Base):
    """A version that replaces an answer which was sent, and why; until it is sent itself, the earlier one counts.

    Its writer may take it back before that: the row stays, and the version counts for nothing.
    """

    __tablename__ = "response_correction"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="has_reason"),
        sa.CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back_by_somebody"),
    )

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = mapped_column(sa.ForeignKey("response_version.id"), unique=True)
    reason: Mapped[str]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)

    version: Mapped[ResponseVersion] = relationship()


class ClearanceDecision(Base):
    """An approver, another person than the writer, cleared or returned one version."""

    __tablename__ = "clearance_decision"
    __table_args__ = (sa.CheckConstraint("decision <> 'returned' OR note <> ''", name="return_has_note"),)

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = reference_to("response_version.id")
    decision: Mapped[Clearance] = mapped_column(enum_type(Clearance))
    note: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[int] = reference_to("account.id", index=False)
    decided_at: Mapped[datetime]


class Delivery(Base):
    """A version was sent to the point's author; or it is published alone, with the reason why nobody can be reached."""

    __tablename__ = "delivery"
    __table_args__ = (sa.CheckConstraint("route <> 'publication' OR reason <> ''", name="published_alone_has_reason"),)

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = mapped_column(sa.ForeignKey("response_version.id"), unique=True)
    route: Mapped[Route] = mapped_column(enum_type(Route))
    reason: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]


class Acknowledgement(Base):
    """Whether an answer that was sent answers the point, as its author says now; what they said before is not kept.

    The words are for the secretariat alone. Of when it was said the day is kept, and no time.
    """

    __tablename__ = "acknowledgement"
    __table_args__ = (sa.CheckConstraint("verdict = 'no' OR words = ''", name="words_say_why_not"),)

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = mapped_column(sa.ForeignKey("response_version.id"), unique=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    words: Mapped[str] = mapped_column(default="")
    said_on: Mapped[date]

    version: Mapped[ResponseVersion] = relationship()


class TranslatedAnswer(Base):
    """A sent version that its author was told of in this language too: with the answer, or when it was translated."""

    __tablename__ = "translated_answer"
    __table_args__ = (sa.UniqueConstraint("response_version_id", "language"),)

    id: Mapped[int] = primary_key()
    response_version_id: Mapped[int] = reference_to("response_version.id", index=False)
    language: Mapped[str]
    told_at: Mapped[datetime]


class ChangeTrace(Base):
    """A point that caused a change: what became of a paragraph in a later version than the one that it is about.

    The change is named by the version that it led to and by the eId: of the changed or new paragraph there, or of the
    one that was removed. eIds are stable, so the link outlives a text that is brought anew while its round is set up;
    of a new paragraph alone ``paragraph_id`` must still be there. Whoever takes back a link that the public may have
    read says why; the row then stays, until the point is withdrawn.
    """

    __tablename__ = "change_trace"
    __table_args__ = (
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed_by_somebody"),
        sa.CheckConstraint("(removed_at IS NULL) = (removal_reason = '')", name="removed_has_reason"),
        only_one("uq_change_trace_one_that_counts", "comment_id", "version_id", "eid", where="removed_at IS NULL"),
        sa.Index("ix_change_trace_change", "version_id", "eid"),
    )

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = reference_to("comment.id")
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True, index=False)
    eid: Mapped[str]
    paragraph_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("paragraph.id", ondelete="SET NULL"), index=True
    )
    made_by: Mapped[int] = reference_to("account.id", index=False)
    made_at: Mapped[datetime]
    removed_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    removed_at: Mapped[datetime | None]
    removal_reason: Mapped[str] = mapped_column(default="")

    comment: Mapped[Comment] = relationship()
    version: Mapped[DocumentVersion] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.version.host_id


class UnreflectedReason(Base):
    """Why an accepted point is not visible in the text that followed; public with the outcome.

    In the authentic language; translations in ``texts``, under the subject ``unreflected_reason``.
    """

    __tablename__ = "unreflected_reason"
    __table_args__ = (sa.CheckConstraint("reason <> ''", name="has_reason"),)

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("comment.id"), unique=True)
    reason: Mapped[str]
    given_by: Mapped[int] = reference_to("account.id", index=False)
    given_at: Mapped[datetime]


class ChangeSource(Base):
    """Where changes come from that no point asked for, and why they were made; public with the outcome.

    In the authentic language; translations in ``texts``, under the subject ``change_source``.
    """

    __tablename__ = "change_source"
    __table_args__ = (sa.CheckConstraint("is_editorial OR reason <> ''", name="says_why"),)

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    is_editorial: Mapped[bool]
    source: Mapped[str]
    reason: Mapped[str]
    given_by: Mapped[int] = reference_to("account.id", index=False)
    given_at: Mapped[datetime]


class SourcedChange(Base):
    """A change that a source was given for, named as in `ChangeTrace`."""

    __tablename__ = "sourced_change"
    __table_args__ = (sa.UniqueConstraint("version_id", "eid"),)

    id: Mapped[int] = primary_key()
    source_id: Mapped[int] = reference_to("change_source.id", cascade=True)
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True, index=False)
    eid: Mapped[str]
    paragraph_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("paragraph.id", ondelete="SET NULL"), index=True
    )

    source: Mapped[ChangeSource] = relationship()


declare(
    Searchable(
        ResponseVersion,
        "response_version",
        fields=ANSWER_FIELDS,
        language=lambda: ResponseVersion.language,
        watched=("language",),
    )
)
