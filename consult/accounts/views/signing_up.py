"""Signing up and confirming the address.

Every answer is the same whether or not the address has an account; only its mailbox learns more.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for

from consult.access.guard import public
from consult.accounts.enums import TokenPurpose
from consult.accounts.forms import ConfirmElsewhereForm, SignUpForm
from consult.accounts.queries import get_mailed_link
from consult.accounts.services import confirm_account, has_password
from consult.accounts.services import sign_up as ask_for_account
from consult.accounts.throttling import reserve_attempt
from consult.accounts.views.account import accounts
from consult.accounts.views.attempts import counted_attempt
from consult.accounts.views.session import MAILED_TO, begin_session, is_signing_up, remember_sign_up
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.redirects import is_local_path, redirect_back
from consult.core.web.routes import not_idempotent


@accounts.route("/sign-up", methods=["GET", "POST"])
@not_idempotent
@public
def sign_up() -> Any:
    """Ask for an account."""
    form = SignUpForm()
    target = request.args.get("next")
    if form.validate_on_submit():
        now = utc_now()
        reserve_attempt(email=form.email.data, address=request.remote_addr or "", now=now, act="sign-up")
        try:
            mark = ask_for_account(
                **form.values("email", "name", "password"),
                locale=current_locale().code,
                next_path=target if is_local_path(target) else None,
                now=now,
            )
        except BadInput as error:
            form.show(error)
        else:
            remember_sign_up(form.email.data or "", mark)
            return redirect(url_for(".sign_up_mailed"))
    return render_template("accounts/sign_up.html", form=form, target=target), 422 if form.is_submitted() else 200


@accounts.get("/sign-up/mailed")
@public
def sign_up_mailed() -> str:
    """Say that a message is on its way."""
    return render_template("accounts/sign_up_mailed.html", email=session.get(MAILED_TO), mailbox=mailbox_url())


@accounts.route("/confirm/<key>", methods=["GET", "POST"])
@not_idempotent
@public
def confirm(key: str) -> Any:
    """Confirm the address with a button: programs that look at mail open links, but press nothing.

    A browser that did not sign up is asked for the password chosen at sign-up. Otherwise anybody could sign up with
    somebody else's address, wait until its owner opens the link, and know the password of the owner's account.
    """
    now = utc_now()
    link = get_mailed_link(key, TokenPurpose.CONFIRM, now)
    is_here = is_signing_up(link.account)
    form = ConfirmForm() if is_here else ConfirmElsewhereForm()
    if form.validate_on_submit() and (is_here or _proves(form, link.account.email or "", key)):
        target = link.next_path
        begin_session(confirm_account(link, now=now), now=now)
        flash(_("Your address is confirmed, and you are signed in."), "success")
        return redirect_back(target, url_for("pages.home"))
    return (
        render_template("accounts/confirm.html", form=form, email=link.account.email),
        422 if form.is_submitted() else 200,
    )


def _proves(form: ConfirmElsewhereForm | ConfirmForm, email: str, key: str) -> bool:
    with counted_attempt(form, email, act="confirm") as attempt:
        link = get_mailed_link(key, TokenPurpose.CONFIRM, utc_now())  # the counting ended the transaction it came from
        if not has_password(link.account, form["password"].data):
            raise BadInput(_("This is not the password chosen at sign-up. Try again, or choose a new one."), "password")
    return attempt.succeeded


def mailbox_url() -> str | None:
    """Where the messages of an instance that sends none can be read; none in production."""
    return url_for("development.mailbox") if "development" in current_app.blueprints else None
