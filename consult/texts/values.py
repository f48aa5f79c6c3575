"""A text as a page needs it: the words, their language, and whether they stand in for a missing translation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consult.core.locale import direction, format_day
from consult.core.locale import gettext as _
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
        contested_at: since when their author says that it is not right; None where nobody says so now.
        key: of the translation.
    """

    origin: Origin
    made_with: str
    made_at: datetime
    original: str
    original_language: str
    contested_at: datetime | None = None
    key: int = 0

    @property
    def original_dir(self) -> str:
        """``rtl`` or ``ltr``."""
        return direction(self.original_language)

    def sentence(self, zone: str | None = None) -> str:
        """Who or what made it and when, in the current locale.

        Args:
            zone: the IANA zone that the day is told in; UTC where none is given.
        """
        day = format_day(self.made_at, zone)
        if self.origin is Origin.MACHINE:
            return _("Machine translation by %(machine)s on %(day)s", machine=self.made_with, day=day)
        return _("Translated by the secretariat on %(day)s", day=day)


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

    @property
    def is_contested(self) -> bool:
        """Whether the author of the original says that this translation is not right."""
        return self.provenance is not None and self.provenance.contested_at is not None

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text


def source_digest(text: str) -> str:
    """What a translation remembers of its source: SHA-256 over the canonical bytes, in hex."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()
