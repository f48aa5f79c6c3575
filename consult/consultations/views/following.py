"""Beginning another round of a consultation, after a page that says what follows from it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.consultations.services import create_round
from consult.consultations.services.following import require_may_follow
from consult.consultations.views.desk import desk
from consult.core.clock import utc_now
from consult.core.errors import InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _


@desk.route("/<address:slug>/next-round", methods=["GET", "POST"])
@requires(Permission.ROUND_OPEN, get_round)
def next_round(round_: Round) -> Any:
    """What another round takes over, and what it needs; then its set-up."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            following = create_round(round_.consultation, actor=current_actor(), now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("The next round is being set up. The public does not see it until you open it."), "success")
            return redirect(url_for(".setup", slug=following.address))
    page = render_template(
        "consultations/next_round.html",
        form=form,
        refused=_refused(round_) if not form.is_submitted() else None,
        consultation=round_.consultation,
        round=round_,
        current="overview",
    )
    return page, 409 if form.is_submitted() else 200


def _refused(round_: Round) -> str | None:
    """Why no round can follow now, said before anybody presses the button."""
    try:
        require_may_follow(round_.consultation, utc_now())
    except InvalidTransition as error:
        return str(error)
    return None
