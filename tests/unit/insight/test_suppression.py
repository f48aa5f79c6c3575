"""What is shown of a row tells no small number, to readers who know everything else and the rule itself."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from consult.accounts.enums import BroadGroup, Constituency
from consult.insight.enums import Who
from consult.insight.suppression import FEWEST, shown_cells, shown_choice

SMALL = range(FEWEST)


def test_every_small_table_leaves_each_hidden_number_open() -> None:
    """An attacker knows the total, the shown numbers and the rule, and lists every row that would look the same."""
    for size, total in product((1, 2, 3), range(18)):
        alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
        for cells in product(range(total + 1), repeat=size):
            if sum(cells) <= total:
                alike[tuple(shown_cells(cells, total))].append(cells)
        for shown, rows in alike.items():
            for place, number in enumerate(shown):
                held_possible = {row[place] for row in rows}
                if number is not None:
                    assert held_possible == {number}
                    assert number >= FEWEST
                else:
                    assert held_possible >= set(range(min(total, FEWEST - 1) + 1)), (total, shown)


def test_who_did_not_choose_is_as_well_kept_as_who_did() -> None:
    for total in range(FEWEST, 18):
        hidden = [number for number in range(total + 1) if shown_choice(number, total) is None]
        assert set(hidden) >= {*SMALL, *(total - number for number in SMALL)}
        assert all(total - number in hidden for number in hidden)


numbers = st.one_of(st.integers(0, 6), st.integers(0, 400))


@given(st.lists(numbers, min_size=1, max_size=6), numbers)
def test_any_small_number_fits_in_the_place_of_any_hidden_one(cells: list[int], left_open: int) -> None:
    total = sum(cells) + left_open
    shown = shown_cells(cells, total)
    rest = total - sum(number or 0 for number in shown)
    hidden = [place for place, number in enumerate(shown) if number is None]
    assert all(number is None or number == cells[place] >= FEWEST for place, number in enumerate(shown))
    assert not hidden or rest >= FEWEST or len(hidden) == len(cells)
    for place in hidden:
        for small in SMALL:
            if small <= rest:
                other = [number or 0 for number in shown]
                other[place] = small
                assert shown_cells(other, total) == shown


def test_rows_are_the_constituencies_and_no_group_is_one_of_them() -> None:
    assert {who.value for who in Who} == {one.value for one in Constituency} | {"several", "not_stated", "protected"}
    for group in BroadGroup:
        assert sum(one.group is group for one in Constituency) > 1
