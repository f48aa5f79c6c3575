"""Backup and restore, from each database into each."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.enums import Capacity, Constituency
from consult.core.backup import create_backup, restore_backup
from consult.core.clock import utc_now
from consult.core.context import file_store, settings
from consult.core.db import db
from consult.core.errors import BadInput, Conflict
from consult.core.storage import FileStore
from consult.documents.anchoring import quote_at
from consult.jobs import sweep
from consult.publication.services import request_release
from consult.responses.enums import Disposition
from consult.responses.tracing.services import explain_unreflected, give_source
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import save_quote, submit_submission, update_publication, update_speaker
from tests.support import build
from tests.support.continuing import EDITED, NEW, conclude, traced


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as text, so that the two databases can be compared."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = sa.MetaData()
    metadata.reflect(engine, only=lambda name, _metadata: not name.startswith("search_"))  # made anew
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(str(value).replace("+00:00", "") for value in row)
                for row in connection.execute(
                    sa.select(*sorted(table.columns, key=lambda c: c.name)).order_by(*table.primary_key.columns)
                )
            ]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def test_a_restored_archive_holds_every_row_and_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(staff, "A point.", "نقطة", "A 'quoted' \\ point", languages=("en", "ar"))
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
        archive, said = tmp_path / "backup.tar.gz", []
        create_backup(archive, database_url=settings().database_url, store=file_store(), say=said.append)
        assert archive.stat().st_mode & 0o077 == 0
        target, store = f"sqlite:///{tmp_path / 'restored.db'}", FileStore(tmp_path / "files")
        restore_backup(archive, database_url=target, store=store, say=said.append)
        assert rows(target) == rows(settings().database_url)
        assert set(store.digests()) >= set(file_store().digests())
        assert len(rows(target)["comment"]) == 3
        with pytest.raises(Conflict):
            create_backup(archive, database_url=target, store=store, say=said.append)
        with pytest.raises(Conflict):
            restore_backup(archive, database_url=target, store=store, say=said.append)


def test_what_is_no_archive_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not an archive")
    with pytest.raises(BadInput, match="not a complete archive"):
        restore_backup(
            broken,
            database_url=f"sqlite:///{tmp_path / 'new.db'}",
            store=FileStore(tmp_path / "files"),
            say=lambda _line: None,
        )


NUMBERS = itertools.count(1)
# What is on record, by table: each is there in the archive, and refuses to be changed wherever it is restored.
GUARDED = {
    "paragraph": "UPDATE paragraph SET text = 'Other words.'",
    "document_version": "UPDATE document_version SET language = 'fr'",
    "edition": "DELETE FROM edition",
    "correspondence": "UPDATE correspondence SET likeness = 0",
    "quotation": "UPDATE quotation SET exact = 'other'",
    "change_trace": "UPDATE change_trace SET eid = 'sec_1'",
    "unreflected_reason": "DELETE FROM unreflected_reason",
    "change_source": "UPDATE change_source SET reason = 'Another.'",
    "sourced_change": "DELETE FROM sourced_change",
    "comment": "UPDATE comment SET text = 'Other words.'",
    "outcome": "DELETE FROM outcome",
    "ledger_entry": "DELETE FROM ledger_entry",
}
KILLED = """
import os, sys
from pathlib import Path
from consult.core.backup import restore_backup
from consult.core.storage import FileStore

def say(line):
    if line.startswith("paragraph:"):
        os._exit(9)

restore_backup(Path(sys.argv[1]), database_url=sys.argv[2], store=FileStore(Path(sys.argv[3])), say=say)
"""


@pytest.fixture
def archive(app: Flask, tmp_path: Path) -> Path:
    """Of a process with everything that may not change: opened and final texts, quotes, links, reasons, an outcome."""
    target = tmp_path / "backup.tar.gz"
    with app.app_context():
        one, now = traced(Disposition.ACCEPTED, Disposition.ACCEPTED), utc_now()
        one.link(one.points[0], EDITED)
        explain_unreflected(one.points[1:], reason={"en": "In the annex."}, actor=one.staff.manager, now=now)
        give_source(
            one.round.consultation, [one.change(NEW)], source={"en": "A review"}, reason={"en": "Why."},
            is_editorial=False, actor=one.staff.manager, now=now,
        )  # fmt: skip
        conclude(one.round, one.staff.manager)
        opened = build.open_consultation(one.staff.host, one.staff.manager, slug="water", code="WAT")
        author = build.person("B")
        draft = build.draft(opened, author, "A point.")
        save_quote(draft, draft.comments[0], quote_at("Paragraph 1 in en.", 0, 9), language="en", now=now)
        update_speaker(
            draft, name="B", capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=now,
        )  # fmt: skip
        update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
        submit_submission(draft, actor=author, now=now)
        db.session.commit()
        create_backup(target, database_url=settings().database_url, store=file_store(), say=lambda _line: None)
    return target


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes databases without tables, of either kind."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'restored{next(NUMBERS)}.db'}"
        return
    there = sa.make_url(request.getfixturevalue("postgresql").url)  # which keeps the server running
    engine = sa.create_engine(there, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"restored_{os.getpid()}_{next(NUMBERS)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
        return there.set(database=name).render_as_string(hide_password=False)

    yield make


def guards(connection: sa.Connection) -> set[tuple[str, str]]:
    """The triggers that are on watch, with their tables."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled = 'O'"
        )
    return {(row[0], row[1]) for row in connection.execute(sa.text(query))}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # from which is the matter of the test above
def test_what_was_on_record_is_guarded_where_it_is_restored(
    archive: Path, empty: Callable[[], str], tmp_path: Path
) -> None:
    url, store = empty(), FileStore(tmp_path / "files")
    restore_backup(archive, database_url=url, store=store, say=lambda _line: None)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    refused = []
    for table, statement in GUARDED.items():
        with engine.connect() as connection:
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")), table
            try:
                connection.execute(sa.text(statement))
            except sa.exc.DBAPIError as error:
                refused += [table] if "insert-only" in str(error) else []
            connection.rollback()
    assert refused == list(GUARDED)
    with engine.connect() as connection:
        whole = guards(connection)
    # Killed amid the rows of that table, it leaves none of them, and no guard stands aside.
    other = empty()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(archive), other, str(tmp_path / "files")], capture_output=True, check=False
    )
    assert done.returncode == 9, done.stderr.decode()
    engine = sa.create_engine(other, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert guards(connection) == whole
        assert not any(connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in GUARDED)
    with pytest.raises(Conflict):
        restore_backup(archive, database_url=other, store=store, say=lambda _line: None)
