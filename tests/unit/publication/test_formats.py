"""Cells that a spreadsheet opens."""

from __future__ import annotations

import pytest

from consult.core.text import spreadsheet_safe
from consult.publication.formats import LogRow


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_nothing_that_begins_like_a_formula_does_so_in_a_cell(start: str) -> None:
    assert spreadsheet_safe(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("words", ["", "words", "a = b", "3.5", "'quoted'", "تعليق", "1 + 1"])
def test_other_words_are_left_alone(words: str) -> None:
    assert spreadsheet_safe(words) == words


def test_a_row_comes_back_as_it_was_given_out() -> None:
    row = LogRow({"reference": "MIN-1-AAAAAA", "constituencies": ["industry"]}, {"fr": {"text": "Oui."}})
    again = LogRow.from_content({**row.content(), "salt": "00"})
    assert again.content() == row.content()
    assert "salt" not in again.content()
