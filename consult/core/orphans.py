"""Stored files that no row names: what a job leaves that wrote its files and then failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from consult.core.db import Base, db
from consult.core.storage import FileStore

# A file is written before the commit that names it: nothing younger than this can be told an orphan.
GRACE = timedelta(days=1)
AT_ONCE = 500
_FLAG = "consult_forgets_files"


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
        named |= _named(old[start : start + AT_ONCE])
    return [digest for digest in old if digest not in named]


def _named(digests: Iterable[str]) -> set[str]:
    wanted = list(digests)
    found: set[str] = set()
    for column in columns_that_name_files():
        found |= set(db.session.scalars(sa.select(column).where(column.in_(wanted))))
    return found


def forget_orphans(store: FileStore, *, now: datetime) -> int:
    """Delete the files older than a day that no row names; returns how many."""
    # Looked at again just before: the same bytes may have been stored anew a moment ago.
    return sum(store.is_older(digest, now - GRACE) and store.delete(digest) for digest in find_orphans(store, now=now))


def forget_after_commit(store: FileStore, digest: str) -> None:
    """Delete a file once this transaction is committed, which stops naming it.

    Where the transaction fails the file stays; where the process dies in between it is an orphan, and goes as one.
    """
    db.session.info.setdefault(_FLAG, []).append((store, digest))


@sa.event.listens_for(Session, "after_commit")
def _after_commit(session: Any) -> None:
    if session.in_nested_transaction():  # a savepoint was released: nothing is committed yet
        return
    for store, digest in session.info.pop(_FLAG, []):
        store.delete(digest)


@sa.event.listens_for(Session, "after_rollback")
def _after_rollback(session: Any) -> None:
    session.info.pop(_FLAG, None)
