"""Closing one's account: what goes and what stays, a choice for what was submitted, everything once more, done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import public, requires
from consult.access.permissions import Permission
from consult.accounts.views.account import current_person
from consult.accounts.views.session import end_session
from consult.consultations.queries import titles_in
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.privacy.forms import CloseForm, close_form, fate_label
from consult.privacy.queries import (
    get_own_role,
    is_last_administrator,
    list_held,
    list_present_roles,
    list_submitted,
    owner_of,
)
from consult.privacy.services import close_account, give_up_role
from consult.privacy.views.own import own_data, proves
from consult.privacy.wording import backups_sentence
from consult.secretariats.models import Membership


@own_data.route("/close", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def close() -> Any:
    """Close the account, at once and for good."""
    account = current_person().account
    roles, is_last = list_present_roles(account), is_last_administrator(account)
    if roles or is_last:
        return render_template("privacy/give_up_first.html", roles=roles, is_last_administrator=is_last)
    form = close_form(list_submitted(account))
    step = _next_step(form)
    if step == "done":
        if proves(form, account) and _close(form):
            return redirect(url_for(".closed"))
        step = "confirm"
    page = render_template(f"privacy/close_{step}.html", **_values(form, step))
    return page, 422 if form.errors else 200


def _next_step(form: CloseForm) -> str:
    """The page that comes now: `choose`, `each`, `confirm`; `done` once everything is confirmed."""
    if not form.is_submitted() or form.step.data == "change":
        return "choose"
    came_from = form.step.data
    if not form.validate():
        return "each" if form.is_for_each and came_from != "choose" else "choose"
    if form.is_for_each and came_from == "choose":
        return "each"
    if came_from != "confirm":
        return "confirm"
    if not form.understood.data:
        form.show(BadInput(_("Tick this box, if you want to close the account."), "understood"))
        return "confirm"
    return "done"


def _close(form: CloseForm) -> bool:
    person, now = current_person(), utc_now()
    try:
        close_account(person.account, fates=form.fates(), actor=person, now=now)
    except (BadInput, InvalidTransition) as error:
        form.show(error)
        return False
    end_session(now=now)
    return True


def _values(form: CloseForm, step: str) -> dict[str, Any]:
    titles = titles_in([one.round.consultation for one in form.submissions], current_locale().code)
    fates = form.fates() if step == "confirm" else {}
    return {
        "form": form,
        "backups": backups_sentence(),
        "submissions": form.submissions,
        "titles": titles,
        "becomes": {one.key: fate_label(one, fates[one.key]) for one in form.submissions if one.key in fates},
        "held": list_held(owner_of(current_person().account)) if step == "choose" else [],
    }


def load_own_role(membership_id: int) -> Membership:
    """One of the present roles of whoever is signed in."""
    return get_own_role(current_person().account, membership_id)


@own_data.route("/roles/<int(max=9007199254740991):membership_id>/give-up", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def give_up(membership_id: int) -> Any:
    """Give up a role of one's own, after saying what remains."""
    membership = load_own_role(membership_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            give_up_role(membership, actor=current_person(), now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("You have given up the role."), "success")
            return redirect(url_for(".close"))
    page = render_template("privacy/give_up.html", form=form, membership=membership)
    return page, 409 if form.is_submitted() else 200


@own_data.get("/closed")
@public
def closed() -> str:
    """Say that the account is closed."""
    return render_template("privacy/closed.html")
