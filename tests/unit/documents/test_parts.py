"""The parts of a text that was split: nothing is told as removed that lives on in another of them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from consult.documents.comparing import Change, Piece, compare

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
    for told in compare([" ".join(SENTENCES)], parts, "en"):
        removed = "".join(piece.text for piece in told if piece.kind is Change.REMOVED)
        assert not [one for one in SENTENCES if one.rstrip(".") in removed]


def test_the_changed_beginning_of_a_sentence_is_told_where_the_sentence_goes_on() -> None:
    before = "Two thirds of those present decide. Sixteen members from six constituencies form a quorum."
    first = "Two thirds of those present decide. The majority includes five constituencies."
    second = "At least nineteen of the members, from six constituencies, form a quorum."
    told = compare([before], [first, second], "en")
    assert [piece for piece in told[0] if piece.kind is Change.REMOVED] == []
    assert told[1][0] == Piece(Change.REMOVED, "Sixteen")


def test_what_was_merged_in_another_order_is_not_told_as_removed_and_added() -> None:
    first, second, *_others = SENTENCES
    (told,) = compare([first, second], [f"{second} {first}"], "en")
    assert [piece for piece in told if piece.kind is not Change.SAME and piece.text.strip()] == []


def test_what_was_split_and_merged_at_once_is_compared_by_shares_too() -> None:
    one, two, three, four, *_others = SENTENCES
    told = compare([f"{one} {two}", f"{three} {four}"], [f"{three} {one}", f"{four} {two}"], "en")
    assert [piece for part in told for piece in part if piece.kind is not Change.SAME and piece.text.strip()] == []
    # However the older ones stood.
    again = compare([f"{three} {four}", f"{one} {two}"], [f"{three} {one}", f"{four} {two}"], "en")
    assert [piece for part in again for piece in part if piece.kind is not Change.SAME and piece.text.strip()] == []


def test_brackets_newly_put_around_kept_words_are_told() -> None:
    one, two, three, four, *_others = SENTENCES
    told = compare([f"{one} {two} {three} {four}"], [f"{one} {three}", f"[{two}] {four}"], "en")
    assert told[0] == [Piece(Change.SAME, f"{one} {three}")]
    assert told[1] == [
        Piece(Change.ADDED, "["), Piece(Change.SAME, two), Piece(Change.ADDED, "]"), Piece(Change.SAME, f" {four}"),
    ]  # fmt: skip


def test_brackets_taken_from_words_that_went_elsewhere_are_told_at_these() -> None:
    one, two, three, four, *_others = SENTENCES
    (_first, second) = compare([f"[{one}] [{two}] [{three}] [{four}]"], [f"{one} {three}", f"{two} {four}"], "en")
    removed = "".join(piece.text for piece in second if piece.kind is Change.REMOVED)
    assert "".join(removed.split()) == "[][]"


@seed(20261123)
@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 1)), min_size=2, max_size=6),
    st.integers(1, 2),
)
def test_every_bracket_of_either_text_is_told(placed: list[tuple[bool, bool, int]], olds: int) -> None:
    before, after = (
        [f"[{words}]" if one[side] else words for words, one in zip(SENTENCES, placed, strict=False)] for side in (0, 1)
    )
    middle = len(before) // olds
    befores = [" ".join(before[:middle]), " ".join(before[middle:])]
    parts = [" ".join(words for words, one in zip(after, placed, strict=True) if one[2] == part) for part in (0, 1)]
    told = compare(befores, parts, "en")
    for part, pieces in zip(parts, told, strict=True):
        assert part == "".join(piece.text for piece in pieces if piece.kind is not Change.REMOVED)
    for bracket in "[]":
        number = Counter({
            kind: sum(piece.text.count(bracket) for pieces in told for piece in pieces if piece.kind is kind)
            for kind in Change
        })  # fmt: skip
        assert number[Change.SAME] + number[Change.REMOVED] == sum(one[0] for one in placed)
        # One that stands around other words now has not stayed.
        assert number[Change.SAME] <= sum(one[0] and one[1] for one in placed)
