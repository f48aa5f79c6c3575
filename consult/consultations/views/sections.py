"""The pages of the set-up: the basics, the texts, the dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, render_template

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.consultations.enums import Audience, Body, TextType, Visibility
from consult.consultations.forms import (
    AUDIENCE_HINTS,
    TEXT_SECTIONS,
    VISIBILITY_HINTS,
    BasicsForm,
    RoundForm,
    TextsForm,
    basics_form,
    texts_form,
)
from consult.consultations.forms.texts import seats_name
from consult.consultations.history import code_of, get_named_consultation
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round, stored_introduction, stored_texts
from consult.consultations.services import (
    update_basics,
    update_contact_email,
    update_introduction,
    update_minimum_age,
    update_predecessor,
    update_round,
    update_seats,
    update_texts,
)
from consult.consultations.views.desk import desk
from consult.consultations.views.frame import frame, go_on, sections_of
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, NotFound
from consult.core.forms import VersionedForm
from consult.core.locale import gettext as _
from consult.core.locale import interface_locales


@dataclass(frozen=True)
class Section:
    """A section of the texts of a consultation."""

    round: Round
    name: str

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_section(slug: str, section: str) -> Section:
    """The section that an address names.

    Raises:
        NotFound: no such round, or its set-up has no such section.
    """
    round_ = get_round(slug)
    if section not in sections_of(round_):
        raise NotFound
    return Section(round_, section)


def load_basics(slug: str) -> Round:
    """The round that an address names, if its set-up has the basics."""
    return load_section(slug, "basics").round


def refused(form: VersionedForm, error: BadInput | Conflict, round_: Round, stored: dict[str, Any]) -> dict[str, Any]:
    """Show what a service refused; after a conflict, what somebody else has stored meanwhile.

    Returns:
        What others have stored, by name of the field.
    """
    form.show(error)
    if error.status != Conflict.status or getattr(error, "field", None):
        return {}
    form.renew(round_.consultation.version)
    return form.stored_values(stored)


@desk.route("/<address:slug>/setup/basics", methods=["GET", "POST"])
@requires(Permission.SETUP_EDIT, load_basics)
def basics(round_: Round) -> Any:
    """Title, address, code, kind of text, languages."""
    stored = _stored_basics(round_.consultation)
    form = basics_form(round_.consultation, stored)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            _save_basics(round_.consultation, form)
        except (BadInput, Conflict) as error:
            theirs = refused(form, error, round_, stored)
        else:
            flash(_("Saved."), "success")
            return go_on(round_, "basics")
    values = frame(round_, "basics")
    page = render_template("consultations/basics.html", form=form, theirs=theirs, stored=stored, **values)
    return page, 422 if form.is_submitted() else 200


def _stored_basics(consultation: Consultation) -> dict[str, Any]:
    offered = {locale.code for locale in interface_locales()}
    return {
        **stored_texts(consultation, ["title"]),
        "slug": consultation.slug,
        "code": consultation.code,
        "text_type": consultation.text_type.value,
        "is_member_driven": consultation.is_member_driven,
        "authentic_language": consultation.authentic_language,
        "languages": [code for code in consultation.languages if code in offered],
        "more_languages": ", ".join(code for code in consultation.languages if code not in offered),
        "predecessor": code_of(consultation.predecessor_id),
        "predecessor_title": consultation.predecessor_title,
        "predecessor_url": consultation.predecessor_url,
    }


def _save_basics(consultation: Consultation, form: BasicsForm) -> None:
    actor, now = current_actor(), utc_now()
    authentic, languages = form.chosen_languages()
    update_basics(
        consultation,
        text_type=TextType(form.text_type.data),
        authentic_language=authentic,
        languages=languages,
        version=form.made_from,
        actor=actor,
        now=now,
        **form.values("slug", "code", "is_member_driven"),
    )
    named = form.predecessor.data or ""
    update_predecessor(
        consultation,
        predecessor=get_named_consultation(named) if named else None,
        title=form.predecessor_title.data or "",
        url=form.predecessor_url.data or "",
        actor=actor,
        now=now,
    )
    titles = {code: words for code, words in form.words("title").items() if words or code != authentic}
    update_texts(consultation, {"title": titles}, actor=actor, now=now)


@desk.route(
    "/<address:slug>/setup/<any(introduction,summary,decision,terms,contact,privacy):section>", methods=["GET", "POST"]
)
@requires(Permission.SETUP_EDIT, load_section)
def texts(section: Section) -> Any:
    """The texts of one section, in every language of the consultation."""
    round_, name = section.round, section.name
    stored = _stored_section(round_, name)
    form = texts_form(name, round_.consultation, stored)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            _save_section(round_, name, form)
        except (BadInput, Conflict) as error:
            theirs = refused(form, error, round_, stored)
        else:
            flash(_("Saved."), "success")
            return go_on(round_, name)
    page = render_template(
        "consultations/texts.html",
        form=form,
        theirs=theirs,
        stored=stored,
        bodies=list(Body),
        constituencies=list(Constituency),
        seats_name=seats_name,
        **frame(round_, name),
    )
    return page, 422 if form.is_submitted() else 200


def _stored_section(round_: Round, name: str) -> dict[str, Any]:
    if name == "introduction":
        return {**stored_introduction(round_)}
    consultation = round_.consultation
    stored: dict[str, Any] = {**stored_texts(consultation, TEXT_SECTIONS[name])}
    if name == "contact":
        stored["contact_email"] = consultation.contact_email
    elif name == "privacy":
        stored["privacy_minimum_age"] = consultation.privacy_minimum_age
    elif name == "decision":
        stored |= {seats_name(row.body, row.constituency): row.seats for row in consultation.seats}
    return stored


def _save_section(round_: Round, name: str, form: TextsForm) -> None:
    actor, now = current_actor(), utc_now()
    if name == "introduction":
        update_introduction(round_, form.texts()["introduction"], version=form.made_from, actor=actor, now=now)
        return
    consultation = round_.consultation
    update_texts(consultation, form.texts(), actor=actor, now=now, version=form.made_from)
    if name == "contact":
        update_contact_email(consultation, form["contact_email"].data, actor=actor, now=now)
    elif name == "privacy":
        update_minimum_age(consultation, form["privacy_minimum_age"].data, actor=actor, now=now)
    elif name == "decision":
        update_seats(consultation, form.seats(), actor=actor, now=now)


@desk.route("/<address:slug>/setup/round", methods=["GET", "POST"])
@requires(Permission.SETUP_EDIT, get_round)
def dates(round_: Round) -> Any:
    """When the round opens and closes, for whom, and who sees what comes in."""
    stored = _stored_round(round_)
    form = RoundForm(round_, stored)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            _save_round(round_, form)
        except (BadInput, Conflict) as error:
            theirs = refused(form, error, round_, stored)
        else:
            flash(_("Saved."), "success")
            return go_on(round_, "round")
    page = render_template(
        "consultations/round.html",
        form=form,
        theirs=theirs,
        audience_hints=AUDIENCE_HINTS,
        visibility_hints=VISIBILITY_HINTS,
        **frame(round_, "round"),
    )
    return page, 422 if form.is_submitted() else 200


def _stored_round(round_: Round) -> dict[str, Any]:
    return {
        "audience": round_.audience.value,
        "visibility": round_.visibility.value,
        "zone": round_.zone,
        "opens_wall": datetime.fromisoformat(round_.opens_wall) if round_.opens_wall else None,
        "closes_wall": datetime.fromisoformat(round_.closes_wall) if round_.closes_wall else None,
        "grace_minutes": round_.grace_minutes,
        "response_due": round_.response_due,
    }


def _save_round(round_: Round, form: RoundForm) -> None:
    update_round(
        round_,
        audience=Audience(form.audience.data),
        visibility=Visibility(form.visibility.data),
        version=form.made_from,
        actor=current_actor(),
        now=utc_now(),
        **form.values("zone", "opens_wall", "closes_wall", "grace_minutes", "response_due"),
    )
