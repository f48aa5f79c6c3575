"""How far a file has got with the virus scanner."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class ScanState(Labelled):
    """Whether a file is held back, given out, or gone."""

    WAITING = "waiting", _p("file", "Being checked for viruses")
    CLEAN = "clean", _p("file", "Checked for viruses: none found")
    NOT_SCANNED = "not_scanned", _p("file", "Not checked for viruses")
    FAILED = "failed", _p("file", "Could not be checked for viruses, so it is held back")
    INFECTED = "infected", _p("file", "A virus was found; the file was deleted")

    @property
    def is_given_out(self) -> bool:
        """Whether its bytes may be downloaded, by whoever may see it."""
        return self in {ScanState.CLEAN, ScanState.NOT_SCANNED}
