"""Reading figures, and finding what is to be counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, QuestionOption, Round
from consult.core.clock import to_wall
from consult.core.db import db
from consult.insight.enums import Who
from consult.insight.models import FigureCell, FigureCube
from consult.submissions.enums import Agreement, CredentialStatus, PublicationSetting, Stance, SubmissionStatus
from consult.submissions.models import Choice, Submission, SubmissionConstituency
from consult.submissions.queries import KNOWN_SUPERSEDED, PROTECTED

Column = QuestionOption | Agreement | Stance
CellKey = tuple[int, str]
"""Of which option (its key), and what was said of it; nothing where it was simply chosen."""


def day_in(round_: Round, now: datetime) -> date:
    """The day that a clock in the round's zone shows."""
    return to_wall(now, round_.zone).date()


def find_cube(round_: Round) -> FigureCube | None:
    """The figures of a round, if it was counted; two queries at most."""
    return db.session.scalar(
        sa.select(FigureCube).options(selectinload(FigureCube.cells)).where(FigureCube.round_id == round_.id)
    )


def rounds_to_count(now: datetime) -> Sequence[int]:
    """The keys of rounds that have begun and were not counted on this day of their zone yet; one query."""
    rows: Sequence[Any] = db.session.execute(
        sa.select(Round.id, Round.zone, FigureCube.day)
        .outerjoin(FigureCube, FigureCube.round_id == Round.id)
        .where(Round.opened_at.is_not(None), Round.opens_at <= now)
        .order_by(Round.id)
    ).all()
    return [key for key, zone, day in rows if day is None or day < to_wall(now, zone).date()]


# --- What is counted ---


def _counted(round_: Round, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions on a submission that figures count.

    Left out are submissions that are not published at their author's wish, await a credential, are withdrawn, or were
    superseded: of several revisions the newest that the public may know of counts. What is held is counted once it is
    held no more, and protected ones never before the closing, all at once: numbers that grow from day to day would
    tell when each came.
    """
    return [
        Submission.round_id == round_.id,
        Submission.status == SubmissionStatus.SUBMITTED,
        Submission.credential_status != CredentialStatus.AWAITED,
        Submission.publication_setting != PublicationSetting.NOT_PUBLISHED,
        sa.not_(KNOWN_SUPERSEDED),
        sa.not_(Submission.is_held),
        *([] if round_.is_over(now) else [sa.not_(PROTECTED)]),
    ]


# What each submission names: one constituency, and how many.
_NAMED = (
    sa.select(
        SubmissionConstituency.submission_id,
        sa.func.min(SubmissionConstituency.constituency).label("constituency"),
        sa.func.count().label("number"),
    )
    .group_by(SubmissionConstituency.submission_id)
    .subquery()
)
# What a protected author is does not leave the database.
_SHOWN = sa.and_(_NAMED.c.submission_id == Submission.id, sa.not_(PROTECTED))
_SEVERAL = _NAMED.c.number > 1
_ONE = sa.case((_NAMED.c.number == 1, _NAMED.c.constituency))


def _who(is_protected: bool, is_several: bool | None, constituency: Constituency | None) -> Who:
    """The one row of a submission: rows have nobody in common, so none is told by taking one from another."""
    if is_protected:
        return Who.PROTECTED
    if is_several:
        return Who.SEVERAL
    return Who(constituency) if constituency is not None else Who.NOT_STATED


def members_of(round_: Round, now: datetime) -> Mapping[Who, set[int]]:
    """The keys of the submissions that belong into each row now; one query."""
    rows = db.session.execute(
        sa.select(Submission.id, PROTECTED, _SEVERAL, _ONE).outerjoin(_NAMED, _SHOWN).where(*_counted(round_, now))
    )
    found: dict[Who, set[int]] = {who: set() for who in Who}
    for key, *named in rows:
        found[_who(*named)].add(key)
    return found


def count_choices(round_: Round, now: datetime) -> Mapping[Who, Mapping[CellKey, int]]:
    """How many submissions of each row say what of each option; one query."""
    said = (Choice.option_id, Choice.agreement, Choice.stance, PROTECTED, _SEVERAL, _ONE)
    rows = db.session.execute(
        sa.select(*said, sa.func.count())
        .select_from(Choice)
        .join(Submission, Submission.id == Choice.submission_id)
        .outerjoin(_NAMED, _SHOWN)
        .where(*_counted(round_, now))
        .group_by(*said)
    )
    found: dict[Who, dict[CellKey, int]] = {who: {} for who in Who}
    for option_id, agreement, stance, *named, number in rows:
        value = agreement or stance
        found[_who(*named)][option_id, value.value if value else ""] = number
    return found


# --- What is shown ---


@dataclass(frozen=True)
class Table:
    """One table of positions: what may be said is in the columns, the rows are those who said it.

    Args:
        option: what it is said of; None where the columns are the options of the question themselves.
        columns: what could be said.
        keys: of the cells, in the order of the columns.
        numbers: those that are shown, by row and key.
    """

    option: QuestionOption | None
    columns: Sequence[Column]
    keys: Sequence[CellKey]
    numbers: Mapping[tuple[Who, CellKey], int]

    @property
    def shown(self) -> list[Who]:
        """The rows of which a number is shown."""
        return [who for who in Who if any((who, key) in self.numbers for key in self.keys)]


@dataclass(frozen=True)
class Positions:
    """What was said to one question: one table, or one for each option."""

    question: Question
    tables: Sequence[Table]


@dataclass(frozen=True)
class Figures:
    """The figures of a round, as they stand for a day.

    Args:
        day: of the round's zone.
        submissions: how many each row has; rows with too few to be shown are left out.
        positions: on the questions that have options, in their order.
    """

    day: date
    submissions: Mapping[Who, int]
    positions: Sequence[Positions]

    @property
    def rows(self) -> list[tuple[Who, int]]:
        """The rows of the submissions, in their order."""
        return [(who, self.submissions[who]) for who in Who if who in self.submissions]

    @property
    def too_few(self) -> list[Who]:
        """The rows with fewer submissions than are shown, or none."""
        return [who for who in Who if who not in self.submissions]


def values_of(question: Question) -> Sequence[Agreement] | Sequence[Stance]:
    """What can be said of each option of a question; nothing where one simply chooses among them."""
    if question.kind is QuestionKind.AGREEMENT:
        return list(Agreement)
    return list(Stance) if question.kind is QuestionKind.POSITIONS else []


def find_figures(round_: Round, questions: Collection[Question]) -> Figures | None:
    """The figures of a round, if it was counted; two queries at most."""
    cube = find_cube(round_)
    if cube is None:
        return None
    submissions = {cell.who: cell.number for cell in cube.cells if cell.option_id is None}
    numbers = {(cell.who, (cell.option_id, cell.value)): cell.number for cell in cube.cells if cell.option_id}
    asked = [question for question in questions if question.kind is not QuestionKind.FREE_TEXT]
    return Figures(cube.day, submissions, [Positions(one, _tables(one, numbers)) for one in asked])


def _tables(question: Question, numbers: Mapping[tuple[Who, CellKey], int]) -> list[Table]:
    values = values_of(question)
    if not values:
        return [Table(None, question.options, [(option.id, "") for option in question.options], numbers)]
    return [
        Table(option, list(values), [(option.id, value.value) for value in values], numbers)
        for option in question.options
    ]


def counted_cells(cube: FigureCube | None, who: Who) -> list[FigureCell]:
    """The positions that a row showed until now."""
    return [cell for cell in cube.cells if cell.who is who and cell.option_id is not None] if cube is not None else []
