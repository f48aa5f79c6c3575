"""What a file can be, what is taken out of it, why it is refused: plain values, known without the application.

The process that opens what people send (`cleaning`) knows no more than this: no settings, no database, no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a file is, judged by its content."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    PNG = "png"
    JPEG = "jpeg"
    MP3 = "mp3"
    M4A = "m4a"
    OGG = "ogg"

    @property
    def media_type(self) -> str:
        """The media type that it is given out as."""
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """How its name ends, without the dot."""
        return "jpg" if self is Kind.JPEG else self.value

    @property
    def is_image(self) -> bool:
        """Whether it is a picture, which asks for a description in words."""
        return self in {Kind.PNG, Kind.JPEG}

    @property
    def is_audio(self) -> bool:
        """Whether it is a recording."""
        return self in {Kind.MP3, Kind.M4A, Kind.OGG}

    @property
    def starts_private(self) -> bool:
        """Whether it may show or let hear people who did not agree: photographs and recordings."""
        return self.is_image or self.is_audio


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.MP3: "audio/mpeg",
    Kind.M4A: "audio/mp4",
    Kind.OGG: "audio/ogg",
}


class Removed(StrEnum):
    """What was taken out of a file."""

    PLACE = "place"
    DEVICE = "device"
    AUTHOR = "author"
    TIMES = "times"
    DESCRIPTION = "description"
    THUMBNAIL = "thumbnail"
    COLOUR_PROFILE = "colour_profile"
    HIDDEN = "hidden"
    TAGS = "tags"
    SCRIPTS = "scripts"
    EMBEDDED = "embedded"
    REVIEWERS = "reviewers"
    PRINTER = "printer"
    PATHS = "paths"
    DRAWINGS = "drawings"
    RESOLUTION = "resolution"
    FONTS = "fonts"


class Why(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    EMBEDDED = "embedded"
    EXTERNAL = "external"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PICTURES = "too_many_pictures"
    JPEG_2000 = "jpeg_2000"
    VIDEO = "video"
    TWO_KINDS = "two_kinds"
    TOO_HARD = "too_hard"


class Refused(Exception):
    """A file that is not taken.

    Args:
        why: the reason; its sentence is in `wording`.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Cleaned:
    """A file that was made anew without what it need not tell.

    Args:
        content: its bytes; the same file gives the same bytes.
        kind: what it is.
        removed: what was taken out of it.
    """

    content: bytes
    kind: Kind
    removed: frozenset[Removed]
