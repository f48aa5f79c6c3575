"""Signing up without an e-mail address, and the code on paper: shown once, typed in once, and what it opens.

A code is shown in the answer to a POST and nowhere else: not in an address, not in a cookie, not in the record of
forms that were sent, not in a log. So these views are marked `not_idempotent`, and what comes twice shows a new code.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, draft_keys, public
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.forms import NameSignUpForm, PresentPasswordForm, RecoverForm
from consult.accounts.models import Account
from consult.accounts.queries import what_is_typed
from consult.accounts.recovering import check_code as take_code
from consult.accounts.recovering import recover as choose_password_by_code
from consult.accounts.recovering import renew_code, require_password, sign_up_by_name
from consult.accounts.services import has_password
from consult.accounts.throttling import reserve_attempt
from consult.accounts.views.account import accounts
from consult.accounts.views.attempts import counted_attempt
from consult.accounts.views.session import begin_session, begin_unchecked, unchecked_account
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict
from consult.core.forms import CodeForm, ConfirmForm, Form
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.redirects import local_or_none, redirect_back
from consult.core.web.routes import not_idempotent


def _target() -> str | None:
    return local_or_none(request.args.get("next"))


def _show(account: Account, code: str, *, is_renewed: bool = False) -> str:
    """The one page that a code ever stands on."""
    return render_template(
        "accounts/code_shown.html",
        code=code,
        form=CodeForm(formdata=None),
        account=account,
        target=_target(),
        is_renewed=is_renewed,
    )


@accounts.route("/sign-up/without-email", methods=["GET", "POST"])
@not_idempotent
@public
def sign_up_without_email() -> Any:
    """Make an account with a name and a password, and show its code."""
    if request.method == "GET" and unchecked_account(utc_now()) is not None:
        return redirect(url_for(".code", next=_target()))
    form = NameSignUpForm()
    if form.validate_on_submit():
        now, typed = utc_now(), form.values("sign_in_name", "password")
        reserve_attempt(email=typed["sign_in_name"], address=request.remote_addr or "", now=now, act="sign-up")
        try:
            account, code = sign_up_by_name(**typed, locale=current_locale().code, now=now)
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            begin_unchecked(account, now=now)
            return _show(account, code, is_renewed=account.created_at != now)  # sent again, it is the same account
    page = render_template("accounts/sign_up_name.html", form=form, target=_target(), has_drafts=bool(draft_keys()))
    return page, 422 if form.is_submitted() else 200


def _whose() -> tuple[Account | None, bool]:
    """Whose code this browser may see and check, and whether they are signed in."""
    actor = current_actor()
    if isinstance(actor, Person):
        return actor.account, True
    return unchecked_account(utc_now()), False


@accounts.route("/code", methods=["GET", "POST"])
@not_idempotent
@public
def code() -> Any:
    """Make a new code, which ends the one before; or check the one that was shown."""
    account, is_signed_in = _whose()
    if account is None:
        return redirect(url_for(".sign_in", next=_target()))
    form, had_one = PresentPasswordForm() if is_signed_in else ConfirmForm(), account.recovery_digest is not None
    if form.validate_on_submit() and (not is_signed_in or _proves(account, form)):
        new = renew_code(account, actor=current_actor() if is_signed_in else SYSTEM, now=utc_now())
        return _show(account, new, is_renewed=had_one)
    return _code_page(account, CodeForm(formdata=None), form), 422 if form.is_submitted() else 200


def _proves(account: Account, form: Form) -> bool:
    with counted_attempt(form, account.signs_in_as) as attempt:
        require_password(account, form["present_password"].data or "")
    return attempt.succeeded


def _code_page(account: Account, form: CodeForm, renewing: Any) -> str:
    return render_template(
        "accounts/code.html",
        account=account,
        form=form if form.errors else renewing,
        checking=form,
        renewing=renewing,
        target=_target(),
        is_signed_in=current_actor().actor_id is not None,
    )


@accounts.route("/code/check", methods=["GET", "POST"])
@not_idempotent
@public
def check_code() -> Any:
    """Take the code back once: it opens an account without an address, and signs this browser in."""
    account, is_signed_in = _whose()
    if account is None:
        return redirect(url_for(".sign_in", next=_target()))
    form = CodeForm()
    if not form.is_submitted():
        return redirect(url_for(".code", next=_target()))
    if form.validate():
        with counted_attempt(form, account.signs_in_as, act="check") as attempt:
            account = take_code(account, form.written_code.data or "", now=utc_now())
        if attempt.succeeded:
            return _checked(account, is_signed_in)
    return _code_page(account, form, PresentPasswordForm(formdata=None) if is_signed_in else ConfirmForm()), 422


def _checked(account: Account, is_signed_in: bool) -> Any:
    if is_signed_in:
        flash(_("The code is right. From now on it opens your account when the password is lost."), "success")
        return redirect_back(_target(), url_for(".ways"))
    has_drafts = bool(draft_keys())  # of this browser: they come along, and whoever left the page wants them back
    begin_session(account, now=utc_now())
    flash(_("The code is right, and you are signed in."), "success")
    return redirect_back(_target(), url_for("pages.my_submissions" if has_drafts else "pages.home"))


@accounts.route("/recover", methods=["GET", "POST"])
@not_idempotent
@public
def recover() -> Any:
    """Choose a new password with the code; one answer for a name that nobody has and a code that is wrong."""
    if request.method == "GET" and unchecked_account(utc_now()) is not None:
        return redirect(url_for(".code", next=_target()))
    form = RecoverForm()
    if form.validate_on_submit():
        now, name = utc_now(), form.sign_in_name.data or ""
        if _is_done(name, form.password.data or ""):
            flash(_("This password is set already, and the code that you typed in opens nothing any more."), "info")
            return redirect(url_for(".code", next=_target()))
        with counted_attempt(form, name, act="code") as attempt:
            account, code = choose_password_by_code(
                identifier=name, code=form.written_code.data or "", password=form.password.data or "", now=now
            )
        if attempt.succeeded:
            begin_unchecked(account, now=now)
            return _show(account, code, is_renewed=True)
    return render_template("accounts/recover.html", form=form), 422 if form.is_submitted() else 200


def _is_done(name: str, password: str) -> bool:
    """Whether this browser has just set that password, and sends the form once more, as a reload does."""
    half = unchecked_account(utc_now())
    return half is not None and what_is_typed(name) in {half.sign_in_name, half.email} and has_password(half, password)


@accounts.get("/lost")
@public
def lost() -> str:
    """Say what becomes of an account whose password and code are both lost."""
    return render_template("accounts/lost.html")
