"""The language that somebody writes in: from a list, by its code, or in their own words."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import ValidationError

from consult.core.errors import BadInput
from consult.core.forms import Form, LineField, SelectField
from consult.core.languages import NAME_MAX, InputLanguage, language_choices, resolve_language
from consult.core.locale import UNCODED, current_locale
from consult.core.locale import lazy_gettext as _l
from consult.submissions.models import Comment


def language_data(comment: Comment, otherwise: str) -> dict[str, str]:
    """What the fields of a `LanguageForm` hold for a point that is there.

    Args:
        comment: the point.
        otherwise: the code that the list stands on where the language has none.
    """
    if comment.language == UNCODED:
        return {"language": otherwise, "other_language": comment.language_words}
    return {"language": comment.language}


class LanguageForm(Form):
    """The language that somebody writes in. What is typed counts before what is chosen."""

    language = SelectField(_l("Language you write in"))
    other_language = LineField(
        _l("Another language"),
        limit=NAME_MAX,
        description=_l(
            "If yours is not in the list: its name, such as “Kavet”, or its code in BCP 47, such as “ktu” or “zh-Hant”."
        ),
    )
    _named: InputLanguage | None = None

    def offer_languages(self, codes: Sequence[str]) -> None:
        """Fill the list; ``codes`` come first, among them the one that the point has already."""
        self.language.choices = language_choices(codes)

    def validate_other_language(self, field: LineField) -> None:
        """A code that can be one, or a name."""
        if not field.data:
            return
        try:
            self._named = resolve_language(field.data, current_locale().code)
        except BadInput as error:
            raise ValidationError(error.message) from error

    @property
    def spoken(self) -> InputLanguage:
        """The language that was typed or chosen; once the form is validated."""
        return self._named or InputLanguage(self.language.data or current_locale().code)
