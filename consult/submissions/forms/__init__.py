"""Forms of taking part, and of what comes late."""

from consult.submissions.forms.files import AudienceForm
from consult.submissions.forms.languages import LanguageForm
from consult.submissions.forms.late import DecideLateForm, OfferLateForm
from consult.submissions.forms.questions import QuestionsForm, questions_form
from consult.submissions.forms.taking_part import (
    AboutForm,
    PointForm,
    PublicationForm,
    SettingForm,
    comment_type_hints,
)

__all__ = [
    "AboutForm",
    "AudienceForm",
    "DecideLateForm",
    "LanguageForm",
    "OfferLateForm",
    "PointForm",
    "PublicationForm",
    "QuestionsForm",
    "SettingForm",
    "comment_type_hints",
    "questions_form",
]
