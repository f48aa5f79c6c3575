"""Why somebody looks at who is behind a protected submission, and how far a proposal to strike a text has got."""

from __future__ import annotations

from enum import StrEnum

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class LookReason(Labelled):
    """Why a protection officer looks; the person behind the submission reads it."""

    SAFETY = "safety", _p("reason to look", "Somebody’s safety")
    LEGAL_DUTY = "legal_duty", _p("reason to look", "A duty under the law")
    ASKED = "asked", _p("reason to look", "The person asked for it")
    CONFLICT = "conflict_of_interest", _p("reason to look", "To rule out a conflict of interest")
    FALSE_NAME = "false_name", _p("reason to look", "It may be sent in somebody else’s name")


class StrikeStatus(StrEnum):
    """A text is struck by two people: one proposes, another decides."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
