"""What there is to translate of one consultation into one language: units in groups, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p
from consult.texts.enums import Origin


class Standing(Labelled):
    """How far a unit is."""

    MISSING = "missing", _p("translation", "Missing")
    STALE = "stale", _p("translation", "The source has changed")
    DONE = "done", _p("translation", "Translated")


@dataclass(frozen=True)
class Unit:
    """One field of one subject: its words, and what they are in another language.

    Args:
        subject: kind of thing, as its table is named (`consultation`, `paragraph`, `response_version` and so on).
        subject_id: which one.
        field: which of its fields.
        place: what it is, in the words of whoever translates: "Title", "3.2 ¶ 4", "Answer to MIN-1-7K4QXM".
        source: the words to translate; never empty.
        source_language: BCP 47 code of those.
        text: the translation; empty where there is none.
        version: of the translation; 0 where there is none. Whoever saves gives it back.
        is_stale: the source has changed since the translation was made.
        limit: the most characters that the translation may have.
        is_line: it is one line, without line breaks.
        origin: who or what made the translation; None where there is none.
        made_with: the name of the machine, where it was one.
        translated_at: when, in UTC.
    """

    subject: str
    subject_id: int
    field: str
    place: str
    source: str
    source_language: str
    text: str = ""
    version: int = 0
    is_stale: bool = False
    limit: int = 0
    is_line: bool = False
    origin: Origin | None = None
    made_with: str = ""
    translated_at: datetime | None = None

    @property
    def key(self) -> str:
        """How forms, addresses and XLIFF call it: "paragraph-12-text"."""
        return f"{self.subject}-{self.subject_id}-{self.field}"

    @property
    def standing(self) -> Standing:
        """How far it is."""
        if not self.text:
            return Standing.MISSING
        return Standing.STALE if self.is_stale else Standing.DONE


@dataclass(frozen=True)
class Group:
    """Units that are translated together.

    Args:
        name: in addresses: "consultation", "questions", "draft", "answers", "commitments", "points".
        title: in the words of whoever translates.
        units: in the order in which they are read.
    """

    name: str
    title: str
    units: Sequence[Unit]

    def count(self, standing: Standing) -> int:
        """How many units stand so."""
        return sum(unit.standing is standing for unit in self.units)


@dataclass(frozen=True)
class Work:
    """All of one consultation for one language."""

    language: str
    groups: Sequence[Group]

    @property
    def total(self) -> int:
        """How many units there are."""
        return sum(len(group.units) for group in self.groups)

    def count(self, standing: Standing) -> int:
        """How many units stand so."""
        return sum(group.count(standing) for group in self.groups)
