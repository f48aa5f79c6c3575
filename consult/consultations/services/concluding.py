"""The outcome: it closes the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.enums import OutcomeKind
from consult.consultations.history import find_outcome, is_concluded
from consult.consultations.models import Consultation, Outcome, Round
from consult.core.changes import note_change
from consult.core.clock import to_wall
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.text import check_link
from consult.ledger.services import record
from consult.texts.services import update_all_translations
from consult.texts.values import Localized

OutcomeWarning = Callable[[Consultation], Sequence[str]]
_warnings: list[OutcomeWarning] = []
OutcomeCheck = Callable[[Consultation], str]
_checks: list[OutcomeCheck] = []


def register_outcome_check(check: OutcomeCheck) -> None:
    """Let a higher feature say why no outcome can be recorded.

    Args:
        check: gives a sentence, or an empty one.
    """
    if check not in _checks:
        _checks.append(check)


def register_outcome_warning(warning: OutcomeWarning) -> None:
    """Let a higher feature say what is missing when an outcome is recorded; it keeps nobody from it.

    Args:
        warning: gives sentences, or nothing.
    """
    if warning not in _warnings:
        _warnings.append(warning)


def list_outcome_warnings(consultation: Consultation) -> list[str]:
    """What is still missing of what becomes public with the outcome, in sentences."""
    return [sentence for warning in _warnings for sentence in warning(consultation)]


def require_not_concluded(consultation: Consultation) -> None:
    """Refuse what an outcome has closed; no outcome is recorded from here to the end of the transaction.

    Raises:
        InvalidTransition: the outcome is recorded.
    """
    lock_consultation(consultation)
    if is_concluded(consultation):
        raise InvalidTransition(_("The outcome is recorded, which closes the process: nothing is opened after it."))


def lock_consultation(consultation: Consultation) -> None:
    """Lock a consultation, so that whoever opens, extends, imports or concludes waits for one another."""
    db.session.execute(sa.select(Consultation.id).where(Consultation.id == consultation.id).with_for_update())


def check_outcome(
    consultation: Consultation,
    *,
    body: Localized,
    decided_on: date,
    final_text_url: str,
    replaces: Outcome | None,
    now: datetime,
) -> None:
    """Refuse an outcome that cannot be; nothing is opened or extended from here to the end of the transaction.

    Raises:
        InvalidTransition: no round was opened, one still takes input, or a higher feature has a reason against it.
        Conflict: another outcome was recorded meanwhile.
        BadInput: no body, a day that is still to come or before the first round, or no link.
    """
    lock_consultation(consultation)
    rounds = db.session.scalars(
        sa.select(Round)
        .where(Round.consultation_id == consultation.id, Round.opened_at.is_not(None))
        .order_by(Round.number)
        .execution_options(populate_existing=True)
    ).all()
    require_no_input(rounds, now)
    require_unhindered(consultation)
    standing = find_outcome(consultation)
    if (standing.id if standing else None) != (replaces.id if replaces else None):
        raise Conflict(_("Somebody else recorded an outcome meanwhile. Look at it first."))
    authentic = consultation.authentic_language
    if not body.get(authentic, "").strip():
        raise BadInput(_("Say who decided, in the authentic language."), f"body-{authentic}")
    first = rounds[0]
    if decided_on > to_wall(now, rounds[-1].zone).date():
        raise BadInput(_("This day is still to come. Record the outcome once it was decided."), "decided_on")
    if first.opens_at is not None and decided_on < to_wall(first.opens_at, first.zone).date():
        raise BadInput(_("This day lies before the first round opened. Check the year."), "decided_on")
    check_link(final_text_url, field="final_text_url")


def require_no_input(rounds: Sequence[Round], now: datetime) -> None:
    """Refuse an outcome while input can still come.

    Args:
        rounds: those that were opened.
        now: when.

    Raises:
        InvalidTransition: no round was opened, or one still takes input, or will.
    """
    if not rounds:
        raise InvalidTransition(_("An outcome can be recorded once a round has been held."))
    if not all(round_.is_over(now) for round_ in rounds):
        raise InvalidTransition(_("A round still takes input. The outcome can be recorded once it has closed."))


def require_unhindered(consultation: Consultation) -> None:
    """Refuse an outcome while a higher feature has a reason against it.

    Raises:
        InvalidTransition: with the first reason.
    """
    for check in _checks:
        reason = check(consultation)
        if reason:
            raise InvalidTransition(reason)


def record_outcome(
    consultation: Consultation,
    *,
    kind: OutcomeKind,
    body: Localized,
    decided_on: date,
    note: Localized,
    final_text_url: str,
    replaces: Outcome | None,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Record what became of the text, which closes the process; points that wait for an answer are still answered.

    Args:
        consultation: with a round that was held, and none that takes input.
        kind: what became of it.
        body: who decided, by language; the authentic language is required.
        decided_on: the day.
        note: what is said with it, by language; may be empty.
        final_text_url: where the final text is; may be empty.
        replaces: the outcome that stands now, if there is one: a mistake, or a text that was deferred before. It
            stays visible.
        actor: who records it.
        now: when.

    Raises:
        InvalidTransition: no round was opened, one still takes input, or a higher feature has a reason against it.
        Conflict: another outcome was recorded meanwhile.
        BadInput: no body, a day that is still to come or before the first round, or no link.
    """
    link = check_link(final_text_url, field="final_text_url")
    check_outcome(consultation, body=body, decided_on=decided_on, final_text_url=link, replaces=replaces, now=now)
    authentic = consultation.authentic_language
    outcome = Outcome(
        consultation=consultation,
        replaces_id=replaces.id if replaces is not None else None,
        kind=kind,
        body=body[authentic].strip(),
        decided_on=decided_on,
        note=note.get(authentic, ""),
        final_text_url=link,
        recorded_at=now,
    )
    db.session.add(outcome)
    db.session.flush()
    # What has no original has no translation either.
    fields = {"body": (outcome.body, body), "note": (outcome.note, note if outcome.note else {})}
    update_all_translations(
        "outcome", outcome.id, fields, languages=consultation.languages, authentic=authentic, actor=actor, now=now
    )
    note_change("consultation", consultation.id)
    content = {"kind": kind.value, "body": outcome.body, "decided_on": decided_on.isoformat(), "text": link}
    record("desk:outcome:record", outcome, actor=actor, now=now, content=content)
    return outcome
