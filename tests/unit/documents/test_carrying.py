"""Which block of a newer draft was which of an older one."""

from __future__ import annotations

from consult.documents.carrying import match_blocks


def blocks(*words: str) -> list[tuple[str, str]]:
    return [("heading" if one.startswith("#") else "text", one) for one in words]


OLD = blocks("# Purpose", "Nobody is moved.", "The fund holds 30 %.", "The end.")


def matched(*words: str) -> list[int | None]:
    """For each block of OLD its place among these words."""
    found = match_blocks(OLD, blocks(*words))
    return [found.get(place) for place in range(len(OLD))]


def test_what_stays_is_found_wherever_it_went() -> None:
    assert matched(*(words for _kind, words in OLD)) == [0, 1, 2, 3]
    assert matched("New.", "# Purpose", "Nobody is moved.", "Also new.", "The fund holds 30 %.", "The end.") == [
        1,
        2,
        4,
        5,
    ]
    assert matched("# Purpose", "The end.") == [0, None, None, 1]


def test_what_was_reworded_is_still_itself() -> None:
    assert matched("# Purpose", "Nobody is moved.", "The fund shall hold 40 %.", "The end.") == [0, 1, 2, 3]
    assert matched("# Purpose", "Nobody is moved.", "Quite other words", "The end.") == [0, 1, None, 3]
    assert matched("# Purpose", "Nobody is moved.", "Something.", "The fund holds 31 %.", "The end.") == [0, 1, 3, 4]


def test_a_heading_never_becomes_a_paragraph() -> None:
    assert match_blocks([("heading", "Purpose of it")], [("text", "Purpose of its")]) == {}


def test_scripts_without_spaces_are_compared_too() -> None:
    assert match_blocks([("text", "គ្មាននរណាម្នាក់ត្រូវបានផ្លាស់ទី")], [("text", "គ្មាននរណាម្នាក់ត្រូវបានផ្លាស់ទីឡើយ")]) == {0: 0}
