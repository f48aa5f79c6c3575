"""The blueprint, the profile, the password, and where one is signed in."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.accounts.forms import ChangePasswordForm, ProfileForm
from consult.accounts.queries import page_of_sign_ins
from consult.accounts.services import change_password as set_password
from consult.accounts.services import end_sign_ins, update_profile
from consult.accounts.views.attempts import counted_attempt
from consult.core.clock import utc_now
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest
from consult.core.web.routes import not_idempotent

accounts = Blueprint("accounts", __name__, url_prefix="/<locale:locale>/account")


def current_person() -> Person:
    """Whoever is signed in; views that ask for it are marked with ACCOUNT_USE."""
    return cast(Person, current_actor())


@accounts.route("/profile", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def profile() -> Any:
    """Who they are, as it fills in the next submission."""
    person = current_person()
    form = ProfileForm(person.account)
    if form.validate_on_submit():
        update_profile(person.account, **form.profile, actor=person, now=utc_now())
        flash(_("Your profile is saved."), "success")
        return redirect(url_for(".profile"))
    return render_template("accounts/profile.html", form=form), 422 if form.is_submitted() else 200


@accounts.route("/password", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def change_password() -> Any:
    """Choose another password; counted like a sign-in, since it asks for the present one."""
    person = current_person()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with counted_attempt(form, person.account.signs_in_as) as attempt:
            set_password(
                person.account,
                **form.values("present_password", "password"),
                actor=person,
                now=utc_now(),
                except_key=person.sign_in_key,
            )
        if attempt.succeeded:
            flash(_("Your password is changed. Every other device is signed out."), "success")
            return redirect(url_for(".profile"))
    return render_template("accounts/password.html", form=form), 422 if form.is_submitted() else 200


@accounts.get("/sign-ins")
@requires(Permission.ACCOUNT_USE)
def sign_ins() -> str:
    """Where they are signed in."""
    person = current_person()
    page = page_of_sign_ins(
        person.account, utc_now(), after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template("accounts/sign_ins.html", page=page, here=key_digest(person.sign_in_key))


@accounts.post("/sign-ins/end-others")
@requires(Permission.ACCOUNT_USE)
def end_other_sign_ins() -> Any:
    """Sign out every device but this one."""
    person = current_person()
    end_sign_ins(person.account, now=utc_now(), except_key=person.sign_in_key)
    flash(_("Every other device is signed out."), "success")
    return redirect(url_for(".sign_ins"))
