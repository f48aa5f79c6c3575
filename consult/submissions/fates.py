"""What became of points in a newer version of the text, in words, and on which ground they were carried there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from consult.core.locale import format_day
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.documents.enums import Ground
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
# "Confirmed" is said only where somebody looked at that one match.
GROUNDS: Mapping[Ground, Any] = {
    Ground.SAME_WORDS: _l("Ground: the words are the same."),
    Ground.SIMILAR_WORDS: _l("Ground: most of the words are the same. Nobody looked at this one match."),
    Ground.BY_HAND: _l("Ground: the secretariat looked at this match and confirmed it."),
    Ground.EDITED_HERE: _l("Ground: the secretariat edited the version before, paragraph by paragraph."),
}


def steps_by_ground(one: Carried) -> Iterator[tuple[Sequence[Step], str]]:
    """Where a point was carried: places that follow each other on one ground and day, and these in sentences."""
    for (ground, day), steps in groupby(one.steps, lambda step: (step.ground, format_day(step.confirmed_at))):
        since = _("On record since %(date)s.", date=day)
        yield list(steps), f"{GROUNDS[ground]} {since}"
