"""The texts of a consultation, entered per language, section by section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.accounts.enums import Constituency
from consult.consultations.enums import Body
from consult.consultations.models import (
    CONTACT_FIELDS,
    DECISION_FIELDS,
    PRIVACY_FIELDS,
    ROUND_FIELDS,
    SUMMARY_FIELDS,
    TERMS_FIELDS,
    Consultation,
)
from consult.core.forms import EmailField, IntegerField, NotYet, NumberRange, VersionedForm, localized_fields
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX, PARAGRAPH_MAX

Specification = Mapping[str, tuple[Any, Any, int]]

# Field to (label, hint, limit in characters). The labels are those of the public page.
FIELDS: Specification = {
    "title": (_l("Title"), _l("What the text is called, as people will search for it."), LINE_MAX),
    "introduction": (
        _l("What is new in this round"),
        _l("What became of the last round, what changed in the draft since, and what you ask now."),
        PARAGRAPH_MAX,
    ),
    "summary_changes": (
        _l("What changes"),
        _l("In plain words, for somebody who has never read such a text. All three parts fit on one page."),
        2_000,
    ),
    "summary_for_whom": (_l("For whom"), _l("Whom it will touch, and who should answer."), 1_500),
    "summary_asked": (_l("What we ask of you"), _l("What you want to hear, and what somebody may leave out."), 1_500),
    "being_decided": (_l("What is being decided"), _l("Which parts are open, and which of them most."), PARAGRAPH_MAX),
    "settled_already": (
        _l("What is settled already"),
        _l("What no answer can change. If nothing is settled, say so."),
        PARAGRAPH_MAX,
    ),
    "who_decides": (_l("Who decides"), _l("Which body, by what rule, and when."), PARAGRAPH_MAX),
    "how_composed": (
        _l("How the bodies are composed"),
        _l("Who drafts and who decides, by constituency, and who has no seat. The table below gives the numbers."),
        PARAGRAPH_MAX,
    ),
    "how_input_used": (
        _l("How your input is used"),
        _l("What happens to a point between the day it arrives and the day the text is decided."),
        PARAGRAPH_MAX,
    ),
    "terms_responsibilities": (
        _l("Expected responsibilities"),
        _l("What you expect of those who take part, and they of you."),
        PARAGRAPH_MAX,
    ),
    "terms_time_travel": (
        _l("Time and travel"),
        _l("How long it takes, and whether anybody has to travel."),
        PARAGRAPH_MAX,
    ),
    "terms_support": (
        _l("Compensation and support"),
        _l("Fees, interpretation, travel, connectivity, accessible formats: what there is, and what there is not."),
        PARAGRAPH_MAX,
    ),
    "terms_how_to_ask": (
        _l("How to ask for it"),
        _l("Where to write, by when, and when an answer comes."),
        PARAGRAPH_MAX,
    ),
    "confidentiality": (
        _l("Confidentiality"),
        _l("Under what conditions something is kept back, and what you cannot promise."),
        PARAGRAPH_MAX,
    ),
    "right_to_consult_peers": (
        _l("Your right to consult your peers"),
        _l("Whether people may show the draft and the answers to those they speak for."),
        PARAGRAPH_MAX,
    ),
    "contact": (_l("Contact"), _l("Who answers questions, and where a question about safety goes."), PARAGRAPH_MAX),
    "privacy_controller": (
        _l("Who is responsible for your data"),
        _l("The controller, as the law that applies to you calls it."),
        PARAGRAPH_MAX,
    ),
    "privacy_purpose": (_l("What for"), _l("What the data is used for, and what it is not."), PARAGRAPH_MAX),
    "privacy_retention": (_l("How long it is kept"), _l("And what is kept for ever."), PARAGRAPH_MAX),
    "privacy_transfers": (_l("Who else gets it"), _l("Other bodies and other countries."), PARAGRAPH_MAX),
    "privacy_contact": (
        _l("Whom to ask"),
        _l("To see, correct or erase data, and to complain."),
        PARAGRAPH_MAX,
    ),
}

TEXT_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "introduction": ROUND_FIELDS,
    "summary": SUMMARY_FIELDS,
    "decision": DECISION_FIELDS,
    "terms": TERMS_FIELDS,
    "contact": CONTACT_FIELDS,
    "privacy": PRIVACY_FIELDS,
}

_OTHER_LABELS = {
    "seats_drafting": _l("Seats in the drafting body"),
    "seats_deciding": _l("Seats in the deciding body"),
    "contact_email": _l("E-mail address"),
    "privacy_minimum_age": _l("Minimum age"),
    "opens_at": _l("When the round opens"),
    "closes_at": _l("When the round closes"),
    "closes_in_the_future": _l("A closing time that is still to come"),
    "response_due": _l("When the response is due"),
    "questions": _l("A question or one of its options"),
    "draft": _l("The draft"),
}


def label_of(field: str) -> str:
    """What people read for a field that may be missing."""
    return str(FIELDS[field][0] if field in FIELDS else _OTHER_LABELS[field])


def seats_name(body: Body, constituency: Constituency) -> str:
    """The form field for the seats of a constituency in a body."""
    return f"seats-{body.value}-{constituency.value}"


class TextsForm(VersionedForm):
    """The texts of one section, in every language of the consultation."""

    names: tuple[str, ...] = ()

    def texts(self) -> dict[str, dict[str, str]]:
        """Field to (language to words)."""
        return {name: self.words(name) for name in self.names}

    def seats(self) -> dict[tuple[Body, Constituency], int]:
        """The table of seats; an empty cell is none."""
        return {
            (body, constituency): self[seats_name(body, constituency)].data or 0
            for body in Body
            for constituency in Constituency
        }


def texts_form(section: str, consultation: Consultation, stored: Mapping[str, Any]) -> TextsForm:
    """The form of one section.

    Args:
        section: a key of `TEXT_SECTIONS`.
        consultation: whose languages decide what there is to enter.
        stored: what is stored now, by name of the form's field.
    """
    names = TEXT_SECTIONS[section]
    fields = localized_fields(
        {name: FIELDS[name] for name in names}, consultation.languages, authentic=consultation.authentic_language
    )
    made = type("TextsForm", (TextsForm,), {**fields, **_other_fields(section), "names": names})
    form: TextsForm = made(data={**stored, "version": str(consultation.version)})
    return form


def _other_fields(section: str) -> dict[str, Any]:
    if section == "contact":
        label, hint = _OTHER_LABELS["contact_email"], _l("Where people write to. Everybody sees it.")
        return {"contact_email": EmailField(label, description=hint)}
    if section == "privacy":
        label = _OTHER_LABELS["privacy_minimum_age"]
        hint = _l("In years: the age from which people may take part on their own.")
        return {"privacy_minimum_age": IntegerField(label, [NotYet(), NumberRange(0, 99)], description=hint)}
    if section == "decision":
        return {
            seats_name(body, constituency): IntegerField(constituency.label, [NotYet(), NumberRange(0, 10_000)])
            for body in Body
            for constituency in Constituency
        }
    return {}
