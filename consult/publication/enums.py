"""How far a release is, what its rows show, and its files."""

from __future__ import annotations

from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


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
    STRUCK = "struck"


GONE = (Shown.WITHDRAWN, Shown.STRUCK)
"""Nothing of the point is left but a tombstone."""


class FileKind(StrEnum):
    """The files of a release."""

    CSV = "csv"
    JSON = "json"
    MANIFEST = "manifest"


class Change(Labelled):
    """What is different about a row of a release from the release before; several may be true of one."""

    ADDED = "added", _p("change of a row", "New in this release")
    ANSWERED = "answered", _p("change of a row", "Answered since")
    CORRECTED = "corrected", _p("change of a row", "Answer corrected")
    LIFTED = "restriction_lifted", _p("change of a row", "Restriction lifted")
    RESTRICTED = "restricted", _p("change of a row", "Restricted since")
    STRICTER = "no_longer_published", _p("change of a row", "No longer published, at the respondent’s wish")
    WITHDRAWN = "withdrawn", _p("change of a row", "Withdrawn since")
    STRUCK = "struck", _p("change of a row", "Struck since, for safety or law")
