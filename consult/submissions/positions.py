"""What was chosen for a round's single-choice questions, by constituency. Not a vote: nothing here adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.submissions.enums import CredentialStatus, PublicationSetting, SubmissionStatus
from consult.submissions.models import Choice, Submission, SubmissionConstituency

# Smaller numbers would point at somebody.
SMALLEST_SHOWN = 3


@dataclass(frozen=True)
class Positions:
    """The options chosen for one question.

    Args:
        question: which.
        constituencies: from which somebody answered; None stands for "prefer not to say". Who named several is
            counted under each, one more reason why nothing may be added up.
        numbers: by key of the option and constituency; None where it is smaller than SMALLEST_SHOWN.
    """

    question: Question
    constituencies: Sequence[Constituency | None]
    numbers: Mapping[tuple[int, Constituency | None], int | None]


def list_positions(round_: Round, questions: Sequence[Question]) -> list[Positions]:
    """The public positions on the single-choice questions of a round, in their order; one query.

    Left out are submissions that are not published at their author's wish, await a credential, or are withdrawn.
    Who gave no answer is not counted anywhere: silence is no position.
    """
    asked = [question for question in questions if question.kind is QuestionKind.SINGLE_CHOICE]
    if not asked:
        return []
    rows = db.session.execute(
        sa.select(Choice.question_id, Choice.option_id, SubmissionConstituency.constituency, sa.func.count())
        .join(Submission, Submission.id == Choice.submission_id)
        .outerjoin(SubmissionConstituency, SubmissionConstituency.submission_id == Submission.id)
        .where(
            Submission.round_id == round_.id,
            Submission.status == SubmissionStatus.SUBMITTED,
            Submission.credential_status != CredentialStatus.AWAITED,
            Submission.publication_setting != PublicationSetting.NOT_PUBLISHED,
        )
        .group_by(Choice.question_id, Choice.option_id, SubmissionConstituency.constituency)
    ).all()
    found = []
    for question in asked:
        counted: dict[tuple[int, Constituency | None], int] = {
            (option, who): number for key, option, who, number in rows if key == question.id
        }
        present = {who for _option, who in counted}
        constituencies: list[Constituency | None] = [who for who in (*Constituency, None) if who in present]
        numbers = {
            (option.id, who): shown_number(counted.get((option.id, who), 0))
            for option in question.options
            for who in constituencies
        }
        found.append(Positions(question, constituencies, numbers))
    return found


def shown_number(number: int) -> int | None:
    """A number that may be shown, or None: also for 0, or a gap would tell that the others are 1 or 2."""
    return number if number >= SMALLEST_SHOWN else None
