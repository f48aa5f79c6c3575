"""Making comparisons: a job's work. Their rows say what is to be made; made again after a crash, they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from consult.core.db import db
from consult.core.leasing import lease
from consult.core.orphans import forget_after_commit, lock_bytes
from consult.core.storage import FileStore
from consult.documents.aligning import Words, align
from consult.documents.comparing.texts import Unit, compare_texts
from consult.documents.enums import BlockKind, Continuation, Ground
from consult.documents.models import Comparison
from consult.documents.queries.comparisons import content_of, kept_for, list_pairs, units_of
from consult.documents.queries.continuity import pairs_of

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3


def note_comparisons(consultation_id: int | None = None, *, now: datetime) -> int:
    """Note which comparisons are to be made, or made anew because a version in set-up changed; returns how many.

    Args:
        consultation_id: of one consultation; None for all.
        now: when.
    """
    pairs = list_pairs(consultation_id)
    kept = kept_for(pairs)
    noted = 0
    for pair in pairs:
        row = kept.get((pair.older.id, pair.newer.id, pair.language))
        if row is None:
            db.session.add(
                Comparison(
                    older_id=pair.older.id,
                    newer_id=pair.newer.id,
                    language=pair.language,
                    source=pair.source,
                    asked_at=now,
                )
            )
        elif row.source != pair.source:
            row.source, row.asked_at, row.attempts, row.problem, row.leased_until = pair.source, now, 0, "", None
        else:
            continue
        noted += 1
    db.session.flush()
    return noted


def lease_comparison(*, now: datetime) -> int | None:
    """Take a comparison that waits to be made, so that no other worker makes it meanwhile; its key, or None."""
    waits, order = Comparison.made_of != Comparison.source, [Comparison.asked_at, Comparison.id]
    return lease(Comparison, waits, order=order, lasts=LEASE, most=MAX_ATTEMPTS, now=now)


def make_comparison(comparison_id: int, store: FileStore) -> None:
    """Compare the two versions and keep what came of it. The caller commits; the file is on disk before that.

    Args:
        comparison_id: its key, leased.
        store: where its file is kept.
    """
    row = db.session.get(Comparison, comparison_id)
    if row is None or row.is_current:
        return
    source = row.source
    said = pairs_of(row.older, row.newer)
    pairs = [
        (pair.before, pair.after, pair.continuation)
        for pair in said
        if pair.before is not None and pair.after is not None
    ]
    older, newer = units_of(row.older, row.language), units_of(row.newer, row.language)
    # Where nobody looked, only paragraphs that say the same are tied to each other, and every edited one would be
    # shown as removed and new. For reading, a likely match is better; nothing is kept of it.
    is_guess = not said or any(
        pair.ground is Ground.SAME_WORDS for pair in said if pair.before is None or pair.after is None
    )
    if is_guess:
        pairs = _by_words(older, newer)
    rows = compare_texts(older, newer, pairs, row.language)
    content = content_of(rows, [*older, *newer], is_guess=is_guess)
    digest = store.digest(content)
    lock_bytes(db.session, digest)
    store.put(content)
    if row.sha256 is not None and row.sha256 != digest:
        forget_after_commit(store, row.sha256)
    row.sha256, row.made_of, row.problem, row.leased_until = digest, source, "", None


def keep_comparison_failure(comparison_id: int, error: str) -> None:
    """Keep why a comparison could not be made, for the desk to show; its lease lets a worker try again."""
    row = db.session.get(Comparison, comparison_id)
    if row is not None:
        row.problem = error


def _by_words(older: Sequence[Unit], newer: Sequence[Unit]) -> list[tuple[int, int, Continuation]]:
    """Which blocks say the same or nearly so, where nobody has said what continues what: to be shown, never kept."""
    olds, news = (
        [Words(one.kind, one.text, one.number, int(one.kind is BlockKind.HEADING)) for one in units]
        for units in (older, newer)
    )
    return [
        (older[match.old].id, newer[match.new].id, match.continuation)
        for match in align(olds, news)
        if match.old is not None and match.new is not None
    ]
