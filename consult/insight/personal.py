"""What figures hold of people: which submissions they were last counted with."""

from __future__ import annotations

from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector

COLLECTORS = (
    Collector(
        key="figures",
        title=_l("Figures"),
        tables=("figure_member",),
        when_closed=_l("What stays is counted as before. Numbers under five are shown nowhere."),
    ),
)
