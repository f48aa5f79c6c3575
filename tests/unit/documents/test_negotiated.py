"""Brackets, alternatives and blanks are shown as what they are; nothing else is."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from markupsafe import Markup

from consult.core.locale import in_locale
from consult.core.markdown import to_html
from consult.documents.comparing import compare_words
from consult.documents.negotiated import Negotiated, mark_negotiated, mark_pieces
from consult.documents.reading import light_html


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with in_locale("en"):
        yield


def marked(*sources: str) -> Negotiated:
    return mark_negotiated([to_html(source) for source in sources])


def shape(html: Markup) -> str:
    """The HTML with its marks of brackets in short: {1[}, and blanks as {blank}."""
    short = re.sub(r'<b class="blank"[^>]*>.*?</b>', "{blank}", html)
    short = re.sub(r'<b class="br stray"[^>]*>(.)</b>', r"{?\1}", short)
    short = re.sub(r'<b class="br br(\d)"[^>]*>(.)</b>', r"{\1\2}", short)
    return re.sub(r'<b class="br"[^>]*>(.)</b>', r"{1\1}", short)


def test_brackets_are_told_with_their_depth_across_other_marks() -> None:
    found = marked("[Parties [shall][should] take **measures [and** steps]]")
    assert shape(found.pieces[0]) == (
        "<p>{1[}Parties {2[}shall{2]}{2[}should{2]} take <strong>measures {2[}and</strong> steps{2]}{1]}</p>\n"
    )
    assert (found.passages, found.begins, found.stray, found.deepest) == (1, [0], [], 2)


def test_a_passage_goes_on_in_the_next_paragraph() -> None:
    found = marked("[Each Party reports", "every year.]", "Agreed.")
    assert [shape(piece) for piece in found.pieces] == [
        "<p>{1[}Each Party reports</p>\n", "<p>every year.{1]}</p>\n", "<p>Agreed.</p>\n",
    ]  # fmt: skip
    assert found.passages == 1


def test_one_bracket_too_many_changes_nothing_for_the_others() -> None:
    found = marked("A [ stray one.", "[This is fine.]", "Too much].")
    assert [shape(piece) for piece in found.pieces] == [
        "<p>A {1[} stray one.</p>\n", "<p>{2[}This is fine.{2]}</p>\n", "<p>Too much{1]}.</p>\n",
    ]  # fmt: skip
    found = marked("[This is fine.]", "Too much].", "A [ stray one.")
    assert shape(found.pieces[0]) == "<p>{1[}This is fine.{1]}</p>\n"
    assert found.stray == [1, 2]


@pytest.mark.parametrize(
    "blank", ["[XX]", "[…]", "[...]", "[ ]", "[to be inserted]", "[TBD]", "[insert date]", "\\_\\_\\_\\_", "[待定]"]
)
def test_blanks_are_told_as_blanks(blank: str) -> None:
    found = marked(f"By {blank} at the latest.")
    assert shape(found.pieces[0]) == "<p>By {blank} at the latest.</p>\n"
    assert (found.blanks, found.passages) == (1, 0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[Alternative 1: a fund]", "{1[}<b>Alternative 1</b>: a fund{1]}"),
        ("[Option A. Nothing]", "{1[}<b>Option A</b>. Nothing{1]}"),
        ("[ALT 2: more]", "{1[}<b>ALT 2</b>: more{1]}"),
        ("[البديل 1: صندوق]", "{1[}<b>البديل 1</b>: صندوق{1]}"),
        ("[备选案文 2：设立基金]", "{1[}<b>备选案文 2</b>：设立基金{1]}"),
    ],
)
def test_numbered_alternatives_are_told(source: str, expected: str) -> None:
    found = marked(source)
    assert shape(found.pieces[0]) == f"<p>{expected}</p>\n"
    assert found.alternatives == 1


@pytest.mark.parametrize(
    "source",
    [
        "See [the charter](https://example.org).",
        "`list[0]` and\n\n    fixed [text]",
        "As was shown [12].",
        "[RFC 2119] and [SP 800-63A] say so [1, 2].",
        "An alternative 1 to it.",
        "As [Smith] and [TLS] say.",
    ],
)
def test_links_fixed_text_and_references_are_no_brackets(source: str) -> None:
    assert not marked(source).is_negotiated
    assert marked(source).pieces == [to_html(source)]


def test_a_number_that_is_not_agreed_is_no_reference() -> None:
    assert shape(marked("within [12] months").pieces[0]) == "<p>within {1[}12{1]} months</p>\n"
    assert marked("| a |\n|---|\n| [2030] |").passages == 1


def test_the_words_stay_the_same_and_the_file_is_light() -> None:
    source = "[Parties [shall] act by [XX]]"
    (piece,) = marked(source).pieces
    assert piece.striptags() == source
    assert light_html(piece) == "<p>" + source


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a [<i>] & b", "a [<i>] & b", "a {1[}&lt;i&gt;{1]} &amp; b"),
        # Both readings have their depths; what stayed is shown as in the newer one.
        (
            "Parties [shall] act",
            "Parties [[shall] or [should]] act",
            "Parties {1[}+{2[}+shall+{2]} or {2[}should{2]}+{1]} act",
        ),
        ("Parties [shall act", "Parties shall] act", "Parties -{1[}-shall+{1]}+ act"),
        ("in [12] years", "in [13] years", "in {1[}-12-+13+{1]} years"),
        ("see [12].", "see [13].", "see [-12-+13+]."),
        ("by [date]", "by [name]", "by {1[}-date-+name+{1]}"),
        ("by ____ now", "by ____ then", "by {blank} -now-+then+"),
        ("[Option 1: yes]", "[Option 2: yes]", "{1[}Option -1-+2+: yes{1]}"),
    ],
)
def test_brackets_that_a_change_cuts_are_brackets(before: str, after: str, expected: str) -> None:
    marks = {"same": "", "added": "+", "removed": "-"}
    drawn = mark_pieces(compare_words(before, after, "en"))
    assert "".join(f"{marks[kind]}{shape(html)}{marks[kind]}" for kind, html in drawn) == expected


def test_hostile_text_takes_time_in_proportion_to_its_length() -> None:
    def seconds(times: int) -> float:
        piece = to_html("\\[" * 2_000 * times + "\\] [to be " * 1_000 * times)
        start = time.perf_counter()
        mark_negotiated([piece])
        return time.perf_counter() - start

    seconds(1)
    assert seconds(4) < 12 * max(seconds(1), 0.005)
