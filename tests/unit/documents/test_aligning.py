"""Which block of a newer text continues which of an older one, and how sure that is."""

from __future__ import annotations

import time

import pytest

from consult.documents.aligning import Match, Words, align, likeness_of
from consult.documents.enums import BlockKind, Continuation


def blocks(*words: str) -> list[Words]:
    return [
        Words(BlockKind.HEADING, one.lstrip("# "), level=len(one) - len(one.lstrip("#")))
        if one.startswith("#")
        else Words(BlockKind.TEXT, one)
        for one in words
    ]


OLD = (
    "# Purpose",
    "Nobody is moved from a house without a new one being ready.",
    "The fund holds thirty per cent of what every mine earns in a year.",
    "Reserved.",
    "# Scope",
    "Reserved.",
    "It holds for mines that are deeper than ten metres, and for quarries.",
)


def matched(*new: str) -> dict[tuple[int | None, int | None], Match]:
    """By the places of both sides."""
    return {(match.old, match.new): match for match in align(blocks(*OLD), blocks(*new))}


def kinds(*new: str) -> dict[tuple[int | None, int | None], Continuation]:
    return {pair: match.continuation for pair, match in matched(*new).items()}


def test_what_stays_is_unchanged_and_certain() -> None:
    found = matched(*OLD)
    assert set(found) == {(place, place) for place in range(len(OLD))}
    assert {match.continuation for match in found.values()} == {Continuation.UNCHANGED}
    assert all(match.is_certain for match in found.values())


def test_white_space_and_links_inside_are_no_words() -> None:
    assert likeness_of("See [3.2](#sec_3-2) of\nthis.", "See [3.2](#sec_9-2)  of this.") == 1000
    assert likeness_of("See it.", "See it!") == 999


def test_reworded_moved_new_and_removed() -> None:
    found = kinds(
        "# Purpose",
        "The fund holds forty per cent of what every mine earns in a year.",
        "Nobody is moved from a house without a new one being ready.",
        "Reserved.",
        "# Scope",
        "Reserved.",
        "Rivers and lakes are looked after by those who live beside them.",
    )
    assert found[2, 1] is Continuation.EDITED
    assert found[1, 2] is Continuation.MOVED
    assert found[3, 3] is found[5, 5] is Continuation.UNCHANGED
    assert found[6, None] is Continuation.REMOVED
    assert found[None, 6] is Continuation.NEW


def test_boilerplate_is_told_apart_by_its_place_or_left_to_people() -> None:
    """Of two that say the same, one is gone: which one is sure only where the sections tell."""
    gone = matched(*OLD[:3], *OLD[4:])
    assert gone[3, None].continuation is Continuation.REMOVED
    assert gone[5, 4].continuation is Continuation.UNCHANGED
    assert gone[5, 4].is_certain
    lone = align(blocks("Reserved.", "One thing here.", "Reserved."), blocks("Another thing.", "Reserved.", "A third."))
    assert not any(match.is_certain for match in lone if match.old is not None and match.new is not None)


def test_a_paragraph_that_was_split_or_merged_is_never_certain() -> None:
    whole = "The fund pays for the clearing of old mines. It pays for schools in the villages that lost their land."
    one, other = (
        "The fund pays for the clearing of old mines.",
        "It pays for schools in the villages that lost their land.",
    )
    split = align(blocks("# A", whole, "# B"), blocks("# A", one, other, "# B"))
    assert {(m.old, m.new) for m in split if m.continuation is Continuation.SPLIT} == {(1, 1), (1, 2)}
    merged = align(blocks("# A", one, other, "# B"), blocks("# A", whole, "# B"))
    assert {(m.old, m.new) for m in merged if m.continuation is Continuation.MERGED} == {(1, 1), (2, 1)}
    assert not any(m.is_certain for m in split + merged if m.continuation in {Continuation.SPLIT, Continuation.MERGED})


def test_headings_that_were_renamed_are_known_by_what_stands_below() -> None:
    new = list(OLD)
    new[4] = "# Where these rules hold"
    assert kinds(*new)[4, 4] is Continuation.EDITED
    assert not matched(*new)[4, 4].is_certain


def test_a_heading_never_becomes_a_paragraph() -> None:
    found = align(blocks("# Purpose of it"), blocks("Purpose of its"))
    assert {match.continuation for match in found} == {Continuation.REMOVED, Continuation.NEW}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("គ្មាននរណាម្នាក់ត្រូវបានផ្លាស់ទីដោយគ្មានការយល់ព្រម", "គ្មាននរណាម្នាក់ត្រូវបានផ្លាស់ទីឡើយដោយគ្មានការយល់ព្រម"),
        ("任何人不得在没有新房的情况下被迫搬迁。", "任何人均不得在没有新房屋的情况下被迫搬迁。"),
        ("لا يُنقل أحد من بيته دون أن يكون له بيت جديد جاهز", "لا يُنقل أي أحد من بيته دون أن يكون له بيت جديد جاهز"),
    ],
)
def test_every_script_is_compared(before: str, after: str) -> None:
    (match,) = align(blocks(before), blocks(after))
    assert match.continuation is Continuation.EDITED
    assert match.likeness > 800


def test_what_is_known_stays_and_the_rest_goes_round_it() -> None:
    known = [
        Match(1, None, Continuation.REMOVED, 0, is_certain=True),
        Match(6, 1, Continuation.EDITED, 0, is_certain=True),
    ]
    found = {(match.old, match.new): match for match in align(blocks(*OLD), blocks(*OLD), known)}
    assert found[1, None].continuation is Continuation.REMOVED
    assert found[6, 1].is_certain
    assert (1, 1) not in found
    assert found[None, 6].continuation is Continuation.NEW


def test_every_block_of_both_is_told_of() -> None:
    new = ("Wholly other words about something else.", *OLD[2:5], "# More", OLD[1].replace("ready", "there"))
    found = matched(*new)
    assert {old for old, _new in found} - {None} == set(range(len(OLD)))
    assert {place for _old, place in found} - {None} == set(range(len(new)))


def test_five_thousand_blocks_take_seconds() -> None:
    text = [
        f"Clause {number} says that office {number % 97} answers within {number % 31} days." for number in range(5_000)
    ]
    begun = time.perf_counter()
    found = align(blocks(*text), blocks(*text[1:], "The end."))
    assert sum(match.continuation is Continuation.UNCHANGED for match in found) == 4_999
    assert time.perf_counter() - begun < 60  # where a square of them would take minutes
