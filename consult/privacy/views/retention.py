"""How long things are kept: set at the desk of a host, read by everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, public, requires
from consult.access.permissions import Permission
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent, reading_page
from consult.privacy.enums import Kept
from consult.privacy.forms import RetentionForm, retention_form
from consult.privacy.queries import get_days, get_public_host, list_public_hosts, page_of_runs
from consult.privacy.services import count_due, set_retention
from consult.privacy.wording import days_in_words, due_in_words, retention_sentences, run_in_words
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host

retention_desk = Blueprint("retention_desk", __name__, url_prefix="/<locale:locale>/desk")
kept = Blueprint("kept", __name__, url_prefix="/<locale:locale>")


def load_host(host_slug: str) -> Host:
    """The host that an address names."""
    return get_host(host_slug)


@retention_desk.route("/hosts/<host_slug>/retention", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.RETENTION_SET, load_host)
def retention(host: Host) -> Any:
    """How long this host keeps what, and what was forgotten day by day; a shorter time is asked about once more."""
    before = get_days(host)
    form = retention_form(before)
    if form.validate_on_submit():
        shorter = [kept for kept, number in form.days().items() if number < before[kept]]
        if shorter and request.form.get("confirmed") != "yes":
            return _ask(host, form, shorter, before)
        try:
            set_retention(host, form.days(), actor=current_actor(), now=utc_now())
        except BadInput as error:
            form.show(error)
        else:
            flash(_("Saved. It holds from today on, and everybody can read it."), "success")
            return redirect(url_for(".retention", host_slug=host.slug))
    page = page_of_runs(host, after=request.args.get("after"), before=request.args.get("before"))
    return (
        render_template(
            "privacy/retention.html",
            host=host,
            form=form,
            page=page,
            told={run.id: run_in_words(run) for run in page.items},
            sentences=retention_sentences(host),
        ),
        422 if form.is_submitted() else 200,
    )


def _ask(host: Host, form: RetentionForm, shorter: Sequence[Kept], before: Mapping[Kept, int]) -> str:
    """What would go at once with a shorter time, before it is kept."""
    days = form.days()
    due = count_due(host, days, actor=current_actor(), now=utc_now())
    return render_template(
        "privacy/retention_confirm.html",
        host=host,
        days=days,
        rows=[
            (kept.label, days_in_words(before[kept]), days_in_words(days[kept]), due_in_words(kept, due[kept]))
            for kept in shorter
        ],
    )


@kept.get("/privacy")
@reading_page
@public
def privacy() -> str:
    """What is kept of people and for how long, where no host has a say; what everybody can ask for."""
    return render_template(
        "privacy/kept.html", host=None, sentences=retention_sentences(None), hosts=list_public_hosts()
    )


@kept.get("/privacy/<host_slug>")
@reading_page
@public
def privacy_of_host(host_slug: str) -> str:
    """The same, as one host set it."""
    host = get_public_host(host_slug)
    return render_template("privacy/kept.html", host=host, sentences=retention_sentences(host))
