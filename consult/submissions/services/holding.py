"""What is held until its round has closed, or until the day that its author chose: holding it, and lifting it.

While a submission is held nothing of it is public, not even that it is there: the order in which points appear would
tell when somebody wrote. What is protected is lifted together, in no order, dated with the closing day (ADR 22).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time

import sqlalchemy as sa

from consult.accounts.actors import SYSTEM
from consult.consultations.models import Round
from consult.core.changes import note_change
from consult.core.clock import to_utc, to_wall
from consult.core.counters import count
from consult.core.db import db
from consult.core.wake import want_worker
from consult.ledger.models import HeldEntry
from consult.ledger.services import record, release_entries
from consult.submissions.enums import (
    ModerationStatus,
    Nature,
    PublicationDelay,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import Comment, Lifting, Submission
from consult.submissions.queries import PROTECTED, PUBLIC
from consult.submissions.services.transitions import supersede
from consult.texts.services import date_translations

CHUNK = 500
Noted = list[tuple[str, int]]
Dated = Callable[[Sequence[int], datetime], None]
_daters: list[Dated] = []


def register_dater(date_of: Dated) -> None:
    """Let a higher feature see to it that nothing it keeps of points is dated before they were lifted.

    Args:
        date_of: is given keys of points and the moment that they are dated with, in the transaction that lifts them.
    """
    if date_of not in _daters:
        _daters.append(date_of)


def must_be_held(submission: Submission, now: datetime) -> bool:
    """Whether a submission that goes on the record now is public only later: protected, or delayed by its author."""
    if submission.is_protected:
        return True
    delay, round_ = submission.publication_delay, submission.round
    if delay is PublicationDelay.DATE and submission.publish_on is not None:
        return to_wall(now, round_.zone).date() < submission.publish_on
    return delay is PublicationDelay.ROUND_END and not round_.is_over(now)


def handed_in_at(submission: Submission, now: datetime) -> datetime:
    """What is kept of when a submission is handed in: of a protected one the day, by the clock of its round.

    A day is kept as its noon, which every zone has on every day.
    """
    if not submission.is_protected:
        return now
    return _noon(to_wall(now, submission.round.zone).date(), submission.round)


def _noon(day: date, round_: Round) -> datetime:
    return to_utc(datetime.combine(day, time(12)), round_.zone)


def count_handed_in(round_: Round, number: int, asking: int) -> None:
    """Count points that go on the record for everybody to know, and those among them that ask for an answer."""
    count(f"round:{round_.id}:submitted", number)
    if round_.asks_for_answers:
        count(f"round:{round_.id}:asked", asking)


_HELD = sa.and_(Submission.is_held, Submission.status == SubmissionStatus.SUBMITTED)
_HELD_ALONE = sa.and_(
    Comment.is_held, Comment.withdrawn_at.is_(None), Submission.status == SubmissionStatus.SUBMITTED,
    Submission.is_held.is_(False),
)  # fmt: skip


def find_rounds_to_lift() -> Sequence[Round]:
    """The rounds in which something is held; whether it is due is asked of each, by the clock of its zone."""
    submissions = sa.select(Submission.round_id).where(_HELD)
    alone = sa.select(Comment.round_id).join(Comment.submission).where(_HELD_ALONE)
    entries = sa.select(HeldEntry.batch)
    chosen = sa.or_(*(Round.id.in_(keys) for keys in (submissions, alone, entries)))
    return db.session.scalars(sa.select(Round).where(chosen).order_by(Round.id)).all()


def lift_due(round_: Round, *, now: datetime, for_release: bool = False) -> int:
    """Let become public what was held in a round and is due; returns how many points, if their words are not public.

    What is protected goes in one batch: once no input can come any more and none of it waits to be screened; what is
    screened later goes in a batch of another day. What its author delayed goes on its day, by the clock of the round.

    Args:
        round_: whose.
        now: when.
        for_release: a second batch on one day is not put off: the release would show the rest without these.
    """
    if round_.closes_at is None:
        return 0
    # Of two workers, or a worker and a manager who asks for a release, the second waits here and finds nothing left.
    db.session.refresh(round_, attribute_names=["closes_at", "opened_at"], with_for_update={"of": Round})
    today = to_wall(now, round_.zone).date()
    lifted = 0
    for day, keys in _delayed(round_, today, is_over=round_.is_over(now)):
        lifted += _lift(round_, keys, at=_noon(day, round_))
    if not round_.is_over(now) or _is_waiting(round_):
        return lifted
    if not for_release and db.session.scalar(
        sa.select(Lifting.id).where(Lifting.round_id == round_.id, Lifting.lifted_on == today)
    ):
        return lifted
    return lifted + _lift_batch(round_, today)


def _lift_batch(round_: Round, today: date) -> int:
    at = _noon(round_.closing_day, round_)
    is_due = sa.or_(Submission.publish_on.is_(None), Submission.publish_on <= today)
    keys = _lock(sa.and_(Submission.round_id == round_.id, _HELD, PROTECTED, is_due))
    alone = _lock_alone(round_)
    left = sa.select(Submission.id).where(
        Submission.round_id == round_.id,
        Submission.is_held,
        Submission.status.in_([SubmissionStatus.SUBMITTED, SubmissionStatus.OFFERED]),
        Submission.id.not_in(keys),
    )
    # Those too of what was withdrawn or deleted meanwhile: the ledger leaves nothing out.
    entries = db.session.scalars(
        sa.select(HeldEntry.held_by).where(HeldEntry.batch == round_.id, HeldEntry.held_by.not_in(left)).distinct()
    ).all()
    if not (keys or alone or entries):
        return 0
    held_already = sa.select(Lifting.id).where(Lifting.round_id == round_.id, Lifting.lifted_on == today)
    if db.session.scalar(held_already) is None:
        db.session.add(Lifting(round_id=round_.id, lifted_on=today))
    return _lift(round_, keys, at=at, alone=alone, entries_of=entries)


def _is_waiting(round_: Round) -> bool:
    """Whether something protected is still to be screened: until then nobody's goes before the others'."""
    waits = sa.exists().where(
        Comment.round_id == round_.id,
        Comment.reference.is_not(None),
        Comment.withdrawn_at.is_(None),
        Comment.moderation_status == ModerationStatus.WAITING,
        Submission.id == Comment.submission_id,
        Submission.status == SubmissionStatus.SUBMITTED,
        PROTECTED,
    )
    return bool(db.session.scalar(sa.select(waits)))


def _delayed(round_: Round, today: date, *, is_over: bool) -> Iterable[tuple[date, list[int]]]:
    """What is not protected and was to wait for a day that has come, by that day."""
    due = sa.and_(Submission.publication_delay == PublicationDelay.DATE, Submission.publish_on <= today)
    if is_over:
        due = sa.or_(due, Submission.publication_delay == PublicationDelay.ROUND_END)
    keys = _lock(sa.and_(Submission.round_id == round_.id, _HELD, sa.not_(PROTECTED), due))
    days = db.session.execute(
        sa.select(Submission.id, Submission.publish_on).where(Submission.id.in_(keys)).order_by(Submission.id)
    )
    found: dict[date, list[int]] = {}
    for key, day in days:
        found.setdefault(day or round_.closing_day, []).append(key)
    return sorted(found.items())


def _lock(condition: sa.ColumnElement[bool]) -> list[int]:
    """The keys of submissions, taken for this transaction in the order that all take them in.

    The condition is asked again after waiting: PostgreSQL asks it anew of a row that somebody changed meanwhile.
    """
    statement = sa.select(Submission.id).where(condition).order_by(Submission.id).with_for_update()
    return list(db.session.scalars(statement))


def _lock_alone(round_: Round) -> list[int]:
    """The keys of points that wait for a batch by themselves, their submissions taken for this transaction."""
    chosen = sa.select(Comment.submission_id).join(Comment.submission).where(Comment.round_id == round_.id, _HELD_ALONE)
    _lock(Submission.id.in_(chosen))
    found = sa.select(Comment.id).join(Comment.submission).where(Comment.round_id == round_.id, _HELD_ALONE)
    return list(db.session.scalars(found.order_by(Comment.id)))


def _lift(
    round_: Round,
    keys: Collection[int],
    *,
    at: datetime,
    alone: Sequence[int] = (),
    entries_of: Collection[int] | None = None,
) -> int:
    """Lift these submissions and points: the record, the counters, the ledger and what followers hear, in no order."""
    noted: Noted = []
    points = list(alone)
    for chunk in _chunks(sorted(keys)):
        _set(sa.update(Submission).where(Submission.id.in_(chunk)).values(is_held=False))
        of_these = sa.select(Comment.id).where(Comment.submission_id.in_(chunk), Comment.withdrawn_at.is_(None))
        # Of points that were taken out while they were held `is_held` stays, on all others it goes.
        points += db.session.scalars(of_these.order_by(Comment.id))
        noted += _supersede_earlier(chunk, at)
    for chunk in _chunks(points):
        _set(sa.update(Comment).where(Comment.id.in_(chunk)).values(is_held=False))
    counted = len(points) - len(alone)
    if counted:
        count_handed_in(round_, counted, counted - _of_states_among(points, alone))
    _count_standing(round_, points, alone)
    noted += [(kind, key) for key in points for kind in ("comment", "response")]
    random.SystemRandom().shuffle(noted)
    for kind, key in noted:
        note_change(kind, key)
    release_entries(round_.id, set(keys) | set(entries_of or ()), at=at)
    for chunk in _chunks(points):
        date_translations("comment", chunk, at=at)
        for date_of in _daters:
            date_of(chunk, at)
    want_worker()
    db.session.flush()
    return len(points)


def _of_states_among(points: Sequence[int], alone: Sequence[int]) -> int:
    """How many of those that are handed in for everybody to know now ask for no answer: a delayed State's."""
    handed_in = sorted(set(points) - set(alone))
    return sum(
        db.session.scalar(
            sa.select(sa.func.count()).where(Comment.id.in_(chunk), Comment.nature != Nature.POINT)
        ) or 0
        for chunk in _chunks(handed_in)
    )  # fmt: skip


