"""Forms of bringing a comment table in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms.validators import Optional as MayBeEmpty

from consult.accounts.enums import Capacity
from consult.core.forms import (
    CHOOSE,
    Form,
    InputRequired,
    IntegerField,
    LineField,
    LongTextField,
    NumberRange,
    RadioField,
    SelectField,
    required,
)
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.intake.cells import Cell, column_letters
from consult.intake.delimited import ENCODINGS
from consult.intake.enums import Column
from consult.intake.interpreting import NAME_MAX
from consult.submissions.enums import PublicationSetting

HOW_MAX = 1_000
LATE_MAX = 1_000
NOT_THERE = ""
THIS_POINT, EVERYTHING = "point", "all"


def setting_words() -> dict[PublicationSetting, str]:
    """What the public sees of who speaks, in the words of somebody who writes it in for them."""
    return {
        PublicationSetting.NAMED: _("With the name in the table"),
        PublicationSetting.ORGANISATION_ONLY: _("With the organisation’s name only"),
        PublicationSetting.ANONYMOUS: _("Without any name"),
        PublicationSetting.NOT_PUBLISHED: _("Not published"),
    }


def encoding_choices() -> list[tuple[str, str]]:
    """The encodings that a text file can be read in."""
    return [("", _("Find it")), *ENCODINGS.items()]


class ReadingForm(Form):
    """Which part of the file, and how it is read."""

    sheet = SelectField(_l("Sheet"), choices=list, validate_choice=False)
    encoding = SelectField(_l("Encoding of the text"), choices=encoding_choices, validate_choice=False)
    header = IntegerField(_l("Row of the headings"), [MayBeEmpty(), NumberRange(1, 1_000_000)])


class ColumnsForm(Form):
    """Which column of the table holds what; the fields are made for the table."""

    def columns(self) -> dict[Column, int]:
        """The place of each column that was chosen."""
        return {
            column: int(self._fields[column.value].data)
            for column in Column
            if column.value in self._fields and self._fields[column.value].data != NOT_THERE
        }


def columns_form(shown: Sequence[tuple[int, str, Sequence[Cell]]], present: Mapping[Column, int]) -> ColumnsForm:
    """The form for a table.

    Args:
        shown: the columns of the table: place, heading, what stands in the first rows.
        present: what is proposed.
    """
    choices = [
        (NOT_THERE, _("Not in this table")),
        *((str(place), f"{column_letters(place)}: {heading}".rstrip(": ")) for place, heading, _cells in shown),
    ]  # fmt: skip
    fields = {
        column.value: SelectField(
            column.label, choices=lambda: choices, default=str(present[column]) if column in present else NOT_THERE
        )
        for column in Column
    }
    form: ColumnsForm = type("ColumnsOfTable", (ColumnsForm,), fields)()
    return form


class RespondentsForm(Form):
    """Who speaks, what the public sees of them, how permission was given."""

    speaker = LineField(
        _l("Who speaks where the table names nobody"),
        limit=NAME_MAX,
        description=_l("The organisation, State or person. Leave it empty if every row names who says it."),
    )
    capacity = RadioField(
        _l("In what capacity they speak"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(one.value, one.label) for one in Capacity],
    )
    setting = RadioField(
        _l("What the public sees of who speaks"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(one.value, words) for one, words in setting_words().items()],
    )
    language = SelectField(_l("Language that they write in"))
    how_permitted = LongTextField(
        _l("How permission to record and publish was given"),
        [required()],
        limit=HOW_MAX,
        description=_l(
            "For example: the call for comments of 3 March 2027 said that comments are published with the "
            "organisation’s name. It stays on record with your name; it is not published."
        ),
    )
    late_reason = LongTextField(
        _l("Why this is taken after the round has closed"),
        limit=LATE_MAX,
        description=_l("The public reads this reason beside each point; of protected input it reads none."),
    )


class WithdrawForm(Form):
    """What is withdrawn at the wish of a respondent, and how the wish was made known."""

    what = RadioField(
        _l("What they wish to withdraw"),
        [InputRequired(CHOOSE)],
        choices=lambda: [
            (THIS_POINT, _("This point alone")),
            (EVERYTHING, _("Everything that came in with it")),
        ],
    )
    how_wished = LongTextField(
        _l("How they made this wish known"),
        [required()],
        limit=HOW_MAX,
        description=_l(
            "For example: a letter of 3 March 2027, kept in our file 12. It is not published. The record keeps a "
            "check value of what you write, from which it cannot be read back, with your name: keep the letter itself."
        ),
    )
