"""The forms that hand something in late, and that decide on it."""

from __future__ import annotations

from consult.core.forms import CHOOSE, Form, InputRequired, LongTextField, RadioField, required
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l

LATE_REASON_MAX = 1_000
ACCEPT, DECLINE = "accept", "decline"


class OfferLateForm(Form):
    """Hand it in, and say why it comes late; or take it back."""

    plea = LongTextField(
        _l("Why do you hand it in late?"),
        limit=LATE_REASON_MAX,
        description=_l(
            "Only the manager who decides reads it, and you. It is never published. If your name is protected, write "
            "nothing that tells who you are."
        ),
    )


class DecideLateForm(Form):
    """Accept or decline, and why."""

    decision = RadioField(
        _l("What do you decide?"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(ACCEPT, _("Accept it as received late")), (DECLINE, _("Decline it"))],
    )
    reason = LongTextField(
        _l("Reason"),
        [required()],
        limit=LATE_REASON_MAX,
        description=_l(
            "If you accept it, the public reads this beside each point, in the authentic language of the "
            "consultation: name nobody. If you decline it, the author alone reads it."
        ),
    )

    def __init__(self, *, is_protected: bool) -> None:
        """
        Args:
            is_protected: whether who hands it in is: a reason under several points would tie them together.
        """
        super().__init__()
        if is_protected:
            self.reason.description = _(
                "The author alone reads this, in the authentic language of the consultation. The input is protected: "
                "if you accept it, its points carry the mark “Received late” and no reason, which would tell that they "
                "belong together."
            )

    @property
    def is_accepted(self) -> bool:
        """Whether it is to go on the record."""
        return bool(self.decision.data == ACCEPT)
