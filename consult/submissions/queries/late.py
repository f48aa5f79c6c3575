"""Input handed in after its round had closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest
from consult.submissions.enums import ResponseStatus, SubmissionStatus
from consult.submissions.models import Comment, Submission

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
    """The keys of those of these points, of which the public is told that they were answered.

    The desk answers in the order in which points arrive, so of protected ones it is told once a release gives the
    answers: before that nobody can tell those that came first from the others. One query for each round of such.
    """
    answered = [comment for comment in comments if comment.response_status is ResponseStatus.SENT]
    protected = {c.round_id: c.submission.round for c in answered if c.submission.is_protected}
    released = {key for key, round_ in protected.items() if is_released(round_)}
    return {c.id for c in answered if not c.submission.is_protected or c.round_id in released}


def _offered(round_: Round) -> sa.ColumnElement[bool]:
    return sa.and_(Submission.round_id == round_.id, Submission.status == SubmissionStatus.OFFERED)


def page_of_offered(round_: Round, *, after: str | None, before: str | None) -> Page[Submission]:
    """What waits for a manager's decision; the draft that was begun first comes first."""
    return fetch_page(
        db.session,
        sa.select(Submission).where(_offered(round_)),
        [Submission.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def count_offered(round_: Round) -> int:
    """How many submissions wait for a manager's decision."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Submission).where(_offered(round_))) or 0


def code_of(submission: Submission) -> str:
    """What the desk's addresses call a submission: neither its order of arrival nor the key of its receipt."""
    return key_digest(submission.key)[:16]


def get_offered(round_: Round, code: str) -> Submission:
    """The submission of that code that waits for a decision, or was decided on.

    Raises:
        NotFound: none such in this round.
    """
    statuses = (SubmissionStatus.OFFERED, SubmissionStatus.DECLINED)
    rows = db.session.scalars(
        sa.select(Submission)
        .where(Submission.round_id == round_.id, sa.or_(Submission.status.in_(statuses), Submission.is_late))
        .order_by(Submission.id)
    )
    found = next((row for row in rows if code_of(row) == code), None)
    if found is None:
        raise NotFound
    return found
