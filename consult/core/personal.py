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

from consult.core.db import Base
from consult.core.labels import Labelled
from consult.core.locale import format_day, format_moment, format_number, gettext
from consult.core.locale import pgettext as _p

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
    """

    key: str
    title: Any
    tables: Sequence[str]
    when_closed: Any
    collect: Callable[[Owner], Iterable[Section]] = field(default=_nothing)
    erase: Callable[..., None] | None = None


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
