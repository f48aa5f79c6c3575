"""Forms of taking part, and of what comes late."""

from consult.submissions.forms.late import DecideLateForm, OfferLateForm
from consult.submissions.forms.questions import QuestionsForm, questions_form
from consult.submissions.forms.taking_part import (
    AboutForm,
    LanguageForm,
    PointForm,
    PublicationForm,
    canonical_language,
    comment_type_hints,
    language_choices,
)

__all__ = [
    "AboutForm",
    "DecideLateForm",
    "LanguageForm",
    "OfferLateForm",
    "PointForm",
    "PublicationForm",
    "QuestionsForm",
    "canonical_language",
    "comment_type_hints",
    "language_choices",
    "questions_form",
]
