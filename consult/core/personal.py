"""What is held of a person: each room declares it with a collector, and one room shows, gives out and erases it all.

A table has a person in it when its foreign keys lead to an account or a submission, when a column is called like one
that holds somebody, or when a column carries the mark `OF_A_PERSON`. A test fails for such a table that no collector
covers: whoever adds one says in the same change what its owner gets to see, and what is left when they go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from consult.core.clock import to_wall
from consult.core.db import Base
from consult.core.labels import Labelled
from consult.core.locale import format_day, format_moment, format_number, gettext
from consult.core.locale import pgettext as _p
from consult.core.zones import moment_in_words

OF_A_PERSON = {"of_a_person": True}
"""The mark of a column that holds somebody, where neither its name nor a foreign key says so."""
OWNERS = frozenset({"account", "submission"})
_NAMED_FOR_SOMEBODY = re.compile(r"e_?mail|recipient|(^|_)by$|actor|author|person|phone|address|user|account")


@dataclass(frozen=True)
class Owner:
    """Whose data is asked for.

    Args:
        account_id: the key of their account; None where one submission is all that there is.
        submission_ids: the keys of what they handed in or drafted.
        email: the address of their account, if it has one.
    """

    account_id: int | None
    submission_ids: Sequence[int] = ()
    email: str | None = None


def names_owner(
    owner: Owner, account: InstrumentedAttribute[int | None], email: InstrumentedAttribute[str]
) -> sa.ColumnElement[bool]:
    """The condition that a row names somebody who was written to: by their account, or by its address.

    Args:
        owner: who; a row never names an owner without an account.
        account: the column of the account, empty until they accept.
        email: the column of the address that was written to.
    """
    if owner.account_id is None:  # `account IS NULL` would be everybody who has not accepted yet
        return sa.false()
    of_account: sa.ColumnElement[bool] = account == owner.account_id
    return of_account if owner.email is None else sa.or_(of_account, email == owner.email)


@dataclass(frozen=True)
class Fact:
    """One thing that is held: ``value`` as programs read it, ``words`` as people do.

    Args:
        key: its name in the file for programs; does not change.
        label: its name in the reader's language.
        value: in JSON values.
        words: what is shown; made from the value where it is left out.
        language: of the words, where they were written by somebody.
    """

    key: str
    label: str
    value: Any
    words: str | None = None
    language: str | None = None

    @property
    def shown(self) -> str:
        """What is shown: the words, or the value as the current locale writes it."""
        return self.words if self.words is not None else _in_words(self.value)

    @property
    def as_json(self) -> Any:
        """The value with days and moments as ISO 8601 writes them."""
        return self.value.isoformat() if isinstance(self.value, date) else self.value


def chosen(key: str, label: str, member: Labelled | None) -> Fact:
    """A fact that is one of several: its value for programs, its label for people."""
    return Fact(key, label, member.value if member else None, member.label if member else "")


def by_clock(key: str, label: str, at: datetime | None, zone: str, *, day_only: bool) -> Fact:
    """A fact that is a moment, by the clock of a round.

    Args:
        key: as `Fact`.
        label: as `Fact`.
        at: when, if it was.
        zone: the IANA zone of the round.
        day_only: of what is protected a day is kept of when it came, so nothing about it is told closer than that.
    """
    if at is None:
        return Fact(key, label, None)
    return Fact(key, label, to_wall(at, zone).date()) if day_only else Fact(key, label, at, moment_in_words(at, zone))


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _p("answer", "Yes") if value else _p("answer", "No")
    if isinstance(value, datetime):
        return gettext("%(moment)s (UTC)", moment=format_moment(value))
    if isinstance(value, date):
        return format_day(value)
    if isinstance(value, int | float):
        return format_number(value)
    return str(value)


@dataclass(frozen=True)
class Entry:
    """One row of a section, such as one submission; perhaps with entries of its own, such as its points."""

    facts: Sequence[Fact]
    title: str = ""
    language: str | None = None
    parts: Sequence[Entry] = ()

    @property
    def filled(self) -> list[Fact]:
        """The facts that say something."""
        return [fact for fact in self.facts if fact.value not in (None, "", [])]


@dataclass(frozen=True)
class Section:
    """What is held of one kind.

    Args:
        key: its name in the file for programs; does not change.
        title: its name in the reader's language.
        who_sees: a sentence: who else reads it.
        entries: what is held.
        correct: endpoint, values of its address and the words of the link to where its owner changes it.
        why_not: a sentence, where its owner cannot change it.
    """

    key: str
    title: str
    who_sees: str
    entries: Sequence[Entry]
    correct: tuple[str, Mapping[str, Any], str] | None = None
    why_not: str = ""


def _nothing(_owner: Owner) -> Iterable[Section]:
    return ()


@dataclass(frozen=True)
class Collector:
    """What one feature holds of people.

    Args:
        key: names it; no two are alike.
        title: what it is about, in words, lazily translated.
        tables: the names of the tables that it answers for.
        when_closed: a sentence, lazily translated: what becomes of it when the account is closed.
        collect: what is held of one owner; in a constant number of queries.
        erase: takes the owner out of it, in the transaction of the closing; left out where nothing needs to go.
        forget_address: forgets what is kept under an address alone, in the transaction in which an account gives the
            address up: from then on nothing says whose it was.
    """

    key: str
    title: Any
    tables: Sequence[str]
    when_closed: Any
    collect: Callable[[Owner], Iterable[Section]] = field(default=_nothing)
    erase: Callable[..., None] | None = None
    forget_address: Callable[[str], None] | None = None


_collectors: dict[str, Collector] = {}


def register_collectors(*collectors: Collector) -> None:
    """Let rooms say what they hold of people; composition calls it, low rooms first.

    Raises:
        RuntimeError: two collectors have one key.
    """
    for collector in collectors:
        if _collectors.setdefault(collector.key, collector) is not collector:
            raise RuntimeError(f"{collector.key} is registered twice")


def list_collectors() -> Sequence[Collector]:
    """All of them, in the order in which rooms stand, low to high."""
    return list(_collectors.values())


def collect_all(owner: Owner) -> list[tuple[Collector, list[Section]]]:
    """Everything that is held of an owner, by collector; sections without an entry are left out."""
    found = []
    for collector in list_collectors():
        sections = [section for section in collector.collect(owner) if section.entries]
        if sections:
            found.append((collector, sections))
    return found


def erase_all(owner: Owner, *, now: datetime) -> None:
    """Take an owner out of everything, high rooms first: what points at something goes before it."""
    for collector in reversed(list_collectors()):
        if collector.erase is not None:
            collector.erase(owner, now=now)


def forget_address(email: str) -> None:
    """Forget what is kept under an address that its account gives up: closing the account would not find it later."""
    for collector in reversed(list_collectors()):
        if collector.forget_address is not None:
            collector.forget_address(email)


def tables_of_people(metadata: sa.MetaData = Base.metadata) -> set[str]:
    """The names of all tables with a person in them."""
    found = set(OWNERS)
    while leading := {table.name for table in metadata.tables.values() if _leads_to(table, found)} - found:
        found |= leading
    return found | {table.name for table in metadata.tables.values() if any(_is_somebody(c) for c in table.columns)}


def _leads_to(table: sa.Table, names: set[str]) -> bool:
    return any(key.column.table.name in names for key in table.foreign_keys)


def _is_somebody(column: sa.Column[Any]) -> bool:
    return bool(_NAMED_FOR_SOMEBODY.search(column.name) or column.info.get("of_a_person"))
