"""Zip archives that cannot do harm: counted and measured before anything in them is unpacked, written anew."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from consult.files.kinds import Refused, Why

ENTRIES_MOST = 3_000
UNPACKED_MOST = 80 * 1024 * 1024
"""Bytes of all entries together. A text of a thousand pages unpacks to about ten million."""
RATIO_MOST = 250
"""How far an entry of more than a million bytes may be packed: markup reaches a hundred, a bomb a thousand."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, EOFError)
"""What zipfile raises over a damaged archive: RuntimeError for encryption and, as NotImplementedError, for methods that
it does not know; zlib.error for a stream that makes no sense. `Refused` is none of these, and passes."""
_FIXED = (1980, 1, 1, 0, 0, 0)


def read_archive(content: bytes) -> dict[str, bytes]:
    """Every entry by its name, in order.

    Raises:
        Refused: a bomb, encrypted, damaged, or with names that lead out of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except UNREADABLE as error:
        raise Refused(Why.DAMAGED) from error


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > ENTRIES_MOST or sum(entry.file_size for entry in entries) > UNPACKED_MOST:
        raise Refused(Why.BOMB)
    seen: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.flag_bits & 1:
            raise Refused(Why.ENCRYPTED)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused(Why.DAMAGED)
        if entry.file_size > 1_000_000 and entry.file_size > RATIO_MOST * max(1, entry.compress_size):
            raise Refused(Why.BOMB)
        if entry.header_offset < end:  # entries that share their bytes: a bomb that looks small (D. Fifield, 2019)
            raise Refused(Why.BOMB)
        end = entry.header_offset + 30 + entry.compress_size
        name = entry.filename
        if name.lower() in seen or name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name:
            raise Refused(Why.DAMAGED)
        seen.add(name.lower())


def write_archive(parts: Mapping[str, bytes], *, first: Iterable[str], stored: Iterable[str] = ()) -> bytes:
    """An archive of these entries, always the same bytes for the same entries: no times, no comments, no extras.

    Args:
        parts: the entries.
        first: names that stand first, in their order.
        stored: names that are not packed.
    """
    head = [name for name in first if name in parts]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in [*head, *(name for name in sorted(parts) if name not in head)]:
            entry = zipfile.ZipInfo(name, _FIXED)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, parts[name], compresslevel=6)
    return out.getvalue()
