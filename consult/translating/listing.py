"""A list of units on a page: narrowed, in the order in which they are read, paged by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from consult.core.labels import Labelled
from consult.core.locale import lazy_pgettext as _p
from consult.core.text import search_words
from consult.translating.checks import list_missing
from consult.translating.units import Standing, Unit, Work

PAGE_SIZE = 20


class Show(Labelled):
    """Which units of a language somebody wants to see."""

    TO_DO = "todo", _p("translations shown", "Missing, or the source has changed")
    MISSING = "missing", _p("translations shown", "Missing")
    STALE = "stale", _p("translations shown", "The source has changed")
    CHECK = "check", _p("translations shown", "A number, a link or a placeholder is missing")
    AWAITED = "awaited", _p("translations shown", "Somebody waits for it")
    ALL = "all", _p("translations shown", "All")

    def shows(self, unit: Unit) -> bool:
        """Whether this unit is among them."""
        if self is Show.TO_DO:
            return unit.standing is not Standing.DONE
        if self is Show.AWAITED:
            return unit.is_awaited and unit.standing is not Standing.DONE
        if self is Show.CHECK:
            return bool(list_missing(unit.source, unit.text))
        return self is Show.ALL or unit.standing.value == self.value


@dataclass(frozen=True)
class Filters:
    """What the list of units is narrowed to.

    Args:
        group: name of a group; empty for all of them.
        show: how far they are.
        words: that stand in the source, the translation, or what the unit is called.
    """

    group: str = ""
    show: Show = Show.TO_DO
    words: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """What the address of the list asks for; whatever it cannot mean narrows nothing."""
        show = values.get("show", "")
        return cls(
            group=values.get("group", ""),
            show=Show(show) if show in set(Show) else Show.TO_DO,
            words=search_words(values.get("words")),
        )

    def has(self, unit: Unit) -> bool:
        """Whether a unit is among those wanted."""
        said = f"{unit.place}\n{unit.source}\n{unit.text}".casefold()
        return all(word in said for word in self.words.casefold().split()) and self.show.shows(unit)


@dataclass(frozen=True)
class UnitPage:
    """One page of units; `after` and `before` are the keys that its neighbours begin at, or None."""

    items: Sequence[Unit]
    total: int
    after: str | None
    before: str | None


def page_of_units(
    work: Work, filters: Filters, *, after: str | None = None, before: str | None = None, size: int = PAGE_SIZE
) -> UnitPage:
    """One page of what is wanted of some work, in the order in which it is read.

    A page is told by the unit before it, also where that unit is no longer wanted, since it was translated meanwhile:
    what comes next is the same for whoever works through the list. A key that is no longer there begins at the top.

    Args:
        work: all there is.
        filters: what of it is wanted.
        after: key of the unit before the page.
        before: key of the unit behind it; ``after`` wins when both are given.
        size: units on a page.
    """
    every = list(_wanted(work, filters))
    order = {unit.key: place for place, unit in enumerate(unit for group in work.groups for unit in group.units)}
    places = [order[unit.key] for unit in every]
    if after in order:
        first = sum(place <= order[after] for place in places)
    elif after is None and before in order:
        first = max(0, sum(place < order[before] for place in places) - size)
    else:
        first = 0
    items = every[first : first + size]
    return UnitPage(
        items,
        len(every),
        items[-1].key if first + size < len(every) else None,
        every[first].key if items and first > 0 else None,
    )


def _wanted(work: Work, filters: Filters) -> Iterator[Unit]:
    for group in work.groups:
        if not filters.group or group.name == filters.group:
            yield from (unit for unit in group.units if filters.has(unit))
