"""What people read of commitments: where one stands, what it was first promised for, how many were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.consultations.models import Consultation
from consult.core.locale import format_day, interface_locales, ngettext, pgettext
from consult.core.locale import gettext as _

KINDS = {
    CommitmentStatus.NOT_STARTED: "neutral",
    CommitmentStatus.UNDER_WAY: "accent",
    CommitmentStatus.KEPT: "good",
    CommitmentStatus.GIVEN_UP: "attention",
    CommitmentStatus.REPLACED: "neutral",
}
"""The tag that each status is drawn with."""


@dataclass(frozen=True)
class Languages:
    """In which languages the words of a commitment are entered; named as those of a consultation are."""

    authentic_language: str
    languages: Sequence[str]


def languages_for(consultation: Consultation | None, authentic: str | None = None) -> Languages:
    """The languages of a commitment: those of its consultation, else those of the instance.

    Args:
        consultation: that it belongs to, if any.
        authentic: its authentic language, where that is decided already.
    """
    if consultation is not None:
        first, others = authentic or consultation.authentic_language, consultation.languages
    else:
        others = [locale.code for locale in interface_locales()]
        first = authentic or others[0]
    return Languages(first, [first, *[code for code in others if code != first]])


def standing_of(commitment: Commitment, today: date) -> list[tuple[str, str]]:
    """Where a commitment stands: words with the kind of their tag; that it is overdue comes first."""
    found = [(commitment.status.label, KINDS[commitment.status])]
    if commitment.is_overdue(today):
        found.insert(0, (pgettext("commitment status", "Overdue"), "bad"))
    return found


def promised_in_words(due: date, earlier: Sequence[date]) -> str:
    """By when, and every date that was promised before."""
    sentences = [_("Promised for %(day)s.", day=format_day(due))]
    for place, day in enumerate(earlier):
        if place == 0:
            sentences.append(_("First promised for %(day)s.", day=format_day(day)))
        else:
            sentences.append(_("Then promised for %(day)s.", day=format_day(day)))
    return " ".join(sentences)


@dataclass(frozen=True)
class Counts:
    """How many commitments there are, and how they stand."""

    total: int = 0
    kept: int = 0
    overdue: int = 0

    @property
    def in_words(self) -> str:
        """For the head of a list: "2 of 5 commitments kept. 1 is overdue."."""
        if not self.total:
            return _("No commitment yet.")
        kept = ngettext(
            "%(kept)s of %(num)s commitment kept.", "%(kept)s of %(num)s commitments kept.", self.total,
            kept=self.kept,
        )  # fmt: skip
        return f"{kept} {self.overdue_in_words}" if self.overdue else kept

    @property
    def in_short(self) -> str:
        """For the page of a consultation: "3 commitments. 1 is overdue."."""
        number = ngettext("%(num)s commitment.", "%(num)s commitments.", self.total)
        return f"{number} {self.overdue_in_words}" if self.overdue else number

    @property
    def overdue_in_words(self) -> str:
        """How many are overdue."""
        return ngettext("%(num)s is overdue.", "%(num)s are overdue.", self.overdue)
