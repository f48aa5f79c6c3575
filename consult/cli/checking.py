"""`consult check`: whether the record is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.migrations import head_revision
from consult.core.orphans import find_orphans
from consult.ledger.models import HeldEntry, LedgerEntry
from consult.publication.models import ReleaseFile
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import exact_public_progress, progress_of
from consult.texts.indexing import check_index

Say = Callable[[str], None]


def run_checks(*, say: Say) -> list[str]:
    """Every check, told as it goes; returns a sentence for each problem."""
    problems: list[str] = []
    for name, check in (
        ("schema", _schema),
        ("database", _database),
        ("counters", _counters),
        ("ledger", _ledger),
        ("releases and files", _files),
        ("index of words", check_index),
    ):
        found = list(check())
        say(f"{name}: {len(found)} problems" if found else f"{name}: in order")
        problems += found
        if found and name == "schema":
            break
    return problems


def _schema() -> Iterator[str]:
    present = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if present != head_revision():
        yield f"The schema is at {present}, this release needs {head_revision()}: consult migrate"


def _database() -> Iterator[str]:
    if db.engine.dialect.name == "sqlite":
        for (line,) in db.session.execute(sa.text("PRAGMA integrity_check")):
            if line != "ok":
                yield f"SQLite: {line}"
        for row in db.session.execute(sa.text("PRAGMA foreign_key_check")):
            yield f"SQLite: a row of {row[0]} points at nothing"


def _counters() -> Iterator[str]:
    rounds = db.session.scalars(sa.select(Round).order_by(Round.id)).all()
    kept = progress_of(rounds)
    for round_ in rounds:
        exact = exact_public_progress(round_)
        if kept[round_.id] != exact:
            yield f"Counters of {round_.label} say {kept[round_.id]}, the record says {exact}"


def _ledger() -> Iterator[str]:
    count, last = db.session.execute(
        sa.select(sa.func.count(LedgerEntry.sequence), sa.func.max(LedgerEntry.sequence))
    ).one()
    if count != (last or 0):
        yield f"The ledger has {count} places but its last one is {last}"
    is_there = sa.exists().where(Submission.id == HeldEntry.held_by)
    is_held = sa.exists().where(
        Submission.id == HeldEntry.held_by,
        sa.or_(Submission.is_held, sa.exists().where(Comment.submission_id == Submission.id, Comment.is_held)),
    )
    forgotten = sa.select(sa.func.count()).select_from(HeldEntry).where(is_there, sa.not_(is_held))
    if number := db.session.scalar(forgotten):
        yield f"{number} entries wait for what is not held any more; they belong into the ledger"


def _files() -> Iterator[str]:
    store = file_store()
    files = db.session.scalars(sa.select(ReleaseFile).where(ReleaseFile.retired_at.is_(None)).order_by(ReleaseFile.id))
    for file in files:
        try:
            content = store.get(file.sha256)
        except NotFound:
            yield f"The file {file.sha256} of release {file.release_id} is missing"
            continue
        if len(content) != file.size or store.digest(content) != file.sha256:
            yield f"The file {file.sha256} of release {file.release_id} has other bytes than its name says"
    for digest in find_orphans(store, now=utc_now()):
        yield f"The file {digest} is older than a day and no row names it; the worker's hourly look deletes such files"
