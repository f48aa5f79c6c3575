"""Writing translations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.core.db import db
from consult.texts.enums import Origin
from consult.texts.indexing import reindex
from consult.texts.models import Contest, Translation
from consult.texts.values import Localized, source_digest

Settled = Callable[[Sequence[tuple[Contest, Translation]], Actor, datetime], None]
_after_settling: list[Settled] = []


def register_settling(act: Settled) -> None:
    """Let the feature that knows the authors record and tell that another text has settled contests.

    Args:
        act: is given the contests with their translations, in the transaction that saved the other text.
    """
    if act not in _after_settling:
        _after_settling.append(act)


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

    A form sends its other languages along when the original alone was changed: a translation that stays as it was is
    stale then, until somebody translates anew or says that it holds.

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
    changed: list[Translation] = []
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
            elif row.text != translation:
                row.text, row.source_digest = translation, digest
                for name, value in made_by.items():
                    setattr(row, name, value)
                changed.append(row)
    db.session.flush()
    settle_contests(changed, actor=actor, now=now)
    if added:  # in one statement: an edition may have thousands of paragraphs
        db.session.execute(sa.insert(Translation), added)
        reindex(subject, [row["subject_id"] for row in added])


def settle_contests(translations: Sequence[Translation], *, actor: Actor, now: datetime) -> int:
    """Settle what was said against former texts of these translations; what is said of the present ones stays open.

    Whoever saves another text of a translation calls this in the same transaction; `update_many_translations` does.

    Returns:
        How many contests.
    """
    if not translations:
        return 0
    by_key = {row.id: row for row in translations}
    contests = db.session.scalars(
        sa.select(Contest)
        .where(Contest.translation_id.in_(list(by_key)), Contest.settled_at.is_(None))
        .order_by(Contest.id)
        .with_for_update()
    )
    pairs = [(one, by_key[one.translation_id]) for one in contests]
    settled = [(one, row) for one, row in pairs if one.text_digest != source_digest(row.text)]
    for contest, _row in settled:
        contest.settled_at, contest.settled_by = now, actor.actor_id
    db.session.flush()
    if settled:
        for act in _after_settling:
            act(settled, actor, now)
    return len(settled)


def delete_translations(subject: str, subject_ids: list[int]) -> None:
    """Forget all translations of subjects that are themselves going."""
    db.session.execute(
        sa.delete(Translation).where(Translation.subject == subject, Translation.subject_id.in_(subject_ids))
    )
    reindex(subject, subject_ids)


def take_translations(subject: str, subject_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Take all translations of some subjects out, to `put_translations` them with those that take their places.

    The subjects go too: whoever deletes them makes their index anew.
    """
    table = Translation.__table__
    rows = db.session.execute(
        sa.select(table).where(table.c.subject == subject, table.c.subject_id.in_(subject_ids)).order_by(table.c.id)
    )
    taken = [{name: value for name, value in row._asdict().items() if name != "id"} for row in rows]
    db.session.execute(
        sa.delete(Translation).where(Translation.subject == subject, Translation.subject_id.in_(subject_ids))
    )
    return taken


def put_translations(subject: str, taken: Sequence[Mapping[str, Any]], places: Mapping[int, int]) -> None:
    """Put translations back with other subjects of the same kind, as they were made; what has no place is gone.

    Args:
        subject: kind of thing, as its table is named.
        taken: what `take_translations` gave.
        places: key of the subject that each was of to the key of the one that takes its place.
    """
    rows = [{**row, "subject_id": places[row["subject_id"]]} for row in taken if row["subject_id"] in places]
    if rows:
        db.session.execute(sa.insert(cast(sa.Table, Translation.__table__)), rows)
        reindex(subject, sorted(set(places.values())))


def date_translations(subject: str, subject_ids: Sequence[int], *, at: datetime) -> None:
    """Let no translation of these be dated before a moment, nor what its reader said against it.

    For words that become public then and nothing of which may tell how long they have been there.
    """
    chosen = sa.select(Translation.id).where(Translation.subject == subject, Translation.subject_id.in_(subject_ids))
    keys = db.session.scalars(chosen.order_by(Translation.id)).all()
    for statement in (
        sa.update(Translation).where(Translation.translated_at < at, Translation.id.in_(keys)).values(translated_at=at),
        sa.update(Contest).where(Contest.contested_at < at, Contest.translation_id.in_(keys)).values(contested_at=at),
    ):
        db.session.execute(statement.execution_options(synchronize_session="fetch"))
