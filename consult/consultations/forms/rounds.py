"""When a round is, and how open it is."""

from __future__ import annotations

from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import GRACE_MAX, Round
from consult.core.forms import (
    REQUIRED,
    DateField,
    DateTimeLocalField,
    InputRequired,
    IntegerField,
    NotYet,
    NumberRange,
    RadioField,
    SelectField,
    VersionedForm,
    required,
)
from consult.core.locale import lazy_gettext as _l
from consult.core.zones import zone_choices

AUDIENCE_HINTS = {
    Audience.PUBLIC: _l("Everybody reads the draft and may write points."),
    Audience.BY_INVITATION: _l(
        "Only those you invite read the draft and write points. Everybody sees that the consultation exists."
    ),
    Audience.MEMBERS_ONLY: _l(
        "Only delegates of the members of your organisation read the draft and write points. Everybody sees that the "
        "consultation exists."
    ),
}
VISIBILITY_HINTS = {
    Visibility.AS_RECEIVED: _l("Each point is shown once it is screened, while the round is still open."),
    Visibility.AFTER_CLOSING: _l(
        "Nobody but the secretariat sees points, or how many there are, before the round closes."
    ),
    Visibility.COMPILATION_ONLY: _l(
        "After the round closes all input is published verbatim, by provision. The secretariat answers and disposes of "
        "no point."
    ),
    Visibility.PARTICIPANTS_ONLY: _l(
        "Each point is shown to participants once it is screened: to those invited, to delegates of members, or in a "
        "round for everybody to those who have submitted in it. Others see neither points nor numbers nor answers."
    ),
}
WALL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class RoundForm(VersionedForm):
    """The dates are what a clock in the chosen zone shows."""

    audience = RadioField(_l("Who may take part"), [required()])
    visibility = RadioField(_l("Who sees the input"), [required()])
    zone = SelectField(
        _l("Time zone"),
        [required()],
        description=_l("The city whose clock opens and closes the round."),
    )
    opens_wall = DateTimeLocalField(
        _l("When the round opens"), [NotYet()], format=WALL_FORMATS, description=_l("Date and time in that time zone.")
    )
    closes_wall = DateTimeLocalField(
        _l("When the round closes"),
        [NotYet()],
        format=WALL_FORMATS,
        description=_l("People need time to meet and to translate: a first round is usually open for 60 days or more."),
    )
    grace_minutes = IntegerField(
        _l("Minutes of grace"),
        [InputRequired(message=REQUIRED), NumberRange(0, GRACE_MAX)],
        description=_l("How long after closing a draft that was begun before may still be submitted."),
    )
    response_due = DateField(
        _l("When the response is due"),
        [NotYet()],
        description=_l("The day by which every point has its answer. It is promised in public."),
    )

    def __init__(self, round_: Round, stored: dict[str, object]) -> None:
        super().__init__(data={**stored, "version": str(round_.consultation.version)})
        self.audience.choices = [(kind.value, kind.label) for kind in Audience]
        self.visibility.choices = [(kind.value, kind.label) for kind in Visibility]
        self.zone.choices = zone_choices(round_.zone)
