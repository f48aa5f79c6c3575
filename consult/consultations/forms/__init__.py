"""Forms of setting up, opening and inviting."""

from consult.consultations.forms.background import BackgroundForm, background_form
from consult.consultations.forms.basics import BasicsForm, CreateForm, basics_form
from consult.consultations.forms.copying import CopyForm
from consult.consultations.forms.inviting import InviteForm
from consult.consultations.forms.life import (
    REASON_MAX,
    ExtensionForm,
    MeetingForm,
    OutcomeForm,
    extension_form,
    meeting_form,
    outcome_form,
)
from consult.consultations.forms.questions import QuestionForm, kind_hints, question_form
from consult.consultations.forms.rounds import AUDIENCE_HINTS, VISIBILITY_HINTS, WALL_FORMATS, RoundForm
from consult.consultations.forms.texts import TEXT_SECTIONS, TextsForm, label_of, texts_form

__all__ = [
    "AUDIENCE_HINTS",
    "REASON_MAX",
    "TEXT_SECTIONS",
    "VISIBILITY_HINTS",
    "WALL_FORMATS",
    "BackgroundForm",
    "BasicsForm",
    "CopyForm",
    "CreateForm",
    "ExtensionForm",
    "InviteForm",
    "MeetingForm",
    "OutcomeForm",
    "QuestionForm",
    "RoundForm",
    "TextsForm",
    "background_form",
    "basics_form",
    "extension_form",
    "kind_hints",
    "label_of",
    "meeting_form",
    "outcome_form",
    "question_form",
    "texts_form",
]
