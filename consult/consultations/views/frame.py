"""What every page of the set-up shows: its sections in their order, what is missing where, whether it is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for

from consult.consultations.forms import TEXT_SECTIONS, label_of
from consult.consultations.models import Round
from consult.consultations.queries import MissingPart
from consult.core.locale import current_locale, language_name
from consult.core.locale import lazy_gettext as _l

SECTIONS = {
    "introduction": _l("What is new"),
    "basics": _l("The basics"),
    "summary": _l("Plain summary"),
    "decision": _l("What is decided, and by whom"),
    "terms": _l("Terms of engagement"),
    "contact": _l("Contact"),
    "privacy": _l("Privacy"),
    "round": _l("Dates and openness"),
    "questions": _l("Questions"),
    "document": _l("The draft"),
}
# A round that follows another has its own dates, questions and draft; the rest is the consultation's.
_FIRST = tuple(name for name in SECTIONS if name != "introduction")
_FOLLOWING = ("introduction", "round", "questions", "document")
# The field of the form for a part that has another name there.
_ANCHORS = {
    "seats_drafting": "seats-drafting",
    "seats_deciding": "seats-deciding",
    "opens_at": "opens_wall",
    "closes_at": "closes_wall",
    "closes_in_the_future": "closes_wall",
}


def sections_of(round_: Round) -> Sequence[str]:
    """The sections that the set-up of a round has, in their order."""
    return _FIRST if round_.number == 1 else _FOLLOWING


def section_url(slug: str, section: str, anchor: str | None = None) -> str:
    """The page of a section."""
    if section in TEXT_SECTIONS:
        return url_for("consultations_desk.texts", slug=slug, section=section, _anchor=anchor)
    endpoint = {
        "basics": "consultations_desk.basics",
        "round": "consultations_desk.dates",
        "questions": "consultations_desk.questions",
        "document": "documents_desk.document",
    }[section]
    return url_for(endpoint, slug=slug, _anchor=anchor)


@dataclass(frozen=True)
class Link:
    """Words and where they lead."""

    label: str
    href: str


@dataclass(frozen=True)
class Missing:
    """A missing part in words, with a link to the very field; or one for each language that it is missing in."""

    label: str
    href: str
    languages: list[Link]


def missing_by_section(missing: Iterable[MissingPart], slug: str) -> list[tuple[str, Sequence[Missing]]]:
    """What is missing, under the names of its sections, in their order."""
    found: dict[str, dict[str, Missing]] = {}
    for part in missing:
        anchor: str | None = _ANCHORS.get(part.field, part.field)
        if part.language is not None:
            anchor = None if part.section == "questions" else f"{anchor}-{part.language}"
        href = section_url(slug, part.section, anchor)
        fields = found.setdefault(part.section, {})
        entry = fields.setdefault(part.field, Missing(label_of(part.field), href, []))
        if part.language is not None:
            entry.languages.append(Link(language_name(part.language, current_locale().code), href))
    return [(str(SECTIONS[section]), list(fields.values())) for section, fields in found.items()]


def frame(round_: Round, section: str) -> dict[str, Any]:
    """The values that `consultations/section.html` needs."""
    slug = round_.consultation.slug
    names = sections_of(round_)
    place = names.index(section)
    before, after = names[place - 1] if place else None, names[place + 1] if place + 1 < len(names) else None
    return {
        "consultation": round_.consultation,
        "round": round_,
        "current": "setup",
        "section": section,
        "section_title": SECTIONS[section],
        "is_frozen": round_.opened_at is not None,
        "before": Link(str(SECTIONS[before]), section_url(slug, before)) if before else None,
        "after": Link(str(SECTIONS[after]), section_url(slug, after)) if after else None,
    }


def go_on(round_: Round, section: str) -> Any:
    """After saving: to the next section, or to the list if that was the button."""
    names = sections_of(round_)
    slug = round_.consultation.slug
    if request.form.get("then") == "list" or section == names[-1]:
        return redirect(url_for("consultations_desk.setup", slug=slug))
    return redirect(section_url(slug, names[names.index(section) + 1]))
