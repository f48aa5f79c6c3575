"""What became of points in a newer version of the text, in words, and on which ground they were carried there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from consult.core.locale import format_day
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.documents.queries import Step
from consult.submissions.queries.carrying import Carried, Fate

LABELS: Mapping[Fate, Any] = {
    Fate.UNCHANGED: _l("The paragraph is unchanged"),
    Fate.EDITED: _l("The paragraph was edited"),
    Fate.MOVED: _l("The paragraph was moved"),
    Fate.MOVED_EDITED: _l("The paragraph was moved and edited"),
    Fate.SPLIT: _l("The paragraph was split"),
    Fate.MERGED: _l("The paragraph was merged with others"),
    Fate.REMOVED: _l("The paragraph was removed"),
    Fate.GENERAL: _l("About no paragraph: the text in general, or a question"),
    Fate.UNKNOWN: _l("Nothing is on record of what became of the paragraph"),
}

# What is not in a number of points that the public is told.
NOT_COUNTED: Any = _l(
    "Points that the public does not read are not in this number: their authors do not let it, they were "
    "restricted, or they wait to be read by a moderator. They are only counted."
)
NOT_CARRIED: Any = _l("What could not be carried, with the text that it was about")


def steps_by_ground(one: Carried) -> Iterator[tuple[Sequence[Step], str]]:
    """Where a point was carried: places that follow each other on one ground and day, and these in sentences."""
    for (ground, day), steps in groupby(one.steps, lambda step: (step.ground, format_day(step.confirmed_at))):
        since = _("On record since %(date)s.", date=day)
        yield list(steps), f"{ground.label} {since}"
