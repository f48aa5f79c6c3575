"""How a point was addressed."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import gettext as _
from consult.core.locale import lazy_pgettext as _p


class Disposition(Labelled):
    """What was decided about a point ("how addressed")."""

    ACCEPTED = "accepted", _p("disposition", "Accepted")
    ACCEPTED_WITH_MODIFICATION = "accepted_with_modification", _p("disposition", "Accepted with modification")
    ACCEPTED_IN_PRINCIPLE = "accepted_in_principle", _p("disposition", "Accepted in principle")
    NOT_ACCEPTED = "not_accepted", _p("disposition", "Not accepted")
    NOTED = "noted", _p("disposition", "Noted")
    OUT_OF_SCOPE = "out_of_scope", _p("disposition", "Out of scope")
    DEFERRED = "deferred", _p("disposition", "Deferred")
    FOR_DECISION = "for_decision", _p("disposition", "For decision by the deciding body")
    TAKEN_UP = "taken_up", _p("disposition", "Taken up, see text")


AGREED = frozenset(
    {
        Disposition.ACCEPTED,
        Disposition.ACCEPTED_WITH_MODIFICATION,
        Disposition.ACCEPTED_IN_PRINCIPLE,
        Disposition.TAKEN_UP,
    }
)
"""What promises that the text changes: whoever reads it looks for the change."""
CAUSING = frozenset(Disposition) - {Disposition.NOT_ACCEPTED, Disposition.OUT_OF_SCOPE}
"""What can have changed the text: a point that was not accepted is not what changed it."""


def offered_dispositions(is_member_driven: bool) -> list[Disposition]:
    """What a responder may choose: a secretariat does not reject a Member State's input, it proposes."""
    return [d for d in Disposition if not (is_member_driven and d is Disposition.NOT_ACCEPTED)]


def disposition_in_words(disposition: Disposition, *, is_proposal: bool) -> str:
    """How a point was addressed, as people read it; for a member-driven text, that this is a proposal."""
    if is_proposal:
        return _("Proposed: %(disposition)s", disposition=disposition.label)
    return disposition.label


class Clearance(Labelled):
    """What an approver decided about a proposed answer."""

    CLEARED = "cleared", _p("clearance", "Cleared")
    RETURNED = "returned", _p("clearance", "Returned")


class Route(Labelled):
    """How an answer reached its author."""

    ACCOUNT = "account", _p("route", "By e-mail and in the account")
    CLAIM_CODE = "claim_code", _p("route", "Made available by the code of the submission")
    PUBLICATION = "publication", _p("route", "Published; no route to the author exists")


class Verdict(Labelled):
    """What an author says of an answer: whether it answers the point."""

    YES = "yes", _p("acknowledgement", "Yes, it answers my point")
    NO = "no", _p("acknowledgement", "No, it does not")
