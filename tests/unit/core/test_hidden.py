"""Characters that nobody sees: kept where a language needs them, gone where they could deceive."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.core.errors import BadInput
from consult.core.forms import is_address
from consult.core.hidden import balanced, find_flood
from consult.core.text import canonical, check_line, check_link, check_text, mixed_letters

CLOSERS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}

KEPT_EVERYWHERE = [
    "می\u200cخواهم",  # Persian: a joiner that parts
    "ශ්\u200dරී ලංකා",  # Sinhala: one that joins
    "क्\u200dष",  # Devanagari
    "👩\u200d🌾 👁\ufe0f\u200d🗨\ufe0f",  # emoji
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # a flag made of tags
    "ភាសា\u200bខ្មែរ",  # Khmer: where a line may break
    "ไม่\u200bมี ພາສາ\u200bລາວ မြန်မာ\u200bစာ",
    "葛\U000e0100城",  # a variant of a character in a name
    "ᠮᠣᠩᠭᠣᠯ\u180bᠤᠨ",
]


@pytest.mark.parametrize("words", KEPT_EVERYWHERE)
def test_what_a_language_needs_stays_in_texts_and_in_names(words: str) -> None:
    assert check_text(words, limit=500) == canonical(words)
    assert check_line(words) == canonical(words)


@pytest.mark.parametrize(
    ("typed", "in_text", "in_line"),
    [
        ("Minis\u200btry", "Ministry", "Ministry"),
        ("Min\u200cis\u200dtry\u2060 of", "Ministry of", "Ministry of"),
        ("\ufeffMinistry", "Ministry", "Ministry"),
        ("Min\u00adistry", "Ministry", "Ministry"),
        ("a\u2063b\u2064c", "abc", "abc"),
        ("Name\u3164\uffa0\u115f", "Name", "Name"),
        ("Na\U000e0041\U000e0042me", "Name", "Name"),
        ("🏴\U000e0067\U000e0062", "🏴", "🏴"),
        ("a\ufe0fb", "ab", "ab"),
        ("ខ្មែរ\u200b\u200b\u200bx", "ខ្មែរ\u200bx", "ខ្មែរ\u200bx"),
        ("C++\u200e (عربي)\u200f", "C++\u200e (عربي)\u200f", "C++ (عربي)"),
        ("عدد\u061c 1", "عدد\u061c 1", "عدد 1"),
        ("e\u200c\u0301", "é", "é"),
    ],
)
def test_what_only_hides_is_left_out(typed: str, in_text: str, in_line: str) -> None:
    assert check_text(typed, limit=500) == in_text
    assert check_line(typed) == in_line


@pytest.mark.parametrize("blank", ["\u3164", "\u2800\u2800", "\u200b \u00a0", "\u034f"])
def test_a_name_of_nothing_that_can_be_seen_is_empty(blank: str) -> None:
    assert check_line(blank) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u202eb\u202cc", "abc"),  # an override is taken out with what closes it
        ("\u2067مرحبا", "\u2067مرحبا\u2069"),
        ("one \u202bاثنان\nthree", "one \u202bاثنان\u202c\nthree"),
        ("a\u2069\u202cb", "ab"),  # closers of nothing
        ("\u2066a\u202bb\u2069c", "\u2066a\u202bb\u202c\u2069c"),
        ("\u2066a\u202cb\u2069", "\u2066ab\u2069"),
    ],
)
def test_no_direction_reaches_beyond_its_paragraph(typed: str, kept: str) -> None:
    assert balanced(typed) == kept


@given(st.text(st.sampled_from("aب \n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), max_size=60))
def test_directions_always_close_in_order_and_nothing_else_is_touched(typed: str) -> None:
    kept = balanced(typed)
    assert [c for c in kept if c in "aب \n"] == [c for c in typed if c in "aب \n"]
    assert balanced(kept) == kept
    for line in kept.split("\n"):
        opened: list[str] = []
        for character in line:
            assert character not in "\u202d\u202e"
            if character in CLOSERS:
                opened.append(CLOSERS[character])
            elif character in "\u202c\u2069":
                assert opened.pop() == character
        assert not opened


@given(st.text(max_size=80))
def test_what_was_let_in_is_let_in_again_unchanged(typed: str) -> None:
    for check in (lambda words: check_text(words, limit=1_000), lambda words: check_line(words, limit=1_000)):
        try:
            kept = check(typed)
        except BadInput:
            continue
        assert check(kept) == kept


def test_a_note_says_where_an_override_was_taken_out(app_context: None) -> None:
    notes: list[str] = []
    assert check_text("First.\nPay gpj\u202e.exe now", limit=100, notes=notes) == "First.\nPay gpj.exe now"
    assert notes == [
        "An invisible character that shows words backwards was taken out. Place: line 2, after “\u2068Pay gpj\u2069”."
    ]


@pytest.mark.parametrize(
    "word",
    [
        "ខ្ញុំស្ត្រីក្រ្ដៅ",
        "ကျွန်ုပ်တို့၏ငြှိုးမြှုံ့",
        "Nguyễn Thị Hường".encode().decode(),
        unicodedata.normalize("NFD", "Nguyễn ở Huế"),
        "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
        "ٱلْحَمْدُ لِلَّٰهِ",
        "น้ำที่ผู้ใหญ่เก็บ",
        "ཧྐྵྨླྺྼྻྂ",
        "ë̃́ phonetic",
    ],
)
def test_marks_that_languages_stack_are_let_in(word: str) -> None:
    assert find_flood(word) is None
    assert check_text(word, limit=100) == canonical(word)


@pytest.mark.parametrize(
    "flood",
    ["Z\u0300\u0301\u0302\u0303\u0304algo", "ก็็็็", "a" + "\u0336" * 5_000, "س" + "\u064b" * 4, "ក" + "\u17b7\u17b8" * 8],
)
def test_a_flood_of_marks_is_refused_where_it_stands(app_context: None, flood: str) -> None:
    with pytest.raises(BadInput, match="So many marks stand on one letter") as refused:
        check_text(f"First line.\nMy house is {flood}", limit=20_000, field="text")
    assert "Place: line 2, after “\u2068My house is" in refused.value.message
    assert refused.value.field == "text"
    with pytest.raises(BadInput, match="So many marks"):
        check_line(flood)


def test_what_cannot_be_stored_is_named_by_its_place(app_context: None) -> None:
    with pytest.raises(BadInput, match=r"cannot be stored.*Place: line 3, after “\u2068the third\u2069”"):
        check_text("one\ntwo\nthe third \x00", limit=100)
    with pytest.raises(BadInput, match=r"changes direction.*Place: after “\u2068Ministry of\u2069”"):
        check_line("Ministry of \u202eenibac")
    with pytest.raises(BadInput, match="Place: at the beginning"):
        check_line("\u202eenibac")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("M\u0456nistry of Mines", "This name mixes Latin and Cyrillic letters, which look alike."),
        ("\u0391frica Group", "This name mixes Latin and Greek letters, which look alike."),
        ("Ministry of Mines", ""),
        ("ООО Gazprom", ""),
        ("Министерство", ""),
        ("Mine 採石 ខ្មែរ", ""),
        ("O’Neill-Łódź", ""),
    ],
)
def test_letters_that_look_alike_in_one_word_are_told_of(app_context: None, name: str, says: str) -> None:
    assert mixed_letters(name) == says
    assert check_line(name) == name  # people have such names


def test_the_name_of_a_site_cannot_pass_for_another(app_context: None) -> None:
    for address in ("https://ex\u0430mple.org/", "https://xn--exmple-4nf.org/"):
        with pytest.raises(BadInput, match="mixes Latin and Cyrillic letters"):
            check_link(address)
    for address in ("https://müller.de/", "https://пример.рф/", "https://例え.jp/a", "https://ខ្មែរ.example.org/"):
        assert check_link(address) == address
    assert check_link("https://exa\u200bmple.org") == "https://example.org"
    assert not is_address("a\u200b@example.org")
