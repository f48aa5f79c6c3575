"""A long draft is cut into pages without losing, repeating or reordering a block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.documents.sections import MOST, cut_into_pages, page_with


def blocks(*levels: int) -> list[tuple[str, int]]:
    return [(f"b{place}", level) for place, level in enumerate(levels)]


def test_a_section_is_a_page() -> None:
    pages = cut_into_pages(blocks(2, 0, 0, 3, 0, 2, 0, 2, 0, 0))
    assert [(page.eid, page.start, page.stop) for page in pages] == [("b0", 0, 5), ("b5", 5, 7), ("b7", 7, 10)]


def test_a_title_above_everything_opens_no_page_of_its_own() -> None:
    pages = cut_into_pages(blocks(2, 3, 0, 3, 0, 0, 3, 0))
    assert [(page.start, page.stop) for page in pages] == [(0, 3), (3, 6), (6, 8)]


def test_what_stands_before_the_first_heading_is_a_page_if_it_is_some_text() -> None:
    assert [page.start for page in cut_into_pages(blocks(0, 0, 0, 2, 0, 2, 0))] == [0, 3, 5]
    assert [page.start for page in cut_into_pages(blocks(0, 2, 0, 2, 0))] == [0, 3]


def test_a_long_section_is_shown_by_its_own_sections() -> None:
    long = [2, *([3] + [0] * 99) * 3, 2, 0]
    pages = cut_into_pages(blocks(*long))
    assert [page.start for page in pages] == [0, 101, 201, 301]
    assert page_with(pages, 150).eid == "b101"


def test_text_without_headings_is_one_page() -> None:
    assert len(cut_into_pages(blocks(*[0] * (MOST + 5)))) == 1
    assert cut_into_pages([]) == []


@given(st.lists(st.integers(0, 6), max_size=400))
def test_every_block_stands_on_one_page_in_order(levels: list[int]) -> None:
    pages = cut_into_pages(blocks(*levels))
    assert [place for page in pages for place in range(page.start, page.stop)] == list(range(len(levels)))
