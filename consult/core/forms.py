"""Forms: fields that keep the input boundary, and errors of services shown next to their field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.i18n import get_translations
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, EmailInput, ListWidget

from consult.core.errors import BadInput, Conflict, ConsultError
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX, PARAGRAPH_MAX, check_line, check_text

REQUIRED = _l("Fill this in.")
CHOOSE = _l("Choose one of these.")


class _Translations:
    """WTForms' own sentences in the request's locale."""

    def __init__(self) -> None:
        code = str(get_locale() or "en")
        self._found = get_translations([code, code.split("_")[0], "en"])

    def gettext(self, text: str) -> str:
        """One sentence."""
        return str(self._found.gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """One sentence, by number."""
        return str(self._found.ngettext(singular, plural, number))


class Form(FlaskForm):
    """Base of all forms. CSRF is checked for the whole app before any view runs (``core.web.csrf``)."""

    form_errors: list[str]

    class Meta:
        """WTForms' options."""

        csrf = False

        def get_translations(self, _form: Any) -> _Translations:
            """Sentences in the request's locale."""
            return _Translations()

    def show(self, error: ConsultError) -> None:
        """Put what a service refused next to the field it belongs to, or on top of the form.

        Args:
            error: BadInput or Conflict name a field; others stand on top.
        """
        name = error.field if isinstance(error, BadInput | Conflict) else None
        field = self._fields.get(name) if name else None
        if field is None:
            self.form_errors = [*self.form_errors, error.message]
        else:
            field.errors = [*field.errors, error.message]

    def values(self, *names: str) -> dict[str, Any]:
        """The data of some fields, as keyword arguments for a service."""
        return {name: self._fields[name].data for name in names}


class LineField(StringField):
    """One line of text."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), *, limit: int = LINE_MAX, **options: Any) -> None:
        super().__init__(label, list(validators), **options)
        self.limit = limit

    def pre_validate(self, _form: Any) -> None:
        """Keep the input boundary."""
        self.data = _checked(self.data, self.limit, line=True)


class LongTextField(TextAreaField):
    """Several paragraphs of text."""

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), *, limit: int = PARAGRAPH_MAX, **options: Any
    ) -> None:
        super().__init__(label, list(validators), **options)
        self.limit = limit
        self.flags.maxlength = limit  # the macro draws a counter from it, and leaves the attribute out

    def pre_validate(self, _form: Any) -> None:
        """Keep the input boundary."""
        self.data = _checked(self.data, self.limit, line=False)


class EmailField(LineField):
    """An e-mail address."""

    widget = EmailInput()

    def __init__(self, label: Any, validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, validators, limit=254, **options)

    def post_validate(self, _form: Any, validation_stopped: bool) -> None:
        """Refuse what cannot be an address; whether it is one, only a message can tell."""
        value = self.data or ""
        if validation_stopped or not value:
            return
        if not is_address(value):
            raise ValidationError(str(_l("Write an address like name@example.org.")))


# One mailbox, bare: what separates, groups, quotes or comments addresses in a message's header (RFC 5322, section
# 3.4) would let one line write to several people, or to somebody else than it seems, past the limits of each.
_ADDRESS = re.compile(r"[^\s()<>\[\]:;@\\,\"]+@[\w-]+(?:\.[\w-]+)+")


def is_address(value: str) -> bool:
    """Whether this can be the e-mail address of one mailbox."""
    local = value.partition("@")[0]
    is_plain = value.isprintable() and "=?" not in value  # nothing invisible, no encoded words
    return is_plain and bool(_ADDRESS.fullmatch(value)) and ".." not in f".{local}."


class CheckboxesField(SelectMultipleField):
    """Several of some options, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _checked(value: str | None, limit: int, *, line: bool) -> str:
    try:
        return (check_line if line else check_text)(value or "", limit=limit)
    except BadInput as error:
        raise ValidationError(error.message) from error


class _Required(DataRequired):
    """Something must be there; what to do is said as the field is answered: by writing or by choosing."""

    def __call__(self, form: Any, field: Any) -> None:
        self.message = CHOOSE if isinstance(field, RadioField) else REQUIRED
        super().__call__(form, field)


def required() -> DataRequired:
    """Validator: something must be there."""
    return _Required()


def localized_fields(
    specification: Mapping[str, tuple[Any, Any, int]], languages: Sequence[str], *, authentic: str
) -> dict[str, Field]:
    """Unbound fields for texts that are entered per language, named ``field-language``.

    Args:
        specification: field name to (label, hint, limit in characters).
        languages: BCP 47 codes.
        authentic: which of them is authentic.

    Returns:
        Fields for a form class, in the order of the specification, then of the languages.
    """
    fields: dict[str, Any] = {}
    for name, (label, hint, limit) in specification.items():
        kind = LineField if limit <= LINE_MAX else LongTextField
        for code in [authentic, *[c for c in languages if c != authentic]]:
            fields[f"{name}-{code}"] = kind(
                label, description=hint, limit=limit, render_kw={"lang": code, "data-language": code}
            )
    return fields


__all__ = [
    "BooleanField",
    "CheckboxesField",
    "DateField",
    "DateTimeLocalField",
    "EmailField",
    "Form",
    "InputRequired",
    "IntegerField",
    "LineField",
    "LongTextField",
    "NumberRange",
    "Optional",
    "PasswordField",
    "RadioField",
    "SelectField",
    "SelectMultipleField",
    "is_address",
    "localized_fields",
    "required",
]
