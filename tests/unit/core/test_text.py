"""The input boundary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.core.errors import BadInput
from consult.core.text import (
    canonical,
    check_line,
    check_link,
    check_text,
    search_words,
    spreadsheet_safe,
    without_apostrophe,
)


@given(st.text())
def test_canonical_bytes_are_stable(value: str) -> None:
    once = canonical(value)
    assert canonical(once) == once
    assert "\r" not in once


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\x1bb", "\ufffe", "a\x0cb"])
def test_what_cannot_be_stored_is_refused(bad: str, app_context: None) -> None:
    with pytest.raises(BadInput, match="cannot be stored"):
        check_text(bad, limit=100)


def test_composed_and_decomposed_are_the_same() -> None:
    assert canonical("e\u0301\r\nx ") == "\u00e9\nx"


def test_too_long_says_by_how_much(app_context: None) -> None:
    with pytest.raises(BadInput, match="3 characters over the limit of 10"):
        check_text("x" * 13, limit=10)
    with pytest.raises(BadInput, match="one character over"):
        check_text("x" * 11, limit=10)
    assert check_text("x" * 10, limit=10) == "x" * 10


def test_length_is_counted_in_characters_of_any_script() -> None:
    assert check_text("ក" * 10, limit=10)


def test_a_line_has_no_breaks_and_no_forged_direction(app_context: None) -> None:
    assert check_line("a\nb\u2028c") == "a b c"
    with pytest.raises(BadInput, match="direction"):
        check_line("Ministry\u202e fo")


def test_joiners_that_languages_need_stay() -> None:
    assert check_line("می\u200cخواهم") == "می\u200cخواهم"


def test_a_search_looks_for_each_word_once_and_for_ten_at_most() -> None:
    assert search_words(" gold  gold\x00tin ") == "gold tin"
    assert search_words(" ".join(str(number) for number in range(50))) == "0 1 2 3 4 5 6 7 8 9"


def test_a_link_is_a_page_of_the_web() -> None:
    assert check_link("HTTPS://example.org/A?b=1") == "https://example.org/A?b=1"
    assert check_link("") == ""
    for typed in ("javascript:alert(1)", "//example.org", "https://", "https://a@example.org", "https://a b.org", "x"):
        with pytest.raises(BadInput):
            check_link(typed)
    with pytest.raises(BadInput):
        check_link("", is_needed=True)


def test_what_keeps_a_cell_from_being_a_formula_comes_off_again() -> None:
    for words in ("=1+1", "＝1", "-", "'tis", "plain", "'"):
        assert without_apostrophe(spreadsheet_safe(words)) == words
