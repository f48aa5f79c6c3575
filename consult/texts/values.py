"""A text as a page needs it: the words, their language, and whether they stand in for a missing translation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from consult.core.locale import direction
from consult.core.text import canonical

Localized = Mapping[str, str]
"""Language to words, as they are entered."""


@dataclass(frozen=True)
class LocalizedText:
    """Words with their language.

    Args:
        text: the words; may be empty.
        language: BCP 47 code of the words.
        is_fallback: the reader's language was wanted and is missing, so this is the original.
        is_stale: the original has changed since this translation was made.
    """

    text: str
    language: str
    is_fallback: bool = False
    is_stale: bool = False

    @property
    def dir(self) -> str:
        """``rtl`` or ``ltr``."""
        return direction(self.language)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text


def source_digest(text: str) -> str:
    """What a translation remembers of its source: SHA-256 over the canonical bytes, in hex."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()
