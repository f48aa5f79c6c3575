"""What happens to the illustrated consultations besides input: meetings, more time, corrigenda, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from consult.accounts.actors import Person
from consult.consultations.enums import MeetingKind, OutcomeKind
from consult.consultations.models import Consultation, Round
from consult.consultations.services import extend_round, record_outcome, save_meeting
from consult.core.clock import to_wall
from consult.documents.queries import get_paragraph, get_version
from consult.documents.services import issue_corrigendum

History = Mapping[str, Any]


def load_meetings(consultation: Consultation, history: History, manager: Person, *, today: date, now: datetime) -> None:
    """Announce the meetings of a consultation, and say where the record of each one that was held is.

    Args:
        consultation: being set up.
        history: `history.toml`.
        manager: who does it.
        today: the day that days are counted from.
        now: when they are announced.
    """
    for one in history["meeting"]:
        meeting = None
        first_day = today + timedelta(days=one["first_day"])
        last_day = today + timedelta(days=one["last_day"]) if "last_day" in one else None
        held_at = now + timedelta(days=(last_day or first_day).toordinal() - now.date().toordinal() + 3)
        steps = [("", now), (one["record_url"], held_at)] if "record_url" in one else [("", now)]
        for record_url, at in steps:
            meeting = save_meeting(
                consultation,
                meeting,
                kind=MeetingKind(one["kind"]),
                title=one["title"],
                first_day=first_day,
                last_day=last_day,
                place=one["place"],
                record_url=record_url,
                actor=manager,
                now=at,
            )


def load_changes(round_: Round, history: History, manager: Person, *, today: date, now: datetime) -> None:
    """Correct the open draft of a round beside its text, and give it more time.

    Args:
        round_: open on those days.
        history: `history.toml`.
        manager: who does it.
        today: the day that days are counted from.
        now: the present moment.
    """
    for one in history.get("corrigendum", []):
        issue_corrigendum(
            get_version(round_),
            get_paragraph(round_, one["paragraph"]),
            words=one["words"],
            reads=one["reads"],
            should_read=one["should_read"],
            language=one.get("language"),
            actor=manager,
            now=now + timedelta(days=one["day"]),
        )
    extension = history.get("extension")
    if extension:
        extend_round(
            round_,
            closes_wall=datetime.combine(today + timedelta(days=extension["closes_days"]), time(23, 59)),
            response_due=today + timedelta(days=extension["response_due_days"]),
            reason=extension["reason"],
            actor=manager,
            now=now + timedelta(days=extension["day"]),
        )


def load_outcome(round_: Round, history: History, manager: Person, *, now: datetime) -> None:
    """Record the outcome of the consultation, if there is one.

    Args:
        round_: its last one, closed.
        history: `history.toml`.
        manager: who does it.
        now: the day that days are counted from.
    """
    outcome = history.get("outcome")
    if outcome:
        record_outcome(
            round_.consultation,
            kind=OutcomeKind(outcome["kind"]),
            body=outcome["body"],
            decided_on=to_wall(now, round_.zone).date() + timedelta(days=outcome["decided_day"]),
            note={code: words.strip() for code, words in outcome["note"].items()},
            final_text_url=outcome["final_text_url"],
            replaces=None,
            actor=manager,
            now=now + timedelta(days=outcome["recorded_day"]),
        )
