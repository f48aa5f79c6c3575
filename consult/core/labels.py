"""Enums whose members carry the words that people see, so that no raw value reaches a page."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self


class Labelled(StrEnum):
    """A StrEnum of (value, lazily translated words); the value goes to the database, the words to people."""

    message: Any

    def __new__(cls, value: str, message: Any = None) -> Self:
        """Make a member.

        Args:
            value: what is stored and exported.
            message: lazy translation of what people read; left out only where a member is looked up by its value.
        """
        member = str.__new__(cls, value)
        member._value_ = value
        member.message = message
        return member

    @property
    def label(self) -> str:
        """The words, in the current locale."""
        return str(self.message)