def _count_standing(round_: Round, points: Sequence[int], alone: Collection[int]) -> None:
    """Count how far screening and answering have got with points that are lifted now; see `transitions`."""
    numbers: Counter[str] = Counter()
    for chunk in _chunks(points):
        rows = db.session.execute(
            sa.select(
                Comment.id,
                Comment.paragraph_id,
                Comment.response_status,
                sa.case((PUBLIC, 1), else_=0),
                sa.case((Comment.nature == Nature.POINT, 1), else_=0),
            )
            .join(Comment.submission)
            .where(Comment.id.in_(chunk))
        )
        for key, paragraph, status, is_public, is_point in rows:
            if is_public:
                numbers[f"round:{round_.id}:published"] += 1
                if paragraph is not None and is_point:
                    numbers[f"paragraph:{paragraph}:published"] += 1
            if key in alone:  # counted but for its words
                continue
            if status is ResponseStatus.SENT:
                numbers[f"round:{round_.id}:answered"] += 1
            if status is ResponseStatus.CLOSED and round_.asks_for_answers and is_point:
                numbers[f"round:{round_.id}:asked"] -= 1
    for name, number in sorted(numbers.items()):
        count(name, number)


def _supersede_earlier(keys: Sequence[int], at: datetime) -> Noted:
    """What these take the place of says so from now on, where it did not wait with them."""
    noted: Noted = []
    later = sa.select(Submission.supersedes_id).where(Submission.id.in_(keys), Submission.supersedes_id.is_not(None))
    for earlier in db.session.scalars(
        sa.select(Submission).where(Submission.id.in_(later), Submission.is_held.is_(False)).order_by(Submission.id)
    ).all():
        noted += [("comment", key) for key in supersede(earlier)]
        record("system:submission:supersede", earlier, actor=SYSTEM, now=at)
    return noted


def _set(statement: sa.Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session="fetch"))


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
