"""Languages after the opening: beginning one, publishing it with more time or a public reason, withdrawing it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.forms import label_of
from consult.consultations.languages import (
    get_language_in_preparation,
    list_additions,
    list_missing_in,
)
from consult.consultations.models import AddedLanguage, Round
from consult.consultations.queries import current_round, get_round
from consult.consultations.recipients import list_recipients
from consult.consultations.services import (
    begin_language,
    check_extension,
    check_publication,
    demands_decision,
    withdraw_language,
)
from consult.core.clock import to_utc, utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import ConfirmForm, Step
from consult.core.languages import languages_in_order, resolve_language
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.documents.forms import AddLanguageForm, PublicationForm, languages_with, publication_form
from consult.documents.languages import publish_edition

languages = Blueprint("languages_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/languages")


@dataclass(frozen=True)
class Preparation:
    """A language in preparation, with the round that stands for the consultation now."""

    round: Round
    added: AddedLanguage

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_preparation(slug: str, language: str) -> Preparation:
    """The language that an address names, while it is in preparation.

    Raises:
        NotFound: no such consultation, or no such language in preparation.
    """
    consultation = get_round(slug).consultation
    return Preparation(current_round(consultation), get_language_in_preparation(consultation, language))


@languages.route("", methods=["GET", "POST"])
@requires(Permission.LANGUAGE_ADD, get_round)
def list_all(round_: Round) -> Any:
    """The languages of a consultation, those in preparation with what they lack, and a form that begins one."""
    consultation = round_.consultation
    form = AddLanguageForm()
    if form.validate_on_submit():
        try:
            meant = resolve_language(form.language.data or "", current_locale().code, field="language")
            added = begin_language(consultation, meant.code, actor=current_actor(), now=utc_now())
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            name = language_name(added.language, current_locale().code)
            flash(_("%(language)s is in preparation. The public does not see it yet.", language=name), "success")
            return redirect(url_for(".list_all", slug=consultation.slug))
    standing = current_round(consultation)
    additions = list_additions(consultation, current_locale().code)
    page = render_template(
        "documents/languages.html",
        consultation=consultation,
        round=round_,
        current="languages",
        form=form,
        additions={one.row.language: one for one in additions if one.row.is_published},
        waiting=[
            (one.row, list_missing_in(standing, one.row.language)) for one in additions if not one.row.is_published
        ],
        label_of=label_of,
        in_words=moment_in_words,
    )
    return page, 422 if form.is_submitted() else 200


@languages.route("/<language>/publish", methods=["GET", "POST"])
@requires(Permission.LANGUAGE_ADD, load_preparation)
def publish(preparation: Preparation) -> Any:
    """Publish a language: the form, then what will happen, then the act itself."""
    round_, added = preparation.round, preparation.added
    is_asked = demands_decision(round_, utc_now())
    form = publication_form(round_.consultation, added.language, _stored(round_), is_asked=is_asked)
    step = form.take(
        lambda: _check(preparation, form, is_asked=is_asked), lambda: _publish(preparation, form, is_asked=is_asked)
    )
    if step is Step.DONE:
        name = language_name(added.language, current_locale().code)
        flash(_("The consultation is held in %(language)s too. Everybody sees it.", language=name), "success")
        return redirect(url_for(".list_all", slug=round_.consultation.slug))
    page = _page(preparation, form, is_asked=is_asked, is_checked=step is Step.LOOKING)
    return page, 422 if step is Step.REFUSED else 200


def _stored(round_: Round) -> dict[str, Any]:
    wall = datetime.fromisoformat(round_.closes_wall) if round_.closes_wall else None
    return {"closes_wall": wall, "response_due": round_.response_due}


def _dates(form: PublicationForm) -> dict[str, Any]:
    return form.values("closes_wall", "response_due")


def _check(preparation: Preparation, form: PublicationForm, *, is_asked: bool) -> None:
    now = utc_now()
    if not is_asked:
        check_publication(preparation.added, reason=None, now=now)
        return
    reason = form.words("reason")
    check_publication(preparation.added, reason=None if form.extends else reason, now=now)
    if form.extends:
        check_extension(preparation.round, reason=reason, now=now, **_dates(form))


def _publish(preparation: Preparation, form: PublicationForm, *, is_asked: bool) -> None:
    publish_edition(
        preparation.added,
        reason=form.words("reason") if is_asked else None,
        **(_dates(form) if is_asked and form.extends else {}),
        actor=current_actor(),
        now=utc_now(),
    )


def _page(preparation: Preparation, form: PublicationForm, *, is_asked: bool, is_checked: bool) -> str:
    round_, now, reader = preparation.round, utc_now(), current_locale().code
    values: dict[str, Any] = {}
    if is_checked and is_asked and form.extends and form.closes_wall.data is not None:
        told = Counter(recipient.locale for recipient in list_recipients(round_, now))
        values = {
            "told": sum(told.values()),
            "tongues": [(language_name(code, reader), told[code]) for code in languages_in_order(told, reader)],
            "closes_after": moment_in_words(to_utc(form.closes_wall.data, round_.zone), round_.zone),
        }
    return render_template(
        "documents/confirm_language.html" if is_checked else "documents/publish_language.html",
        consultation=round_.consultation,
        round=round_,
        current="languages",
        language=preparation.added.language,
        form=form,
        is_asked=is_asked,
        entered_in=languages_with(round_.consultation, preparation.added.language),
        missing=list_missing_in(round_, preparation.added.language),
        label_of=label_of,
        closes=moment_in_words(round_.closes_at, round_.zone) if round_.closes_at else "",
        **values,
    )


@languages.route("/<language>/withdraw", methods=["GET", "POST"])
@requires(Permission.LANGUAGE_ADD, load_preparation)
def withdraw(preparation: Preparation) -> Any:
    """Take a language in preparation back, after a page that asks."""
    form = ConfirmForm()
    consultation, language = preparation.round.consultation, preparation.added.language
    if form.validate_on_submit():
        withdraw_language(preparation.added, actor=current_actor(), now=utc_now())
        name = language_name(language, current_locale().code)
        flash(_("%(language)s is not prepared any more.", language=name), "success")
        return redirect(url_for(".list_all", slug=consultation.slug))
    return render_template(
        "documents/withdraw_language.html",
        consultation=consultation,
        round=preparation.round,
        current="languages",
        language=language,
        form=form,
    )
