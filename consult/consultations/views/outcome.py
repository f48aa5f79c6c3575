"""Recording what became of the text: the form, then what it closes, then the act itself."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.enums import OutcomeKind
from consult.consultations.forms import OutcomeForm, outcome_form
from consult.consultations.history import list_outcomes, stored_outcome
from consult.consultations.models import Consultation, Outcome, Round
from consult.consultations.queries import get_round
from consult.consultations.services import (
    check_outcome,
    list_outcome_warnings,
    record_outcome,
    require_no_input,
    require_unhindered,
)
from consult.consultations.views.desk import desk
from consult.consultations.wording import outcome_sentence
from consult.core.clock import utc_now
from consult.core.errors import Conflict, InvalidTransition
from consult.core.forms import Step
from consult.core.locale import current_locale
from consult.core.locale import gettext as _


@desk.route("/<address:slug>/outcome", methods=["GET", "POST"])
@requires(Permission.OUTCOME_RECORD, get_round)
def outcome(round_: Round) -> Any:
    """Record the outcome, or one that replaces it."""
    standing = next((o for o in list_outcomes(round_.consultation, current_locale().code) if o.is_standing), None)
    replaces = standing.row if standing is not None else None
    form = outcome_form(round_.consultation, stored_outcome(replaces) if replaces is not None else {})
    step = form.take(lambda: _check(round_, form, replaces), lambda: _record(round_, form, replaces))
    if step is Step.DONE:
        flash(_("The outcome is recorded. Everybody sees it."), "success")
        return redirect(url_for(".timeline", slug=round_.consultation.slug))
    return _page(round_, form, standing, is_checked=step is Step.LOOKING), 422 if step is Step.REFUSED else 200


def _check(round_: Round, form: OutcomeForm, replaces: Outcome | None) -> None:
    if form.replaces.data != (str(replaces.id) if replaces is not None else ""):
        raise Conflict(_("Somebody else recorded an outcome meanwhile. Look at it first."))
    check_outcome(
        round_.consultation,
        body=form.words("body"),
        final_text_url=form.final_text_url.data or "",
        replaces=replaces,
        now=utc_now(),
        **form.values("decided_on"),
    )


def _record(round_: Round, form: OutcomeForm, replaces: Outcome | None) -> None:
    _check(round_, form, replaces)
    record_outcome(
        round_.consultation,
        kind=OutcomeKind(form.kind.data),
        body=form.words("body"),
        note=form.words("note"),
        final_text_url=form.final_text_url.data or "",
        replaces=replaces,
        actor=current_actor(),
        now=utc_now(),
        **form.values("decided_on"),
    )


def _page(round_: Round, form: OutcomeForm, standing: Any, *, is_checked: bool = False) -> str:
    consultation = round_.consultation
    rounds = consultation.rounds
    sentence = ""
    if is_checked and form.decided_on.data is not None:
        body = form.words("body")[consultation.authentic_language]
        sentence = outcome_sentence(OutcomeKind(form.kind.data), body, form.decided_on.data)
    return render_template(
        "consultations/confirm_outcome.html" if is_checked else "consultations/outcome.html",
        consultation=consultation,
        round=round_,
        current="timeline",
        form=form,
        standing=standing,
        sentence=sentence,
        refusal=_refusal(consultation),
        warnings=list_outcome_warnings(consultation),
        unopened=[one for one in rounds if one.opened_at is None],
    )


def _refusal(consultation: Consultation) -> str:
    """Why no outcome can be recorded now, if so."""
    try:
        require_no_input([one for one in consultation.rounds if one.opened_at is not None], utc_now())
        require_unhindered(consultation)
    except InvalidTransition as error:
        return error.message
    return ""
