"""Looks at who is behind protected submissions, and proposals to strike texts: the record of a power."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.models import Account
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.locale import gettext as _
from consult.moderation.models import ModerationDecision
from consult.protection.enums import LookReason, StrikeStatus
from consult.submissions.enums import StrikeReason
from consult.submissions.models import Comment


class IdentityLook(Base):
    """One look at who is behind a submission: who looked, when and why. Never changed; the words may be erased."""

    __tablename__ = "identity_look"
    __table_args__ = (
        sa.CheckConstraint("(erased_on IS NULL) = (words <> '')", name="words_or_erased"),
        sa.Index("ix_identity_look_officer_id_looked_at", "officer_id", "looked_at"),
    )

    id: Mapped[int] = primary_key()
    submission_id: Mapped[int] = reference_to("submission.id")
    host_id: Mapped[int] = reference_to("host.id")
    officer_id: Mapped[int] = reference_to("account.id", index=False)
    reason: Mapped[LookReason] = mapped_column(enum_type(LookReason))
    # The officer's own words, which the person behind the submission reads and nobody else.
    words: Mapped[str]
    looked_at: Mapped[datetime]
    erased_on: Mapped[date | None]

    officer: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def officer_words(self) -> str:
        """The name of who looked, or that their account is closed."""
        return self.officer.name or _("Somebody whose account is closed")


class Strike(Base):
    """A proposal to strike a text for safety or law: made by one protection officer, decided by another."""

    __tablename__ = "strike"
    __table_args__ = (
        sa.CheckConstraint("(status = 'proposed') = (settled_at IS NULL)", name="settled_has_time"),
        sa.CheckConstraint(
            "status NOT IN ('confirmed', 'rejected') OR (settled_by IS NOT NULL AND settled_by <> proposed_by)",
            name="decided_by_another",
        ),
        sa.CheckConstraint("status <> 'taken_back' OR settled_by = proposed_by", name="taken_back_by_the_same"),
        sa.CheckConstraint(
            "status NOT IN ('proposed', 'lapsed', 'withdrawn') OR settled_by IS NULL", name="settled_by_nobody"
        ),
        # The words about a point go with it, when its author withdraws it.
        sa.CheckConstraint("words <> '' OR status NOT IN ('proposed', 'confirmed')", name="has_words"),
        sa.CheckConstraint("reason <> 'law' OR order_reference <> ''", name="law_has_order"),
        sa.Index(
            "uq_strike_one_that_counts",
            "comment_id",
            unique=True,
            sqlite_where=sa.text("status IN ('proposed', 'confirmed')"),
            postgresql_where=sa.text("status IN ('proposed', 'confirmed')"),
        ),
    )

    id: Mapped[int] = primary_key()
    comment_id: Mapped[int] = reference_to("comment.id")
    reason: Mapped[StrikeReason] = mapped_column(enum_type(StrikeReason))
    # Of the court, the law, or the State's written agreement; internal, as the words are.
    order_reference: Mapped[str] = mapped_column(default="")
    words: Mapped[str]
    # The restriction that came with the proposal, where the words were hidden at once.
    decision_id: Mapped[int | None] = reference_to("moderation_decision.id", nullable=True, index=False)
    status: Mapped[StrikeStatus] = mapped_column(enum_type(StrikeStatus), default=StrikeStatus.PROPOSED)
    proposed_by: Mapped[int] = reference_to("account.id", index=False)
    proposed_at: Mapped[datetime] = mapped_column(index=True)
    settled_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    settled_at: Mapped[datetime | None]
    settled_words: Mapped[str] = mapped_column(default="")

    comment: Mapped[Comment] = relationship(lazy="joined", innerjoin=True)
    decision: Mapped[ModerationDecision | None] = relationship(lazy="raise")

    @property
    def host_id(self) -> int:
        """The host whose protection officers decide."""
        return self.comment.host_id

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.status is StrikeStatus.PROPOSED
