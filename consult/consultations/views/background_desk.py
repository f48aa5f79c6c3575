"""Background documents at the desk: adding one, taking one away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.background import get_background, list_background
from consult.consultations.forms import BackgroundForm, background_form
from consult.consultations.models import BackgroundFile, Round
from consult.consultations.queries import get_round
from consult.consultations.services import add_background, remove_background
from consult.consultations.views.desk import desk
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.requests import takes_file
from consult.core.web.routes import not_idempotent
from consult.files.views import EXTENSIONS, as_download, clean_upload, limits_of_files

_ONE = "/<address:slug>/background/<int(min=1, max=9999):number>"


@dataclass(frozen=True)
class Given:
    """A document with the round whose page it stands on."""

    round: Round
    background: BackgroundFile

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_given(slug: str, number: int) -> Given:
    """The document that an address of the desk names.

    Raises:
        NotFound: no such consultation, or no such document.
    """
    round_ = get_round(slug)
    return Given(round_, get_background(round_.consultation, number))


@desk.route("/<address:slug>/background", methods=["GET", "POST"])
@takes_file
@not_idempotent
@requires(Permission.FILES_MANAGE, get_round)
def background(round_: Round) -> Any:
    """The documents that are given out beside the draft, and the form that adds one."""
    consultation = round_.consultation
    form, status = background_form(consultation), 200
    headers: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            _add(round_, form)
        except BadInput as error:
            form.show(error)
            status, headers = error.status, error.headers
        else:
            flash(_("The document is added."), "success")
            return redirect(url_for(".background", slug=consultation.slug))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "consultations/background_desk.html",
        consultation=consultation,
        round=round_,
        current="background",
        form=form,
        documents=list_background(consultation, current_locale().code),
        limits=limits_of_files()[:2],
        accept=EXTENSIONS,
        most=settings().max_file_bytes,
    )
    return page, status, headers


def _add(round_: Round, form: BackgroundForm) -> None:
    cleaned = clean_upload(form)
    consultation = round_.consultation
    add_background(
        consultation,
        cleaned,
        name=form.file.data.filename or "",
        title=form.title(consultation),
        language=form.language.data,
        actor=current_actor(),
        now=utc_now(),
    )


@desk.get(f"{_ONE}/download")
@requires(Permission.FILES_MANAGE, load_given)
def background_file(given: Given) -> Any:
    """A document as it is given out, before the consultation is public too."""
    return as_download(given.background.file)


@desk.route(f"{_ONE}/remove", methods=["GET", "POST"])
@requires(Permission.FILES_MANAGE, load_given)
def remove_background_file(given: Given) -> Any:
    """Take a document away, after a page that asks."""
    form = ConfirmForm()
    consultation = given.round.consultation
    if form.validate_on_submit():
        try:
            remove_background(given.background, actor=current_actor(), now=utc_now())
        except InvalidTransition as error:
            form.show(error)
        else:
            flash(_("The document is taken away."), "success")
            return redirect(url_for(".background", slug=consultation.slug))
    page = render_template(
        "consultations/remove_background.html",
        consultation=consultation,
        round=given.round,
        current="background",
        form=form,
        document=given.background,
    )
    return page, 409 if form.is_submitted() else 200
