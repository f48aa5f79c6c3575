"""The meetings of a consultation: planned, held, corrected."""

from __future__ import annotations

from datetime import date, datetime

from consult.access.roles import Actor
from consult.consultations.enums import MeetingKind
from consult.consultations.models import Consultation, Meeting
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.text import check_link
from consult.ledger.services import record
from consult.texts.services import delete_translations, update_all_translations
from consult.texts.values import Localized


def save_meeting(
    consultation: Consultation,
    meeting: Meeting | None,
    *,
    kind: MeetingKind,
    title: Localized,
    first_day: date,
    last_day: date | None,
    place: Localized,
    record_url: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Meeting:
    """Add a meeting, or change one.

    Args:
        consultation: whose.
        meeting: the one to change, or None for a new one.
        kind: what kind of meeting.
        title: language to words; the authentic language is required.
        first_day: when it begins.
        last_day: when it ends; None: the same day.
        place: language to words; may be empty.
        record_url: where its record is; may be empty.
        actor: who saves it.
        now: when.
        version: of the meeting, when the form was made.

    Raises:
        BadInput: no title, days out of order, or no link.
        Conflict: saved by somebody else meanwhile.
    """
    authentic = consultation.authentic_language
    if not title.get(authentic, "").strip():
        raise BadInput(_("Name the meeting in the authentic language."), f"title-{authentic}")
    if last_day is not None and last_day < first_day:
        raise BadInput(_("The last day comes before the first."), "last_day")
    link = check_link(record_url, field="record_url")
    if meeting is None:
        meeting = Meeting(consultation=consultation, created_at=now)
        db.session.add(meeting)
    elif version is not None and version != meeting.version:
        raise Conflict(_("Somebody else changed this meeting meanwhile. Open the page again."))
    meeting.kind, meeting.title, meeting.place = kind, title[authentic].strip(), place.get(authentic, "")
    meeting.first_day, meeting.last_day, meeting.record_url = first_day, last_day or first_day, link
    db.session.flush()
    fields = {"title": (meeting.title, title), "place": (meeting.place, place if meeting.place else {})}
    update_all_translations(
        "meeting", meeting.id, fields, languages=consultation.languages, authentic=authentic, actor=actor, now=now
    )
    content = {
        "kind": kind.value,
        "title": meeting.title,
        "days": [first_day.isoformat(), meeting.last_day.isoformat()],
    }
    record("desk:meeting:save", meeting, actor=actor, now=now, content={**content, "record": link})
    _note(consultation)
    return meeting


def delete_meeting(meeting: Meeting, *, actor: Actor, now: datetime) -> None:
    """Take a planned meeting off the timeline; the ledger keeps that it stood there.

    Raises:
        InvalidTransition: it has begun.
    """
    if not meeting.is_planned(now.date()):
        raise InvalidTransition(_("Only a meeting that is still to come can be deleted. Correct this one instead."))
    record("desk:meeting:delete", meeting, actor=actor, now=now, content={"title": meeting.title})
    delete_translations("meeting", [meeting.id])
    db.session.delete(meeting)
    db.session.flush()
    _note(meeting.consultation)


def _note(consultation: Consultation) -> None:
    if consultation.is_published:
        note_change("consultation", consultation.id)
