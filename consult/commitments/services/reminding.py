"""Reminding the managers of a host: a month before a commitment's day, once it has passed, then each month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.access.roles import StaffRole
from consult.commitments import emails
from consult.commitments.models import Commitment, CommitmentReminder, CommitmentUpdate
from consult.commitments.queries import IS_RUNNING, PUBLIC, SOON
from consult.core.db import db
from consult.secretariats.models import Membership
from consult.secretariats.queries import holders_of


def occasion_of(due: date, today: date) -> date | None:
    """The newest day up to today on which the managers are to be reminded of a commitment; None before the first.

    A month before its day, on the day after, and then on that day of each month, or the last of a shorter one.

    Args:
        due: the day by which it is promised.
        today: the present day.
    """
    passed = due + timedelta(days=1)
    if today < passed:
        return due - SOON if due - SOON <= today else None
    months = (today.year - passed.year) * 12 + today.month - passed.month
    found = _later(passed, months)
    return found if found <= today else _later(passed, months - 1)


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class _Candidate:
    commitment_id: int
    host_id: int
    due: date
    occasion: date


def _candidates(today: date, condition: sa.ColumnElement[bool]) -> list[_Candidate]:
    """What the managers have not been reminded of on its newest occasion.

    An occasion from before the day was set does not count: nobody is reminded of what they wrote a moment ago.
    """
    changed_at = (
        sa.select(sa.func.max(CommitmentUpdate.made_at))
        .where(
            CommitmentUpdate.commitment_id == Commitment.id, CommitmentUpdate.due_before != CommitmentUpdate.due_after
        )
        .correlate(Commitment)
        .scalar_subquery()
    )
    reminded = (
        sa.select(sa.func.max(CommitmentReminder.occasion))
        .where(CommitmentReminder.commitment_id == Commitment.id, CommitmentReminder.due == Commitment.due)
        .correlate(Commitment)
        .scalar_subquery()
    )
    rows: Any = db.session.execute(
        sa.select(
            Commitment.id,
            Commitment.host_id,
            Commitment.due,
            sa.func.coalesce(changed_at, Commitment.published_at),
            reminded,
        )
        .where(PUBLIC, IS_RUNNING, Commitment.due <= today + SOON, condition)
        .order_by(Commitment.due, Commitment.id)
    )
    found = []
    for key, host_id, due, set_at, reminded_on in rows:
        occasion = occasion_of(due, today)
        if occasion is None or occasion < set_at.astimezone(UTC).date():
            continue
        if reminded_on is None or reminded_on < occasion:
            found.append(_Candidate(key, host_id, due, occasion))
    return found


def find_host_to_remind(*, now: datetime, besides: Collection[int] = ()) -> int | None:
    """The key of a host whose managers are to be reminded of something.

    Args:
        now: when.
        besides: keys of hosts to leave out, such as those that were tried just now.
    """
    has_manager = sa.exists().where(
        Membership.host_id == Commitment.host_id,
        Membership.role == StaffRole.MANAGER,
        Membership.ended_at.is_(None),
    )
    condition = sa.and_(Commitment.host_id.not_in(list(besides)), has_manager)
    return next((one.host_id for one in _candidates(now.date(), condition)), None)


def remind_managers(host_id: int, *, now: datetime) -> int:
    """Remind each manager of a host, in one message, of what is due or overdue; returns of how many commitments.

    Of two workers that do so at once, the second waits for the locks and then finds nothing left; a row for each
    occasion keeps that true whatever becomes of a worker between two sweeps.

    Args:
        host_id: key of the host.
        now: when.
    """
    today = now.date()
    ids = [one.commitment_id for one in _candidates(today, Commitment.host_id == host_id)]
    db.session.execute(sa.select(Commitment.id).where(Commitment.id.in_(ids)).order_by(Commitment.id).with_for_update())
    candidates = _candidates(today, sa.and_(Commitment.host_id == host_id, Commitment.id.in_(ids)))
    managers = holders_of(host_id, [StaffRole.MANAGER])
    if not candidates or not managers:
        return 0
    for one in candidates:
        db.session.add(
            CommitmentReminder(commitment_id=one.commitment_id, due=one.due, occasion=one.occasion, sent_at=now)
        )
    db.session.flush()
    rows = db.session.scalars(
        sa.select(Commitment)
        .where(Commitment.id.in_([one.commitment_id for one in candidates]))
        .order_by(Commitment.due, Commitment.id)
        .execution_options(populate_existing=True)
    ).unique()
    emails.queue_reminder(managers, rows.all(), today=today, now=now)
    return len(candidates)
