"""Questions of which the answers are counted: something can be chosen, agreed with, or a position taken on it."""

from __future__ import annotations

from collections.abc import Sequence

from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question


def asks_for_positions(questions: Sequence[Question]) -> bool:
    """Whether something can be chosen in any of these questions."""
    return any(question.kind is not QuestionKind.FREE_TEXT for question in questions)
