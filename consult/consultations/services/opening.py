"""The dates and the openness of a round; opening it, and taking that back before it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from consult.access.roles import Actor
from consult.consultations.enums import Audience, Visibility
from consult.consultations.history import list_extensions
from consult.consultations.models import Round
from consult.consultations.queries import list_missing_parts
from consult.consultations.services.concluding import require_not_concluded
from consult.consultations.services.setting_up import require_round_setup, touch
from consult.core.changes import note_change
from consult.core.clock import to_utc
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.ledger.services import record

OpeningWarning = Callable[[Round], Sequence[str]]
_warnings: list[OpeningWarning] = []


def register_opening_warning(warning: OpeningWarning) -> None:
    """Let a higher feature say what whoever opens a round should know; it keeps nobody from it.

    Args:
        warning: gives sentences, or nothing.
    """
    if warning not in _warnings:
        _warnings.append(warning)


def list_opening_warnings(round_: Round) -> list[str]:
    """What whoever opens this round should know, in sentences."""
    return [sentence for warning in _warnings for sentence in warning(round_)]


def update_round(
    round_: Round,
    *,
    audience: Audience,
    visibility: Visibility,
    zone: str,
    opens_wall: datetime | None,
    closes_wall: datetime | None,
    grace_minutes: int,
    response_due: date | None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Set the dates and the openness of a round; dates are wall time in ``zone``.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: dates out of order, or a time that the clocks skip.
        Conflict: saved by somebody else meanwhile.
    """
    require_round_setup(round_, version)
    opens_at = _moment(opens_wall, zone, "opens_wall")
    closes_at = _moment(closes_wall, zone, "closes_wall")
    if opens_at and closes_at and closes_at <= opens_at:
        raise BadInput(_("The round must close after it opens."), "closes_wall")
    if closes_wall and response_due and response_due < closes_wall.date():
        raise BadInput(_("The response is due on or after the day the round closes."), "response_due")
    round_.audience, round_.visibility, round_.zone = audience, visibility, zone
    round_.opens_wall = opens_wall.isoformat(timespec="minutes") if opens_wall else None
    round_.closes_wall = closes_wall.isoformat(timespec="minutes") if closes_wall else None
    round_.opens_at, round_.closes_at = opens_at, closes_at
    round_.grace_minutes, round_.response_due = grace_minutes, response_due
    touch(round_.consultation)
    record("desk:round:update", round_, actor=actor, now=now)


def _moment(wall: datetime | None, zone: str, field: str) -> datetime | None:
    try:
        return to_utc(wall, zone) if wall else None
    except BadInput as error:
        raise BadInput(error.message, field) from error


def open_round(round_: Round, *, actor: Actor, now: datetime) -> None:
    """Publish the consultation; input is taken from the opening time on. Code and slug are frozen from here.

    Raises:
        InvalidTransition: it has been opened already, a required part is missing, or an outcome closed the process.
    """
    require_not_concluded(round_.consultation)
    if round_.opened_at is not None:
        raise InvalidTransition(_("The round has been opened already."))
    missing = list_missing_parts(round_, now)
    if missing:
        raise InvalidTransition(
            ngettext(
                "The round cannot open yet: %(num)s part is missing.",
                "The round cannot open yet: %(num)s parts are missing.",
                len(missing),
            )
        )
    round_.opened_at = now
    round_.consultation.published_at = round_.consultation.published_at or now
    touch(round_.consultation)
    db.session.refresh(round_.consultation, attribute_names=["current_number"])
    note_change("consultation", round_.consultation_id)
    record("desk:round:open", round_, actor=actor, now=now, content={"code": round_.label})


def take_back_opening(round_: Round, *, actor: Actor, now: datetime) -> None:
    """Undo the opening of a round that has not begun, and so has no input.

    Raises:
        InvalidTransition: it has begun, was never opened, or was extended.
    """
    if round_.opened_at is None or round_.has_begun(now):
        raise InvalidTransition(_("Only a round that has not begun can go back to being set up."))
    # Else it could be opened again with less time than everybody was promised.
    if list_extensions([round_], round_.consultation.authentic_language):
        raise InvalidTransition(_("This round was extended, and everybody was told, so it stays opened."))
    note_change("consultation", round_.consultation_id)
    round_.opened_at = None
    if round_.number == 1:
        round_.consultation.published_at = None
    touch(round_.consultation)
    db.session.refresh(round_.consultation, attribute_names=["current_number"])
    record("desk:round:take_back", round_, actor=actor, now=now)
