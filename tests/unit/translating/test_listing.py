"""Lists of units: what they are narrowed to, and their pages, while others translate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consult.translating.listing import Filters, Show, page_of_units
from consult.translating.queries import Progress, total_of
from consult.translating.units import Group, Unit, Work


def unit(number: int, text: str = "", *, stale: bool = False, awaited: bool = False) -> Unit:
    return Unit(
        "paragraph", number, "text", f"1 ¶ {number}", f"Source {number}", "en", language="fr", text=text,
        is_stale=stale, wanted_in="fr" if awaited else "",
    )  # fmt: skip


def work(units: list[Unit]) -> Work:
    return Work("fr", [Group("draft", "The draft", units[:4]), Group("points", "Points", units[4:])])


UNITS = [unit(1), unit(2, "Deux 2"), unit(3, "Trois", stale=True), unit(4), unit(5, "Cinq 5"), unit(6, awaited=True)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 3, 4, 6]),
        ({"show": "missing"}, [1, 4, 6]),
        ({"show": "stale"}, [3]),
        ({"show": "check"}, [3]),
        ({"show": "awaited"}, [6]),
        ({"show": "all"}, [1, 2, 3, 4, 5, 6]),
        ({"show": "nonsense"}, [1, 3, 4, 6]),
        ({"show": "all", "group": "points"}, [5, 6]),
        ({"show": "all", "group": "nonsense"}, []),
        ({"show": "all", "words": "DEUX"}, [2]),
        ({"show": "all", "words": "source ¶ 4"}, [4]),
    ],
)
def test_a_list_is_narrowed_by_its_address(asked: dict[str, str], found: list[int]) -> None:
    assert [one.subject_id for one in page_of_units(work(UNITS), Filters.read(asked)).items] == found


def test_pages_follow_each_other_while_what_was_on_them_is_translated() -> None:
    filters = Filters(show=Show.MISSING)
    units = [unit(number) for number in range(1, 8)]
    first = page_of_units(work(units), filters, size=3)
    assert ([one.subject_id for one in first.items], first.total, first.before) == ([1, 2, 3], 7, None)
    translated = [replace(one, text="Fait") if one.subject_id in {1, 2, 3} else one for one in units]
    second = page_of_units(work(translated), filters, after=first.after, size=3)
    assert ([one.subject_id for one in second.items], second.total) == ([4, 5, 6], 4)
    assert [one.subject_id for one in page_of_units(work(units), filters, after=second.after, size=3).items] == [7]
    back = page_of_units(work(units), filters, before=units[3].key, size=3)
    assert [one.subject_id for one in back.items] == [1, 2, 3]
    lost = page_of_units(work(units), filters, after="paragraph-99-text", size=3)
    assert [one.subject_id for one in lost.items] == [1, 2, 3]


def test_a_hundred_in_a_hundred_is_said_only_of_all() -> None:
    assert Progress("", "", 1000, 999, 1).percent == 99
    assert Progress("", "", 1000, 1000, 0).percent == 100
    assert Progress("", "", 3, 1, 1).percent == 33
    assert Progress("", "", 3, 1, 1).missing == 1
    total = total_of(
        [Progress("draft", "", 4, 2, 1), Progress("answers", "", 4, 4, 0), Progress("points", "", 90, 0, 0)]
    )
    assert (total.total, total.done, total.stale, total.percent) == (8, 6, 1, 75)
