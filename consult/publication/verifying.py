"""Comparing a manifest with a file of the same release: with these two alone, as anybody can who has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.storage import FileStore
from consult.ledger.services import salted_digest
from consult.publication.enums import FileKind
from consult.publication.formats import LogRow


@dataclass(frozen=True)
class Verification:
    """What comparing a manifest with a JSON file of the same release finds, by reference.

    Args:
        unchanged: rows whose content and salt give the digest in the manifest.
        changed: rows that do not: the record has become stricter since that manifest, or somebody changed them.
        missing: rows of the manifest that the file lacks.
        added: rows of the file that the manifest does not know.
        is_same_file: whether the manifest names exactly these bytes.
    """

    unchanged: Sequence[str]
    changed: Sequence[str]
    missing: Sequence[str]
    added: Sequence[str]
    is_same_file: bool

    @property
    def is_intact(self) -> bool:
        """Whether every row is the one that the manifest vouches for, and no other is there."""
        return not (self.changed or self.missing or self.added)


def verify(manifest: bytes, log: bytes) -> Verification:
    """Compare a manifest with a JSON file of the same release, by recomputing the digest of each row.

    Args:
        manifest: of any issue, also an older one than the file's.
        log: the JSON file, whose salts make the digests computable.

    Raises:
        BadInput: one of the two is not such a file.
    """
    try:
        promised = json.loads(manifest)
        digests = {row["reference"]: row["digest"] for row in promised["rows"]}
        found = {
            row["reference"]: salted_digest(row["salt"], LogRow.from_content(row).content())
            for row in json.loads(log)["rows"]
        }
        named = promised["files"][FileKind.JSON.value]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(_("This is not a manifest and the JSON file of a release.")) from error
    return Verification(
        unchanged=[key for key, digest in digests.items() if found.get(key) == digest],
        changed=[key for key, digest in digests.items() if key in found and found[key] != digest],
        missing=[key for key in digests if key not in found],
        added=[key for key in found if key not in digests],
        is_same_file=FileStore.digest(log) == named,
    )
