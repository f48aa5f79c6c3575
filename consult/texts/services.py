"""Writing translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.core.db import db
from consult.texts.enums import Origin
from consult.texts.models import Translation
from consult.texts.values import Localized, source_digest


def update_translations(
    subject: str,
    subject_id: int,
    *,
    language: str,
    fields: Mapping[str, tuple[str, str]],
    actor: Actor,
    now: datetime,
    origin: Origin = Origin.HUMAN,
    made_with: str = "",
) -> None:
    """Keep the translations of some fields; an empty translation is removed.

    Args:
        subject: kind of thing, as its table is named.
        subject_id: which one.
        language: BCP 47 code of the translations.
        fields: field name to (original, translation).
        actor: who made them.
        now: when.
        origin: who or what made them.
        made_with: the name of the machine, where it was one.
    """
    update_many_translations(
        subject, {subject_id: fields}, language=language, actor=actor, now=now, origin=origin, made_with=made_with
    )


def update_all_translations(
    subject: str,
    subject_id: int,
    fields: Mapping[str, tuple[str, Localized]],
    *,
    languages: Sequence[str],
    authentic: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what was entered for some fields in every language besides the authentic one.

    Args:
        subject: kind of thing, as its table is named.
        subject_id: which one.
        fields: field name to (original, what was entered by language).
        languages: BCP 47 codes.
        authentic: which of them is authentic.
        actor: who made the translations.
        now: when.
    """
    for language in languages:
        if language != authentic:
            entered = {name: (original, words.get(language, "")) for name, (original, words) in fields.items()}
            update_translations(subject, subject_id, language=language, fields=entered, actor=actor, now=now)


def update_many_translations(
    subject: str,
    fields_of: Mapping[int, Mapping[str, tuple[str, str]]],
    *,
    language: str,
    actor: Actor,
    now: datetime,
    origin: Origin = Origin.HUMAN,
    made_with: str = "",
) -> None:
    """The same for many subjects at once, such as the paragraphs of a language edition; one query, one flush.

    Args:
        subject: kind of thing, as its table is named.
        fields_of: key of the subject to its fields, as above.
        language: BCP 47 code of the translations.
        actor: who made them.
        now: when.
        origin: who or what made them.
        made_with: the name of the machine, where it was one.
    """
    rows = db.session.scalars(
        sa.select(Translation).where(
            Translation.subject == subject,
            Translation.subject_id.in_(list(fields_of)),
            Translation.language == language,
        )
    )
    existing = {(row.subject_id, row.field): row for row in rows}
    key = {"subject": subject, "language": language}
    made_by = {"origin": origin, "made_with": made_with, "translated_by": actor.actor_id, "translated_at": now}
    added: list[dict[str, Any]] = []
    for subject_id, fields in fields_of.items():
        for field, (original, translation) in fields.items():
            row = existing.get((subject_id, field))
            digest = source_digest(original)
            if row is None:
                if translation:
                    words = {"field": field, "text": translation, "source_digest": digest, "version": 1}
                    added.append({**key, **made_by, **words, "subject_id": subject_id})
            elif not translation:
                db.session.delete(row)
            elif (row.text, row.source_digest) != (translation, digest):
                row.text, row.source_digest = translation, digest
                for name, value in made_by.items():
                    setattr(row, name, value)
    db.session.flush()
    if added:  # in one statement: an edition may have thousands of paragraphs
        db.session.execute(sa.insert(Translation), added)


def delete_translations(subject: str, subject_ids: list[int]) -> None:
    """Forget all translations of subjects that are themselves going."""
    db.session.execute(
        sa.delete(Translation).where(Translation.subject == subject, Translation.subject_id.in_(subject_ids))
    )
