"""Backup and restore: every table as JSON lines, every stored file, in one archive that fits both databases.

An archive is a gzipped tar: `consult.json` (format, revision, counts), `tables/<name>.jsonl`, `files/<sha256>`.
Rows are read in one transaction, so that the archive is one moment of the record. What is made from other rows, the
index of words, is left out: whoever restores makes it anew.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command

from consult.core.db import configure_sqlite
from consult.core.errors import BadInput, Conflict
from consult.core.migrations import alembic_config
from consult.core.storage import FileStore

FORMAT = 1
DERIVED = "search_"
"""How the names of tables begin that are made anew from the others: the index of words."""
BATCH = 500
Say = Callable[[str], None]


def _is_in_archive(name: str, _metadata: sa.MetaData) -> bool:
    return not name.startswith(DERIVED)


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    return engine


def _one_moment(engine: sa.Engine) -> dict[str, Any]:
    """Options under which all reads of a transaction see one state; SQLite's always do."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {"moment": moment.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return {"json": value} if isinstance(value, dict | list) else value


def _decode(value: Any, *, sqlite: bool) -> Any:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        moment = datetime.fromisoformat(value["moment"])
        return moment.replace(tzinfo=None) if sqlite else moment
    return date.fromisoformat(value["date"]) if "date" in value else value["json"]


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def create_backup(target: Path, *, database_url: str, store: FileStore, say: Say) -> None:
    """Write an archive of the database and the stored files; the finished archive appears at once or not at all.

    Args:
        target: where it goes; must not exist yet.
        database_url: of the database.
        store: of the files.
        say: told what is being done.

    Raises:
        Conflict: the target exists.
    """
    if target.exists():
        raise Conflict(f"{target} exists already; choose another name.")
    partial = target.with_name(target.name + ".partial")
    engine = _engine(database_url)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
        with engine.connect().execution_options(**_one_moment(engine)) as connection, connection.begin():
            metadata = sa.MetaData()
            metadata.reflect(connection, only=_is_in_archive)
            revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            counts = {}
            for table in metadata.sorted_tables:
                if table.name == "alembic_version":
                    continue
                lines = list(_lines(connection, table))
                counts[table.name] = len(lines)
                _add(archive, f"tables/{table.name}.jsonl", b"".join(lines))
                say(f"{table.name}: {len(lines)}")
        files = 0
        for digest in store.digests():
            _add(archive, f"files/{digest}", store.get(digest))
            files += 1
        say(f"files: {files}")
        header = {"format": FORMAT, "revision": revision, "tables": counts, "files": files}
        _add(archive, "consult.json", json.dumps(header).encode())
        archive.close()
        raw.flush()
        os.fsync(raw.fileno())
    engine.dispose()
    partial.replace(target)


def _lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings():
        values = {name: _encode(value) for name, value in row.items()}
        yield json.dumps(values, ensure_ascii=False).encode() + b"\n"


def restore_backup(source: Path, *, database_url: str, store: FileStore, say: Say) -> None:
    """Restore an archive into an empty database, then bring it to the newest revision.

    Args:
        source: the archive.
        database_url: of a database without tables; SQLite or PostgreSQL, whichever the archive came from.
        store: where the files go.
        say: told what is being done.

    Raises:
        BadInput: not an archive of ours, or an incomplete one.
        Conflict: the database has tables already.
    """
    engine = _engine(database_url)
    if sa.inspect(engine).get_table_names():
        raise Conflict("The database has tables already. Restore into an empty one.")
    try:
        with tarfile.open(source, "r:gz") as archive:
            header = json.loads(_read(archive, "consult.json"))
            if header.get("format") != FORMAT:
                raise BadInput("This archive has a format that this release does not know.")
            command.upgrade(alembic_config(database_url), header["revision"])
            _restore_files(archive, store, header, say)
            _restore_tables(archive, engine, header, say)
    except (tarfile.TarError, KeyError, json.JSONDecodeError, EOFError, OSError) as error:
        raise BadInput(f"{source} is not a complete archive: {type(error).__name__}.") from error
    finally:
        engine.dispose()
    command.upgrade(alembic_config(database_url), "head")


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise BadInput(f"The archive lacks {name}.")
    return member.read()


def _restore_files(archive: tarfile.TarFile, store: FileStore, header: dict[str, Any], say: Say) -> None:
    names = [name for name in archive.getnames() if name.startswith("files/")]
    for name in names:
        if store.put(_read(archive, name)) != name.removeprefix("files/"):
            raise BadInput(f"The archive's {name} does not have the bytes that its name says.")
    if len(names) != header["files"]:
        raise BadInput("The archive lacks some of its files.")
    say(f"files: {len(names)}")


@contextmanager
def _guards_down(connection: sa.Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    """Let rows in that were on record before: what refuses additions to it stands aside, in this transaction alone."""
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        down = [f'DROP TRIGGER "{trigger.name}"' for trigger in triggers]
        up = [trigger.sql for trigger in triggers]
    else:
        down = [f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER' for table in tables]
        up = [f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER' for table in tables]
    for statement in down:
        connection.exec_driver_sql(statement)
    yield
    for statement in up:
        connection.exec_driver_sql(statement)


def _restore_tables(archive: tarfile.TarFile, engine: sa.Engine, header: dict[str, Any], say: Say) -> None:
    sqlite = engine.dialect.name == "sqlite"
    metadata = sa.MetaData()
    metadata.reflect(engine, only=_is_in_archive)
    with engine.begin() as connection, _guards_down(connection, metadata.sorted_tables):
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            lines = _read(archive, f"tables/{table.name}.jsonl").splitlines()
            if len(lines) != header["tables"][table.name]:
                raise BadInput(f"The archive lacks rows of {table.name}.")
            rows = [{k: _decode(v, sqlite=sqlite) for k, v in json.loads(line).items()} for line in lines]
            for start in range(0, len(rows), BATCH):
                connection.execute(table.insert(), rows[start : start + BATCH])
            if not sqlite and "id" in table.columns:
                name = sa.literal(f'"{table.name}"')
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                connection.execute(
                    sa.select(
                        sa.func.setval(
                            sa.func.pg_get_serial_sequence(name, "id"), sa.func.coalesce(last, 1), last.is_not(None)
                        )
                    )
                )
            say(f"{table.name}: {len(rows)}")
