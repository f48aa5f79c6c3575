"""Forms: fields that keep the input boundary, and errors of services shown next to their field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from flask import flash, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, EmailInput, ListWidget, URLInput

from consult.core.codes import has_code_length, normalise_code
from consult.core.errors import BadInput, Conflict, ConsultError, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.text import LINE_MAX, LINK_MAX, PARAGRAPH_MAX, check_host, check_line, check_link, check_text
from consult.core.web.switching import is_switching

REQUIRED = _l("Fill this in.")
CHOOSE = _l("Choose one of these.")
TICK = _l("Tick this box, if you want to go on.")


# WTForms' sentences in our words: its catalogues have neither our tone nor all of our languages.
_OURS = {
    "'%(value)s' is not a valid choice for this field.": _l("Choose among these."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l("Choose among these."),
    "Invalid Choice: could not coerce.": CHOOSE,
    "Not a valid choice.": CHOOSE,
    "Not a valid date value.": _l("Write a day, such as 2027-03-14."),
    "Not a valid datetime value.": _l("Write a day and a time, such as 2027-03-14 23:59."),
    "Not a valid integer value.": _l("Write a whole number."),
    "Number must be at least %(min)s.": _l("Write a number from %(min)s."),
    "Number must be at most %(max)s.": _l("Write a number up to %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Write a number from %(min)s to %(max)s."),
    "This field is required.": REQUIRED,
}


class _Translations:
    """WTForms' own sentences in our words and the request's locale."""

    def gettext(self, text: str) -> str:
        """One sentence."""
        return str(_OURS.get(text, text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """One sentence, by number."""
        return str(_OURS.get(singular, singular if number == 1 else plural))


class Form(FlaskForm):
    """Base of all forms. CSRF is checked for the whole app before any view runs (``core.web.csrf``).

    A page that is asked for in another language shows what was typed in it, and is not submitted
    (``core.web.switching``).
    """

    form_errors: list[str]

    class Meta(FlaskForm.Meta):
        """WTForms' options."""

        csrf = False

        def get_translations(self, _form: Any) -> _Translations:
            """Sentences in the request's locale."""
            return _Translations()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent, also where the page is only to be shown with it."""
            if formdata is _Auto and is_switching():
                return CombinedMultiDict((request.files, request.form))
            return super().wrap_formdata(form, formdata)

    @property
    def is_new(self) -> bool:
        """Whether nobody has typed in it yet, so that what is stored or proposed may be filled in."""
        return not (self.is_submitted() or is_switching())

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether it was sent and nothing is wrong with it; tells what was taken out of its texts, and where."""
        is_good = bool(super().validate_on_submit(extra_validators))
        if is_good:
            for field in self:
                for note in getattr(field, "notes", ()):
                    flash(note, "info")
        return is_good

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

    def words(self, name: str) -> dict[str, str]:
        """Language to words of one of the `localized_fields`."""
        parts = ((*key.partition("-"), bound) for key, bound in self._fields.items())
        return {language: bound.data or "" for field, dash, language, bound in parts if field == name and dash}


class ConfirmForm(Form):
    """Nothing but the button."""


class Step(Enum):
    """How far somebody is with a `CheckedForm`."""

    FILLING_IN = auto()
    REFUSED = auto()
    LOOKING = auto()
    DONE = auto()


class CheckedForm(Form):
    """Filled in, looked at once more with all that follows from it, and only then done: for what stays for ever.

    The page that is looked at sends everything once more, hidden (`consultations/_again.html`), with a button
    "confirm" and a button "change".
    """

    step = HiddenField(default="look")

    def take(self, check: Callable[[], object], act: Callable[[], object]) -> Step:
        """Go as far as what was sent allows; what is refused is shown beside its field.

        Args:
            check: what the act would refuse, without doing it.
            act: what is confirmed; it checks by itself.
        """
        if not self.is_submitted() or self.step.data == "change":
            return Step.FILLING_IN
        if not self.validate():
            return Step.REFUSED
        try:
            if self.step.data == "confirm":
                act()
                return Step.DONE
            check()
        except (BadInput, Conflict, InvalidTransition) as error:
            self.show(error)
            return Step.REFUSED
        return Step.LOOKING


class VersionedForm(Form):
    """A form that knows which version of something it shows, so that nobody overwrites somebody else."""

    version = HiddenField()

    @property
    def made_from(self) -> int:
        """The version that was on the page; 0, which is never current, when it was tampered with."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

    def renew(self, version: int) -> None:
        """After a conflict: the next saving is of what is stored now."""
        self.version.data = str(version)

    def stored_values(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What somebody else has stored in fields that say something else here, by name of the field."""
        return {name: value for name, value in stored.items() if name in self and self[name].data != value}


