"""The desk's page "Timeline and outcome", and giving a round more time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.forms import ExtensionForm, extension_form
from consult.consultations.history import is_concluded, list_extensions, list_meetings, list_outcomes
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.consultations.recipients import list_recipients
from consult.consultations.services import can_be_extended, check_extension, extend_round
from consult.consultations.views.desk import desk
from consult.consultations.wording import days_in_words, present_state, status_sentence
from consult.core.clock import to_utc, utc_now
from consult.core.forms import Step
from consult.core.languages import languages_in_order
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words


@desk.get("/<address:slug>/timeline")
@requires(Permission.TIMELINE_EDIT, get_round)
def timeline(round_: Round) -> str:
    """What happened and what is planned: rounds and their extensions, meetings, the outcome."""
    now, language = utc_now(), current_locale().code
    consultation = round_.consultation
    rounds = consultation.rounds
    opened = [one for one in rounds if one.opened_at is not None]
    return render_template(
        "consultations/timeline.html",
        consultation=consultation,
        round=round_,
        current="timeline",
        rounds=[(one, status_sentence(one, present_state(one, now), now), can_be_extended(one, now)) for one in rounds],
        extensions=list_extensions(rounds, language),
        meetings=[(one, one.row.is_planned(now.date())) for one in list_meetings(consultation, language)],
        outcomes=list_outcomes(consultation, language),
        may_conclude=bool(opened) and all(one.is_over(now) for one in opened),
        in_words=moment_in_words,
        days=days_in_words,
    )


@desk.route("/<address:slug>/extend", methods=["GET", "POST"])
@requires(Permission.ROUND_EXTEND, get_round)
def extend(round_: Round) -> Any:
    """Let a round close later: the form, then what will happen, then the act itself."""
    form = extension_form(round_.consultation, _stored(round_))
    step = form.take(
        lambda: check_extension(round_, now=utc_now(), **_typed(form)),
        lambda: extend_round(round_, actor=current_actor(), now=utc_now(), **_typed(form)),
    )
    if step is Step.DONE:
        flash(_("The round is extended, and everybody in it is told."), "success")
        return redirect(url_for(".timeline", slug=round_.consultation.slug))
    return _page(round_, form, is_checked=step is Step.LOOKING), 422 if step is Step.REFUSED else 200


def _stored(round_: Round) -> dict[str, Any]:
    wall = datetime.fromisoformat(round_.closes_wall) if round_.closes_wall else None
    return {"closes_wall": wall, "response_due": round_.response_due}


def _typed(form: ExtensionForm) -> dict[str, Any]:
    return {**form.values("closes_wall", "response_due"), "reason": form.words("reason")}


def _page(round_: Round, form: ExtensionForm, *, is_checked: bool = False) -> str:
    now = utc_now()
    values: dict[str, Any] = {}
    if is_checked and form.closes_wall.data is not None:
        told = Counter(recipient.locale for recipient in list_recipients(round_, now))
        reader = current_locale().code
        values = {
            "told": sum(told.values()),
            "languages": [(language_name(code, reader), told[code]) for code in languages_in_order(told, reader)],
            "closes_after": moment_in_words(to_utc(form.closes_wall.data, round_.zone), round_.zone),
            "due_changes": form.response_due.data != round_.response_due,
        }
    return render_template(
        "consultations/confirm_extension.html" if is_checked else "consultations/extend.html",
        consultation=round_.consultation,
        round=round_,
        current="timeline",
        form=form,
        may_extend=can_be_extended(round_, now) and not is_concluded(round_.consultation),
        closes=moment_in_words(round_.closes_at, round_.zone) if round_.closes_at else "",
        **values,
    )
