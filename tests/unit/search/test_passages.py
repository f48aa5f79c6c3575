"""Passages: what was found is marked in the text as it was written, safely."""

from __future__ import annotations

import pytest

from consult.search.passages import passage_of
from consult.texts.tokens import phrases


def shown(text: str, typed: str) -> str:
    return str(passage_of(text, phrases(typed)).html)


@pytest.mark.parametrize(
    ("text", "typed", "html"),
    [
        ("Clean Énergie now", "energie", "Clean <mark>Énergie</mark> now"),
        ("Clean E\u0301nergie now", "énergie", "Clean <mark>E\u0301nergie</mark> now"),
        ("all minerals here", "mineral", "all <mark>minerals</mark> here"),
        ("the co-operation", "cooperation", "the <mark>co-operation</mark>"),
        ("人人享有人权。", "人权", "人人享有<mark>人权</mark>。"),
        ("中国人民", "国", "中<mark>国</mark>人民"),
        ("มนุษย์มีสิทธิเสมอภาค", "สิทธิ", "มนุษย์มี<mark>สิทธิ</mark>เสมอภาค"),
        ("มี\u200bสิท\u200bธิ", "สิทธิ", "มี\u200b<mark>สิท\u200bธิ</mark>"),
        ("في العَرَبِيَّةِ كذا", "العربية", "في <mark>العَرَبِيَّةِ</mark> كذا"),
        ("حقوق والمعادن هنا", "معادن", "حقوق <mark>والمعادن</mark> هنا"),
        ("كل إنسان حر", "الإنسان", "كل <mark>إنسان</mark> حر"),
        ("شرب الماء ما دام", "ماء", "شرب <mark>الماء</mark> ما دام"),
        ("first\nသတၱဳတူးေဖာ္ေရး\nlast", "တူးဖော်", "first သတၱဳ<mark>တူးေဖာ္</mark>ေရး last"),
        ("သတ္တုတူးဖော်ရေး", "တူးေဖာ္ေရး", "သတ္တု<mark>တူးဖော်ရေး</mark>"),
        ("a <b>bold</b> & word", "bold", "a &lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; word"),
        ("<script>alert(1)</script>", "alert", "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;"),
        ("one two three", "three one", "<mark>one</mark> two <mark>three</mark>"),
        ("nothing of it", "else", "nothing of it"),
        ("", "word", ""),
    ],
)
def test_words_are_marked(text: str, typed: str, html: str) -> None:
    assert shown(text, typed) == html


def test_a_passage_is_short_and_holds_what_was_found() -> None:
    text = f"{'before ' * 500}needle{' after' * 500}"
    html = shown(text, "needle")
    assert "<mark>needle</mark>" in html
    assert html.startswith("… before")
    assert html.endswith("after …")
    assert len(html) < 500
    unspaced = "中" * 3_000 + "国" + "中" * 3_000
    assert "<mark>国</mark>" in shown(unspaced, "国")
    assert len(shown(unspaced, "国")) < 500


def test_a_mark_fits_far_into_a_text_of_many_lines() -> None:
    text = "before\n" * 600 + "သတၱဳတူးေဖာ္ေရး\n" + "ေက်းရြာ\n" * 400
    assert "<mark>တူးေဖာ္</mark>" in shown(text, "တူးဖော်")


def test_how_many_of_the_words_were_found_is_told() -> None:
    assert passage_of("one two", phrases("one two three")).found == 2


def test_what_is_found_far_into_a_long_text_is_shown_and_marked() -> None:
    far = "agreements are published " * 700 + "before the water " + "is tested " * 50
    assert "before the <mark>water</mark> is tested" in shown(far, "water")
    assert shown("\ufdfa" * 20_000, "water")  # signs of eighteen letters: looked through in a moment
