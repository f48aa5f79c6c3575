"""Beginning a consultation with the set-up of an earlier one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.forms import CopyForm
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round, list_missing_parts, list_questions
from consult.consultations.services import copy_setup, propose_slug
from consult.consultations.views.desk import desk
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict
from consult.core.locale import ngettext


@desk.route("/<address:slug>/copy", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_CREATE, get_round)
def copy(round_: Round) -> Any:
    """Say what is copied and what is not; then create the copy."""
    form = CopyForm(data={"names_predecessor": round_.consultation.is_published})
    if form.validate_on_submit():
        try:
            made = _copy(round_, form)
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            missing = len(list_missing_parts(made.rounds[0], utc_now()))
            flash(
                ngettext(
                    "The set-up is copied. %(num)s part is still missing: the list says which.",
                    "The set-up is copied. %(num)s parts are still missing: the list says which.",
                    missing,
                ),
                "success",
            )
            return redirect(url_for(".setup", slug=made.slug))
    page = render_template(
        "consultations/copy.html",
        consultation=round_.consultation,
        round=round_,
        current="setup",
        form=form,
        questions=len(list_questions(round_)),
    )
    return page, 422 if form.is_submitted() else 200


def _copy(round_: Round, form: CopyForm) -> Consultation:
    title, code = form.title.data or "", form.code.data or ""
    return copy_setup(
        round_,
        host=round_.consultation.host,
        title=title,
        slug=form.slug.data or propose_slug(title, code),
        code=code,
        names_predecessor=bool(form.names_predecessor.data) and round_.consultation.is_published,
        actor=current_actor(),
        now=utc_now(),
    )
