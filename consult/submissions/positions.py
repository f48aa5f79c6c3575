"""What was said of the options of a round's questions, by constituency. Not a vote: nothing here adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, QuestionOption, Round
from consult.core.db import db
from consult.submissions.enums import Agreement, CredentialStatus, PublicationSetting, Stance, SubmissionStatus
from consult.submissions.models import Choice, Submission, SubmissionConstituency
from consult.submissions.queries import SUPERSEDED

# Smaller numbers would point at somebody.
SMALLEST_SHOWN = 3
Column = QuestionOption | Agreement | Stance
Counted = Mapping[tuple[int, Agreement | Stance | None, Constituency | None], int]


@dataclass(frozen=True)
class Table:
    """One table of positions: what may be said is in the columns, constituencies are the rows.

    Args:
        option: what it is said of; None where the columns are the options of the question themselves.
        columns: what could be said.
        constituencies: from which somebody answered; None stands for "prefer not to say". Who named several is
            counted under each, one more reason why nothing may be added up.
        numbers: by place of the column and constituency; None where it is smaller than SMALLEST_SHOWN.
    """

    option: QuestionOption | None
    columns: Sequence[Column]
    constituencies: Sequence[Constituency | None]
    numbers: Mapping[tuple[int, Constituency | None], int | None]

    @property
    def shown(self) -> list[Constituency | None]:
        """The constituencies of which a number is large enough to be shown."""
        return [
            who for who in self.constituencies if any(self.numbers[place, who] for place in range(len(self.columns)))
        ]


@dataclass(frozen=True)
class Positions:
    """What was said to one question: one table, or one for each option."""

    question: Question
    tables: Sequence[Table]

    @property
    def too_few(self) -> list[Constituency | None]:
        """The constituencies from which somebody answered, and too few for any number of any table to be shown."""
        answered = {who for table in self.tables for who in table.constituencies}
        shown = {who for table in self.tables for who in table.shown}
        return [who for who in (*Constituency, None) if who in answered - shown]


def asks_for_positions(questions: Sequence[Question]) -> bool:
    """Whether something can be chosen in any of these questions."""
    return any(question.kind is not QuestionKind.FREE_TEXT for question in questions)


def list_positions(round_: Round, questions: Sequence[Question]) -> list[Positions]:
    """The public positions on the questions of a round that have options, in their order; one query.

    Left out are submissions that are not published at their author's wish, await a credential, are withdrawn, or were
    superseded: of several revisions the newest counts. Who gave no answer is not counted anywhere: silence is no
    position.
    """
    asked = [question for question in questions if question.kind is not QuestionKind.FREE_TEXT]
    if not asked:
        return []
    said = (Choice.option_id, Choice.agreement, Choice.stance, SubmissionConstituency.constituency)
    rows = db.session.execute(
        sa.select(*said, sa.func.count())
        .join(Submission, Submission.id == Choice.submission_id)
        .outerjoin(SubmissionConstituency, SubmissionConstituency.submission_id == Submission.id)
        .where(
            Submission.round_id == round_.id,
            Submission.status == SubmissionStatus.SUBMITTED,
            Submission.credential_status != CredentialStatus.AWAITED,
            Submission.publication_setting != PublicationSetting.NOT_PUBLISHED,
            sa.not_(SUPERSEDED),
        )
        .group_by(*said)
    ).all()
    counted: Counted = {(option, agreement or stance, who): number for option, agreement, stance, who, number in rows}
    return [Positions(question, list(_tables(question, counted))) for question in asked]


def _tables(question: Question, counted: Counted) -> Iterator[Table]:
    if question.kind in {QuestionKind.AGREEMENT, QuestionKind.POSITIONS}:
        values: list[Agreement | Stance] = list(Agreement if question.kind is QuestionKind.AGREEMENT else Stance)
        for option in question.options:
            yield _table(option, values, [(option.id, value) for value in values], counted)
    else:
        yield _table(None, question.options, [(option.id, None) for option in question.options], counted)


def _table(
    option: QuestionOption | None,
    columns: Sequence[Column],
    keys: Sequence[tuple[int, Agreement | Stance | None]],
    counted: Counted,
) -> Table:
    present = {who for key, value, who in counted if (key, value) in keys}
    constituencies: list[Constituency | None] = [who for who in (*Constituency, None) if who in present]
    numbers = {
        (place, who): shown_number(counted.get((*key, who), 0))
        for place, key in enumerate(keys)
        for who in constituencies
    }
    return Table(option, columns, constituencies, numbers)


def shown_number(number: int) -> int | None:
    """A number that may be shown, or None: also for 0, or a gap would tell that the others are 1 or 2."""
    return number if number >= SMALLEST_SHOWN else None
