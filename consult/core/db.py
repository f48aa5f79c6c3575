"""The database: base class, column types, the session, and the one place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import has_request_context
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from consult.core.errors import BadInput

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, UTC in the database; SQLite gets it as sortable text without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; hand UTC to the driver."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(sa.TypeDecorator[str]):
    """Text without length; the last guard against NUL (PostgreSQL refuses it, SQLite cuts there) and surrogates."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what one of the databases could not give back."""
        if value is None:
            return None
        if "\x00" in value:
            raise BadInput("NUL")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise BadInput("surrogate") from error
        return value


def enum_type(kind: type[StrEnum], name: str | None = None) -> sa.Enum:
    """A column type for a StrEnum: its values as text, held by a named CHECK on both databases.

    Args:
        kind: the StrEnum.
        name: of the CHECK, where a table has two columns of one kind.
    """
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        name=name or kind.__name__.lower(),
        length=40,
    )


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        str: PlainText(),
        datetime: UtcDateTime(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
    }


def primary_key() -> Any:
    """A surrogate key; never shown to people, because its order would tell the order of arrival."""
    return mapped_column(BigId, primary_key=True, autoincrement=True)


def reference_to(target: str, *, nullable: bool = False, index: bool = True, cascade: bool = False) -> Any:
    """A foreign key to ``table.column``; indexed, and restricting deletion unless told to cascade."""
    return mapped_column(
        BigId, sa.ForeignKey(target, ondelete="CASCADE" if cascade else None), nullable=nullable, index=index
    )


def only_one(name: str, *columns: str, where: str) -> sa.Index:
    """A unique index over the rows of which a condition holds; NULLs, which differ from each other, are no way around.

    Args:
        name: of the index.
        columns: that no two of these rows have in common.
        where: the condition, in SQL.
    """
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


db = SQLAlchemy(session_options={"autoflush": True, "expire_on_commit": False})

# Whether the transaction that begins next will write: SQLite must then begin IMMEDIATE, since a deferred
# transaction that reads and then writes fails at once when another writer was faster, whatever the timeout.
_writing: ContextVar[bool] = ContextVar("consult_writing", default=False)


def mark_writing(value: bool) -> None:
    """Say whether the transactions of this request or job will write."""
    _writing.set(value)


BUSY_MILLISECONDS = 15_000


def configure_sqlite(engine: sa.Engine) -> None:
    """Make SQLite durable, consistent and predictable: WAL, FULL, foreign keys, explicit BEGIN."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing on its own; we do, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA secure_delete=ON")  # what is withdrawn is overwritten, not left in free pages
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def empty_log(engine: sa.Engine) -> bool:
    """Move what SQLite's write-ahead log holds into the database, and empty it; whether something was there and went.

    Until then the log keeps earlier pages whole: words that were erased can be read there. A transaction that still
    reads or writes puts it off: nobody waits for it.
    """
    if engine.dialect.name != "sqlite":
        return False
    log = Path(f"{engine.url.database}-wal")
    if not log.exists() or not log.stat().st_size:
        return False
    with closing(engine.raw_connection()) as connection:  # no transaction: the driver begins none on its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    return row is not None and not row[0]  # its first column: whether somebody was in the way


READING_SECONDS = 30


def configure_postgresql(engine: sa.Engine) -> None:
    """Bound what a page that only reads may cost: a statement that takes longer is ended, and answered with 503."""

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if has_request_context() and not _writing.get():
            cursor = connection.connection.cursor()
            cursor.execute(f"SET LOCAL statement_timeout = '{READING_SECONDS}s'")
            cursor.close()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction for a job or a command: commits at the end, rolls back on any error."""
    token = _writing.set(True)
    session = db.session
    session.rollback()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


def end_reading() -> None:
    """End the transaction of a request that has only read, before something slow; what it read is read anew after.

    On SQLite a request that may write keeps all others from writing, from its first question on.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("end_reading() after the request has begun to write")
    db.session.rollback()


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short transaction beside the request's, for records that a rollback must not erase.

    The request must not have written yet: on SQLite the two would wait for each other for ever.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("own_transaction() after the request has begun to write")
    db.session.rollback()
    with transaction_of(db.engine) as session:
        yield session


@contextmanager
def transaction_of(engine: Any) -> Iterator[Session]:
    """A transaction that writes, on a connection of its own; whatever else is open is left alone.

    Args:
        engine: of the database, as a session names it (`get_bind`).
    """
    token = _writing.set(True)
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        _writing.reset(token)


def commit_request() -> None:
    """Commit what a state-changing view did; called by the wrapper in ``core.web`` alone."""
    db.session.commit()
