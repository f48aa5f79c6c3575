"""What a public timeline tells of."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """Kinds of dated, public events, in the order in which those of one day are told."""

    OPENS = "opens"
    CORRIGENDUM = "corrigendum"
    LANGUAGE = "language"
    EXTENDED = "extended"
    MEETING = "meeting"
    CLOSES = "closes"
    RESPONSE_DUE = "response_due"
    ANSWERED = "answered"
    RELEASED = "released"
    OUTCOME = "outcome"


class EventState(StrEnum):
    """Whether an event has been, is going on or overdue, or is to come."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
