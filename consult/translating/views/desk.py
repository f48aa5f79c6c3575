"""The translation desk: how far each language is, and the texts of one language side by side."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.languages import list_languages_in_preparation
from consult.consultations.models import Consultation
from consult.consultations.queries import get_consultation
from consult.core.clock import utc_now
from consult.core.errors import NotFound
from consult.core.languages import canonical_language, languages_in_order
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _
from consult.translating.checks import list_missing
from consult.translating.forms import TranslationForm, keys_in, other_language_form, translation_form
from consult.translating.listing import Filters, Show, page_of_units
from consult.translating.queries import list_progress, load_work, progress_of, total_of, units_by_key
from consult.translating.services import ChangedMeanwhile, Entry, Saved, save_translations
from consult.translating.showing import preview_of
from consult.translating.units import Unit, Work

desk = Blueprint("translating_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>")
FILTERS = ("group", "show", "words", "after", "before")


@dataclass(frozen=True)
class Task:
    """A consultation, and the language that it is translated into."""

    consultation: Consultation
    language: str

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id


def load_consultation(slug: str) -> Consultation:
    """The consultation that an address names.

    Raises:
        NotFound: none such.
    """
    return get_consultation(slug)


def load_task(slug: str, language: str) -> Task:
    """The consultation and the language that an address names.

    Raises:
        NotFound: no such consultation, or nothing that can be a language.
    """
    if canonical_language(language) != language:
        raise NotFound
    return Task(get_consultation(slug), language)


def list_shown(consultation: Consultation) -> list[str]:
    """The languages of a consultation, the authentic one last: into it only what others wrote is translated."""
    authentic = consultation.authentic_language
    return [*(code for code in consultation.languages if code != authentic), authentic]


@desk.get("/translations")
@requires(Permission.INPUT_TRANSLATE, load_consultation)
def translations(consultation: Consultation) -> Any:
    """How far each language of a consultation is, and each other one in which something is wanted."""
    form = other_language_form([current_locale().code])
    if form.is_sent and form.validate():
        return redirect(url_for("translating_desk.translation", slug=consultation.slug, language=form.language_code))
    preparing = list_languages_in_preparation(consultation)
    shown, spoken = list_progress(consultation, [*list_shown(consultation), *preparing], actor=current_actor())
    own, reader = set(consultation.languages), current_locale().code
    others = {one.language: one for one in shown if one.language not in own and one.language not in preparing}
    page = render_template(
        "translating/translations.html",
        current="translations",
        consultation=consultation,
        languages=[one for one in shown if one.language in own and one.groups],
        preparing=[one for one in shown if one.language in preparing],
        others=[others[code] for code in languages_in_order(others, reader)],
        spoken=languages_in_order(spoken, reader),
        form=form,
    )
    return page, 422 if form.errors else 200


@desk.get("/translations/<language>")
@requires(Permission.INPUT_TRANSLATE, load_task)
def translation(task: Task) -> str:
    """The texts of a consultation beside their translations into one language."""
    work = load_work(task.consultation, task.language, actor=current_actor())
    filters = Filters.read(request.args)
    page = page_of_units(work, filters, after=request.args.get("after"), before=request.args.get("before"))
    form = translation_form(page.items, task.language)
    return _page(task, work, form, page.items, page=page, filters=filters)


@desk.post("/translations/<language>")
@requires(Permission.INPUT_TRANSLATE, load_task)
def save(task: Task) -> Any:
    """Keep what was entered on one page; what cannot be kept is shown once more, beside what stands there now."""
    work = load_work(task.consultation, task.language, actor=current_actor())
    there = units_by_key(work)
    keys = keys_in(request.form)
    units = [there[key] for key in keys if key in there]
    form = translation_form(units, task.language)
    entries, slips = form.entries(units)
    saved = save_translations(task.consultation, entries, language=task.language, actor=current_actor(), now=utc_now())
    refused = [*slips, *saved.refused]
    gone = [words for key in keys if key not in there and (words := request.form.get(f"text-{key}", "").strip())]
    _tell(saved, entries, is_all=not refused)
    if not refused and not gone:
        return redirect(_address(task, after=request.form.get("next")))
    left = form.show_refused(refused)
    page = _page(task, work, form, left, gone=gone, refused=refused)
    if saved.units:
        return page  # not as an error, which would take back what is saved
    return page, 409 if form.is_outrun or not refused else 422


def _address(task: Task, *, after: str | None = None) -> str:
    """The page that somebody is on, or the one that begins after a unit."""
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if name in request.args}
    if after:
        kept = {name: value for name, value in kept.items() if name != "before"} | {"after": after}
    return url_for("translating_desk.translation", slug=task.consultation.slug, language=task.language, **kept)


def _tell(saved: Saved, entries: Sequence[Entry], *, is_all: bool) -> None:
    if not saved.units:
        if is_all:
            flash(_("Nothing has changed."), "info")
        return
    keys = {unit.key for unit in saved.units}
    texts = [(entry.unit.source, entry.text.strip()) for entry in entries if entry.unit.key in keys]
    number = sum(bool(text) for _source, text in texts)
    if number:
        flash(ngettext("One translation is saved.", "%(num)s translations are saved.", number), "success")
    if len(texts) > number:
        removed = len(texts) - number
        flash(ngettext("One translation is removed.", "%(num)s translations are removed.", removed), "success")
    lacking = sum(bool(list_missing(source, text)) for source, text in texts)
    if lacking:
        flash(
            ngettext(
                "One of them lacks a number, a link or a placeholder of its source. Look at it once more.",
                "%(num)s of them lack a number, a link or a placeholder of their source. Look at them once more.",
                lacking,
            ),
            "attention",
        )


def _page(
    task: Task,
    work: Work,
    form: TranslationForm,
    units: Sequence[Unit],
    *,
    page: Any = None,
    filters: Filters | None = None,
    gone: Sequence[str] = (),
    refused: Sequence[Any] = (),
) -> str:
    shown = filters or Filters.read(request.args)
    groups = progress_of(work)
    return render_template(
        "translating/translation.html",
        current="translations",
        consultation=task.consultation,
        language=task.language,
        progress_by_group=groups,
        total=total_of(groups),
        filters=shown,
        is_filtered=shown != Filters(),
        is_finished=_is_finished(shown, {group.name for group in groups}),
        shows=list(Show),
        page=page,
        units=units,
        grouped=_grouped(work, units),
        form=form,
        theirs={one.entry.unit.key: one.error.stored for one in refused if isinstance(one.error, ChangedMeanwhile)},
        gone=gone,
        action=_address(task),
        missing_in=list_missing,
        preview_of=preview_of,
    )


def _is_finished(filters: Filters, groups: Set[str]) -> bool:
    """Whether a list without a text says that all is done, not that nothing was found."""
    is_narrowed = filters.group in groups or (not filters.group and filters.show is not Show.TO_DO)
    return is_narrowed and not filters.words and filters.show is not Show.ALL


def _grouped(work: Work, units: Sequence[Unit]) -> list[tuple[str, Sequence[Unit]]]:
    """These units under the titles of their groups."""
    wanted = {unit.key for unit in units}
    found = [(group.title, [unit for unit in group.units if unit.key in wanted]) for group in work.groups]
    return [(title, chosen) for title, chosen in found if chosen]
