"""The units of one page as a form, each saved by itself; a file that came back; what is said of a translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import HiddenField, TextAreaField, ValidationError

from consult.core.errors import BadInput
from consult.core.forms import BooleanField, Form, LineField, LongTextField, SelectField, VersionedForm
from consult.core.languages import canonical_language, language_choices
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.translating.services import ChangedMeanwhile, Entry, Refused
from consult.translating.units import Standing, Unit

# As many as a page shows, and some more: a form with thousands of fields is not one of ours.
MOST = 100
# From here on a limit is so far away that it is told only to who crosses it.
TOLD_UP_TO = 2_000


class TranslationForm(Form):
    """One text field for each unit, the version and the source that were on the page, and whether a stale one holds."""

    # Whether somebody else was faster with one of them.
    is_outrun = False
    # The keys of those that somebody has emptied, and is asked about.
    emptied: frozenset[str] = frozenset()

    def text_of(self, unit: Unit) -> Any:
        """The field of the translation."""
        return self[f"text-{unit.key}"]

    def keep_of(self, unit: Unit) -> Any:
        """The box that says that a stale translation still holds; None where none is stale."""
        return self._fields.get(f"keep-{unit.key}")

    def removal_of(self, unit: Unit) -> Any:
        """The box that says that a translation is to be taken away; None where nobody is asked."""
        return self._fields.get(f"remove-{unit.key}") if unit.key in self.emptied else None

    def hidden_of(self, unit: Unit) -> list[Any]:
        """What was on the page when it was made."""
        return [self[f"version-{unit.key}"], self[f"seen-{unit.key}"]]

    def show_refused(self, refused: Sequence[Refused]) -> list[Unit]:
        """What could not be kept, each beside its field, ready to be sent again knowingly; their units."""
        units = []
        for one in refused:
            unit = one.entry.unit
            units.append(unit)
            field = self.text_of(unit)
            field.errors = [*field.errors, one.error.message]
            if isinstance(one.error, ChangedMeanwhile):
                self.is_outrun = True
                self[f"version-{unit.key}"].data = str(one.error.version)
            self[f"seen-{unit.key}"].data = unit.source_digest
        return units

    def entries(self, units: Sequence[Unit]) -> tuple[list[Entry], list[Refused]]:
        """What was entered for these; and what was emptied without saying that it is to be taken away.

        An emptied field may be a slip of the hand, and what stood in it is public: its words come back into the field,
        beside a box to tick.
        """
        entered = self._entered(units)
        slips = [entry for entry in entered if self._asks(entry)]
        for entry in slips:
            self.text_of(entry.unit).data = entry.unit.text
        self.emptied = frozenset(entry.unit.key for entry in slips)
        asking = BadInput(_("You have emptied this. Say below that it is to be taken away; otherwise it stays."))
        return [entry for entry in entered if entry not in slips], [Refused(entry, asking) for entry in slips]

    def _asks(self, entry: Entry) -> bool:
        unit = entry.unit
        is_emptied = bool(unit.text) and not entry.text.strip() and not unit.is_fixed
        return is_emptied and entry.made_from == unit.version and not self._removes(unit)

    def _removes(self, unit: Unit) -> bool:
        box = self._fields.get(f"remove-{unit.key}")
        return box is not None and bool(box.data) and (self.text_of(unit).data or "").strip() in {"", unit.text}

    def _entered(self, units: Sequence[Unit]) -> list[Entry]:
        return [
            Entry(
                unit,
                "" if self._removes(unit) else self.text_of(unit).data or "",
                made_from=_number(self[f"version-{unit.key}"].data),
                seen=self[f"seen-{unit.key}"].data or "",
                keeps=bool(self.keep_of(unit) is not None and self.keep_of(unit).data),
            )
            for unit in units
        ]


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def keys_in(values: Mapping[str, Any]) -> list[str]:
    """The keys of the units that a request is about."""
    return [name.partition("-")[2] for name in values if name.startswith("version-")][:MOST]


def translation_form(units: Sequence[Unit], language: str) -> TranslationForm:
    """The form of some units.

    Args:
        units: in the order of the page.
        language: BCP 47 code of the translations.
    """
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    name = language_name(language, current_locale().code)
    for unit in units:
        label = _("%(place)s (%(language)s)", place=unit.place, language=name)
        fields[f"text-{unit.key}"] = TextAreaField(label)
        fields[f"version-{unit.key}"], fields[f"seen-{unit.key}"] = HiddenField(), HiddenField()
        if unit.text:
            fields[f"remove-{unit.key}"] = BooleanField(_l("Take this translation away: readers then get the original"))
        if unit.standing is Standing.STALE:
            fields[f"keep-{unit.key}"] = BooleanField(_l("It still holds as it is"))
        data |= {f"text-{unit.key}": unit.text, f"version-{unit.key}": str(unit.version)}
        data[f"seen-{unit.key}"] = unit.source_digest
    made = type("TranslationForm", (TranslationForm,), fields)
    form: TranslationForm = made(data=data)
    for unit in units:
        if unit.limit <= TOLD_UP_TO:
            form.text_of(unit).flags.maxlength = unit.limit
    return form


class OtherLanguageForm(Form):
    """A language to translate into that is not in the list yet; it is sent by GET, and changes nothing."""

    to = SelectField(_l("Another language"))
    code = LineField(
        _l("Code of another language"),
        limit=35,
        description=_l("If it is not in the list: its code in BCP 47, such as “ktu” or “zh-Hant”."),
    )

    @property
    def is_sent(self) -> bool:
        """Whether the address asks for a language."""
        return "to" in request.args or "code" in request.args

    def validate_code(self, field: LineField) -> None:
        """A code that can be one."""
        if field.data and canonical_language(field.data) is None:
            raise ValidationError(_("This is not a language code. Two or three letters are enough, such as “ktu”."))

    @property
    def language_code(self) -> str:
        """The language that was chosen or typed."""
        return canonical_language(self.code.data or "") or self.to.data


def other_language_form(first: Sequence[str]) -> OtherLanguageForm:
    """The form of another language; ``first`` come first in its list."""
    form = OtherLanguageForm(request.args)
    form.to.choices = language_choices(first)
    return form


class ContestForm(VersionedForm):
    """What is not right, and the translation that the author has read."""

    reason = LongTextField(
        _l("What is not right?"),
        description=_l("The secretariat alone reads this. Write it in any language."),
    )


class SettleForm(Form):
    """What the author reads."""

    answer = LongTextField(
        _l("Answer to the author"),
        description=_l("The author of the point alone reads this, by e-mail and beside the point."),
    )