class LineField(StringField):
    """One line of text."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), *, limit: int = LINE_MAX, **options: Any) -> None:
        super().__init__(label, list(validators), **options)
        self.limit = limit

    def pre_validate(self, _form: Any) -> None:
        """Keep the input boundary."""
        try:
            self.data = check_line(self.data or "", limit=self.limit)
        except BadInput as error:
            raise ValidationError(error.message) from error


class LongTextField(TextAreaField):
    """Several paragraphs of text."""

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), *, limit: int = PARAGRAPH_MAX, **options: Any
    ) -> None:
        super().__init__(label, list(validators), **options)
        self.limit = limit
        self.notes: list[str] = []
        self.flags.maxlength = limit  # the macro draws a counter from it, and leaves the attribute out

    def pre_validate(self, _form: Any) -> None:
        """Keep the input boundary."""
        self.notes.clear()
        try:
            self.data = check_text(self.data or "", limit=self.limit, notes=self.notes)
        except BadInput as error:
            raise ValidationError(error.message) from error


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
        try:
            check_host(value.rpartition("@")[2])
        except BadInput as error:
            raise ValidationError(error.message) from error


class LinkField(LineField):
    """The address of a page elsewhere."""

    widget = URLInput()

    def __init__(self, label: Any, validators: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(label, validators, limit=LINK_MAX, **options)

    def pre_validate(self, _form: Any) -> None:
        """Keep the input boundary: http and https only."""
        try:
            self.data = check_link(self.data or "")
        except BadInput as error:
            raise ValidationError(error.message) from error


# One mailbox, bare: what separates, groups, quotes or comments addresses in a message's header (RFC 5322, section
# 3.4) would let one line write to several people, or to somebody else than it seems, past the limits of each.
_ADDRESS = re.compile(r"[^\s()<>\[\]:;@\\,\"]+@[\w-]+(?:\.[\w-]+)+")


def is_address(value: str) -> bool:
    """Whether this can be the e-mail address of one mailbox."""
    local = value.partition("@")[0]
    is_plain = value.isprintable() and "=?" not in value  # nothing invisible, no encoded words
    return is_plain and bool(_ADDRESS.fullmatch(value)) and ".." not in f".{local}."


class CodeField(StringField):
    """A code that somebody wrote down (`consult.core.codes`); its data is the code as it was shown."""

    def pre_validate(self, _form: Any) -> None:
        """Take it as people type it; say what a code looks like where it cannot be one."""
        if not self.data:
            return
        code = normalise_code(self.data)
        if code is None and has_code_length(self.data):
            raise ValidationError(
                str(_l("A letter or a digit of this code is wrong, or two have changed places. Look at each group."))
            )
        if code is None:
            raise ValidationError(
                str(_l("This is not a whole code. It has 20 letters and digits, in four groups of five. Look again."))
            )
        self.data = code


class CheckboxesField(SelectMultipleField):
    """Several of some options, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Required(DataRequired):
    """Something must be there; what to do is said as the field is answered: by writing, choosing or ticking."""

    def __call__(self, form: Any, field: Any) -> None:
        self.message = (
            CHOOSE if isinstance(field, RadioField) else TICK if isinstance(field, BooleanField) else REQUIRED
        )
        super().__call__(form, field)


def required() -> DataRequired:
    """Validator: something must be there."""
    return _Required()


class CodeForm(Form):
    """A code that was written down, typed in again; expired pages never hand it back (`core.web.csrf`)."""

    written_code = CodeField(_l("Your code"), [required()], description=_l("Capitals and hyphens do not matter."))


class FileForm(Form):
    """One file; most often alone, so that nothing else is lost where sending it fails."""

    file = FileField(_l("File"))

    def validate_file(self, field: FileField) -> None:
        """Something has to be chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file."))


class NotYet(Optional):
    """Validator: it may be empty for now, since only a later step needs it; so the label does not call it optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


def _filled_in(_form: Form, field: Field) -> None:
    if not field.data:
        raise ValidationError(str(REQUIRED))


def localized_fields(
    specification: Mapping[str, tuple[Any, Any, int]],
    languages: Sequence[str],
    *,
    authentic: str,
    needed: Collection[str] = (),
) -> dict[str, Any]:
    """Unbound fields for texts that are entered per language, named ``field-language``.

    Args:
        specification: field name to (label, hint, limit in characters).
        languages: BCP 47 codes.
        authentic: which of them is authentic.
        needed: names of fields that cannot be empty in the authentic language.

    Returns:
        What a form class takes: fields in the order of the specification, then of the languages, and their checks.
    """
    fields: dict[str, Any] = {}
    for name, (label, hint, limit) in specification.items():
        kind = LineField if limit <= LINE_MAX else LongTextField
        for code in [authentic, *[c for c in languages if c != authentic]]:
            fields[f"{name}-{code}"] = kind(
                label, description=hint, limit=limit, render_kw={"lang": code, "data-language": code}
            )
    return fields | {f"validate_{name}-{authentic}": _filled_in for name in needed}


__all__ = [
    "BooleanField",
    "CheckboxesField",
    "CheckedForm",
    "CodeField",
    "CodeForm",
    "ConfirmForm",
    "DateField",
    "DateTimeLocalField",
    "EmailField",
    "Form",
    "InputRequired",
    "IntegerField",
    "LineField",
    "LinkField",
    "LongTextField",
    "NotYet",
    "NumberRange",
    "Optional",
    "PasswordField",
    "RadioField",
    "SelectField",
    "SelectMultipleField",
    "Step",
    "VersionedForm",
    "is_address",
    "localized_fields",
    "required",
]
