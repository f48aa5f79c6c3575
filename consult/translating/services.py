"""Keeping translations: nobody overwrites what somebody else has written meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from consult.access.roles import Actor
from consult.commitments.models import Commitment, CommitmentUpdate
from consult.consultations.models import Consultation, Meeting
from consult.consultations.services import touch
from consult.consultations.services.concluding import lock_consultation
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.text import check_line, check_text
from consult.documents.queries import find_final_text, find_version
from consult.documents.services import refresh_edition
from consult.ledger.services import record
from consult.responses.models import ResponseVersion
from consult.submissions.models import Comment
from consult.submissions.services import is_public, lock_comments
from consult.texts.enums import Origin
from consult.texts.indexing import reindex
from consult.texts.models import Translation
from consult.texts.services import settle_contests
from consult.texts.values import source_digest
from consult.translating.units import Unit

# Texts that the forms of the set-up hold in all languages: whoever has one of those open must notice.
IN_SETUP = frozenset({"consultation", "round", "question", "question_option", "paragraph"})
# What stands on the pages of a consultation itself.
OF_CONSULTATION = IN_SETUP | {
    "round_extension", "meeting", "outcome", "corrigendum", "added_language", "change_source", "unreflected_reason"
}  # fmt: skip
CHUNK = 500
# The first version is drawn by lot: what was removed and written anew never passes for what it was before.
FIRST_VERSIONS = 500_000_000


class ChangedMeanwhile(Conflict):
    """Somebody else has saved another translation, or the source says something else than it did on the page.

    Args:
        message: what to tell the person.
        stored: the translation that is stored now; empty where there is none.
        version: of that; 0 where there is none.
    """

    def __init__(self, message: str, stored: str, version: int) -> None:
        super().__init__(message)
        self.stored, self.version = stored, version


@dataclass(frozen=True)
class Entry:
    """What somebody has entered for one unit.

    Args:
        unit: as it was loaded in this transaction.
        text: the translation as typed; empty removes it.
        made_from: the version of the translation that was on the page; 0 where there was none.
        seen: digest of the source that was on the page (`Unit.source_digest`); empty where it need not be compared.
        keeps: the translator says that what is stored holds for the source as it is now.
    """

    unit: Unit
    text: str
    made_from: int
    seen: str = ""
    keeps: bool = False


@dataclass(frozen=True)
class Refused:
    """What could not be kept, and why."""

    entry: Entry
    error: BadInput | ChangedMeanwhile | InvalidTransition


@dataclass(frozen=True)
class Saved:
    """What became of several entries: the units that say something else now, and what could not be kept."""

    units: Sequence[Unit] = field(default_factory=list)
    refused: Sequence[Refused] = field(default_factory=list)


def save_translations(
    consultation: Consultation,
    entries: Collection[Entry],
    *,
    language: str,
    actor: Actor,
    now: datetime,
    origin: Origin = Origin.HUMAN,
    made_with: str = "",
) -> Saved:
    """Keep several translations at once; what cannot be kept is handed back, and the others are kept.

    Entries that say what is stored already change nothing, whatever they were made from.

    Args:
        consultation: that they are of.
        entries: what was entered.
        language: BCP 47 code of the translations.
        actor: who translates.
        now: when.
        origin: who or what made them.
        made_with: the name of the machine, where it was one.
    """
    # Whoever opens a round, imports a draft or translates the same unit waits here, and then reads what we wrote.
    lock_consultation(consultation)
    db.session.refresh(consultation)
    points = _lock_points(entries)
    stored = _stored([entry.unit for entry in entries], language)
    saved: dict[tuple[str, int, str], Entry] = {}
    refused: list[Refused] = []
    added: list[dict[str, Any]] = []
    made: dict[str, Any] = {"language": language, "origin": origin, "made_with": made_with}
    made |= {"translated_by": actor.actor_id, "translated_at": now}
    for entry in entries:
        key = _key(entry.unit)
        try:
            if key in saved:
                _require_same(entry, saved[key])
                continue
            new = _new_words(entry, stored.get(key), points)
        except (BadInput, ChangedMeanwhile, InvalidTransition) as error:
            refused.append(Refused(entry, error))
            continue
        if new is not None:
            saved[key] = entry
            added += _write(entry.unit, stored.get(key), new, made)
    _insert(added)
    if saved:
        changed = [row for key, row in stored.items() if key in saved and row in db.session]  # without those removed
        settle_contests(changed, actor=actor, now=now)
        _follow(consultation, list(saved.values()), points, language=language, actor=actor, now=now)
    return Saved([entry.unit for entry in saved.values()], refused)


def _key(unit: Unit) -> tuple[str, int, str]:
    return (unit.subject, unit.subject_id, unit.field)


def _stored(units: Sequence[Unit], language: str) -> dict[tuple[str, int, str], Translation]:
    """What is stored now of these, read anew: this transaction may have read it before it waited for the lock."""
    found: dict[tuple[str, int, str], Translation] = {}
    by_subject: dict[str, list[int]] = {}
    for unit in units:
        by_subject.setdefault(unit.subject, []).append(unit.subject_id)
    for subject, keys in sorted(by_subject.items()):
        for start in range(0, len(keys), CHUNK):
            rows = db.session.scalars(
                sa.select(Translation)
                .where(
                    Translation.subject == subject,
                    Translation.subject_id.in_(keys[start : start + CHUNK]),
                    Translation.language == language,
                )
                .execution_options(populate_existing=True)
            )
            found |= {(row.subject, row.subject_id, row.field): row for row in rows}
    return found


def _lock_points(entries: Iterable[Entry]) -> dict[int, Comment]:
    """The points among these, taken so that none is withdrawn before we are done: its words go with it."""
    keys = {entry.unit.subject_id for entry in entries if entry.unit.subject == "comment"}
    return {comment.id: comment for comment in lock_comments(keys)}


def _require_same(entry: Entry, earlier: Entry) -> None:
    """A file or a forged form may name a unit twice: the first counts."""
    if earlier.text != entry.text:
        raise ChangedMeanwhile(_("This text was translated twice at once. The first counts."), earlier.text, 0)


def _new_words(entry: Entry, row: Translation | None, points: Mapping[int, Comment]) -> str | None:
    """What is to be stored of this, empty for nothing at all; None where nothing changes."""
    unit, before = entry.unit, row.text if row is not None else ""
    text = (check_line if unit.is_line else check_text)(entry.text, limit=unit.limit)
    holds = entry.keeps and row is not None and row.source_digest != unit.source_digest
    if text == before and not holds:
        return None  # sent along with others of its page; what is stale stays so until somebody says that it holds
    _require_possible(unit, points)
    unit.require_same_build(text)
    _require_seen(entry, row)
    return text


def _require_possible(unit: Unit, points: Mapping[int, Comment]) -> None:
    if unit.is_fixed:
        raise InvalidTransition(
            _("The draft in this language is public, and people comment on it. Correct it with a corrigendum.")
        )
    if unit.subject == "comment" and points[unit.subject_id].is_withdrawn:
        raise InvalidTransition(_("This point was withdrawn. Nothing is left to translate."))


def _require_seen(entry: Entry, row: Translation | None) -> None:
    stored, version = (row.text, row.version) if row is not None else ("", 0)
    if version != entry.made_from:
        raise ChangedMeanwhile(
            _("Somebody else translated this meanwhile. Compare theirs with yours, then save again."),
            stored,
            version,
        )
    if entry.seen and entry.seen != entry.unit.source_digest:
        raise ChangedMeanwhile(
            _("The source changed while you were writing. Look at it once more, then save again."),
            stored,
            version,
        )


def _write(unit: Unit, row: Translation | None, text: str, made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Change or remove what is stored; a row that is still to be inserted is handed back."""
    if row is None:
        key = {"subject": unit.subject, "subject_id": unit.subject_id, "field": unit.field}
        words = {"text": text, "source_digest": unit.source_digest, "version": 1 + secrets.randbelow(FIRST_VERSIONS)}
        return [{**key, **words, **made}]
    if not text:
        db.session.delete(row)
        return []
    row.source_digest = unit.source_digest
    if text != row.text:  # what still holds stays what it is: made by whom and when it was made
        row.text = text
        for name, value in made.items():
            setattr(row, name, value)
    return []


