"""Alembic's environment: the app's metadata, the database it is told or that of the settings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from consult.app import metadata
from consult.core.db import PlainText, UtcDateTime, configure_sqlite
from consult.core.settings import Settings


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as what they are in the database: a migration must not change with the code."""
    if kind == "type" and isinstance(item, PlainText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the migrations on one connection, in one transaction.

    On SQLite foreign keys rest meanwhile, since a table that batch mode rebuilds is dropped, and dropping it would
    delete what refers to it; afterwards they are looked through.

    Raises:
        RuntimeError: a migration left a reference to nothing.
    """
    url = context.config.attributes.get("database_url") or Settings().database_url
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=False,
        )
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")  # inside a transaction the next line would do nothing
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a migration left references to nothing")
    engine.dispose()


run()
