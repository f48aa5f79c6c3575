"""Files for translators who work elsewhere: sent out, brought back, looked at, taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation
from consult.consultations.queries import get_consultation
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput, NotFound
from consult.core.forms import FileForm
from consult.core.languages import languages_in_order
from consult.core.locale import current_locale, language_name, ngettext
from consult.core.locale import gettext as _
from consult.translating.comparing import ASKED, LEFT, QUIET, TAKEN, Comparison, Fate, Finding
from consult.translating.exchanging import (
    begin_file,
    comparison_of,
    count_by_source,
    discard_file,
    export_file,
    get_file,
    take_file,
)
from consult.translating.listing import Show
from consult.translating.models import TranslatedFile
from consult.translating.queries import load_work
from consult.translating.views.desk import Task, load_task

files = Blueprint(
    "translating_files", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/translations/<language>/files"
)
MEDIA_TYPE = "application/xliff+xml"
SHOWN = 100
"""Units of each kind on the page of a file; of a draft with thousands the others are shown once these are decided."""
LISTED = 200
"""Of what is taken without a decision, as many of each kind are listed."""


@files.route("", methods=["GET", "POST"])
@requires(Permission.TEXT_TRANSLATE, load_task)
def exchange(task: Task) -> Any:
    """What can be sent out, and the form that brings a file back."""
    form = FileForm()
    if form.validate_on_submit():
        try:
            file = begin_file(
                task.consultation,
                task.language,
                form.file.data.read(),
                file_name=form.file.data.filename or "",
                actor=current_actor(),
                reader=current_locale().code,
                now=utc_now(),
            )
        except BadInput as error:
            form.show(BadInput(error.message, "file"))
        else:
            return redirect(_address("look", task, file_key=file.key))
    work = load_work(task.consultation, task.language, actor=current_actor())
    page = render_template(
        "translating/files.html",
        current="translations",
        consultation=task.consultation,
        language=task.language,
        form=form,
        groups=work.groups,
        sources=_named(count_by_source(work), task.consultation),
        megabytes=settings().max_request_bytes // (1024 * 1024),
        shows=Show,
    )
    return page, 422 if form.errors else 200


def _named(sources: dict[str, int], consultation: Consultation) -> list[tuple[str, str]]:
    """The languages that sources are written in, with how many there are: the authentic one first."""
    reader = current_locale().code
    codes = languages_in_order(sources, reader)
    codes.sort(key=lambda code: code != consultation.authentic_language)
    return [
        (
            code,
            ngettext(
                "%(language)s: %(num)s text", "%(language)s: %(num)s texts", sources[code],
                language=language_name(code, reader),
            ),
        )
        for code in codes
    ]  # fmt: skip


def _address(name: str, task: Task, **values: Any) -> str:
    return url_for(f"translating_files.{name}", slug=task.consultation.slug, language=task.language, **values)


@files.get("/export")
@requires(Permission.TEXT_TRANSLATE, load_task)
def export(task: Task) -> Any:
    """The file to send out."""
    try:
        name, content = export_file(
            task.consultation,
            task.language,
            group=request.args.get("group", ""),
            source_language=request.args.get("source", "") or task.consultation.authentic_language,
            only_todo=request.args.get("show") == Show.TO_DO,
            actor=current_actor(),
        )
    except NotFound:
        flash(_("Nothing is left to translate there."), "info")
        return redirect(_address("exchange", task))
    response = current_app.response_class(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


@dataclass(frozen=True)
class Waiting:
    """A file that came back, and what it is for."""

    task: Task
    file: TranslatedFile

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.task.host_id


def load_file(slug: str, language: str, file_key: str) -> Waiting:
    """The file that an address names.

    Raises:
        NotFound: none such; or it was taken, discarded or forgotten.
    """
    consultation = get_consultation(slug)
    return Waiting(Task(consultation, language), get_file(consultation, language, file_key))


@files.get("/<file_key>")
@requires(Permission.TEXT_TRANSLATE, load_file)
def look(waiting: Waiting) -> Any:
    """What a file would change, before anything is taken."""
    task, file = waiting.task, waiting.file
    try:
        comparison = comparison_of(file, actor=current_actor(), reader=current_locale().code)
    except BadInput as error:  # the consultation has changed meanwhile
        flash(error.message, "error")
        return redirect(_address("exchange", task))
    return render_template(
        "translating/file.html",
        current="translations",
        consultation=task.consultation,
        language=task.language,
        file=file,
        chosen=request.form.getlist("take"),  # where somebody only changes the language of this page
        counts=[(fate, comparison.count(fate)) for fate in Fate if comparison.count(fate)],
        taken=comparison.count(*TAKEN),
        certain=_shown(comparison, TAKEN, LISTED),
        asked=_shown(comparison, ASKED),
        left=_shown(comparison, LEFT),
        quiet=comparison.count(*QUIET),
        most=SHOWN,
        Fate=Fate,
    )


def _shown(comparison: Comparison, fates: Sequence[Fate], most: int = SHOWN) -> list[tuple[Fate, list[Finding], int]]:
    """Of each fate the first units, and how many more there are."""
    found = [(fate, comparison.of(fate)) for fate in fates]
    return [(fate, of_it[:most], max(0, len(of_it) - most)) for fate, of_it in found if of_it]


@files.post("/<file_key>")
@requires(Permission.TEXT_TRANSLATE, load_file)
def take(waiting: Waiting) -> Any:
    """Take a file, or discard it."""
    task = waiting.task
    if request.form.get("step") == "discard":
        discard_file(waiting.file)
        flash(_("The file is discarded. Nothing of it was taken."), "success")
        return redirect(_address("exchange", task))
    try:
        done = take_file(
            waiting.file,
            set(request.form.getlist("take")),
            actor=current_actor(),
            reader=current_locale().code,
            now=utc_now(),
        )
    except BadInput as error:
        flash(error.message, "error")
        return redirect(_address("exchange", task))
    flash(
        ngettext("One translation is taken.", "%(num)s translations are taken.", done.saved)
        if done.saved
        else _("Nothing has changed."),
        "success" if done.saved else "info",
    )
    if done.asked or done.left:
        flash(
            ngettext(
                "One is left as it was here. Bring the file in once more to see it again.",
                "%(num)s are left as they were here. Bring the file in once more to see them again.",
                done.asked + done.left,
            ),
            "attention",
        )
    return redirect(_address("exchange", task))
