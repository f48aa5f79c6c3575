"""What there is to translate of one consultation into one language: units in groups, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p
from consult.documents.enums import BlockKind
from consult.documents.importing import require_same_build
from consult.texts.values import Provenance, source_digest


class Standing(Labelled):
    """How far a unit is."""

    MISSING = "missing", _p("translation", "Missing")
    STALE = "stale", _p("translation", "The source has changed")
    DONE = "done", _p("translation", "Translated")


@dataclass(frozen=True)
class Source:
    """One field of one subject: its words, whatever they are translated into.

    Args:
        subject: kind of thing, as its table is named (`consultation`, `paragraph`, `response_version` and so on).
        subject_id: which one.
        field: which of its fields.
        place: what it is, in the words of whoever translates: "Title", "3.2 ¶ 4", "Answer to MIN-1-7K4QXM".
        source: the words to translate; never empty.
        source_language: BCP 47 code of those.
        limit: the most characters that a translation may have.
        fixed_in: the languages in which the translation no longer changes, as in an edition that people comment on.
        wanted_in: a language in which somebody waits for it, whatever the languages of the consultation are.
        kind: what its translation has to stay, where it is a block of a draft.
        language_words: the language of the words as their author named it, where it has no code; else empty.
        name: what pages and files call the subject in place of its key, where keys would tell something: those of
            points count in the order in which they came, and stand next to each other where one hand wrote them.
    """

    subject: str
    subject_id: int
    field: str
    place: str
    source: str
    source_language: str
    limit: int = 0
    fixed_in: frozenset[str] = frozenset()
    wanted_in: str = ""
    kind: BlockKind | None = None
    language_words: str = ""
    name: str = ""

    @property
    def source_digest(self) -> str:
        """Whoever saves gives it back too: so a translation of words that have changed meanwhile is noticed."""
        return source_digest(self.source)

    def require_same_build(self, translation: str) -> None:
        """Refuse a translation of a block of a draft that readers would see as something else than its source.

        Args:
            translation: as it would be stored; an empty one takes the translation away.

        Raises:
            BadInput: the sentence names the place.
        """
        if self.kind is not None and translation:
            require_same_build(self.kind, self.source, translation, place=self.place)

    @property
    def key(self) -> str:
        """How forms, addresses and XLIFF call it: "paragraph-12-text", "comment-MIN-1-7K4QXM-text"."""
        return f"{self.subject}-{self.name or self.subject_id}-{self.field}"


@dataclass(frozen=True)
class Unit(Source):
    """A source, and what it is in another language.

    Args:
        language: BCP 47 code of the translation.
        text: the translation; empty where there is none.
        version: of the translation; 0 where there is none. Whoever saves gives it back.
        is_stale: the source has changed since the translation was made.
        is_line: it is one line, without line breaks.
        provenance: who or what made the translation and when; None where there is none.
    """

    language: str = ""
    text: str = ""
    version: int = 0
    is_stale: bool = False
    is_line: bool = False
    provenance: Provenance | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether somebody who writes in that language waits for it."""
        return self.wanted_in == self.language

    @property
    def is_fixed(self) -> bool:
        """Whether its translation no longer changes here."""
        return self.language in self.fixed_in

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
        name: in addresses: "consultation", "questions", "draft", "answers", "changes", "commitments", "points".
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
