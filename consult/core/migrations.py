"""Running Alembic from the app and the command line; and what migrations share: keys, guards, rebuilt tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.operations import BatchOperations
from alembic.script import ScriptDirectory

from consult.core.paths import migrations_dir

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""The type of surrogate keys and of what refers to them."""
Rule = tuple[str, str, str | None, str]
"""(name, event, columns that the event is about or None, condition under which it is refused)."""
FROZEN: Sequence[Rule] = (("changed", "UPDATE", None, "TRUE"), ("deleted", "DELETE", None, "TRUE"))
"""The rules of rows that are never changed nor deleted."""


def alembic_config(database_url: str = "") -> Config:
    """Alembic's configuration for a database; no file is needed."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


@lru_cache(maxsize=1)
def head_revision() -> str | None:
    """The newest revision that this release brings."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade(database_url: str) -> None:
    """Bring a database to the newest revision."""
    command.upgrade(alembic_config(database_url), "head")


def trigger_of(table: str, rule: Rule) -> str:
    """What the trigger of a rule is called."""
    return f"frozen_{table}_{rule[0]}"


def guard(rules: Mapping[str, Sequence[Rule]]) -> None:
    """Let the database refuse changes to what is on record, whatever program asks; for migrations.

    Args:
        rules: by table.
    """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, of_table in rules.items():
        for rule in of_table:
            _name, event, columns, condition = rule
            trigger = trigger_of(table, rule)
            head = f"CREATE TRIGGER {trigger} BEFORE {event}{f' OF {columns}' if columns else ''} ON {table}"
            if is_sqlite:
                # SQLite fires for columns that are named in a statement, changed or not, as PostgreSQL does.
                refusal = f"SELECT RAISE(ABORT, 'the record is insert-only: {trigger}')"
                op.execute(f"{head} WHEN {condition} BEGIN {refusal}; END")
            else:  # the function is made by revision 0002
                op.execute(f"{head} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse_change()")


@contextmanager
def rebuild(table: str) -> Iterator[BatchOperations]:
    """Change columns and constraints of a table; for migrations.

    SQLite rebuilds the table for that, and would silently drop its triggers: they are made again. Triggers of other
    tables that look into this one would keep it from being rebuilt: they go before, and come back after.
    """
    connection = op.get_bind()
    stored = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    is_sqlite = connection.dialect.name == "sqlite"

    def triggers() -> dict[str, str]:
        rows = connection.execute(stored, {"table": table}).all() if is_sqlite else []
        return {row.name: row.sql for row in rows}

    of_others = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> :table")
    found = connection.execute(of_others, {"table": table}).all() if is_sqlite else []
    others = [row for row in found if re.search(rf"\b{table}\b", row.sql)]
    for row in others:
        op.execute(f"DROP TRIGGER {row.name}")
    before = triggers()
    with op.batch_alter_table(table) as batch:
        yield batch
    left = triggers()
    for name, statement in before.items():
        if name not in left:
            op.execute(statement)
    for row in others:
        op.execute(row.sql)
