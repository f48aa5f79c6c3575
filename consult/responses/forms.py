"""Forms of answering and clearing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from consult.consultations.models import Consultation
from consult.core.forms import (
    CHOOSE,
    Form,
    InputRequired,
    LongTextField,
    RadioField,
    SelectField,
    VersionedForm,
    localized_fields,
)
from consult.core.locale import current_locale, language_name
from consult.core.locale import lazy_gettext as _l
from consult.core.secrets import normalise_reference
from consult.core.text import LINE_MAX, POINT_MAX
from consult.responses.enums import Verdict, disposition_in_words, offered_dispositions


def read_seen(values: Iterable[str]) -> dict[str, int]:
    """What a form or an address says of the chosen points: reference to the number of the version seen, 0 for none.

    Args:
        values: ``MIN-1-7K4QXM`` or ``MIN-1-7K4QXM:2``, or several with spaces between; the rest is left out.
    """
    seen = {}
    for value in " ".join(values).split():
        typed, _colon, number = value.partition(":")
        reference = normalise_reference(typed)
        if reference is not None:
            seen[reference] = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    return seen


class AnswerForm(Form):
    """The answer to one point, or to several together."""

    disposition = RadioField(_l("How addressed"), [InputRequired(CHOOSE)], choices=[])
    rationale = LongTextField(
        _l("Why"),
        description=_l("The reason, in public. Without it no answer can be proposed."),
    )
    text = LongTextField(
        _l("Answer to the author"),
        limit=POINT_MAX,
        description=_l("What the author reads, and the public in the response log."),
    )
    language = SelectField(_l("Language of the reason and the answer"), choices=[])

    def __init__(self, *args: Any, languages: Sequence[str], is_member_driven: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.disposition.choices = [
            (one.value, disposition_in_words(one, is_proposal=is_member_driven))
            for one in offered_dispositions(is_member_driven)
        ]
        self.language.choices = [(code, language_name(code, current_locale().code)) for code in languages]


class CorrectionForm(AnswerForm):
    """A better answer in place of one that was sent, and why."""

    reason = LongTextField(
        _l("Why the answer is corrected"),
        description=_l("Public, beside the corrected answer; the author reads it too. In the language of the answer."),
    )


class ClearanceForm(Form):
    """The note with which answers go back."""

    note = LongTextField(
        _l("Note to the responder"),
        description=_l("Needed to return answers: what should change before you would clear them. It is not public."),
    )


class AcknowledgeForm(VersionedForm):
    """Whether an answer answers the point, and why not."""

    verdict = RadioField(_l("Does this answer your point?"), [InputRequired(CHOOSE)], choices=[])
    why = LongTextField(
        _l("What is missing, or not right"),
        description=_l(
            "Only if it does not answer your point. The secretariat alone reads it; nothing of it is public."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.verdict.choices = [(verdict.value, verdict.label) for verdict in Verdict]


REASON_MAX = 2_000


def _localized(
    specification: dict[str, tuple[Any, Any, int]], consultation: Consultation, needed: Sequence[str]
) -> type[Form]:
    fields = localized_fields(
        specification, consultation.languages, authentic=consultation.authentic_language, needed=needed
    )
    return type("LocalizedForm", (Form,), fields)


def reason_form(consultation: Consultation, data: dict[str, str]) -> Form:
    """Why accepted points are not visible in the text, in every language of the consultation.

    Args:
        consultation: whose languages decide what there is to enter.
        data: what is said now, by name of the field.
    """
    hint = _l("Everybody reads it with the outcome. For example: “It is taken up in the annex on monitoring.”")
    specification = {"reason": (_l("Why it is not visible in the text"), hint, REASON_MAX)}
    return _localized(specification, consultation, ["reason"])(data=data)


def source_form(consultation: Consultation, data: dict[str, str]) -> Form:
    """Where changes come from and why they were made, in every language of the consultation.

    Args:
        consultation: whose languages decide what there is to enter.
        data: what is said now, by name of the field.
    """
    specification = {
        "source": (
            _l("Where it comes from"),
            _l("Such as “Legal review” or “Working group meeting of 3 May”."),
            LINE_MAX,
        ),
        "reason": (_l("Why it was made"), _l("Everybody reads it with the outcome."), REASON_MAX),
    }
    return _localized(specification, consultation, ["source", "reason"])(data=data)


class TakeBackForm(Form):
    """Why a link between a point and a change is taken back."""

    reason = LongTextField(
        _l("Why the link is taken back"),
        limit=REASON_MAX,
        description=_l("Public, beside the point: the link may have been read. In the authentic language."),
    )
