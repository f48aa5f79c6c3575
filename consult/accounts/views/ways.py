"""How one signs in: the e-mail address, the name, the code; each can be added later, and the address removed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.accounts.addresses import (
    ask_for_address,
    check_can_do_without_address,
    remove_address,
    take_address,
)
from consult.accounts.forms import AddressForm, ChooseNameForm, PresentPasswordForm
from consult.accounts.queries import get_address_link
from consult.accounts.recovering import choose_name
from consult.accounts.throttling import reserve_attempt
from consult.accounts.views.account import accounts, current_person
from consult.accounts.views.attempts import counted_attempt
from consult.accounts.views.signing_up import mailbox_url
from consult.core.clock import utc_now
from consult.core.errors import InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent


@accounts.get("/ways")
@requires(Permission.ACCOUNT_USE)
def ways() -> str:
    """What opens this account."""
    return render_template("accounts/ways.html", account=current_person().account)


@accounts.route("/name", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def sign_in_name() -> Any:
    """Choose a name to sign in with."""
    person, form = current_person(), ChooseNameForm()
    if form.validate_on_submit():
        name, password = form.sign_in_name.data or "", form.present_password.data or ""
        with counted_attempt(form, person.account.signs_in_as, act="ways") as attempt:
            choose_name(person.account, sign_in_name=name, password=password, actor=person, now=utc_now())
        if attempt.succeeded:
            flash(_("You can sign in with this name now."), "success")
            return redirect(url_for(".ways"))
    page = render_template("accounts/name.html", form=form, account=person.account)
    return page, 422 if form.is_submitted() else 200


@accounts.route("/address", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def address() -> Any:
    """Ask for an e-mail address, or another one; the answer is the same whoever has it."""
    person = current_person()
    form = AddressForm(person.account)
    if form.validate_on_submit():
        email, now = form.email.data or "", utc_now()
        reserve_attempt(email=email, address=request.remote_addr or "", now=now, act="address")
        with counted_attempt(form, person.account.signs_in_as, act="ways") as attempt:
            ask_for_address(
                person.account,
                email=email,
                password=form.present_password.data or "",
                name=form["name"].data if "name" in form else "",
                now=now,
            )
        if attempt.succeeded:
            return redirect(url_for(".address_mailed"))
    page = render_template("accounts/address.html", form=form, account=person.account)
    return page, 422 if form.is_submitted() else 200


@accounts.get("/address/mailed")
@requires(Permission.ACCOUNT_USE)
def address_mailed() -> str:
    """Say that a message is on its way."""
    return render_template("accounts/address_mailed.html", mailbox=mailbox_url())


@accounts.route("/address/<key>", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def confirm_address(key: str) -> Any:
    """Take the address over, with a button, signed in to the account that asked for it.

    Otherwise anybody could ask for somebody else's address, wait until its owner opens the link, and have it.
    """
    person, now = current_person(), utc_now()
    link = get_address_link(key, person.account, now)
    form = ConfirmForm()
    if form.validate_on_submit():
        take_address(link, actor=person, now=now)
        flash(_("The e-mail address is that of your account now."), "success")
        return redirect(url_for(".ways"))
    before = person.account.email
    return render_template("accounts/confirm_address.html", form=form, email=link.new_address, before=before)


@accounts.route("/address/remove", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def remove_email() -> Any:
    """Forget the e-mail address; says what stops."""
    person = current_person()
    if person.account.email is None:
        return redirect(url_for(".ways"))
    form = PresentPasswordForm()
    if form.validate_on_submit():
        password = form.present_password.data or ""
        with counted_attempt(form, person.account.signs_in_as, act="ways") as attempt:
            remove_address(person.account, password=password, actor=person, now=utc_now())
        if attempt.succeeded:
            flash(_("Your e-mail address is removed. Sign in with your name from now on."), "success")
            return redirect(url_for(".ways"))
    page = render_template("accounts/remove_address.html", form=form, missing=_missing())
    return page, 422 if form.is_submitted() else 200


def _missing() -> str:
    """What keeps the address from being removed."""
    try:
        check_can_do_without_address(current_person().account)
    except InvalidTransition as error:
        return error.message
    return ""
