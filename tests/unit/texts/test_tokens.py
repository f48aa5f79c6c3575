"""Tokens: what counts as the same, and what a typed word asks for."""

from __future__ import annotations

import unicodedata

import pytest

from consult.core.text import search_words
from consult.texts.tokens import PHRASE_TOKENS, ROW_TOKENS, fold, phrases, token_rows


def finds(typed: str, text: str) -> bool:
    """What both databases do, in one line: each phrase stands in the rows of a text."""
    rows = token_rows(text)
    return bool(phrases(typed)) and all(any(phrase.is_in(row) for row in rows) for phrase in phrases(typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("énergie", "energie"),
        ("É́NERGIE", "énergie"),
        ("ENERGIE", "énergie"),
        ("Straße", "STRASSE"),
        ("Đường", "duong"),
        ("İstanbul", "istanbul"),
        ("ısı", "isi"),
        ("ﬁne", "fine"),
        ("Ёлка", "елка"),
        ("ἀρχή", "αρχη"),
        ("λόγος", "ΛΟΓΟΣ"),
        ("العَرَبِيَّةُ", "العربية"),
        ("أحمد", "احمد"),
        ("مسـؤول", "مسوول"),
        ("فتى", "فتي"),
        ("مدرسة", "مدرسه"),
        ("کتاب", "كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("٣٫٥", "3.5"),
        ("๓", "3"),
        ("ＡＢＣ", "abc"),
        ("co\u00adoperate", "cooperate"),
        ("หน้\u200bา", "หน้า"),
        ("មនុស្ស\u200bទាំងអស់", "មនុស្សទាំងអស់"),
        ("می\u200cخواهم", "میخواهم"),
        ("ක්\u200dර", "ක්ර"),
        ("각", "각"),
    ],
)
def test_ways_of_typing_find_each_other(one: str, other: str) -> None:
    assert finds(one, f"before {other} after")
    assert finds(other, f"before {one} after")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("कि", "की"),  # vowel signs make words
        ("மலை", "மலர்"),
        ("กา", "กี"),
        ("ក", "ខ"),
        ("か", "が"),
        ("ကာ", "ကိ"),
        ("house", "horse"),
        ("3", "35"),
        ("an", "another"),
        ("中国", "国中"),
        ("人民", "人,民"),
        ("ماء", "ما"),
        ("ماء", "مالي"),
        ("الماء", "المالي"),
        ("الماء", "المانحين"),
        ("ما", "ماء"),
        ("ألم", "المعادن"),
        ("إلى", "اليوم"),
        ("ألوان", "وأنه"),
        ("الله", "له"),
        ("الآن", "أن"),
        ("الحق", "حقيبة"),
    ],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert not finds(one, f"x {other} x")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("COVID-19", "since COVID-19 began"),
        ("covid", "since COVID-19 began"),
        ("19", "since COVID-19 began"),
        ("covid19", "since COVID-19 began"),
        ("COVID-19", "since covid19 began"),
        ("l'énergie", "de l’énergie propre"),
        ("energie", "de l’énergie propre"),
        ("3.5", "see section 3.5 below"),
        ("MIN-1-7K4QXM", "MIN-1-7K4QXM"),
        ("7k4qxm", "MIN-1-7K4QXM"),
        ("MIN-1", "MIN-1-7K4QXM"),
        ("mineral", "all minerals"),
        ("国", "中国人民"),
        ("民", "中国人民"),
        ("国人", "中国人民"),
        ("国人民", "3月中国人民"),
        ("人权", "人人享有人权。"),
        ("สิทธิ", "มนุษย์มีสิทธิเสมอภาค"),
        ("ສິດ", "ຄົນມີສິດເທົ່າທຽມ"),
        ("សិទ្ធិ", "មនុស្សមានសិទ្ធិស្មើគ្នា"),
        ("အခွင့်", "လူတိုင်းအခွင့်အရေးရှိ"),
        ("権利", "人の権利を守る"),
        ("हक", "सबका हक है"),
        ("إنسان", "حقوق الإنسان"),
        ("الإنسان", "كل إنسان"),
        ("معادن", "والمعادن النادرة"),
        ("المعادن", "بالمعادن وغيرها"),
        ("معدن", "المعدنية"),
        ("مياه", "للمياه حق"),
        ("للمياه", "المياه"),
        ("لغة", "للغة الأم"),
        ("حق", "الحَقُّ في"),
        ("الحق", "له حقٌّ"),
        ("ٱلمعادن", "معادن"),
        ("بيئة", "المياه والبيئة"),
        ("ماء", "شرب الماء"),
    ],
)
def test_words_and_their_parts_are_found(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize("typed", ["", " ", "!?", '"', "%", "_", "*", "-", "()", "\u200b", "\u0301", "…", "·", "´"])
def test_signs_ask_for_nothing(typed: str) -> None:
    assert phrases(typed) == []


def test_a_phrase_is_found_wherever_it_stands_in_a_long_text() -> None:
    text = "".join(chr(0x4E00 + place % 5_000) for place in range(2 * ROW_TOKENS))
    rows = token_rows(text)
    assert len(rows) > 1
    assert all(len(row.split()) <= ROW_TOKENS for row in rows)
    for start in range(0, len(text) - PHRASE_TOKENS, 997):
        assert finds(text[start : start + PHRASE_TOKENS], text)


ZAWGYI = "သတၱဳတူးေဖာ္ေရး လုပ္ငန္းမ်ား"
IN_UNICODE = "သတ္တုတူးဖော်ရေး လုပ်ငန်းများ"


@pytest.mark.parametrize("language", ["my", "my-Qaag", ""])
@pytest.mark.parametrize("typed", ["တူးဖော်ရေး", "တူးေဖာ္ေရး", "လုပ်ငန်းများ", "လုပ္ငန္းမ်ား"])
def test_zawgyi_and_unicode_find_each_other(typed: str, language: str) -> None:
    for text in (ZAWGYI, IN_UNICODE):
        assert all(any(phrase.is_in(row) for row in token_rows(text, language)) for phrase in phrases(typed))


def test_what_zawgyi_looks_like_is_no_other_word() -> None:
    assert [phrase.tokens for phrase in phrases("ေရး")] == [phrase.tokens for phrase in phrases("ရေး")]
    assert token_rows(ZAWGYI, "my-Qaag") == token_rows(IN_UNICODE, "my")


def test_languages_with_the_shapes_of_zawgyi_are_found_as_they_are_typed() -> None:
    shan = "ၵႂၢမ်းတႆး"
    assert any(phrase.is_in(row) for row in token_rows(shan, "shn") for phrase in phrases(shan))


def test_an_article_leaves_what_stands_side_by_side() -> None:
    row = token_rows("حقوق الإنسان-والمعادن هنا")[0]
    assert row.startswith(" حقوق الانسان والمعادن هنا | ")
    assert finds("الإنسان-والمعادن", "حقوق الإنسان-والمعادن هنا")
    assert not finds("الإنسان-هنا", "حقوق الإنسان-والمعادن هنا")


def test_folding_twice_changes_nothing() -> None:
    for text in ("Đường É İ ﷺ", "العَرَبِيَّةُ", "มนุษย์ ำ", "क़ ड़", "ﬃ ½ ㎏ ǅ"):
        assert fold(fold(text)) == fold(text)


def test_at_most_ten_words_are_asked_for() -> None:
    assert len(phrases(" ".join(f"word{n}" for n in range(50)))) == 10


def test_what_nobody_sees_parts_no_word_from_itself() -> None:
    """Text of other instances may hold what `search_words` leaves out: a word is found all the same."""
    wrong = []
    for typed in (f"0{chr(code)}" for code in range(0x20, 0x110000) if unicodedata.category(chr(code))[0] in "MZP"):
        # Whether letters of the Burmese block are Zawgyi is told by all of them.
        if "\u1000" <= typed[1] <= "\u109f" or len(typed.split()) != 1:
            continue
        rows = token_rows(typed)
        if not all(any(phrase.is_in(row) for row in rows) for phrase in phrases(search_words(typed))):
            wrong.append(ascii(typed))
    assert wrong == []
