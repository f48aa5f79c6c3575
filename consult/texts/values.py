"""A text as a page needs it: the words, their language, and whether they stand in for a missing translation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consult.core.locale import direction
from consult.core.text import canonical
from consult.texts.enums import Origin

Localized = Mapping[str, str]
"""Language to words, as they are entered."""


@dataclass(frozen=True)
class Provenance:
    """Where a translation comes from, and the words that it stands for.

    Args:
        origin: who or what made it.
        made_with: the name of the machine, where it was one.
        made_at: when, in UTC.
        original: the words that it translates.
        original_language: BCP 47 code of those.
    """

    origin: Origin
    made_with: str
    made_at: datetime
    original: str
    original_language: str


@dataclass(frozen=True)
class LocalizedText:
    """Words with their language.

    Args:
        text: the words; may be empty.
        language: BCP 47 code of the words.
        is_fallback: the reader's language was wanted and is missing, so this is the original.
        is_stale: the original has changed since this translation was made.
        provenance: where the words come from, where they are a translation.
    """

    text: str
    language: str
    is_fallback: bool = False
    is_stale: bool = False
    provenance: Provenance | None = None

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
