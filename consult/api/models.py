"""What those who follow the public record have been told of by the clock: of rounds, and of overdue commitments."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Round
from consult.core.db import Base, BigId


class FollowedRound(Base):
    """A round that was told of: under which slug, where it stood then, and since when its input is public.

    The clock writes no rows: here the worker compares what it says now with what was told last.
    """

    __tablename__ = "followed_round"

    round_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("round.id"), primary_key=True, autoincrement=False)
    slug: Mapped[str]
    state: Mapped[str]
    disclosed_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)


class FollowedCommitment(Base):
    """A commitment that was told of as overdue, and for which day."""

    __tablename__ = "followed_commitment"

    commitment_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due: Mapped[date]
