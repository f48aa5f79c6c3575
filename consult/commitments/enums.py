"""How far a commitment has got, and where it comes from. "Overdue" is derived from the clock and not among them."""

from __future__ import annotations

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p


class CommitmentStatus(Labelled):
    """How far a commitment has got."""

    NOT_STARTED = "not_started", _p("commitment status", "Not started")
    UNDER_WAY = "under_way", _p("commitment status", "Under way")
    KEPT = "kept", _p("commitment status", "Kept")
    GIVEN_UP = "given_up", _p("commitment status", "Given up")
    REPLACED = "replaced", _p("commitment status", "Replaced by another commitment")


class CommitmentOrigin(Labelled):
    """Where a commitment comes from."""

    RESPONSE = "response", _p("commitment origin", "Made in an answer")
    STATEMENT = "statement", _p("commitment origin", "Public statement")


RUNNING = (CommitmentStatus.NOT_STARTED, CommitmentStatus.UNDER_WAY)
"""Still to be kept: these can be overdue."""
AT_FIRST = (*RUNNING, CommitmentStatus.KEPT)
"""What a commitment may be when it enters the register; an older statement may have been kept already."""

TRANSITIONS: dict[CommitmentStatus, frozenset[CommitmentStatus]] = {
    CommitmentStatus.NOT_STARTED: frozenset(set(CommitmentStatus) - {CommitmentStatus.NOT_STARTED}),
    CommitmentStatus.UNDER_WAY: frozenset(set(CommitmentStatus) - {CommitmentStatus.UNDER_WAY}),
    # A mistake is put right in public: with a reason, as every change.
    CommitmentStatus.KEPT: frozenset({CommitmentStatus.UNDER_WAY}),
    CommitmentStatus.GIVEN_UP: frozenset({CommitmentStatus.UNDER_WAY, CommitmentStatus.REPLACED}),
    CommitmentStatus.REPLACED: frozenset(),
}
