"""Exact words of a text: counted as people see them, found as they paste them, found again or honestly lost."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from consult.core.markdown import to_html
from consult.documents.anchoring import FLOOR, Quote, find_in_one, find_quote, make_quote, quote_at
from consult.documents.enums import BlockKind
from consult.documents.marking import Segment, marked, segments_of
from consult.documents.plain import plain_of_html, plain_text

SHARED = (
    "The operator shall publish the contract within thirty days. It shall also publish every later change of the "
    "contract, with the reasons, in the language of the people who live nearby."
)


def quoted(text: str, words: str) -> Quote:
    start = text.index(words)
    return quote_at(text, start, start + len(words))


@pytest.mark.parametrize(
    ("kind", "markdown", "seen"),
    [
        (BlockKind.TEXT, "A **bold** [link](https://example.org) &amp; `code`.", "A bold link & code."),
        (BlockKind.TEXT, "One line\nand the next,\u00a0 far  apart.", "One line and the next, far apart."),
        (BlockKind.HEADING, "# of cases, *all*", "# of cases, all"),
        (BlockKind.QUOTE, "> One.\n>\n> Two.", "One. Two."),
        (BlockKind.TABLE, "| a | b |\n| --- | --- |\n| c | d\\|e |", "a b c d|e"),
        (BlockKind.CODE, "```\nx < 1\n  y\n```", "x < 1 y"),
        (BlockKind.TEXT, "Cafe\u0301[^2] open[^1].", "Caf\u00e9 open."),
        (BlockKind.TEXT, "<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_the_plain_text_is_what_people_see(kind: BlockKind, markdown: str, seen: str) -> None:
    assert plain_text(kind, markdown) == seen


def test_what_stands_beside_the_words_is_not_counted() -> None:
    html = Markup(
        '<p>Three<sup data-beside><a href="#n">1</a></sup> words <b class="br">[</b>here.</p><p data-beside>x</p>'
    )
    assert plain_of_html(html) == "Three words [here."


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("publish the contract", "publish the contract"),
        ("  Publish\n THE\u00a0 contract ", "publish the contract"),
        ("“publish the contract”", "publish the contract"),
        ("publish the con\u00adtract", "publish the contract"),
        ("\u200epublish\u2069 the \u200bcontract", "publish the contract"),
        ("¶ 4\npublish the contract", "publish the contract"),
        ("every later … nearby", "every later change of the contract, with the reasons, in the language of the people who live nearby"),
    ],
)  # fmt: skip
def test_what_is_pasted_is_found_whatever_came_along(pasted: str, found: str) -> None:
    quote = make_quote(SHARED, pasted).quote
    assert quote is not None
    assert quote.exact == found
    assert SHARED[quote.start : quote.end] == found


def test_of_several_places_all_are_told_and_the_known_one_is_taken() -> None:
    made = make_quote(SHARED, "publish")
    assert [quote.start for quote in made.quotes] == [19, 74]
    assert made.quote is None
    assert make_quote(SHARED, "publish", at=74).quote == made.quotes[1]
    assert make_quote("an action and a plan", "an").quote is not None, "whole words come before parts of words"


def test_what_is_not_there_gets_the_nearest_passage_or_nothing() -> None:
    made = make_quote(SHARED, "the operator should publish the contracts within 30 days")
    assert not made.quotes
    assert made.nearest is not None
    assert made.nearest.exact.startswith("The operator shall publish the contract within")
    assert make_quote(SHARED, "something else altogether, about fish") == make_quote(SHARED, "")


@pytest.mark.parametrize(
    ("text", "pasted", "found"),
    [
        ("ประชาชนในพื้นที่ต้องให้ความยินยอมก่อนเปิดเหมือง", "ต้องให้ ความยินยอม", "ต้องให้ความยินยอม"),
        ("矿山开放之前须取得当地居民的同意。", "取得当地居民", "取得当地居民"),
        ("يجب أن توافق المجتمعات قبل فتح المنجم.", "\u202bتوافق المجتمعات\u202c", "توافق المجتمعات"),
        ("မြန်မာနိုင်ငံ၏ သယံဇာတများ", "ျမန္မာႏိုင္ငံ", "မြန်မာနိုင်ငံ"),
        ("Muc tiêu: bảo vệ người dân", unicodedata.normalize("NFD", "bảo vệ người"), "bảo vệ người"),
        ("ប្រជាជនត្រូវយល់ព្រម", "ត្រូវយល់", "ត្រូវយល់"),
    ],
)
def test_words_are_found_in_every_script(text: str, pasted: str, found: str) -> None:
    quote = make_quote(text, pasted).quote
    assert quote is not None
    assert quote.exact == found
    again = find_quote(f"X {text}", quote)
    assert again is not None
    assert (again.start, again.end) == (quote.start + 2, quote.end + 2)


def test_words_are_found_again_exactly_nearly_or_not_at_all() -> None:
    quote = quoted(SHARED, "publish every later change of the contract, with the reasons")
    moved = find_quote("In short: " + SHARED, quote)
    assert moved is not None
    assert moved.is_exact
    edited = SHARED.replace("every later change of", "all later changes of").replace("with the reasons", "with reasons")
    near = find_quote(edited, quote)
    assert near is not None
    assert not near.is_exact
    assert near.likeness >= FLOOR
    assert edited[near.start : near.end] == "publish all later changes of the contract, with reasons"
    assert find_quote("The operator shall publish the contract. All else is confidential.", quote) is None
    assert find_quote("", quote) is None


def test_of_two_places_none_is_guessed() -> None:
    twice = "One rule for all mines. " * 2
    assert find_quote(twice, Quote("rule for all mines", "", "", 4, 22)) is None
    told = find_quote(
        "First, one rule for mines. Then, one rule for mines.", Quote("one rule", "Then, ", " for mines", 6, 14)
    )
    assert told is not None
    assert told.start == 33
    parts = (
        "It shall publish the full contract within a month, always.",
        "It shall publish the full contract within a month, always.",
    )
    assert find_in_one(parts, quoted(parts[0], "publish the full contract within a month")) is None


def test_few_letters_are_never_taken_for_others() -> None:
    quote = quoted("A fee of 5 per cent is due.", "5 per cent")
    assert find_quote("A fee of 7 per cent is due.", quote) is None
    assert find_quote("A tax of 5 per cent on gold may be asked.", quote) is None, "the same words of something else"


def test_overlaps_are_cut_into_runs() -> None:
    assert segments_of([(0, 5), (3, 9), (20, 22)]) == [(0, 3, (0,)), (3, 5, (0, 1)), (5, 9, (1,)), (20, 22, (2,))]


@given(
    st.lists(st.sampled_from(["one ", "**two** ", "*th ree* ", "[four](https://x.org) ", "a&b ", "`<i>` ", "\n"]), min_size=1, max_size=9),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=4),
)  # fmt: skip
def test_marks_add_nothing_to_the_words_and_cover_what_they_should(
    parts: list[str], wanted: list[tuple[int, int]]
) -> None:
    html = to_html("".join(parts))
    text = plain_of_html(html)
    spans = [(start, min(start + length, len(text))) for start, length in wanted if start < len(text)]
    spans = [(s, e) for s, e in spans if text[s:e].strip() == text[s:e] and s < e]
    segments = [Segment(start, end, len(over), "#x", "n") for start, end, over in segments_of(spans)]
    drawn = marked(html, segments)
    assert (drawn is None) == (not segments)
    if drawn is None:
        return
    bare = str(drawn).replace("<mark>", "").replace("</mark>", "")
    for count in range(1, 5):
        bare = bare.replace(f'<a class="pointed" href="#x" aria-label="n">{count}</a>', "")
    assert bare == str(html)
    assert drawn.count('class="pointed"') == len(segments)


@pytest.mark.parametrize(
    ("before", "words", "after", "there"),
    [
        (
            "It reports within eighteen months.",
            "eighteen months",
            "It reports within [twelve] [eighteen] months.",
            "[eighteen] months",
        ),
        ("It reports within eighteen months.", "within eighteen", "It reports [within [eighteen]] months.",
         "within [eighteen]"),
        ("各方应在三十天内报告。", "三十天内报告", "各方应在［三十天］内报告。", "［三十天］内报告"),
    ],
)  # fmt: skip
def test_words_that_only_received_brackets_are_found_again(before: str, words: str, after: str, there: str) -> None:
    found = find_quote(after, quoted(before, words))
    assert found is not None
    assert found.in_brackets
    assert not found.is_exact
    assert after[found.start : found.end] == there


def test_words_that_lost_their_brackets_are_not_said_to_stand_in_some() -> None:
    found = find_quote(
        "It reports within eighteen months.", quoted("It reports within [eighteen] months.", "[eighteen]")
    )
    assert found is not None
    assert not found.in_brackets


def test_a_long_passage_is_found_by_its_words_in_a_long_edited_text() -> None:
    chance = random.Random(6)
    words = "water mine valley fund road school village month report plan land people river permit dust"
    old = " ".join(chance.choice(words.split()) for _ in range(900))
    new = " ".join(word if chance.random() > 0.15 else "other" for word in old.split())
    start = old.index(" ", 2_000) + 1
    end = old.index(" ", start + 1_500)
    found = find_quote(f"Something came before. {new}", quote_at(old, start, end))
    assert found is not None
    before = len(old[:start].split()) + len(["Something", "came", "before."])
    there = f"Something came before. {new}"[found.start : found.end].split()
    told = f"Something came before. {new}".split()[before : before + len(old[start:end].split())]
    assert abs(len(there) - len(told)) <= 3  # what was replaced at its ends may be left out
    assert " ".join(there) in " ".join(told)
