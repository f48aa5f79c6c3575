"""Writing translations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.core.db import db
from consult.texts.enums import Origin
from consult.texts.models import Translation
from consult.texts.values import source_digest


def update_translations(
    subject: str,
    subject_id: int,
    *,
    language: str,
    fields: Mapping[str, tuple[str, str]],
    actor: Actor,
    now: datetime,
    origin: Origin = Origin.HUMAN,
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
    """
    update_many_translations(subject, {subject_id: fields}, language=language, actor=actor, now=now, origin=origin)


def update_many_translations(
    subject: str,
    fields_of: Mapping[int, Mapping[str, tuple[str, str]]],
    *,
    language: str,
    actor: Actor,
    now: datetime,
    origin: Origin = Origin.HUMAN,
) -> None:
    """The same for many subjects at once, such as the paragraphs of a language edition; one query, one flush.

    Args:
        subject: kind of thing, as its table is named.
        fields_of: key of the subject to its fields, as above.
        language: BCP 47 code of the translations.
        actor: who made them.
        now: when.
        origin: who or what made them.
    """
    rows = db.session.scalars(
        sa.select(Translation).where(
            Translation.subject == subject,
            Translation.subject_id.in_(list(fields_of)),
            Translation.language == language,
        )
    )
    existing = {(row.subject_id, row.field): row for row in rows}
    translated_by = actor.actor_id  # read before any row is half made: it may have to be loaded, which flushes
    for subject_id, fields in fields_of.items():
        for field, (original, translation) in fields.items():
            row = existing.get((subject_id, field))
            if not translation:
                if row is not None:
                    db.session.delete(row)
                continue
            if row is None:
                row = Translation(subject=subject, subject_id=subject_id, field=field, language=language, text="")
                db.session.add(row)
            elif row.text == translation and row.source_digest == source_digest(original):
                continue
            row.text = translation
            row.origin = origin
            row.source_digest = source_digest(original)
            row.translated_by = translated_by
            row.translated_at = now
    db.session.flush()


def delete_translations(subject: str, subject_ids: list[int]) -> None:
    """Forget all translations of subjects that are themselves going."""
    db.session.execute(
        sa.delete(Translation).where(Translation.subject == subject, Translation.subject_id.in_(subject_ids))
    )
