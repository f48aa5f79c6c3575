"""What the read API holds of people: nothing. It remembers which commitments it told of as overdue."""

from __future__ import annotations

from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector

COLLECTORS = (
    Collector(
        key="followers",
        title=_l("What followers of the public record were told"),
        tables=("followed_commitment",),
        when_closed=_l("It says nothing of people."),
    ),
)
