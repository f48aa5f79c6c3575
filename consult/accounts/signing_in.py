"""Who has signed in, and what follows: higher rooms register the roles that people have, and what they hand over to
the account, such as drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.models import Account

RolesOf = Callable[[int], Mapping[int, frozenset[StaffRole]]]


class OnSignIn(Protocol):
    """Hands what this browser began before signing in over to the account."""

    def __call__(self, account: Account, keys: Sequence[str], /, *, now: datetime) -> object:
        """Take over what ``keys`` open."""


_registered: list[OnSignIn] = []
_roles: list[RolesOf] = []


def register_staff_roles(roles_of: RolesOf) -> None:
    """Let the room that keeps staff say which roles an account has, by key of the host."""
    if roles_of not in _roles:
        _roles.append(roles_of)


def person_of(account: Account, *, sign_in_key: str, draft_keys: Collection[str] = ()) -> Person:
    """Somebody signed in, with the roles that they have now.

    Args:
        account: whose.
        sign_in_key: of the sign-in in this browser.
        draft_keys: to the drafts that this browser holds.
    """
    roles = {host_id: held for roles_of in _roles for host_id, held in roles_of(account.id).items()}
    return Person(account, roles, draft_keys, sign_in_key=sign_in_key)


def on_sign_in(take_over: OnSignIn) -> None:
    """Register what is to happen in the transaction of every sign-in; once each."""
    if take_over not in _registered:
        _registered.append(take_over)


def hand_over(account: Account, keys: Sequence[str], *, now: datetime) -> None:
    """Hand what this browser holds keys to over to the account that has signed in."""
    for take_over in _registered:
        take_over(account, keys, now=now)


class OnForget(Protocol):
    """Deletes what one browser alone could open, and nobody has handed in."""

    def __call__(self, keys: Sequence[str], /) -> object:
        """Delete what ``keys`` open."""


_forgetting: list[OnForget] = []


def on_forget(delete: OnForget) -> None:
    """Register what is to be deleted when somebody wants a browser to forget them; once each."""
    if delete not in _forgetting:
        _forgetting.append(delete)


def forget_held(keys: Sequence[str]) -> None:
    """Delete what this browser holds keys to, and no account."""
    for delete in _forgetting:
        delete(keys)


class OnSessionEnd(Protocol):
    """Ends what this browser has opened beside a sign-in, such as a submission opened with its code."""

    def __call__(self, keys: Sequence[str], /) -> object:
        """End what ``keys`` open."""


_ending: list[OnSessionEnd] = []


def on_session_end(end: OnSessionEnd) -> None:
    """Register what is to end with the session of a browser: when it signs in or out, or finishes; once each."""
    if end not in _ending:
        _ending.append(end)


def let_go(keys: Sequence[str]) -> None:
    """End what this browser has opened beside a sign-in (`access.guard.claim_keys`)."""
    for end in _ending:
        end(keys)
