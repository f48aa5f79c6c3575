"""Opening a round, after a look at what is missing and what will be seen; taking it back before it begins."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations import services
from consult.consultations.enums import Audience
from consult.consultations.forms import AUDIENCE_HINTS, VISIBILITY_HINTS
from consult.consultations.models import Round
from consult.consultations.queries import get_round, list_missing_parts
from consult.consultations.views.desk import desk
from consult.consultations.views.frame import missing_by_section
from consult.consultations.wording import clock_state, status_sentence
from consult.core.clock import utc_now
from consult.core.errors import InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.secretariats.queries import has_delegates


@desk.route("/<address:slug>/open", methods=["GET", "POST"])
@requires(Permission.ROUND_OPEN, get_round)
def open_round(round_: Round) -> Any:
    """What is missing, what everybody will see, what freezes; then the act itself."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            services.open_round(round_, actor=current_actor(), now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("The round is opened."), "success")
            invites = round_.audience is Audience.BY_INVITATION
            endpoint = ".invitations" if invites else "pages.desk_consultation"
            return redirect(url_for(endpoint, slug=round_.consultation.slug))
    return _page(round_, form), 409 if form.is_submitted() else 200


def _page(round_: Round, form: ConfirmForm) -> str:
    now = utc_now()
    consultation = round_.consultation
    missing = list_missing_parts(round_, now) if round_.opened_at is None else []
    return render_template(
        "consultations/open.html",
        form=form,
        consultation=consultation,
        round=round_,
        current="setup",
        missing=len(missing),
        sections=missing_by_section(missing, consultation.slug),
        is_opened=round_.opened_at is not None,
        has_begun=round_.has_begun(now),
        status=status_sentence(round_, clock_state(round_, now), now),
        opens=moment_in_words(round_.opens_at, round_.zone) if round_.opens_at else "",
        closes=moment_in_words(round_.closes_at, round_.zone) if round_.closes_at else "",
        opens_at_once=round_.opens_at is not None and round_.opens_at <= now,
        lacks_delegates=round_.audience is Audience.MEMBERS_ONLY and not has_delegates(round_.host_id),
        warnings=services.list_opening_warnings(round_),
        audience_hint=AUDIENCE_HINTS.get(round_.audience, ""),
        visibility_hint=VISIBILITY_HINTS.get(round_.visibility, ""),
    )


@desk.post("/<address:slug>/open/take-back")
@requires(Permission.ROUND_OPEN, get_round)
def take_back(round_: Round) -> Any:
    """Let a round that has not begun go back to being set up."""
    services.take_back_opening(round_, actor=current_actor(), now=utc_now())
    flash(_("The round is being set up again. The public does not see it."), "success")
    return redirect(url_for(".setup", slug=round_.consultation.slug))
