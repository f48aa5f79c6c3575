"""Trying what could be guessed: counted before it is tried, and the count taken back if it succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import request

from consult.accounts.throttling import forgive_attempt, reserve_attempt
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import Form


@dataclass
class Attempted:
    """What became of an attempt."""

    succeeded: bool = False


@contextmanager
def counted_attempt(form: Form, email: str | None, *, act: str = "sign-in") -> Iterator[Attempted]:
    """Count an attempt, let the block make it, and show in the form what the block refuses.

    The count is stored before the block begins, in a transaction of its own, so that guesses made at one time are all
    counted; what was loaded before is read anew. It is taken back only where the block ends without an error. Whether
    it did says `succeeded`, behind the block.

    Args:
        form: with what is tried.
        email: the account that is tried, by its address or its name; None counts by network alone.
        act: as `reserve_attempt`.

    Raises:
        TooManyAttempts: the limit of the account or of the network is reached; nothing was tried.
    """
    attempt = Attempted()
    counted = reserve_attempt(email=email, address=request.remote_addr or "", now=utc_now(), act=act)
    try:
        yield attempt
    except (BadInput, Conflict, InvalidTransition) as error:
        form.show(error)
    else:
        forgive_attempt(counted)
        attempt.succeeded = True
