"""From nothing to the newest schema, on both databases; the models agree; the triggers are there and refuse."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from consult.app import metadata
from consult.core.db import db
from consult.core.migrations import alembic_config, head_revision, rebuild, trigger_of
from tests.support import build
from tests.support.record import assert_refused

from alembic.script import ScriptDirectory  # isort: skip


def is_beside_the_models(kind: str, what: Any) -> bool:
    """Alembic's own table, and how each database finds rows by their words: FTS5's tables, an index of PostgreSQL."""
    name = getattr(what, "name", None) or ""
    of_fts5 = kind == "remove_table" and name.startswith("search_words")
    return of_fts5 or (kind, name) in {
        ("remove_table", "alembic_version"),
        ("remove_index", "ix_search_text_tokens"),
    }


def test_there_is_one_line_of_revisions_and_none_goes_back() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    assert all(not hasattr(revision.module, "downgrade") for revision in script.walk_revisions())


def test_the_schema_is_the_newest_and_the_models_agree(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == head_revision()
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for difference in compare_metadata(context, metadata())
            if not is_beside_the_models(*difference[:2])
        ]
        assert differences == []


def guards_in(connection: sa.Connection) -> set[str]:
    """The triggers of a database, by name."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return set(connection.scalars(sa.text(query)))


def test_every_trigger_is_there(app: Flask) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    wanted = {name for name, *_rest in script.get_revision("0002").module.triggers()}
    for revision in script.walk_revisions():
        guarded = getattr(revision.module, "GUARDED", {}) if revision.revision > "0002" else {}
        wanted |= {trigger_of(table, rule) for table, rules in guarded.items() for rule in rules}
    with app.app_context():
        assert wanted <= guards_in(db.session.connection())
        assert len(wanted) > 40


@pytest.mark.parametrize("table", ["comment", "consultation", "document_version", "outcome", "paragraph", "round"])
def test_a_table_that_guards_look_into_can_be_rebuilt(app: Flask, table: str) -> None:
    """SQLite rebuilds a table by another name; no guard stands in its way, and none is lost."""
    with app.app_context(), db.engine.begin() as connection:
        before = guards_in(connection)
        with Operations.context(MigrationContext.configure(connection)), rebuild(table) as batch:
            batch.create_check_constraint("ck_rebuilt", "1 = 1")
        assert guards_in(connection) == before
        connection.rollback()


def test_the_record_refuses_to_be_changed(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        build.released_round(staff, "A point.")
        db.session.commit()
        assert_refused(
            "UPDATE comment SET text = 'other words' WHERE reference IS NOT NULL",
            "UPDATE comment SET reference = 'MIN-1-000000'",
            "DELETE FROM comment",
            "UPDATE submission SET capacity = 'state_delegation'",
            "DELETE FROM submission",
            "UPDATE moderation_decision SET public_reason = 'another'",
            "DELETE FROM moderation_decision",
            "UPDATE response_version SET text = 'another'",
            "DELETE FROM response_version WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE response_version_id < 0)",
            "UPDATE clearance_decision SET decided_by = 1",
            "DELETE FROM delivery",
            "UPDATE ledger_entry SET act = 'nothing'",
            "UPDATE ledger_entry SET salt = 'ab'",
            "DELETE FROM ledger_entry",
        )
