"""Work whose rows say that it waits: a worker takes one up at a time, and what was broken off is taken up again.

The row is the truth. Whoever takes it up has it for a while, its lease; of a worker that was killed that just passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from consult.core.db import unit_of_work

log = structlog.get_logger()


def is_free(model: Any, now: datetime) -> sa.ColumnElement[bool]:
    """SQL: whether nobody has such a row in hand now."""
    return sa.or_(model.leased_until.is_(None), model.leased_until < now)


def lease(
    model: Any,
    *waits: sa.ColumnElement[bool],
    order: Sequence[Any],
    lasts: timedelta,
    most: int,
    now: datetime,
    values: dict[str, Any] | None = None,
) -> int | None:
    """Take up the next row that waits, so that no other worker does meanwhile; its key, or None.

    Args:
        model: of the rows, with ``attempts`` and ``leased_until``.
        waits: which of them wait.
        order: of which the first is taken.
        lasts: for how long it is taken.
        most: how many times it is tried.
        now: when.
        values: what else changes in the row with that.
    """
    with unit_of_work() as session:
        row = session.scalar(
            sa.select(model)
            .where(*waits, model.attempts < most, is_free(model, now))
            .order_by(*order)
            .limit(1)
            .with_for_update(skip_locked=True, of=model)
        )
        if row is None:
            return None
        for name, value in (values or {}).items():
            setattr(row, name, value)
        row.leased_until = now + lasts
        row.attempts += 1
        return int(row.id)


def work_off(
    what: str,
    take: Callable[[], int | None],
    work: Callable[[int], object],
    keep_failure: Callable[[int, str], None],
) -> int:
    """Take up what waits, one after the other; returns how many were done. One that fails keeps no other waiting.

    Args:
        what: it is, for the log.
        take: leases the next one.
        work: does it, in transactions of its own; False says that it was not done.
        keep_failure: writes down which error it was; the lease tries again.
    """
    done = 0
    while (key := take()) is not None:
        try:
            done += work(key) is not False
        except Exception as error:
            said = type(error).__name__
            log.error("work failed", what=what, key=key, error=said)
            with unit_of_work():
                keep_failure(key, said)
    return done
