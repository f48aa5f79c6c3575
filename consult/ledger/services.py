"""Recording acts, and giving entries their place once they are committed."""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor, is_staff_of
from consult.core.db import db
from consult.core.text import canonical
from consult.ledger.models import HeldEntry, LedgerEntry

SEQUENCER_LOCK = 4_815_162_342
CHUNK = 500


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """The bytes that digests are over: JSON with sorted keys, no spaces, UTF-8, text in NFC with LF.

    Args:
        content: JSON values only.
    """

    def unify(value: Any) -> Any:
        if isinstance(value, str):
            return canonical(value)
        if isinstance(value, Mapping):
            return {str(key): unify(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [unify(item) for item in value]
        return value

    return json.dumps(unify(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def salted_digest(salt: str, content: Mapping[str, Any]) -> str:
    """SHA-256 in hex over the salt's bytes and the canonical bytes of ``content``."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical_bytes(content)).hexdigest()


def new_salt() -> str:
    """32 random bytes in hex."""
    return secrets.token_hex(32)


@dataclass(frozen=True)
class Hold:
    """What a subject tells in its attribute ``ledger_hold`` while nothing may tell when it arrived; None otherwise.

    Args:
        batch: what is lifted together, by a key: the round.
        held_by: what is held, by a key: the submission.
    """

    batch: int
    held_by: int


def record(
    act: str,
    subject: Any,
    *,
    actor: Actor,
    now: datetime,
    content: Mapping[str, Any] | None = None,
) -> LedgerEntry | HeldEntry:
    """Record an act in its own transaction: in the ledger or, where the subject is held, with what waits for it.

    Args:
        act: ``source:subject:action``, as in ``desk:comment:restrict``.
        subject: the row it was done to; already flushed.
        actor: who did it. Staff and administrators are recorded by key, respondents by kind alone, since a key
            beside a protected submission would tie the two together for ever.
        now: when.
        content: what was done, in JSON values; only its salted digest is kept.
    """
    salt = new_salt()
    # What somebody does for themselves is recorded by kind, also when they work for the host: staff may take part too.
    staff = not act.startswith("account:") and (is_staff_of(actor, subject) or actor.is_administrator)
    is_respondent = actor.actor_id is not None or actor.claimed_id is not None
    kind = "staff" if staff else "respondent" if is_respondent else "system"
    hold: Hold | None = getattr(subject, "ledger_hold", None)
    kept: dict[str, Any] = {"at": now} if hold is None else {"batch": hold.batch, "held_by": hold.held_by}
    entry = (LedgerEntry if hold is None else HeldEntry)(
        act=act,
        subject=subject.__tablename__,
        subject_id=subject.id,
        host_id=getattr(subject, "host_id", None),
        actor_kind=kind,
        actor_id=actor.actor_id if staff else None,
        salt=salt,
        digest=salted_digest(salt, {"act": act, "subject": subject.__tablename__, **(content or {})}),
        **kept,
    )
    db.session.add(entry)
    return entry


def erase_salts(subject: str, subject_ids: list[int]) -> None:
    """Forget the salts of a subject's entries, when the subject's text is erased."""
    for table in (LedgerEntry, HeldEntry):
        db.session.execute(
            sa.update(table).where(table.subject == subject, table.subject_id.in_(subject_ids)).values(salt=None)
        )


def release_entries(batch: int, held_by: Collection[int], *, at: datetime) -> int:
    """Let what waited go into the ledger, all of it in no order; returns how many entries.

    Args:
        batch: as `Hold`.
        held_by: those of the batch whose entries go now.
        at: the one time that they get: nothing tells when each act was done.
    """
    held = db.session.scalars(
        sa.select(HeldEntry)
        .where(HeldEntry.batch == batch, HeldEntry.held_by.in_(sorted(held_by)))
        .order_by(HeldEntry.id)
        .with_for_update()
    ).all()
    kept = ("act", "subject", "subject_id", "host_id", "actor_kind", "actor_id", "salt", "digest")
    rows = [{**{name: getattr(entry, name) for name in kept}, "at": at} for entry in held]
    # The sequencer goes by the keys that they get here, which follow the order of this list.
    random.SystemRandom().shuffle(rows)
    for start in range(0, len(rows), CHUNK):
        db.session.add_all(LedgerEntry(**row) for row in rows[start : start + CHUNK])
        db.session.flush()
    for entry in held:
        db.session.delete(entry)
    db.session.flush()
    return len(rows)


def sequence_entries(limit: int = 1000) -> int:
    """Give committed entries their places, one sequencer at a time; returns how many.

    Keys are handed out before commit and so do not tell the order of commits; a reader who polls by sequence
    misses nothing, because a place is only given to what is already visible.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCER_LOCK)))
    last = db.session.scalar(sa.select(sa.func.max(LedgerEntry.sequence))) or 0
    waiting = db.session.scalars(
        sa.select(LedgerEntry).where(LedgerEntry.sequence.is_(None)).order_by(LedgerEntry.id).limit(limit)
    ).all()
    for place, entry in enumerate(waiting, start=last + 1):
        entry.sequence = place
    db.session.flush()
    return len(waiting)
