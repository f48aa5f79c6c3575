"""Actors: whoever makes a request or runs a command."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from consult.access.roles import StaffRole
from consult.accounts.models import Account


@dataclass(frozen=True)
class Visitor:
    """Somebody not signed in; holds the keys to the drafts begun in this browser, and may have opened a submission
    with its code (`claimed_id`).

    Attribute names with ``is_`` follow Flask-Login, which asks for them.
    """

    draft_keys: Collection[str] = ()
    claimed_id: int | None = None
    actor_id: None = None
    is_administrator: bool = False
    staff_roles: Mapping[int, frozenset[StaffRole]] = field(default_factory=dict)
    is_authenticated: bool = False
    is_active: bool = False
    is_anonymous: bool = True
    name: str = ""
    locale: str = ""
    time_zone: None = None

    def get_id(self) -> None:
        """Flask-Login's key; visitors have none."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    account: Account
    staff_roles: Mapping[int, frozenset[StaffRole]] = field(default_factory=dict)
    draft_keys: Collection[str] = ()
    sign_in_key: str = ""
    claimed_id: None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def actor_id(self) -> int:
        """Key of the account."""
        return self.account.id

    @property
    def is_administrator(self) -> bool:
        """Whether they look after the instance."""
        return self.account.is_administrator

    @property
    def name(self) -> str:
        """What they are called."""
        return self.account.name

    @property
    def locale(self) -> str:
        """The language they have chosen."""
        return self.account.locale

    @property
    def time_zone(self) -> str | None:
        """The IANA zone that they read deadlines in, if they have said so."""
        return self.account.time_zone

    def get_id(self) -> str:
        """Flask-Login's key: that of the sign-in, so that ending it signs this browser out."""
        return self.sign_in_key


SYSTEM = Visitor()
"""Whoever runs a job or a command on the server itself."""
