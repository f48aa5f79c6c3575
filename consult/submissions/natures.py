"""Reservations and statements of position in words: how many there are, what the choice means."""

from __future__ import annotations

from collections.abc import Mapping

from consult.core.locale import gettext as _
from consult.core.locale import join_words, ngettext
from consult.submissions.enums import Nature


def numbers_in_words(numbers: Mapping[Nature, int]) -> str:
    """How many of each there are: "2 reservations and 1 statement of position"; empty where there are none."""
    parts = []
    reservations, statements = numbers.get(Nature.RESERVATION, 0), numbers.get(Nature.STATEMENT, 0)
    if reservations:
        parts.append(ngettext("%(num)s reservation", "%(num)s reservations", reservations))
    if statements:
        parts.append(ngettext("%(num)s statement of position", "%(num)s statements of position", statements))
    return join_words(parts)


def nature_hints() -> dict[str, str]:
    """What each nature means, in plain words."""
    return {
        Nature.POINT.value: _("It asks for an answer, and gets one."),
        Nature.RESERVATION.value: _(
            "The State does not agree with these words, in whole or in part. Published word for word, with the name of "
            "the State; nobody answers it."
        ),
        Nature.STATEMENT.value: _(
            "How the State understands these words, or where it stands on them. Published word for word, with the name "
            "of the State; nobody answers it."
        ),
    }
