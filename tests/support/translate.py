"""One translation at a time, as tests want it; the pages keep many at once, and are told what could not be kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consult.access.roles import Actor
from consult.consultations.models import Consultation
from consult.translating.services import Entry, save_translations
from consult.translating.units import Unit


def save_translation(
    consultation: Consultation, unit: Unit, text: str, *, language: str, made_from: int, seen: str = "", **options: Any
) -> None:
    """Keep the translation of one unit, or raise what refuses it; options as for `save_translations`."""
    _save(consultation, Entry(unit, text, made_from, seen), language=language, **options)


def keep_as_is(
    consultation: Consultation,
    unit: Unit,
    *,
    language: str,
    made_from: int,
    actor: Actor,
    now: datetime,
    seen: str = "",
) -> None:
    """Confirm that a stale translation still holds for the source as it is now, or raise what refuses it."""
    entry = Entry(unit, unit.text, made_from, seen, keeps=True)
    _save(consultation, entry, language=language, actor=actor, now=now)


def _save(consultation: Consultation, entry: Entry, **options: Any) -> None:
    saved = save_translations(consultation, [entry], **options)
    if saved.refused:
        raise saved.refused[0].error
