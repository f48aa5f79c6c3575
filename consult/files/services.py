"""Keeping a file, having it scanned, copying it, forgetting it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from consult.core.db import db
from consult.core.orphans import forget_after_commit, lock_bytes
from consult.core.storage import FileStore
from consult.core.wake import want_worker
from consult.files.enums import ScanState
from consult.files.kinds import Cleaned
from consult.files.models import StoredFile
from consult.files.names import tame


def keep_file(cleaned: Cleaned, *, name: str, store: FileStore, is_scanned: bool, now: datetime) -> StoredFile:
    """Keep a cleaned file. The bytes are on disk before the row that names them.

    Args:
        cleaned: what `sandbox.clean_file` gave.
        name: as it was sent; a tame one is kept.
        store: where its bytes go.
        is_scanned: whether there is a scanner: it is then held back until the scanner has seen it.
        now: when; the day alone is kept.
    """
    lock_bytes(db.session, store.digest(cleaned.content))
    file = StoredFile(
        sha256=store.put(cleaned.content),
        size=len(cleaned.content),
        kind=cleaned.kind,
        name=tame(name, cleaned.kind),
        removed=sorted(code.value for code in cleaned.removed),
        state=ScanState.WAITING if is_scanned else ScanState.NOT_SCANNED,
        created_on=now.date(),
    )
    db.session.add(file)
    db.session.flush()
    if is_scanned:
        want_worker()
    return file


def copy_file(file: StoredFile) -> StoredFile:
    """Another row of the same bytes, which live as long as one of them."""
    if file.sha256 is not None:
        lock_bytes(db.session, file.sha256)
    made = StoredFile(
        sha256=file.sha256,
        size=file.size,
        kind=file.kind,
        name=file.name,
        removed=list(file.removed),
        state=file.state,
        created_on=file.created_on,
    )
    db.session.add(made)
    db.session.flush()
    return made


def forget_files(files: Collection[StoredFile], *, store: FileStore) -> None:
    """Delete files that nothing refers to any more, and after the commit their bytes, where no other row names them."""
    digests = {file.sha256 for file in files if file.sha256 is not None}
    for file in files:
        db.session.delete(file)
    db.session.flush()
    for digest in sorted(digests):
        forget_after_commit(store, digest)


def take_verdict(file: StoredFile, verdict: ScanState, *, store: FileStore) -> bool:
    """Keep what the scanner says; what is infected is deleted.

    Returns:
        Whether it was, so that its owner is told.
    """
    db.session.refresh(file, with_for_update={"of": StoredFile})
    if file.state not in {ScanState.WAITING, ScanState.NOT_SCANNED}:
        return False  # another worker was faster
    file.state, digest = verdict, file.sha256
    is_infected = verdict is ScanState.INFECTED
    if is_infected:
        file.sha256 = None
    db.session.flush()
    if is_infected and digest is not None:
        forget_after_commit(store, digest)
    return is_infected


def release_waiting_files() -> int:
    """Let files that wait for a scanner go as not scanned: there is none any more. Returns how many."""
    waiting = sa.update(StoredFile).where(StoredFile.state.in_([ScanState.WAITING, ScanState.FAILED]))
    done = db.session.execute(waiting.values(state=ScanState.NOT_SCANNED))
    return int(done.rowcount)  # type: ignore[attr-defined]
