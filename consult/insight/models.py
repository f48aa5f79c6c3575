"""Figures, counted once a day. A number that is too small to be shown is in none of these tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Round
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.insight.enums import Who
from consult.insight.suppression import FEWEST


class FigureCube(Base):
    """The figures of a round as they stand for a day of its zone; the next day's take their place.

    `departed` is how many submissions have left each row since its positions were last counted.
    """

    __tablename__ = "figure_cube"
    __table_args__ = (sa.UniqueConstraint("round_id"),)

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id", index=False, cascade=True)
    day: Mapped[date]
    departed: Mapped[dict[str, Any]] = mapped_column(default=dict)

    round: Mapped[Round] = relationship()
    cells: Mapped[list[FigureCell]] = relationship(
        order_by="FigureCell.id", cascade="all, delete-orphan", passive_deletes=True
    )


class FigureCell(Base):
    """One number that is shown: how many submissions a row has, or how many of them said that of an option."""

    __tablename__ = "figure_cell"
    __table_args__ = (
        sa.CheckConstraint(f"number >= {FEWEST}", name="large_enough"),
        sa.CheckConstraint("option_id IS NOT NULL OR value = ''", name="value_of_an_option"),
    )

    id: Mapped[int] = primary_key()
    cube_id: Mapped[int] = reference_to("figure_cube.id", cascade=True)
    who: Mapped[Who] = mapped_column(enum_type(Who))
    option_id: Mapped[int | None] = reference_to("question_option.id", nullable=True, cascade=True)
    # How far they agree, or their position; empty where the option was simply chosen.
    value: Mapped[str] = mapped_column(default="")
    number: Mapped[int]


class FigureMember(Base):
    """A submission that the positions of a row were last counted with. It goes with the day on which it leaves."""

    __tablename__ = "figure_member"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    who: Mapped[Who] = mapped_column(enum_type(Who), primary_key=True)
