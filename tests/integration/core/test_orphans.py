"""Files that no row names are found and forgotten after a day; those that rows name stay."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from consult import jobs
from consult.cli.checking import run_checks
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import Base, db, unit_of_work
from consult.core.orphans import columns_that_name_files, find_orphans, forget_orphans
from consult.files.kinds import Cleaned, Kind
from consult.files.models import StoredFile
from consult.files.services import forget_files, keep_file
from consult.publication.models import ReleaseFile
from tests.integration.publication.releasing import built
from tests.support import build


def test_a_file_that_no_row_names_goes_after_a_day(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        built(build.released_round(staff, "One."), staff)
        store, now = file_store(), utc_now()
        orphan = store.put(b"Left by a build that failed.")
        assert find_orphans(store, now=now) == []
        tomorrow = now + timedelta(days=2)
        found = set(find_orphans(store, now=tomorrow))  # the store also holds what earlier tests left
        assert orphan in found
        assert not found & {file.sha256 for file in db.session.scalars(sa.select(ReleaseFile))}
        past = time.time() - 2 * 86_400
        for digest in store.digests():
            os.utime(store.root / digest[:2] / digest, (past, past))
        assert any(orphan in problem for problem in run_checks(say=lambda _line: None))
        jobs._looked_for_orphans.clear()
        assert jobs.forget_orphaned_files() >= 1
        assert orphan not in set(store.digests())
        assert jobs.forget_orphaned_files() == 0  # once an hour
        assert forget_orphans(store, now=now) == 0
        assert not [problem for problem in run_checks(say=lambda _line: None) if "file" in problem]
        for digest in store.digests():  # later tests find a store without anything old in it
            os.utime(store.root / digest[:2] / digest)
        db.session.rollback()


def test_storing_the_same_bytes_again_keeps_them_for_another_day(app: Flask) -> None:
    with app.app_context():
        store, now = file_store(), utc_now()
        digest = store.put(b"Stored again in time.")
        past = time.time() - 2 * 86_400
        os.utime(store.root / digest[:2] / digest, (past, past))
        assert digest in find_orphans(store, now=now)
        store.put(b"Stored again in time.")
        assert digest not in find_orphans(store, now=now)


def test_of_two_who_send_the_same_file_none_loses_it_when_the_other_takes_it_back(app: Flask) -> None:
    """The second one's bytes are stored, and its row not yet seen, while the first one's are deleted."""
    stored = threading.Event()
    with app.app_context():
        store = file_store()
    same = Cleaned(b"The same bytes.", Kind.PDF, frozenset())

    def keep() -> int:
        return keep_file(same, name="a.pdf", store=store, is_scanned=False, now=utc_now()).id

    def second() -> None:
        with app.app_context(), unit_of_work():
            keep()
            stored.set()
            time.sleep(0.3)

    def begin_second(_session: object) -> None:
        """The first has committed, and its bytes are still there."""
        if not thread.is_alive() and not stored.is_set():
            thread.start()
            assert stored.wait(10)

    thread = threading.Thread(target=second)
    with app.app_context():
        with unit_of_work():
            key = keep()
        sa.event.listen(Session, "after_commit", begin_second, insert=True)
        try:
            with unit_of_work() as session:
                forget_files([session.get_one(StoredFile, key)], store=store)
        finally:
            sa.event.remove(Session, "after_commit", begin_second)
        thread.join()
        left = db.session.scalars(sa.select(StoredFile)).one()
        assert store.get(left.sha256 or "") == same.content
        with unit_of_work():
            forget_files([left], store=store)
        assert left.sha256 not in set(store.digests()), "the last one's bytes go at once"


def test_every_column_that_names_a_file_is_known(app: Flask) -> None:
    """A room that stores files and forgets the mark would lose them after a day."""
    with app.app_context():
        names = {f"{column.table.name}.{column.name}" for column in columns_that_name_files()}
    looks_like_one = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("sha256")
    }
    assert "release_file.sha256" in names
    assert looks_like_one <= names
