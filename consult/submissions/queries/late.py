"""Input handed in after its round had closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.submissions.enums import ResponseStatus, SubmissionStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries.codes import get_by_code
from consult.submissions.queries.speaking import PROTECTED

IsReleased = Callable[[Round], bool]
_checks: list[IsReleased] = []


def register_release_check(check: IsReleased) -> None:
    """Let the feature that releases say whether a round was released, or is being released."""
    if check not in _checks:
        _checks.append(check)


def is_released(round_: Round) -> bool:
    """Whether there is a release of this round, if it is only being built: from then on nothing more is taken."""
    return any(check(round_) for check in _checks)


def answers_told(comments: Iterable[Comment]) -> set[int]:
    """The keys of those of these points, of which the public is told that they were answered."""
    return tells_of_answers(comment for comment in comments if comment.response_status is ResponseStatus.SENT)


def tells_of_answers(comments: Iterable[Comment]) -> set[int]:
    """The keys of those of these points, of which the public may be told what shows that they were answered.

    The desk answers in the order in which points arrive, so of protected ones it is told once a release gives the
    answers: before that nobody can tell those that came first from the others. One query for each round of such.
    """
    points = list(comments)
    protected = {c.round_id: c.submission.round for c in points if c.submission.is_protected}
    released = {key for key, round_ in protected.items() if is_released(round_)}
    return {c.id for c in points if not c.submission.is_protected or c.round_id in released}


def _offered(round_: Round) -> sa.ColumnElement[bool]:
    return sa.and_(Submission.round_id == round_.id, Submission.status == SubmissionStatus.OFFERED)


# As they were begun, and after those the protected ones by a part of their keys: random, unique but for a miracle, and
# too short to open anything, since it stands in the address of the next page.
_ORDER: tuple[sa.ColumnElement[Any], ...] = (
    sa.case((PROTECTED, 1), else_=0),
    sa.type_coerce(sa.case((PROTECTED, 0), else_=Submission.id), sa.BigInteger()),
    sa.func.substr(Submission.key, 1, 8, type_=sa.String()),
)


def _place(row: Submission) -> list[int | str]:
    return [int(row.is_protected), 0 if row.is_protected else row.id, row.key[:8]]


def page_of_offered(round_: Round, *, after: str | None, before: str | None) -> Page[Submission]:
    """What waits for a manager's decision: what was begun first, and protected ones after them in no order."""
    return fetch_page(
        db.session, sa.select(Submission).where(_offered(round_)), _ORDER, _place, after=after, before=before
    )


def count_offered(round_: Round) -> int:
    """How many submissions wait for a manager's decision."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Submission).where(_offered(round_))) or 0


def get_offered(round_: Round, code: str) -> Submission:
    """The submission of that code that waits for a decision, or was decided on.

    Raises:
        NotFound: none such in this round.
    """
    statuses = (SubmissionStatus.OFFERED, SubmissionStatus.DECLINED)
    was_offered = sa.or_(Submission.status.in_(statuses), Submission.is_late)
    return get_by_code(code, Submission.round_id == round_.id, was_offered)
