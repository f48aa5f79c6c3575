"""What follows a sign-in: higher rooms register what they hand over to the account, such as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from consult.accounts.models import Account


class OnSignIn(Protocol):
    """Hands what this browser began before signing in over to the account."""

    def __call__(self, account: Account, keys: Sequence[str], /, *, now: datetime) -> object:
        """Take over what ``keys`` open."""


_registered: list[OnSignIn] = []


def on_sign_in(take_over: OnSignIn) -> None:
    """Register what is to happen in the transaction of every sign-in; once each."""
    if take_over not in _registered:
        _registered.append(take_over)


def hand_over(account: Account, keys: Sequence[str], *, now: datetime) -> None:
    """Hand what this browser holds keys to over to the account that has signed in."""
    for take_over in _registered:
        take_over(account, keys, now=now)
