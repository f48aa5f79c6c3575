"""Where a translation comes from."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """Who or what made a translation."""

    HUMAN = "human"
    MACHINE = "machine"
