"""Clearing proposed answers, sending cleared ones, and what is missing before a round is answered."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotPermitted
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.moderation.queries import count_waiting, surroundings_of
from consult.responses.enums import disposition_in_words
from consult.responses.forms import ClearanceForm, read_seen
from consult.responses.queries import (
    corrections_under_way,
    count_by_status,
    count_corrections,
    count_outgoing,
    group_versions,
    list_cleared,
    page_of_missing,
    page_of_proposed,
    sent_versions,
)
from consult.responses.services import clear_responses, return_responses, send_responses
from consult.responses.views.desk import desk, not_needed, read_chosen
from consult.submissions.queries import exact_progress


@desk.get("/clearance")
@requires(Permission.RESPONSE_SEND, get_round)
def clearance(round_: Round) -> str:
    """Proposed answers, and how many wait to be sent."""
    return _show_clearance(round_, ClearanceForm())


def _show_clearance(round_: Round, form: ClearanceForm) -> str:
    if not round_.asks_for_answers:
        return not_needed(round_)
    page = page_of_proposed(round_, after=request.args.get("after"), before=request.args.get("before"))
    corrections = corrections_under_way(page.items)
    return render_template(
        "responses/clearance.html",
        current="clearance",
        round=round_,
        consultation=round_.consultation,
        page=page,
        groups=group_versions(page.items, corrections),
        corrections=corrections,
        correcting=count_corrections([round_.id])[round_.id],
        sent=sent_versions([version.comment for version in page.items]),
        counts=count_by_status(round_),
        me=current_actor().actor_id,
        names=names_of(version.written_by for version in page.items),
        around=surroundings_of(
            round_,
            [version.comment.submission for version in page.items],
            current_locale().code,
            words_of=[version.comment for version in page.items],
        ),
        in_words=disposition_in_words,
        chosen=read_seen(request.form.getlist("answer")),
        form=form,
    )


@desk.post("/clearance")
@requires(Permission.RESPONSE_CLEAR, get_round)
def decide(round_: Round) -> Any:
    """Clear the chosen answers, or return them with a note."""
    form = ClearanceForm()
    chosen = read_chosen(round_, read_seen(request.form.getlist("answer")))
    if not chosen.comments:
        form.show(BadInput(_("Choose at least one answer.")))
    elif form.validate_on_submit():
        try:
            if request.form.get("action") == "return":
                number = return_responses(
                    chosen.comments, **form.values("note"), actor=current_actor(), now=utc_now(), seen=chosen.seen
                )
                message = ngettext(
                    "%(num)s answer went back to its responder.",
                    "%(num)s answers went back to their responders.",
                    number,
                )
            else:
                number = clear_responses(chosen.comments, actor=current_actor(), now=utc_now(), seen=chosen.seen)
                message = ngettext(
                    "%(num)s answer is cleared. It waits to be sent.",
                    "%(num)s answers are cleared. They wait to be sent.",
                    number,
                )
        except (BadInput, Conflict, InvalidTransition, NotPermitted) as error:
            form.show(error)
        else:
            flash(message, "success")
            return redirect(url_for("responses_desk.clearance", slug=round_.consultation.slug))
    return _show_clearance(round_, form), 422


@desk.get("/clearance/send")
@requires(Permission.RESPONSE_SEND, get_round)
def send(round_: Round) -> str:
    """Who gets what, before the answers go."""
    return render_template(
        "responses/send.html",
        current="clearance",
        round=round_,
        consultation=round_.consultation,
        outgoing=count_outgoing(round_),
        comments=list_cleared(round_),
    )


@desk.post("/clearance/send")
@requires(Permission.RESPONSE_SEND, get_round)
def send_now(round_: Round) -> Any:
    """Send every cleared answer of a round."""
    number = send_responses(round_, actor=current_actor(), now=utc_now())
    if number:
        flash(
            ngettext("%(num)s answer is on its way to its author.", "%(num)s answers are on their way.", number),
            "success",
        )
    else:
        flash(_("No answer was waiting to be sent: somebody else may have sent them a moment ago."), "attention")
    return redirect(url_for("responses_desk.clearance", slug=round_.consultation.slug))


@desk.get("/missing")
@requires(Permission.DESK_READ, get_round)
def missing(round_: Round) -> str:
    """What is missing before the round can be called answered, counted exactly."""
    if not round_.asks_for_answers:
        return not_needed(round_)
    page = page_of_missing(round_, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "responses/missing.html",
        current="missing",
        round=round_,
        consultation=round_.consultation,
        page=page,
        progress=exact_progress(round_),
        counts=count_by_status(round_),
        waiting=count_waiting(round_),
        around=surroundings_of(
            round_, [comment.submission for comment in page.items], current_locale().code, comments=page.items
        ),
    )
