"""What a file is: by its first bytes and a look inside, never by its name or by what the browser says."""

from __future__ import annotations

import io
import zipfile

import filetype

from consult.files.archives import UNREADABLE
from consult.files.kinds import Kind, Refused, Why
from consult.files.markup import Attributes, rewrite

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How the office files of before 2007 begin, and every office file with a password."""
ZIP = b"PK\x03\x04"
_BY_TYPE = {"application/pdf": Kind.PDF, "image/png": Kind.PNG, "image/jpeg": Kind.JPEG, "audio/mpeg": Kind.MP3}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"3gp4", b"3gp5", b"dash"}
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
}
_LOOK = 512 * 1024


def kind_of(content: bytes) -> Kind:
    """What a file is.

    Raises:
        Refused: nothing that is taken here, or several things at once.
    """
    if not content:
        raise Refused(Why.EMPTY)
    if content.startswith(OLE):
        raise Refused(Why.ENCRYPTED)
    if content.startswith(ZIP):
        return _kind_of_archive(content)
    if content.startswith(b"OggS"):
        return Kind.OGG
    if content[4:8] == b"ftyp":
        if content[8:12] not in _AUDIO_BRANDS:
            raise Refused(Why.UNKNOWN)
        return Kind.M4A
    found = filetype.guess_mime(content[:8192])
    kind = _BY_TYPE.get(found or "")
    if kind is None and _begins_as_mp3(content):
        kind = Kind.MP3
    if kind is None:
        raise Refused(Why.UNKNOWN)
    if kind is Kind.PDF and not content.startswith(b"%PDF-"):
        raise Refused(Why.TWO_KINDS)
    return kind


def _begins_as_mp3(content: bytes) -> bool:
    return content.startswith(b"ID3") or (content[0] == 0xFF and content[1:2] > b"\xe0")


def _kind_of_archive(content: bytes) -> Kind:
    """Which office file an archive is: by what it says of itself inside.

    Raises:
        Refused: another archive, or one that cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                said = _look(archive, "mimetype").decode("ascii", "replace").strip()
                if said == Kind.ODT.media_type:
                    return Kind.ODT
                raise Refused(Why.UNKNOWN)
            if "[Content_Types].xml" not in names:
                raise Refused(Why.UNKNOWN)
            types = _types_in(_look(archive, "[Content_Types].xml"))
    except UNREADABLE as error:
        raise Refused(Why.DAMAGED) from error
    if any("macroenabled" in said or "vbaproject" in said for said in types):
        raise Refused(Why.MACROS)
    kinds = {kind for said, kind in _MAIN.items() if said in types}
    if not kinds:
        raise Refused(Why.UNKNOWN)
    if len(kinds) > 1:
        raise Refused(Why.TWO_KINDS)
    return kinds.pop()


def _types_in(content: bytes) -> set[str]:
    """The content types that an archive names, as a reader of XML understands them, in lower case."""
    found: set[str] = set()

    def element(_space: str, _local: str, attributes: Attributes) -> Attributes:
        found.update(value.strip().lower() for _name, _key, value in attributes)
        return attributes

    rewrite(content, element=element, text=lambda _names, words: words)
    return found


def _look(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).flag_bits & 1:
        raise Refused(Why.ENCRYPTED)
    with archive.open(name) as entry:
        content = entry.read(_LOOK + 1)
    if len(content) > _LOOK:
        raise Refused(Why.BOMB)
    return content
