"""What a version is called in addresses: by the number of its round, the final text by its name."""

from __future__ import annotations

from collections.abc import Iterable

from consult.core.errors import NotFound
from consult.documents.models import DocumentVersion

FINAL = "final"


def key_of(version: DocumentVersion) -> str:
    """What addresses call it."""
    return FINAL if version.of_round is None else str(version.of_round.number)


def in_order(versions: Iterable[DocumentVersion]) -> list[DocumentVersion]:
    """The versions of one consultation, rounds by their numbers, the final text last."""
    return sorted(versions, key=lambda one: one.of_round.number if one.of_round is not None else 1_000_000)


def pick_version(versions: Iterable[DocumentVersion], key: str) -> DocumentVersion:
    """The one of these that an address names.

    Raises:
        NotFound: none of them.
    """
    for version in versions:
        if key_of(version) == key:
            return version
    raise NotFound
