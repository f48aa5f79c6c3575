"""Forms of the protection role."""

from __future__ import annotations

from wtforms import HiddenField

from consult.core.forms import (
    CHOOSE,
    BooleanField,
    Form,
    InputRequired,
    LineField,
    LongTextField,
    RadioField,
    required,
)
from consult.core.locale import lazy_gettext as _l
from consult.protection.enums import LookReason
from consult.submissions.enums import StrikeReason

WORDS_MAX = 1_000


class LookForm(Form):
    """Why somebody looks."""

    reason = RadioField(
        _l("Kind of reason"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(reason.value, reason.label) for reason in LookReason],
    )
    why = LongTextField(
        _l("Why you look"),
        [required()],
        limit=WORDS_MAX,
        description=_l(
            "One or two sentences. The person behind the submission reads them, with your name and the day."
        ),
    )


class ProposeForm(Form):
    """Why a text is to be struck."""

    reason = RadioField(
        _l("Kind of reason"),
        [InputRequired(CHOOSE)],
        choices=lambda: [(reason.value, reason.label) for reason in StrikeReason],
    )
    order_reference = LineField(
        _l("Reference of the order, the law, or the written agreement"),
        description=_l(
            "Needed for an order or a law, and for input of a State or an intergovernmental body. Internal."
        ),
    )
    why = LongTextField(
        _l("Why, for the officer who decides"),
        [required()],
        limit=WORDS_MAX,
        description=_l("Internal. Do not repeat what is to be struck: these words stay."),
    )
    hide = BooleanField(_l("Hide the words from the public at once, until it is decided"))
    public_reason = LongTextField(
        _l("Reason that the public reads meanwhile"),
        limit=WORDS_MAX,
        description=_l("Only if you hide the words at once. Without what is hidden. The author gets it too."),
    )


class DecideForm(Form):
    """Whether a text is struck."""

    strike = HiddenField()
    decision = RadioField(_l("Your decision"), [InputRequired(CHOOSE)])
    why = LongTextField(
        _l("Why, for the other officers"),
        limit=WORDS_MAX,
        description=_l("Needed if you reject it. Internal. Do not repeat what is to be struck."),
    )

    def __init__(self, waiting: str = "") -> None:
        super().__init__(data={"strike": waiting})
        self.decision.choices = [
            ("confirm", _l("Strike the words: they are erased for good")),
            ("reject", _l("Reject the proposal: the words stay")),
        ]
