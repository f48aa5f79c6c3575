"""More time for a round, meetings, the outcome: each with its words in every language of the consultation."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from consult.consultations.enums import MeetingKind, OutcomeKind
from consult.consultations.forms.rounds import WALL_FORMATS
from consult.consultations.models import Consultation
from consult.core.forms import (
    REQUIRED,
    CheckedForm,
    DateField,
    DateTimeLocalField,
    Form,
    InputRequired,
    LinkField,
    Optional,
    RadioField,
    VersionedForm,
    localized_fields,
    required,
)
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX

REASON_MAX = 1_500


def _made(base: type[Form], consultation: Consultation, specification: Any, needed: str, data: Any) -> Any:
    """A form with fields in every language; the one that is needed must be there in the authentic one."""
    fields = localized_fields(
        specification, consultation.languages, authentic=consultation.authentic_language, needed=[needed]
    )
    return type(base.__name__, (base,), fields)(data=data)


class ExtensionForm(CheckedForm):
    """When the round closes now, and why; looked at once more before it counts."""

    closes_wall = DateTimeLocalField(
        _l("When the round closes"), [InputRequired(message=REQUIRED)], format=WALL_FORMATS
    )
    response_due = DateField(
        _l("When the response is due"),
        [InputRequired(message=REQUIRED)],
        description=_l("It may stay as it was promised, or move later; never earlier."),
    )


def extension_form(consultation: Consultation, stored: dict[str, Any]) -> ExtensionForm:
    """The form of an extension.

    Args:
        consultation: whose languages decide what there is to enter.
        stored: the dates as they are.
    """
    specification = {
        "reason": (_l("Why"), _l("Everybody reads it: on the pages of the round and in the message."), REASON_MAX)
    }
    form: ExtensionForm = _made(ExtensionForm, consultation, specification, "reason", stored)
    return form


class MeetingForm(VersionedForm):
    """A meeting, planned or held."""

    kind = RadioField(_l("What kind of meeting"), [required()])
    first_day = DateField(_l("First day"), [InputRequired(message=REQUIRED)])
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Leave it empty for a meeting of one day."))
    record_url = LinkField(
        _l("Link to its record"),
        [Optional()],
        description=_l("Minutes, a report or a recording; the whole address, beginning with https://."),
    )


def meeting_form(consultation: Consultation, stored: dict[str, Any]) -> MeetingForm:
    """The form of a meeting.

    Args:
        consultation: whose languages decide what there is to enter.
        stored: what is stored now, by name of the form's field; empty for a new one.
    """
    specification = {
        "title": (_l("What it is called"), _l("As people will look for it."), LINE_MAX),
        "place": (_l("Where"), _l("A city and a building, or “online”. It may be empty."), LINE_MAX),
    }
    form: MeetingForm = _made(MeetingForm, consultation, specification, "title", stored)
    form.kind.choices = [(kind.value, kind.label) for kind in MeetingKind]
    return form


class OutcomeForm(CheckedForm):
    """What became of the text; looked at once more before it counts."""

    replaces = HiddenField()
    kind = RadioField(_l("What became of the text"), [required()])
    decided_on = DateField(_l("When it was decided"), [InputRequired(message=REQUIRED)])
    final_text_url = LinkField(
        _l("Link to the final text"),
        [Optional()],
        description=_l("Where everybody finds it; the whole address, beginning with https://."),
    )


def outcome_form(consultation: Consultation, stored: dict[str, Any]) -> OutcomeForm:
    """The form of an outcome.

    Args:
        consultation: whose languages decide what there is to enter.
        stored: which outcome stands now, and what is in the fields at first.
    """
    specification = {
        "body": (
            _l("By whom"),
            _l("The body that decided, as it reads in a sentence: “the General Assembly”."),
            LINE_MAX,
        ),
        "note": (
            _l("What is said with it"),
            _l("Conditions, reservations, the number of the decision, what comes next. It may be empty."),
            3_000,
        ),
    }
    form: OutcomeForm = _made(OutcomeForm, consultation, specification, "body", stored)
    form.kind.choices = [(kind.value, kind.label) for kind in OutcomeKind]
    return form
