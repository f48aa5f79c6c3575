"""Forms of setting up, opening and inviting."""

from consult.consultations.forms.basics import BasicsForm, CreateForm, basics_form
from consult.consultations.forms.inviting import InviteForm
from consult.consultations.forms.questions import QuestionForm, question_form
from consult.consultations.forms.rounds import AUDIENCE_HINTS, VISIBILITY_HINTS, RoundForm
from consult.consultations.forms.texts import TEXT_SECTIONS, TextsForm, label_of, texts_form
from consult.consultations.forms.versioned import ConfirmForm, VersionedForm

__all__ = [
    "AUDIENCE_HINTS",
    "TEXT_SECTIONS",
    "VISIBILITY_HINTS",
    "BasicsForm",
    "ConfirmForm",
    "CreateForm",
    "InviteForm",
    "QuestionForm",
    "RoundForm",
    "TextsForm",
    "VersionedForm",
    "basics_form",
    "label_of",
    "question_form",
    "texts_form",
]
