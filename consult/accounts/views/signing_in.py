"""Signing in and out, and choosing a new password through the mailbox."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for

from consult.access.guard import can, current_actor, draft_keys, public, requires
from consult.access.permissions import Permission
from consult.accounts.enums import TokenPurpose
from consult.accounts.forms import AskForResetForm, ResetForm, SignInForm
from consult.accounts.queries import get_mailed_link
from consult.accounts.services import (
    ask_for_reset,
    end_sign_ins,
    find_account_by_password,
    reset_password,
)
from consult.accounts.throttling import reserve_attempt
from consult.accounts.views.account import accounts, current_person
from consult.accounts.views.attempts import counted_attempt
from consult.accounts.views.finishing import finish_here
from consult.accounts.views.session import MAILED_TO, begin_session, begin_unchecked, end_session
from consult.accounts.views.signing_up import mailbox_url
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.forms import CodeForm
from consult.core.locale import gettext as _
from consult.core.web.lending import is_lent
from consult.core.web.redirects import local_or_none, redirect_back
from consult.core.web.routes import not_idempotent


@accounts.route("/sign-in", methods=["GET", "POST"])
@not_idempotent
@public
def sign_in() -> Any:
    """Sign in; one answer for a wrong address, a wrong password, and an address not confirmed."""
    target = request.args.get("next")
    form = SignInForm()
    if form.validate_on_submit():
        with counted_attempt(form, form.email.data) as attempt:
            account = find_account_by_password(**form.values("email", "password"))
            if account is None:
                raise BadInput(
                    _(
                        "The address, the name or the password is not right, or the address is not confirmed yet. "
                        "Check them and try again."
                    )
                )
        if attempt.succeeded:
            if account.needs_code:
                begin_unchecked(account, now=utc_now())
                return redirect(url_for(".code", next=local_or_none(target)))
            begin_session(account, now=utc_now())
            return redirect_back(target, _start())
    elif current_actor().actor_id is not None and not form.is_submitted():
        return redirect_back(target, _start())
    return (
        render_template(
            "accounts/sign_in.html",
            form=form,
            target=target,
            has_drafts=bool(draft_keys()),
            # Whoever comes to a receipt may have no account at all, and a code in the hand.
            by_code=CodeForm(formdata=None) if "/receipt/" in (target or "") else None,
        ),
        422 if form.is_submitted() else 200,
    )


def _start() -> str:
    """Where somebody begins who came from nowhere in particular: staff at the desk, others on the first page."""
    return url_for("pages.desk" if can(Permission.DESK_ENTER) else "pages.home")


@accounts.post("/sign-out")
@not_idempotent
@public
def sign_out() -> Any:
    """Sign out this browser; harmless when it is signed out already. A lent one forgets as well."""
    if is_lent():
        return finish_here()
    end_session(now=utc_now())
    flash(_("You are signed out."), "success")
    return redirect(url_for("pages.home"))


@accounts.post("/sign-out/everywhere")
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def sign_out_everywhere() -> Any:
    """Sign out every device, this one too."""
    now = utc_now()
    end_sign_ins(current_person().account, now=now)
    end_session(now=now)
    flash(_("You are signed out on every device."), "success")
    return redirect(url_for("pages.home"))


@accounts.route("/reset", methods=["GET", "POST"])
@not_idempotent
@public
def ask_for_new_password() -> Any:
    """Ask for the link to choose a new password; the answer never tells whether there is an account."""
    form = AskForResetForm()
    if form.validate_on_submit():
        now = utc_now()
        reserve_attempt(email=form.email.data, address=request.remote_addr or "", now=now, act="reset")
        ask_for_reset(email=form.email.data or "", now=now)
        session[MAILED_TO] = form.email.data
        return redirect(url_for(".reset_mailed"))
    return render_template("accounts/ask_for_reset.html", form=form), 422 if form.is_submitted() else 200


@accounts.get("/reset/mailed")
@public
def reset_mailed() -> str:
    """Say that a message is on its way, if there is an account."""
    return render_template("accounts/reset_mailed.html", email=session.get(MAILED_TO), mailbox=mailbox_url())


@accounts.route("/reset/<key>", methods=["GET", "POST"])
@not_idempotent
@public
def choose_new_password(key: str) -> Any:
    """Choose a new password; it ends every sign-in and begins one here."""
    now = utc_now()
    link = get_mailed_link(key, TokenPurpose.RESET, now)
    form = ResetForm()
    if form.validate_on_submit():
        try:
            account = reset_password(link, password=form.password.data or "", now=now)
        except BadInput as error:
            form.show(error)
        else:
            begin_session(account, now=now)
            flash(_("Your new password is set. You are signed in here, and signed out everywhere else."), "success")
            return redirect(url_for("pages.home"))
    return (
        render_template("accounts/reset.html", form=form, email=link.account.email),
        422 if form.is_submitted() else 200,
    )
