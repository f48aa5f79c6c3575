"""Stored files, named by what they hold: written and synced before the commit that names them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from consult.core.errors import NotFound

# Every column whose rows name a stored file by its SHA-256 carries this mark: `mapped_column(info=NAMES_A_FILE)`.
# A file that no such row names is an orphan, and goes after a day (`core.orphans`).
NAMES_A_FILE = {"names_a_file": True}


def write_whole(path: Path, content: bytes, *, synced: bool = False) -> None:
    """Write a file whole or not at all: whoever reads it meanwhile finds all of it, or none.

    Args:
        path: of the file; its folder is made.
        content: its bytes.
        synced: on the disk before it has its name; for what is not made anew when it is lost.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        if synced:
            file.flush()
            os.fsync(file.fileno())
    Path(temporary).replace(path)


class FileStore:
    """Files under one folder, addressed by the SHA-256 of their bytes.

    Args:
        root: the folder; made when the first file arrives.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest

    @staticmethod
    def _is_kept(path: Path) -> bool:
        try:
            os.utime(path)  # it is about to be named again: no orphan for another day
        except FileNotFoundError:
            return False
        return True

    @staticmethod
    def digest(content: bytes) -> str:
        """The name of these bytes: their SHA-256 in hex."""
        return hashlib.sha256(content).hexdigest()

    def put(self, content: bytes) -> str:
        """Keep these bytes durably and return their SHA-256 in hex; keeping them twice changes nothing."""
        digest = self.digest(content)
        path = self._path(digest)
        if self._is_kept(path):
            return digest
        write_whole(path, content, synced=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest.

        Raises:
            NotFound: no such file.
        """
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFound from error

    def delete(self, digest: str) -> bool:
        """Forget the bytes of that digest; after the commit that stopped naming them, never before.

        Returns whether they were there.
        """
        try:
            self._path(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def digests(self) -> Iterator[str]:
        """Every digest that is kept, in order."""
        for path in sorted(self.root.glob("??/*")):
            if len(path.name) == 64:
                yield path.name

    def is_older(self, digest: str, moment: datetime) -> bool:
        """Whether the file of that digest was last written before a moment; not if there is none."""
        try:
            return self._path(digest).stat().st_mtime < moment.timestamp()
        except FileNotFoundError:
            return False
