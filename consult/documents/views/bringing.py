"""Bringing a text: choosing a file, pasting words, or taking up the version before."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import ConfirmForm, FileForm, Form
from consult.core.locale import gettext as _
from consult.core.web.requests import takes_file
from consult.documents.enums import ProposalState
from consult.documents.forms import TextForm
from consult.documents.queries.continuity import find_base
from consult.documents.queries.proposals import find_in_hand, find_version_at
from consult.documents.services.proposing import (
    check_may_change,
    propose_file,
    propose_from_version,
    propose_text,
)
from consult.documents.views.places import TextAt, load_place, on_both
from consult.files.wording import size_words

ACCEPTED = ".docx,.html,.htm,.md,.markdown,.txt,.pdf"
"""What file choosers offer first; whatever is chosen is judged by its content."""


@on_both("/<language>", load_place, methods=("GET", "POST"))
@takes_file
def bring(place: TextAt) -> Any:
    """Where a text is brought; a file is sent here, and a job reads it."""
    form = FileForm()
    if form.validate_on_submit():
        try:
            propose_file(
                place.consultation,
                place.round,
                form.file.data.read(),
                name=form.file.data.filename,
                language=place.language,
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            return redirect(url_for(".look", slug=place.slug, language=place.language))
    return _page(place, form)


@on_both("/<language>/paste", load_place, methods=("GET", "POST"))
def paste(place: TextAt) -> Any:
    """Where words are pasted."""
    form = TextForm()
    if form.validate_on_submit():
        try:
            propose_text(
                place.consultation,
                place.round,
                form.text.data or "",
                language=place.language,
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            return redirect(url_for(".look", slug=place.slug, language=place.language))
    return _page(place, form, template="documents/paste.html")


@on_both("/<language>/from-version", load_place, methods=("POST",))
def bring_version(place: TextAt) -> Any:
    """Take up the version before, to edit it paragraph by paragraph."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            propose_from_version(
                place.consultation, place.round, language=place.language, actor=current_actor(), now=utc_now()
            )
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("This is the version before. Change what is to change; the rest stays as it is."), "success")
            return redirect(url_for(".look", slug=place.slug, language=place.language))
    return _page(place, FileForm(formdata=None), refused=form)


def _page(place: TextAt, form: Form, *, refused: Form | None = None, template: str = "documents/bring.html") -> Any:
    version = find_version_at(place.consultation, place.round)
    page = render_template(
        template,
        place=place,
        consultation=place.consultation,
        round=place.shown_round,
        current="document",
        why_not=_why_not(place),
        in_hand=find_in_hand(place.consultation, place.round, place.language),
        states=ProposalState,
        version=version,
        base=find_base(place.consultation, place.round) if place.is_authentic else None,
        form=form,
        refused=refused,
        accept=ACCEPTED,
        most=settings().max_file_bytes,
        most_words=size_words(settings().max_file_bytes),
    )
    return page, 422 if refused is not None or form.is_submitted() else 200


def _why_not(place: TextAt) -> str:
    """Why no text can be brought here now; empty where one can."""
    try:
        check_may_change(place.consultation, place.round, place.language, now=utc_now())
    except (InvalidTransition, BadInput) as error:
        return error.message
    return ""
