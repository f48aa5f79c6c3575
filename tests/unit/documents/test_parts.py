"""The parts of a text that was split: nothing is told as removed that lives on in another of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.documents.comparing import Change, Piece, compare_merged, compare_parts

SENTENCES = [
    "Every gift is published with the name of its donor.",
    "No donor pays more than a quarter of the budget.",
    "Staff are appointed by the office and paid from the fund.",
    "The co-chairs speak for the group in public.",
    "Members serve for three years in a personal capacity.",
    "Visits to mines are announced a month ahead.",
]


@given(st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_whatever_sentence_goes_to_whatever_part_nothing_is_lost(placed: list[int]) -> None:
    parts = [" ".join(one for one, at in zip(SENTENCES, placed, strict=True) if at == part) for part in range(3)]
    for told in compare_parts(" ".join(SENTENCES), parts, "en"):
        removed = "".join(piece.text for piece in told if piece.kind is Change.REMOVED)
        assert not [one for one in SENTENCES if one.rstrip(".") in removed]


def test_the_changed_beginning_of_a_sentence_is_told_where_the_sentence_goes_on() -> None:
    before = "Two thirds of those present decide. Sixteen members from six constituencies form a quorum."
    first = "Two thirds of those present decide. The majority includes five constituencies."
    second = "At least nineteen of the members, from six constituencies, form a quorum."
    told = compare_parts(before, [first, second], "en")
    assert [piece for piece in told[0] if piece.kind is Change.REMOVED] == []
    assert told[1][0] == Piece(Change.REMOVED, "Sixteen")


def test_what_was_merged_in_another_order_is_not_told_as_removed_and_added() -> None:
    first, second, *_others = SENTENCES
    told = compare_merged([first, second], f"{second} {first}", "en")
    assert [piece for piece in told if piece.kind is not Change.SAME and piece.text.strip()] == []
