"""Why a row is not taken, and what a person should know of one that is, in sentences."""

from __future__ import annotations

from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.intake.cells import FULL_CELL
from consult.intake.enums import Problem, Remark
from consult.intake.interpreting import NAME_MAX, Trouble
from consult.intake.places import numbers_in_date


def problem_in_words(trouble: Trouble) -> str:
    """Why a row is not taken, and what to do."""
    detail = f"\u2068{trouble.detail}\u2069" if trouble.detail else ""
    alone = {
        Problem.NO_WORDS: _("There is neither a comment nor a proposed change."),
        Problem.NO_AUTHOR: _("Nobody is named who says it. Fill the cell in."),
        Problem.CHARACTERS: trouble.detail,  # the whole sentence of the input boundary
    }
    if trouble.problem in alone:
        return alone[trouble.problem]
    if trouble.problem is Problem.PLACE_UNCLEAR:
        if not detail:
            return _("It is not clear where this belongs in the draft. Choose the section, or write its number.")
        if dated := date_in_words(trouble.detail):
            not_found = _("“%(place)s” is not found in the draft.", place=detail)
            return f"{not_found} {dated}"
        return _("“%(place)s” is not found in the draft. Choose the section, or write its number.", place=detail)
    if trouble.problem is Problem.TOO_LONG:
        return _(
            "This is longer than the limit of %(limit)s characters. Split it into two rows.",
            limit=format_number(FULL_CELL),
        )
    if trouble.problem is Problem.NAME_UNFIT:
        return _(
            "This name is longer than %(limit)s characters, or holds an invisible character. Write it again.",
            limit=format_number(NAME_MAX),
        )
    if trouble.problem is Problem.LOST_FORMULA:
        return _("There is a formula here without a value. Write what it should show.")
    if trouble.problem is Problem.ERROR_VALUE:
        return _("The cell shows the error %(error)s. Write what it should show.", error=detail)
    return _("The publication that was chosen does not fit this respondent. Choose another one, or another capacity.")


def date_in_words(written: str) -> str:
    """What a date in place of a section may have been; nothing where it is no date."""
    numbers = numbers_in_date(written)[:2]
    if len(numbers) < 2:
        return ""
    one, two = numbers
    if one == two:
        return _(
            "A spreadsheet may have made this date of the number of a section: %(one)s. Choose the section, or write "
            "its number as text.",
            one=one,
        )
    return _(
        "A spreadsheet may have made this date of the number of a section: %(one)s or %(two)s. Choose the section, "
        "or write its number as text.",
        one=one,
        two=two,
    )


def problem_titles() -> dict[Problem, str]:
    """Each reason in a few words, where the rows that have it are counted."""
    return {
        Problem.NO_WORDS: _("neither a comment nor a proposed change"),
        Problem.NO_AUTHOR: _("nobody is named who says it"),
        Problem.PLACE_UNCLEAR: _("the place is not clear"),
        Problem.TOO_LONG: _("longer than a point can be"),
        Problem.NAME_UNFIT: _("the name cannot be used as it is"),
        Problem.LOST_FORMULA: _("a formula without a value"),
        Problem.ERROR_VALUE: _("an error in a cell"),
        Problem.SETTING_UNFIT: _("the publication does not fit the respondent"),
        Problem.CHARACTERS: _("characters that nobody can read"),
    }


def remark_in_words(remark: Remark) -> str:
    """What a person should know of a row that is taken all the same."""
    return {
        Remark.FULL_CELL: _("This cell is full: its end may have been cut."),
        Remark.MARKUP: _("HTML was put into plain text."),
        Remark.CONTROLS: _("Invisible characters were left out."),
        Remark.UNKNOWN_TYPE: _("The type of comment is not known here, so it is taken without it."),
        Remark.UNKNOWN_CONSTITUENCY: _("The constituency is not known here, so none is recorded."),
        Remark.UNKNOWN_LANGUAGE: _("The language is not known here, so it is taken in the language of the table."),
        Remark.NAMED_LANGUAGE: _("No code is known for this language, so its name is kept as it is written."),
        Remark.OTHER_SCRIPT: _(
            "These words are in another script than the language that is said. Write the language of the row in a "
            "column of its own, and bring the file in again."
        ),
        Remark.PROPOSED_ALONE: _("There is a proposed change alone, without a comment."),
        Remark.FROM_MERGE: _("A merged cell above holds for this row too."),
    }[remark]
