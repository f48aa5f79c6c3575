"""SQLite's write-ahead log keeps no words that were erased, once the worker has swept."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.db import db, empty_log
from consult.jobs import sweep
from consult.submissions.services import withdraw_submission
from tests.support import build

WORDS = b"zebrawalword"


@pytest.fixture
def files(app: Flask) -> list[Path]:
    """The database and its log."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            assert not empty_log(db.engine)
            pytest.skip("SQLite alone has such a file")
        database = Path(db.engine.url.database or "")
    return [database, database.with_name(f"{database.name}-wal")]


def withdraw_words() -> None:
    """Somebody submits, and withdraws."""
    staff = build.desk()
    author = build.person("Author")
    submission = build.submit(build.open_consultation(staff.host, staff.manager), author, f"{WORDS.decode()} secret")
    db.session.commit()
    withdraw_submission(submission, actor=author, now=utc_now())
    db.session.commit()


def test_a_sweep_empties_the_log(app: Flask, files: list[Path]) -> None:
    with app.app_context():
        withdraw_words()
        assert WORDS in files[1].read_bytes()  # which is why there is this part of the sweep
        assert sweep()["empty_write_ahead_log"] == 1
        assert files[1].stat().st_size == 0
        assert WORDS not in files[0].read_bytes()
        assert sweep()["empty_write_ahead_log"] == 0


def test_who_still_reads_puts_it_off_and_nobody_waits(app: Flask, files: list[Path]) -> None:
    with app.app_context():
        withdraw_words()
        with db.engine.connect() as reader:
            reader.execute(sa.text("SELECT count(*) FROM submission"))
            began = utc_now()
            assert not empty_log(db.engine)
            assert (utc_now() - began).total_seconds() < 5
            assert files[1].stat().st_size > 0
        with db.engine.connect() as later:
            assert later.scalar(sa.text("PRAGMA busy_timeout")) > 0
        assert empty_log(db.engine)
