"""Names to sign in with: one form for what people type the same, in any script."""

from __future__ import annotations

import pytest

from consult.accounts.names import check_name, normalise_name
from consult.core.errors import BadInput

# Fixed for ever: what is stored is found by it.
FORMS = {
    "Blue River": "blueriver",
    " blue-river ": "blueriver",
    "ＢＬＵＥ ＲＩＶＥＲ": "blueriver",
    "B\u200blue\u00adRiver": "blueriver",
    "STRASSE": "strasse",
    "straße": "strasse",
    "İstanbul": "istanbul",
    "ISTANBUL": "istanbul",
    "river 10": "riverlo",
    "river \u0661\u0660": "riverlo",
    "\u0430rt": "art",  # a Cyrillic letter
    "\u039f\u039c\u0395\u0393\u0391": "ome\u03b3a",  # in Greek capitals
    "كتابی": "كتابي",  # typed on a Persian keyboard
    "كِتابي": "كتابي",
    "حارسة النهر": "حارسهالنهر",
    "ទឹកស្អាត": "ទឹកស្អាត",
    "\u0e19\u0e49\u0e33": "\u0e19\u0e49\u0e4d\u0e32",  # Thai, with the sara am that is two signs
    "नदी पानी": "नदीपानी",
    "蓝色的河": "蓝色的河",
}


@pytest.mark.parametrize("typed", FORMS)
def test_what_people_type_the_same_is_the_same(typed: str) -> None:
    assert normalise_name(typed) == FORMS[typed] == normalise_name(FORMS[typed])
    assert len(FORMS[typed]) < 3 or check_name(typed) == FORMS[typed]


def test_marks_that_make_another_word_stay() -> None:
    assert normalise_name("कल") != normalise_name("काल")
    assert normalise_name("مَدى") == normalise_name("مدي")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("rosa@example.org", "no @ sign"),
        ("rosa＠example", "no @ sign"),
        ("ab", "at least 3"),
        ("- - -", "at least 3"),
        ("+62 812 3456", "one of them a letter"),
        ("x" * 61, "at most 60"),
        ("rosa\ue000", "cannot be used"),
        ("rosa\U000e0fff", "cannot be used"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_name(typed)
    assert says in refused.value.message
    assert refused.value.field == "sign_in_name"


def test_a_flood_is_cut_before_it_is_worked_on() -> None:
    assert len(normalise_name("a" * 1_000_000)) == 200
