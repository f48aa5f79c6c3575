"""A browser that others use too: lending it to the person beside, and forgetting on it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from consult.access.guard import current_actor, draft_keys, public
from consult.accounts.forms import LendForm
from consult.accounts.views.account import accounts
from consult.accounts.views.session import forget_session
from consult.core.clock import utc_now
from consult.core.forms import ConfirmForm
from consult.core.web.lending import LENT_LIFE, is_lent, lend
from consult.core.web.redirects import redirect_back
from consult.core.web.routes import not_idempotent

FORGET = '"cache", "cookies", "storage"'
"""What the browser is asked to clear of this site (Clear-Site-Data, W3C)."""


@accounts.route("/beside", methods=["GET", "POST"])
@not_idempotent
@public
def beside() -> Any:
    """Lend this browser to the person beside: whoever is signed in is signed out, and nothing of theirs stays."""
    form = LendForm(has_drafts=bool(draft_keys()) and not is_lent())
    if form.validate_on_submit():
        forget_session(now=utc_now())
        lend()
        return redirect_back(request.args.get("next"), url_for("pages.home"))
    return (
        render_template("accounts/beside.html", form=form, hours=int(LENT_LIFE.total_seconds()) // 3600),
        422 if form.is_submitted() else 200,
    )


@accounts.route("/finish", methods=["GET", "POST"])
@not_idempotent
@public
def finish() -> Any:
    """Say what is lost and what stays, and forget whoever wrote in this browser."""
    form = ConfirmForm()
    if form.validate_on_submit():
        return finish_here()
    is_person = current_actor().actor_id is not None
    return render_template("accounts/finish.html", form=form, is_person=is_person, has_drafts=bool(draft_keys()))


def finish_here() -> Any:
    """End the sign-in, forget the keys of this browser and delete what they alone opened, and clear the browser."""
    forget_session(now=utc_now())
    answer = redirect(url_for("accounts.finished"))
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


@accounts.get("/finished")
@public
def finished() -> str:
    """Say what may still be on this device."""
    return render_template("accounts/finished.html")