def _insert(added: Sequence[dict[str, Any]]) -> None:
    """In one statement: a file may bring thousands."""
    db.session.flush()
    if not added:
        return
    # By the table: by the mapper, each row would get the first version instead of its own.
    db.session.execute(sa.insert(cast(sa.Table, Translation.__table__)), added)
    for subject in sorted({row["subject"] for row in added}):
        reindex(subject, sorted({row["subject_id"] for row in added if row["subject"] == subject}))


def _follow(
    consultation: Consultation,
    entries: Sequence[Entry],
    points: Mapping[int, Comment],
    *,
    language: str,
    actor: Actor,
    now: datetime,
) -> None:
    """What goes with saved translations: the record, what others have open, what the public reads, the editions."""
    keys: dict[str, list[int]] = {}
    for entry in entries:
        unit = entry.unit
        keys.setdefault(unit.subject, []).append(unit.subject_id)
        # With a point go the salts of what is recorded of it, should it be withdrawn.
        row = points[unit.subject_id] if unit.subject == "comment" else consultation
        content = {"unit": unit.key, "language": language, "text": source_digest(entry.text), "kept": entry.keeps}
        record("desk:translation:save", row, actor=actor, now=now, content=content)
    if IN_SETUP & set(keys):
        touch(consultation)
    _touch_rows(keys)
    if "paragraph" in keys:
        for round_ in consultation.rounds:
            version = find_version(round_)
            if version is not None and round_.opened_at is None:
                refresh_edition(version, language, now=now)
        final = find_final_text(consultation)
        if final is not None:
            refresh_edition(final, language, now=now)
    _note(consultation, keys, points)


def _touch_rows(keys: Mapping[str, Collection[int]]) -> None:
    """Let whoever has a meeting or a commitment open in a form, with all its languages, notice that one is new."""
    # Columns that change as long as the row lives: the words of a public commitment no longer do.
    rows: tuple[tuple[Any, str, str], ...] = ((Meeting, "meeting", "title"), (Commitment, "commitment", "due"))
    for model, subject, column in rows:
        for key in sorted(set(keys.get(subject, ()))):
            row = db.session.get_one(model, key)
            db.session.refresh(row, with_for_update={"of": model})
            flag_modified(row, column)
    db.session.flush()


def _note(consultation: Consultation, keys: Mapping[str, Collection[int]], points: Mapping[int, Comment]) -> None:
    if consultation.is_published and OF_CONSULTATION & set(keys):
        note_change("consultation", consultation.id)
    note_change("comment", *(key for key in sorted(set(keys.get("comment", ()))) if is_public(points[key])))
    if "response_version" in keys:
        versions = ResponseVersion.id.in_(sorted(set(keys["response_version"])))
        answered = sa.select(ResponseVersion.comment_id).where(versions).distinct().order_by(ResponseVersion.comment_id)
        note_change("response", *db.session.scalars(answered))
    commitments = set(keys.get("commitment", ()))
    if "commitment_update" in keys:
        updates = CommitmentUpdate.id.in_(sorted(set(keys["commitment_update"])))
        commitments |= set(db.session.scalars(sa.select(CommitmentUpdate.commitment_id).where(updates)))
    note_change("commitment", *sorted(commitments))
