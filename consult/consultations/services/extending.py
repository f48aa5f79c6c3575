"""Giving a round more time: never less, with a reason, and everybody in it is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from consult.access.roles import Actor
from consult.consultations import emails
from consult.consultations.models import Round, RoundExtension
from consult.consultations.recipients import list_recipients
from consult.consultations.services.concluding import require_not_concluded
from consult.core.changes import note_change
from consult.core.clock import to_utc, to_wall
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.texts.services import update_all_translations
from consult.texts.values import Localized

# Each extension is a message to everybody.
SHORTEST = timedelta(days=1)


def extend_round(
    round_: Round,
    *,
    closes_wall: datetime,
    response_due: date,
    reason: Localized,
    actor: Actor,
    now: datetime,
) -> RoundExtension:
    """Let a round close later, and tell everybody in it.

    Args:
        round_: opened, and not closed yet.
        closes_wall: the new closing, in the round's zone.
        response_due: the day of the response; it may move later with the closing.
        reason: language to words; the authentic language is required.
        actor: who extends it.
        now: when.

    Raises:
        InvalidTransition: it is not open or upcoming, or an outcome has closed the process.
        BadInput: not a day later than before, no reason, or a response due too early.
    """
    check_extension(round_, closes_wall=closes_wall, response_due=response_due, reason=reason, now=now)
    closes_at = to_utc(closes_wall, round_.zone)
    if round_.closes_at is None or round_.response_due is None:  # an opened round has both
        raise InvalidTransition
    authentic = round_.consultation.authentic_language
    extension = RoundExtension(
        round=round_,
        closes_before=round_.closes_at,
        closes_wall_before=round_.closes_wall or _minutes(to_wall(round_.closes_at, round_.zone)),
        closes_after=closes_at,
        closes_wall_after=_minutes(closes_wall),
        response_due_before=round_.response_due,
        response_due_after=response_due,
        reason=reason[authentic].strip(),
        extended_at=now,
    )
    db.session.add(extension)
    round_.closes_at, round_.closes_wall, round_.response_due = closes_at, _minutes(closes_wall), response_due
    db.session.flush()
    update_all_translations(
        "round_extension",
        extension.id,
        {"reason": (extension.reason, reason)},
        # Also in a language that is published in this same act, and is none of the consultation's before it.
        languages=sorted({*round_.consultation.languages, *reason}),
        authentic=authentic,
        actor=actor,
        now=now,
    )
    emails.queue_extension(extension, list_recipients(round_, now), now=now)
    note_change("consultation", round_.consultation_id)
    content = {"closes": extension.closes_wall_after, "due": response_due.isoformat(), "reason": extension.reason}
    record("desk:round:extend", round_, actor=actor, now=now, content=content)
    return extension


def check_extension(
    round_: Round, *, closes_wall: datetime, response_due: date, reason: Localized, now: datetime
) -> None:
    """Refuse an extension that cannot be; the round is locked from here to the end of the transaction.

    Raises:
        InvalidTransition: it is not open or upcoming, or an outcome has closed the process.
        BadInput: not a day later than before, no reason, or a response due too early.
    """
    require_not_concluded(round_.consultation)
    # Of two who extend at once the second waits here, and then sees the dates that the first has set.
    db.session.refresh(round_, with_for_update={"of": Round})
    if not can_be_extended(round_, now) or round_.closes_at is None or round_.response_due is None:
        raise InvalidTransition(_("Only a round that was opened and has not closed yet can be extended."))
    authentic = round_.consultation.authentic_language
    if not reason.get(authentic, "").strip():
        raise BadInput(_("Say why, in the authentic language."), f"reason-{authentic}")
    try:
        closes_at = to_utc(closes_wall, round_.zone)
    except BadInput as error:
        raise BadInput(error.message, "closes_wall") from error
    if closes_at <= round_.closes_at:
        raise BadInput(
            _("A round is never shortened: choose a time later than the one at which it closes now."), "closes_wall"
        )
    if closes_at < round_.closes_at + SHORTEST:
        raise BadInput(
            _("Extend by a day at least: everybody who takes part gets a message about each extension."), "closes_wall"
        )
    if response_due < round_.response_due:
        raise BadInput(
            _("The day of the response may only move later: choose the same day as before, or a later one."),
            "response_due",
        )
    if response_due < closes_wall.date():
        raise BadInput(_("The response is due on or after the day the round closes."), "response_due")


def can_be_extended(round_: Round, now: datetime) -> bool:
    """Whether the clock still allows it: opened, and not closed yet."""
    return round_.opened_at is not None and not round_.has_closed(now)


def _minutes(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")
