"""How far a release is, what its rows show, and its files."""

from __future__ import annotations

from enum import StrEnum


class ReleaseStatus(StrEnum):
    """A release is built by the worker, then published for ever."""

    BUILDING = "building"
    PUBLISHED = "published"


class Shown(StrEnum):
    """What a row of a release shows of the point's words."""

    TEXT = "text"
    NOT_PUBLISHED = "not_published"
    RESTRICTED = "restricted"
    WITHDRAWN = "withdrawn"


class FileKind(StrEnum):
    """The files of a release."""

    CSV = "csv"
    JSON = "json"
    MANIFEST = "manifest"
