"""References that people read out over the telephone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.core.secrets import ALPHABET, check_character, normalise_reference, random_reference
from consult.core.web.templating import references

bodies = st.text(ALPHABET, min_size=5, max_size=5)


@given(bodies, st.integers(0, 4), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, place: int, other: str) -> None:
    wrong = body[:place] + other + body[place + 1 :]
    assert (check_character(wrong) == check_character(body)) == (wrong == body)


@given(bodies, st.integers(0, 4))
def test_two_neighbours_swapped_are_noticed(body: str, place: int) -> None:
    whole = body + check_character(body)
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert (check_character(swapped[:5]) == swapped[5]) == (swapped == whole)


def test_references_are_taken_as_people_type_them() -> None:
    reference = f"APSMD-2-{random_reference()}"
    assert normalise_reference(f"  {reference.lower()} ") == reference
    body = "10ABC"
    valid = f"X-1-{body}{check_character(body)}"
    assert normalise_reference(valid.replace("-10", "-iO")) == valid


def test_references_are_found_as_other_programs_and_keyboards_write_them() -> None:
    body = "10ABC"
    reference = f"APSMD-2-{body}{check_character(body)}"
    for typed in (
        reference.replace("A", "\u0410").replace("P", "\u0420").replace("M", "\u039c"),
        reference.replace("-", "\u2011"),
        reference.replace("-2-", " \u2013 \u0662 - "),
        f"\ufeff\u200e{reference[:4]}\u200b{reference[4:]}\u200f",
        "".join(chr(ord(c) + 0xFEE0) for c in reference),
    ):
        assert normalise_reference(typed) == reference, ascii(typed)


def test_what_cannot_be_a_reference_is_none() -> None:
    for typed in ("", "7K4QXM", "APSMD-2-", "APSMD-2-7K4QX", "APSMD-2-7K4QXU", "APSMD-2-00000Z", "…-ABCDEF"):
        assert normalise_reference(typed) is None


def test_references_say_nothing_of_order() -> None:
    made = [random_reference() for _ in range(200)]
    assert len(set(made)) == 200
    assert made != sorted(made)


def test_references_in_a_heading_are_marked_and_nothing_else_is() -> None:
    reference = f"APSMD-1-{random_reference()}"
    assert references(f"Point {reference}") == f'Point <code class="ref">{reference}</code>'
    other = reference[:-1] + ("0" if reference[-1] != "0" else "1")
    assert references(f"<b> COVID-19 {other}") == f"&lt;b&gt; COVID-19 {other}"
