"""Backup and restore, from each database into each."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.core.backup import create_backup, restore_backup
from consult.core.clock import utc_now
from consult.core.context import file_store, settings
from consult.core.db import db
from consult.core.errors import BadInput, Conflict
from consult.core.storage import FileStore
from consult.jobs import sweep
from consult.publication.services import request_release
from tests.support import build


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
