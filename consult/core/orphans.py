"""Stored files that no row names: what a job leaves that wrote its files and then failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from consult.core.afterwards import do_after_commit
from consult.core.db import Base, db, end_reading, transaction_of
from consult.core.storage import FileStore

# A file is written before the commit that names it: nothing younger than this can be told an orphan.
GRACE = timedelta(days=1)
AT_ONCE = 500


def columns_that_name_files() -> list[sa.Column[str]]:
    """Every column with the mark `NAMES_A_FILE`, of all rooms."""
    return [
        column for table in Base.metadata.sorted_tables for column in table.columns if column.info.get("names_a_file")
    ]


def find_orphans(store: FileStore, *, now: datetime) -> list[str]:
    """The digests of files older than a day that no row names, in order."""
    old = [digest for digest in store.digests() if store.is_older(digest, now - GRACE)]
    named: set[str] = set()
    for start in range(0, len(old), AT_ONCE):
        named |= _named(db.session, old[start : start + AT_ONCE])
    return [digest for digest in old if digest not in named]


def _named(session: Any, digests: Iterable[str]) -> set[str]:
    wanted = list(digests)
    found: set[str] = set()
    for column in columns_that_name_files():
        found |= set(session.scalars(sa.select(column).where(column.in_(wanted))))
    return found


def forget_orphans(store: FileStore, *, now: datetime) -> int:
    """Delete the files older than a day that no row names; returns how many."""
    engine, orphans = db.session.get_bind(), find_orphans(store, now=now)
    end_reading()  # on SQLite what has been read here may keep the transactions that delete from beginning
    # Looked at again just before: the same bytes may have been stored anew a moment ago.
    return sum(store.is_older(digest, now - GRACE) and _forget(engine, store, digest) for digest in orphans)


def lock_bytes(session: Any, digest: str, *, alone: bool = False) -> None:
    """Keep the bytes of that digest from being deleted until this transaction ends, which is about to name them.

    Two people may send the same file: without this, one of them withdraws it between the moment when the other's bytes
    are stored and the one when the row that names them can be seen. SQLite's one writer is alone once it has begun.

    Args:
        session: whose transaction it is; it writes.
        digest: of the bytes.
        alone: whether to keep those who would name them waiting too, which is for deleting.
    """
    session.connection()
    if session.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
        session.execute(sa.select(lock(int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True))))


def forget_after_commit(store: FileStore, digest: str) -> None:
    """Delete a file once this transaction is committed, which stops naming it, unless another row names it then.

    Where the transaction fails the file stays; where the process dies in between it is an orphan, and goes as one.
    """
    do_after_commit(partial(_forget, db.session.get_bind(), store, digest))


def _forget(engine: Any, store: FileStore, digest: str) -> bool:
    """Delete a file that no row names; whoever is storing the same bytes has come first, or waits."""
    with transaction_of(engine) as session:
        lock_bytes(session, digest, alone=True)
        return not _named(session, [digest]) and store.delete(digest)
