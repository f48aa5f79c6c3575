"""What changed for the public, in one order that an outside poller can follow without missing anything.

Acts that change what the public may read note it in their own transaction. A sequencer gives places only to what is
committed: keys are handed out before commit and do not tell its order. A subject has one row, at its newest place.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, db, primary_key
from consult.core.wake import want_worker

SEQUENCER_LOCK = 4_815_162_343
KINDS = ("consultation", "comment", "response", "release", "commitment")
CHUNK = 1000


class PublicChange(Base):
    """Something that the public may read came, changed or went; without a sequence until it is committed."""

    __tablename__ = "public_change"
    __table_args__ = (
        sa.UniqueConstraint("sequence"),
        sa.Index("ix_public_change_subject", "kind", "subject_id"),
        sa.Index("ix_public_change_unsequenced", "id", sqlite_where=sa.text("sequence IS NULL"),
                 postgresql_where=sa.text("sequence IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = primary_key()
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    sequence: Mapped[int | None] = mapped_column(sa.BigInteger)


def note_change(kind: str, *subject_ids: int) -> None:
    """Note, in the transaction of the act, that the public now reads something else of these subjects.

    Args:
        kind: one of KINDS.
        subject_ids: keys of their rows; a response goes by the key of its point.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    db.session.add_all(PublicChange(kind=kind, subject_id=key) for key in subject_ids)
    want_worker()


def lock_sequencer() -> None:
    """Keep every other sequencer waiting until this transaction ends; on SQLite the one writer is alone anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCER_LOCK)))


def sequence_changes(limit: int = CHUNK) -> int:
    """Give committed changes their places, one sequencer at a time; returns how many.

    A subject's earlier rows go: a poller who has not come to them finds the subject further on. Those that are placed
    together stand in no order: keys would tell in which order points arrived, and which came from one hand.
    """
    lock_sequencer()
    _forget_repeated()
    last = db.session.scalar(sa.select(sa.func.max(PublicChange.sequence))) or 0
    waiting = db.session.scalars(
        sa.select(PublicChange).where(PublicChange.sequence.is_(None)).order_by(PublicChange.id).limit(limit)
    ).all()
    places = list(range(last + 1, last + 1 + len(waiting)))
    random.SystemRandom().shuffle(places)
    for place, change in zip(places, waiting, strict=True):
        change.sequence = place
    db.session.flush()
    for kind, keys in _subjects(waiting):
        _forget_earlier(kind, keys)
    return len(waiting)


def _forget_repeated() -> None:
    """Of what was noted several times since the last run, keep the newest alone: nobody shall count how often."""
    is_waiting = PublicChange.sequence.is_(None)
    newest = (
        sa.select(sa.func.max(PublicChange.id)).where(is_waiting).group_by(PublicChange.kind, PublicChange.subject_id)
    )
    delete = sa.delete(PublicChange).where(is_waiting, PublicChange.id.not_in(newest))
    db.session.execute(delete.execution_options(synchronize_session=False))


def _subjects(changes: Iterable[PublicChange]) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, set[int]] = {}
    for change in changes:
        found.setdefault(change.kind, set()).add(change.subject_id)
    return [(kind, sorted(keys)) for kind, keys in sorted(found.items())]


def _forget_earlier(kind: str, keys: list[int]) -> None:
    newest = (
        sa.select(sa.func.max(PublicChange.sequence))
        .where(PublicChange.kind == kind, PublicChange.subject_id.in_(keys))
        .group_by(PublicChange.subject_id)
    )
    kept = set(db.session.scalars(newest))
    rows = db.session.execute(
        sa.select(PublicChange.id, PublicChange.sequence).where(
            PublicChange.kind == kind, PublicChange.subject_id.in_(keys), PublicChange.sequence.is_not(None)
        )
    )
    old = [row.id for row in rows if row.sequence not in kept]
    if old:
        db.session.execute(sa.delete(PublicChange).where(PublicChange.id.in_(old)))
