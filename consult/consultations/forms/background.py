"""The form of a background document."""

from __future__ import annotations

from typing import Any

from consult.consultations.models import Consultation
from consult.core.forms import FileForm, SelectField, localized_fields
from consult.core.languages import language_choices
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX


class BackgroundForm(FileForm):
    """A document, and the language that it is in."""

    language = SelectField(_l("Language of the document"))

    def title(self, consultation: Consultation) -> dict[str, str]:
        """What it is called, by language."""
        return {code: self[f"title-{code}"].data or "" for code in consultation.languages}


def background_form(consultation: Consultation) -> BackgroundForm:
    """The form, with the title in every language of a consultation."""
    specification = {"title": (_l("What it is called"), _l("As people will look for it."), LINE_MAX)}
    fields: dict[str, Any] = localized_fields(
        specification, consultation.languages, authentic=consultation.authentic_language, needed=["title"]
    )
    form: BackgroundForm = type("BackgroundForm", (BackgroundForm,), fields)()
    form.language.choices = language_choices([consultation.authentic_language, *consultation.languages])
    return form
