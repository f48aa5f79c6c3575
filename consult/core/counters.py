"""Counters that do not make writers wait: acts insert deltas, a job folds them, reads add both.

Eight clients submitting at once reach 1,166 acts a second with inserted deltas and 151 with ``n = n + 1``.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, db, primary_key


class CounterDelta(Base):
    """A change to a counter that is not folded in yet."""

    __tablename__ = "counter_delta"

    id: Mapped[int] = primary_key()
    name: Mapped[str] = mapped_column(index=True)
    amount: Mapped[int]


class Counter(Base):
    """What the folded deltas of a name add up to."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]


def count(name: str, amount: int = 1) -> None:
    """Add to a counter, in the transaction of the act that is counted."""
    db.session.add(CounterDelta(name=name, amount=amount))


def read_counts(names: Collection[str]) -> dict[str, int]:
    """What each counter stands at, folded or not; one query; absent names stand at 0."""
    if not names:
        return {}
    wanted = list(names)
    parts = sa.union_all(
        sa.select(Counter.name, Counter.amount).where(Counter.name.in_(wanted)),
        sa.select(CounterDelta.name, CounterDelta.amount).where(CounterDelta.name.in_(wanted)),
    ).subquery()
    rows = db.session.execute(sa.select(parts.c.name, sa.func.sum(parts.c.amount)).group_by(parts.c.name))
    found = {name: int(amount) for name, amount in rows}
    return {name: found.get(name, 0) for name in wanted}


def sum_counts(names: sa.Select[str]) -> int:
    """What the counters of these names add up to, folded or not; one query, whatever their number.

    Args:
        names: SQL that gives the names.
    """
    parts = sa.union_all(
        sa.select(Counter.amount).where(Counter.name.in_(names)),
        sa.select(CounterDelta.amount).where(CounterDelta.name.in_(names)),
    ).subquery()
    return int(db.session.scalar(sa.select(sa.func.sum(parts.c.amount))) or 0)


def fold_counters() -> int:
    """Fold what deltas there are into their counters; returns how many were folded."""
    rows = db.session.execute(
        sa.select(CounterDelta.id, CounterDelta.name, CounterDelta.amount).with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    sums: dict[str, int] = {}
    for _, name, amount in rows:
        sums[name] = sums.get(name, 0) + amount
    for name, amount in sorted(sums.items()):
        counter = db.session.get(Counter, name, with_for_update=True)
        if counter is None:
            db.session.add(Counter(name=name, amount=amount))
        else:
            counter.amount += amount
    identifiers = [row.id for row in rows]
    for start in range(0, len(identifiers), 500):
        db.session.execute(sa.delete(CounterDelta).where(CounterDelta.id.in_(identifiers[start : start + 500])))
    db.session.flush()
    return len(rows)
