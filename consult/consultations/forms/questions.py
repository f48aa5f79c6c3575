"""A question, in every language of the consultation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from wtforms import ValidationError

from consult.consultations.enums import QuestionKind
from consult.consultations.models import Consultation
from consult.core.forms import RadioField, VersionedForm, localized_fields, required
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX

OPTIONS_MAX = 20
_OPTION = re.compile(r"option_(\d{1,2})-.+")


class QuestionForm(VersionedForm):
    """Its kind, its words, and its options where it has some."""

    kind = RadioField(_l("How it is answered"), [required()])
    rows: int = 0

    def validate_kind(self, field: RadioField) -> None:
        """Options that were typed are not dropped without a word."""
        if field.data == QuestionKind.FREE_TEXT and any(any(option.values()) for option in self.options()):
            raise ValidationError(_("You wrote options. Choose a kind that has them, or empty them."))

    def text(self) -> dict[str, str]:
        """Language to words of the question."""
        return self.words("text")

    def options(self) -> list[dict[str, str]]:
        """Each option: language to words; empty rows too."""
        return [self.words(f"option_{row}") for row in range(1, self.rows + 1)]


def kind_hints() -> dict[str, str]:
    """What each kind of question is good for."""
    return {
        QuestionKind.FREE_TEXT.value: _("The answer is a point: it is read and answered."),
        QuestionKind.SINGLE_CHOICE.value: _("At least two options below."),
        QuestionKind.MULTIPLE_CHOICE.value: _("At least two options below; people choose as many as they like."),
        QuestionKind.AGREEMENT.value: _(
            "Each option below is a statement. People say how far they agree, from “strongly agree” to “strongly "
            "disagree”, or leave it open."
        ),
        QuestionKind.POSITIONS.value: _(
            "On each option below people support, do not support, have no position yet, or reserve their position. "
            "Their reasons are points, read and answered."
        ),
    }


def question_form(consultation: Consultation, stored: dict[str, Any]) -> QuestionForm:
    """The form of a question, with two rows more than it has options.

    Args:
        consultation: whose languages decide what there is to enter.
        stored: what is stored now, by name of the form's field.
    """
    rows = min(max(_highest(stored) + 2, _highest(request.form), 5), OPTIONS_MAX)
    specification = {
        "text": (_l("The question"), _l("One thing at a time. Say which section it is about."), 1_000),
        **{f"option_{row}": (_l("Option %(number)s", number=row), None, LINE_MAX) for row in range(1, rows + 1)},
    }
    fields = localized_fields(specification, consultation.languages, authentic=consultation.authentic_language)
    made = type("QuestionForm", (QuestionForm,), {**fields, "rows": rows})
    form: QuestionForm = made(data={**stored, "version": str(consultation.version)})
    form.kind.choices = [(kind.value, kind.label) for kind in QuestionKind]
    return form


def _highest(names: Iterable[str]) -> int:
    return max((int(found[1]) for name in names if (found := _OPTION.fullmatch(name))), default=0)
