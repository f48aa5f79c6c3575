"""How far along a message is."""

from __future__ import annotations

from enum import StrEnum


class MailStatus(StrEnum):
    """A message waits, was handed over, or was given up after too many attempts."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
