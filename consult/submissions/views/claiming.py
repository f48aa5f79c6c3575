"""A single submission without an account: its code before submitting, and coming back with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for

from consult.access.guard import claim_keys, current_actor, forget_claim, public, remember_claim, requires
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.accounts.views.attempts import counted_attempt
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import CodeForm, ConfirmForm
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.submissions.models import Submission
from consult.submissions.queries import needs_account
from consult.submissions.services import (
    check_claim_code,
    end_claim_openings,
    keep_in_account,
    make_claim_code,
    open_with_code,
)
from consult.submissions.views.frame import find_own_draft, frame, load_round
from consult.submissions.views.take_part import take_part

claims = Blueprint("claims", __name__, url_prefix="/<locale:locale>/come-back")


def _draft_without_account(round_: Round) -> Submission | None:
    """The draft in this browser that gets a code; None where there is none, or it needs an account."""
    if current_actor().actor_id is not None:
        return None
    draft = find_own_draft(round_)
    return draft if draft is not None and not needs_account(draft) else None


def _no_code_yet(round_: Round) -> Any:
    """Back to the steps, and say why there is no code to be had."""
    if current_actor().actor_id is not None:
        flash(_("You are signed in, so you need no code: what you submit is in your account."), "info")
    elif find_own_draft(round_) is None:
        flash(_("A code is for what you submit. Write a point first; then it can be made."), "info")
    else:
        flash(_("This draft needs an account, so there is no code for it."), "info")
    return redirect(url_for(".start", slug=round_.consultation.slug))


@take_part.route("/code", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def code(round_: Round) -> Any:
    """The code of a submission without an account: why, and typing it back once."""
    draft = _draft_without_account(round_)
    if draft is None:
        return _no_code_yet(round_)
    form, now = CodeForm(), utc_now()
    if form.validate_on_submit():
        try:
            key = check_claim_code(draft, form.written_code.data or "", now=now)
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            _keep_open(key, now)
            return redirect(url_for(".check", slug=round_.consultation.slug))
    return _code_page(round_, draft, form), 422 if form.is_submitted() else 200


@take_part.post("/code/new")
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def new_code(round_: Round) -> Any:
    """Make a code and show it: here alone, in the answer to this request."""
    draft = _draft_without_account(round_)
    if draft is None:
        return _no_code_yet(round_)
    if not ConfirmForm().validate_on_submit():
        return redirect(url_for(".code", slug=round_.consultation.slug))
    had_one = draft.claim_digest is not None
    shown = make_claim_code(draft, now=utc_now())
    return _code_page(round_, draft, CodeForm(formdata=None), shown=shown, is_renewed=had_one)


def _code_page(round_: Round, draft: Submission, form: CodeForm, *, shown: str = "", is_renewed: bool = False) -> str:
    values = frame(round_, draft)
    return render_template("submissions/code.html", **values, form=form, code=shown, is_renewed=is_renewed)


def _keep_open(key: str, now: datetime) -> None:
    """Let this browser hold an opening in place of an earlier one; forms of the session before it are void."""
    end_claim_openings(claim_keys())
    session.pop("csrf_token", None)
    remember_claim(key, now)


@claims.route("", methods=["GET", "POST"])
@not_idempotent
@public
def come_back() -> Any:
    """Open a submission without an account with its code; one answer for every code that opens nothing."""
    if isinstance(current_actor(), Person):
        return redirect(url_for(".keep"))
    form = CodeForm()
    if form.validate_on_submit():
        now = utc_now()
        with counted_attempt(form, None) as attempt:
            opened = open_with_code(form.written_code.data or "", now=now)
            if opened is None:
                raise _opens_nothing()
        if attempt.succeeded:
            _keep_open(opened[1], now)
            return redirect(url_for("pages.my_submissions"))
    return render_template("submissions/come_back.html", form=form), 422 if form.is_submitted() else 200


def _opens_nothing() -> BadInput:
    return BadInput(
        _("This code opens nothing. Look at each group again. If everything was withdrawn, its code is gone too."),
        "written_code",
    )


@claims.route("/keep", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.ACCOUNT_USE)
def keep() -> Any:
    """Keep a submission without an account in the account that is signed in; its code opens nothing after that."""
    actor, form = current_actor(), CodeForm()
    if form.validate_on_submit():
        with counted_attempt(form, None) as attempt:
            kept = keep_in_account(form.written_code.data or "", actor=actor, now=utc_now())  # type: ignore[arg-type]
            if kept is None:
                raise _opens_nothing()
        if attempt.succeeded:
            flash(_("It is in your account now. The code opens nothing any more."), "success")
            return redirect(url_for("pages.my_submissions"))
    return render_template("submissions/keep.html", form=form), 422 if form.is_submitted() else 200


@claims.post("/leave")
@not_idempotent
@public
def leave() -> Any:
    """Close what was opened with a code in this browser; harmless when it is closed already."""
    end_claim_openings(claim_keys())
    forget_claim()
    flash(_("Your submission is closed on this device. Your code opens it again."), "success")
    return redirect(url_for("pages.home"))
