"""Codes to write down: what is typed on any keyboard finds the code, and a slip is noticed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from consult.core.codes import has_code_length, new_code, normalise_code
from consult.core.secrets import ALPHABET


def test_a_code_comes_back_from_whatever_it_was_typed_as() -> None:
    code = new_code()
    assert normalise_code(code) == code
    assert normalise_code(code.lower().replace("-", " ")) == code
    assert normalise_code(f"\u200e {code.replace('0', 'o').replace('1', 'l')}") == code
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    assert normalise_code(code.translate(arabic)) == code


@given(place=st.integers(0, 19), other=st.sampled_from(ALPHABET))
def test_a_single_slip_is_noticed(place: int, other: str) -> None:
    characters = list(new_code().replace("-", ""))
    if characters[place] == other:
        return
    characters[place] = other
    assert normalise_code("".join(characters)) is None


def test_two_codes_differ_and_other_text_is_none() -> None:
    assert new_code() != new_code()
    assert normalise_code("") is None
    assert has_code_length("o" * 20)
    assert not has_code_length("o" * 19)
    assert normalise_code("four words make sense") is None
