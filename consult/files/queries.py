"""Reading stored files."""

from __future__ import annotations

import sqlalchemy as sa

from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.storage import FileStore
from consult.files.enums import ScanState
from consult.files.models import StoredFile


def read_content(file: StoredFile, store: FileStore) -> bytes:
    """The bytes of a file that may be given out.

    Raises:
        NotFound: held back, deleted, or missing.
    """
    if not file.is_given_out or file.sha256 is None:
        raise NotFound
    return store.get(file.sha256)


def find_to_scan(*, after: int = 0) -> StoredFile | None:
    """The next file that the scanner has not seen, by key."""
    return db.session.scalar(
        sa.select(StoredFile)
        .where(StoredFile.id > after, StoredFile.state.in_([ScanState.WAITING, ScanState.NOT_SCANNED]))
        .order_by(StoredFile.id)
        .limit(1)
    )
