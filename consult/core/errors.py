"""Errors that services raise; mapped once to HTML and JSON in ``core.web.errors``."""

from __future__ import annotations

from collections.abc import Mapping


class ConsultError(Exception):
    """Something a person can be told; ``message`` is a whole, localised sentence.

    Args:
        message: what happened and what to do, or empty for the general sentence of the status.
    """

    status = 400
    retry_after: int | None = None

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    @property
    def headers(self) -> dict[str, str]:
        """What stands in the head of the answer: in how many seconds the same may be tried again, if that helps."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class NotFound(ConsultError):
    """No such thing, or none that this person may know of."""

    status = 404


class Gone(ConsultError):
    """It was here and was taken back."""

    status = 410


class NotPermitted(ConsultError):
    """This person may not do this."""

    status = 403


class SignInEnded(ConsultError):
    """Whoever sent this form is signed out meanwhile; what they typed is handed back."""

    status = 403


class InvalidTransition(ConsultError):
    """The act is not possible in the present state."""

    status = 409


class Conflict(ConsultError):
    """Somebody else was faster, or the value is taken.

    Args:
        message: what to tell the person.
        field: the form field that the sentence belongs to, if any.
    """

    status = 409

    def __init__(self, message: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BadInput(ConsultError):
    """A value that no form should have let through.

    Args:
        message: what is wrong with it and what to do.
        field: the form field that the sentence belongs to, if any.
    """

    status = 422

    def __init__(self, message: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Busy(BadInput):
    """Too much comes at once; the same may be sent again in a minute, so forms show it as they show a wrong value."""

    status, retry_after = 503, 60


class BadParameters(ConsultError):
    """Parameters of an address that a program should have known better.

    Args:
        message: what is wrong.
        parameters: the name of each wrong one, and what is wrong with it.
    """

    def __init__(self, message: str, parameters: Mapping[str, str]) -> None:
        super().__init__(message)
        self.parameters = parameters


class TooManyAttempts(ConsultError):
    """A stated limit was reached; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, message: str = "", retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after
