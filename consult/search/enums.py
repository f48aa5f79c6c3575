"""What can be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class Kind(Labelled):
    """A kind of result, in the order in which a page offers them."""

    CONSULTATION = "consultation", _p("search", "Consultations")
    PARAGRAPH = "paragraph", _p("search", "Draft paragraphs")
    COMMENT = "comment", _p("search", "Points")
    RESPONSE = "response", _p("search", "Answers")
    COMMITMENT = "commitment", _p("search", "Commitments")

    @property
    def one(self) -> str:
        """What one of them is called, in the current locale."""
        return str(_ONE[self])

    @property
    def subject(self) -> str:
        """What the index calls it."""
        return "response_version" if self is Kind.RESPONSE else self.value

    @property
    def rank(self) -> int:
        """Its place among others of the same day, the larger first."""
        return len(Kind) - list(Kind).index(self)


_ONE: Mapping[Kind, Any] = {
    Kind.CONSULTATION: _p("search", "Consultation"),
    Kind.PARAGRAPH: _p("search", "Draft paragraph"),
    Kind.COMMENT: _p("search", "Point"),
    Kind.RESPONSE: _p("search", "Answer"),
    Kind.COMMITMENT: _p("search", "Commitment"),
}
BY_RANK: Mapping[int, Kind] = {kind.rank: kind for kind in Kind}
