"""Creating a consultation, and the list of what its set-up needs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.enums import TextType
from consult.consultations.forms import CreateForm
from consult.consultations.history import list_copyable
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round, list_missing_parts, list_questions
from consult.consultations.services import create_consultation, propose_slug
from consult.consultations.views.frame import SECTIONS, section_url, sections_of
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, NotPermitted
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.secretariats.models import Host
from consult.secretariats.queries import get_host, list_hosts_managed_by

desk = Blueprint("consultations_desk", __name__, url_prefix="/<locale:locale>/desk")


def load_chosen_host() -> Host:
    """The host that the form names; else the first that whoever asks manages.

    Raises:
        NotPermitted: they manage none.
        NotFound: no such host.
    """
    wanted = request.form.get("host")
    if wanted:
        return get_host(wanted)
    managed = list_hosts_managed_by(current_actor())
    if not managed:
        raise NotPermitted(_("Only a manager of a host organisation sets up consultations."))
    return managed[0]


@desk.route("/new", methods=["GET", "POST"])
@requires(Permission.CONSULTATION_CREATE, load_chosen_host)
def create(host: Host) -> Any:
    """Create a consultation; everything else is entered section by section afterwards."""
    copyable = {one.slug: one for one in list_copyable(current_actor())}
    wanted = request.args.get("copy")
    if wanted in copyable:
        return redirect(url_for(".copy", slug=wanted))
    form = CreateForm(list_hosts_managed_by(current_actor()), host)
    if form.validate_on_submit():
        try:
            consultation = _create(form, host)
        except (BadInput, Conflict) as error:
            form.show(error)
        else:
            flash(_("The consultation is created. Only the staff of its host sees it until you open it."), "success")
            return redirect(url_for(".setup", slug=consultation.slug))
    page = render_template("consultations/create.html", form=form, copyable=list(copyable.values()))
    return page, 422 if form.is_submitted() else 200


def _create(form: CreateForm, host: Host) -> Consultation:
    authentic, languages = form.chosen_languages()
    return create_consultation(
        host,
        slug=form.slug.data or propose_slug(form.title.data or "", form.code.data or ""),
        text_type=TextType(form.text_type.data),
        authentic_language=authentic,
        languages=languages,
        actor=current_actor(),
        now=utc_now(),
        **form.values("code", "title", "zone", "is_member_driven"),
    )


@desk.get("/<address:slug>/setup")
@requires(Permission.SETUP_EDIT, get_round)
def setup(round_: Round) -> str:
    """The sections of the set-up, and what is missing in each."""
    missing = list_missing_parts(round_, utc_now()) if round_.opened_at is None else []
    return render_template(
        "consultations/setup.html",
        consultation=round_.consultation,
        round=round_,
        current="setup",
        missing=len(missing),
        tasks=_tasks(round_, Counter(part.section for part in missing)),
    )


def _tasks(round_: Round, missing: Counter[str]) -> list[tuple[str, str, str, str]]:
    slug = round_.consultation.slug
    tasks = []
    for section in sections_of(round_):
        count = missing[section]
        if count:
            words, kind = ngettext("%(num)s part missing", "%(num)s parts missing", count), "attention"
        elif section == "questions" and not list_questions(round_):
            words, kind = _("None: they are optional"), "neutral"
        else:
            words, kind = _("Complete"), "good"
        tasks.append((str(SECTIONS[section]), section_url(slug, section), words, kind))
    return tasks
