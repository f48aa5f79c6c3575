"""Reading texts: all the fields of all the subjects of a page in one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from consult.core.db import db
from consult.texts.models import Translation
from consult.texts.values import LocalizedText, Provenance, source_digest

Key = tuple[int, str]


class Texts:
    """The texts of the subjects of one page, in one reader's language, falling back to the original."""

    def __init__(self, language: str, translations: Mapping[Key, Translation]) -> None:
        self._language = language
        self._translations = translations

    def of(self, subject_id: int, field: str, original: str, original_language: str) -> LocalizedText:
        """The text of one field: the translation if there is one, else the original, marked as such."""
        if self._language == original_language or not original:
            return LocalizedText(original, original_language)
        translation = self._translations.get((subject_id, field))
        if translation is None:
            return LocalizedText(original, original_language, is_fallback=True)
        stale = translation.source_digest != source_digest(original)
        provenance = Provenance(
            translation.origin, translation.made_with, translation.translated_at, original, original_language
        )
        return LocalizedText(translation.text, translation.language, is_stale=stale, provenance=provenance)


def load_texts(subject: str, subject_ids: Iterable[int], language: str) -> Texts:
    """What is translated of these subjects into ``language``."""
    wanted = sorted(set(subject_ids))
    if not wanted:
        return Texts(language, {})
    rows = db.session.scalars(
        sa.select(Translation)
        .where(
            Translation.subject == subject,
            Translation.subject_id.in_(wanted),
            Translation.language == language,
        )
        .order_by(Translation.id)
    )
    return Texts(language, {(row.subject_id, row.field): row for row in rows})


def list_translations(subject: str, subject_ids: Sequence[int]) -> Sequence[Translation]:
    """Every translation of these subjects, in a stable order."""
    return db.session.scalars(
        sa.select(Translation)
        .where(Translation.subject == subject, Translation.subject_id.in_(list(subject_ids)))
        .order_by(Translation.subject_id, Translation.field, Translation.language)
    ).all()
