"""When a round is, and how open it is."""

from __future__ import annotations

from consult.consultations.enums import OFFERED_AUDIENCES, OFFERED_VISIBILITIES, Audience, Visibility
from consult.consultations.forms.basics import zone_choices
from consult.consultations.forms.versioned import NotYet, VersionedForm
from consult.consultations.models import Round
from consult.core.forms import (
    REQUIRED,
    DateField,
    DateTimeLocalField,
    InputRequired,
    IntegerField,
    NumberRange,
    RadioField,
    SelectField,
    required,
)
from consult.core.locale import lazy_gettext as _l

AUDIENCE_HINTS = {
    Audience.PUBLIC: _l("Everybody reads the draft and may write points."),
    Audience.BY_INVITATION: _l(
        "Only those you invite read the draft and write points. Everybody sees that the consultation exists."
    ),
}
VISIBILITY_HINTS = {
    Visibility.AS_RECEIVED: _l("Each point is shown once it is screened, while the round is still open."),
    Visibility.AFTER_CLOSING: _l(
        "Nobody but the secretariat sees points, or how many there are, before the round closes."
    ),
}
_WALL = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class RoundForm(VersionedForm):
    """The dates are what a clock in the chosen zone shows."""

    audience = RadioField(_l("Who may take part"), [required()])
    visibility = RadioField(_l("Who sees the input"), [required()])
    zone = SelectField(
        _l("Time zone"),
        [required()],
        description=_l("The clock that opens and closes the round, such as Asia/Jakarta."),
    )
    opens_wall = DateTimeLocalField(
        _l("When the round opens"), [NotYet()], format=list(_WALL), description=_l("Date and time in that time zone.")
    )
    closes_wall = DateTimeLocalField(
        _l("When the round closes"),
        [NotYet()],
        format=list(_WALL),
        description=_l("People need time to meet and to translate: a first round is usually open for 60 days or more."),
    )
    grace_minutes = IntegerField(
        _l("Minutes of grace"),
        [InputRequired(message=REQUIRED), NumberRange(0, 10_080)],
        description=_l("How long after closing a draft that was begun before may still be submitted."),
    )
    response_due = DateField(
        _l("When the response is due"),
        [NotYet()],
        description=_l("The day by which every point has its answer. It is promised in public."),
    )

    def __init__(self, round_: Round, stored: dict[str, object]) -> None:
        super().__init__(data={**stored, "version": str(round_.consultation.version)})
        # What a consultation has and is not offered here stays its choice.
        audiences = dict.fromkeys([*OFFERED_AUDIENCES, round_.audience])
        visibilities = dict.fromkeys([*OFFERED_VISIBILITIES, round_.visibility])
        self.audience.choices = [(kind.value, kind.label) for kind in audiences]
        self.visibility.choices = [(kind.value, kind.label) for kind in visibilities]
        self.zone.choices = zone_choices()
