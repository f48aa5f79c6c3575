"""Reading texts: all the fields of all the subjects of a page in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.core.db import db
from consult.texts.models import Contest, Translation
from consult.texts.values import LocalizedText, Provenance, source_digest

Key = tuple[int, str]


@dataclass(frozen=True)
class Found:
    """A translation, and since when it is contested."""

    row: Translation
    contested_at: datetime | None


def translated(
    row: Translation, original: str, original_language: str, contested_at: datetime | None = None
) -> LocalizedText:
    """The words of a stored translation, with where they come from; see `Provenance`."""
    provenance = Provenance(
        row.origin, row.made_with, row.translated_at, original, original_language, contested_at, row.id
    )
    return LocalizedText(
        row.text, row.language, is_stale=row.source_digest != source_digest(original), provenance=provenance
    )


class Texts:
    """The texts of the subjects of one page, in one reader's language, falling back to the original."""

    def __init__(self, language: str, translations: Mapping[Key, Found]) -> None:
        self._language = language
        self._translations = translations

    def of(self, subject_id: int, field: str, original: str, original_language: str) -> LocalizedText:
        """The text of one field: the translation if there is one, else the original, marked as such."""
        if self._language == original_language or not original:
            return LocalizedText(original, original_language)
        found = self._translations.get((subject_id, field))
        if found is None:
            return LocalizedText(original, original_language, is_fallback=True)
        return translated(found.row, original, original_language, found.contested_at)


class AllTexts:
    """The same in every language that there is of them, for a reader who chooses, or an author who sees them all."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._languages: dict[int, list[str]] = {}
        self._by_language: dict[str, dict[Key, Found]] = {}
        for one in found:
            row = one.row
            languages = self._languages.setdefault(row.subject_id, [])
            if row.language not in languages:
                languages.append(row.language)
            self._by_language.setdefault(row.language, {})[(row.subject_id, row.field)] = one

    def languages_of(self, subject_id: int) -> Sequence[str]:
        """What a subject was translated into, in the order of the codes."""
        return sorted(self._languages.get(subject_id, []))

    def into(self, language: str) -> Texts:
        """The texts for a reader of that language."""
        return Texts(language, self._by_language.get(language, {}))

    def all_of(self, subject_id: int, field: str, original: str, original_language: str) -> list[LocalizedText]:
        """Every translation of one field, in the order of the languages."""
        found = [
            self.into(code).of(subject_id, field, original, original_language) for code in self.languages_of(subject_id)
        ]
        return [text for text in found if text and text.provenance is not None]

    def by_language(
        self,
        subject_id: int,
        field: str,
        original: str,
        original_language: str,
        held_in: Collection[str] | None = None,
    ) -> dict[str, str]:
        """The words of one field alone, by language: the original first; nothing where there is none.

        Args:
            subject_id: which subject.
            field: which of its fields.
            original: its words.
            original_language: BCP 47 code of those.
            held_in: the languages of the consultation, for what staff wrote: none in preparation is given out.
        """
        if not original:
            return {}
        made = self.all_of(subject_id, field, original, original_language)
        there = {one.language: one.text for one in made if held_in is None or one.language in held_in}
        return {original_language: original} | there

    def for_reader(self, subject_id: int, original: str, wanted: Sequence[str | None]) -> tuple[Texts, str]:
        """The texts in the first of these languages that there is, and which it is.

        Args:
            subject_id: the subject that decides which languages there are.
            original: the language that it was written in; its own words are shown where there is no other.
            wanted: codes in order of preference, the reader's own last; None and unknown ones are passed over.
        """
        there = {original, *self.languages_of(subject_id)}
        found = next((code for code in wanted if code in there), None)
        return self.into(found or wanted[-1] or original), found or original


def load_texts(subject: str, subject_ids: Iterable[int], language: str) -> Texts:
    """What is translated of these subjects into ``language``."""
    wanted = sorted(set(subject_ids))
    if not wanted:
        return Texts(language, {})
    found = _found(subject, wanted, Translation.language == language)
    return Texts(language, {(one.row.subject_id, one.row.field): one for one in found})


def load_all_texts(subject: str, subject_ids: Iterable[int]) -> AllTexts:
    """What is translated of these subjects into any language; one query."""
    wanted = sorted(set(subject_ids))
    return AllTexts(_found(subject, wanted) if wanted else [])


def _found(subject: str, wanted: Sequence[int], *conditions: sa.ColumnElement[bool]) -> list[Found]:
    rows: Any = db.session.execute(
        sa.select(Translation, Contest.contested_at)
        .outerjoin(Contest, sa.and_(Contest.translation_id == Translation.id, Contest.settled_at.is_(None)))
        .where(Translation.subject == subject, Translation.subject_id.in_(wanted), *conditions)
        .order_by(Translation.id)
    )
    return [Found(row, contested_at) for row, contested_at in rows]


def list_translations(subject: str, subject_ids: Sequence[int]) -> Sequence[Translation]:
    """Every translation of these subjects, in a stable order."""
    return db.session.scalars(
        sa.select(Translation)
        .where(Translation.subject == subject, Translation.subject_id.in_(list(subject_ids)))
        .order_by(Translation.subject_id, Translation.field, Translation.language)
    ).all()
