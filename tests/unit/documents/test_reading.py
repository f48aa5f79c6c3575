"""Headings nested without gaps, and the contents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from consult.core.locale import in_locale
from consult.core.markdown import to_html
from consult.documents.enums import BlockKind
from consult.documents.reading import Block, contents_of, light_html, linked_notes, nested_levels
from consult.texts.values import LocalizedText


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ([], []),
        ([(1, "1"), (2, "1.1"), (3, "1.1.1"), (2, "1.2"), (1, "2")], [2, 3, 4, 3, 2]),
        ([(2, ""), (4, ""), (4, ""), (6, ""), (2, "")], [2, 3, 3, 4, 2]),
        ([(3, ""), (2, ""), (1, "")], [2, 2, 2]),
        ([(4, "5.1.3"), (4, "5.1.3.1"), (4, "5.1.3.2"), (4, "5.1.4")], [2, 3, 3, 2]),
        ([(3, "1"), (3, "10"), (3, "10.1")], [2, 2, 3]),
        ([(n, "") for n in range(1, 7)] + [(6, "1"), (6, "1.1")], [2, 3, 4, 5, 6, 6, 6, 6]),
    ],
)
def test_levels_on_the_page(headings: list[tuple[int, str]], expected: list[int]) -> None:
    assert nested_levels(headings) == expected


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["", "1", "1.1", "1.1.1", "2", "2.1"])), max_size=40))
def test_no_level_is_ever_skipped(headings: list[tuple[int, str]]) -> None:
    above = 1
    for level in nested_levels(headings):
        assert 2 <= level <= min(above + 1, 6)
        above = level


def heading(eid: str, level: int, html: str) -> Block:
    text = LocalizedText("words", "en")
    return Block(0, eid, BlockKind.HEADING, "", text, Markup(html), level, eid, 0)  # noqa: S704 - made here


def test_contents_are_nested_and_hold_no_links() -> None:
    top = contents_of(
        [
            heading("a", 2, "One"),
            heading("b", 3, 'Two <a href="https://x.example">linked</a> &amp; <em>more</em>'),
            heading("c", 4, "Three"),
            heading("d", 2, "Four"),
        ]
    )
    assert [(entry.eid, [below.eid for below in entry.entries]) for entry in top] == [("a", ["b"]), ("d", [])]
    assert top[0].entries[0].words == "Two linked & more"
    assert [entry.eid for entry in top[0].entries[0].entries] == ["c"]


def test_a_file_has_no_links_and_no_marks_that_it_can_do_without() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert light_html(to_html("See [the law](https://example.org/law), *now*.")) == (
        "<p>See the law (https://example.org/law), <em>now</em>."
    )
    assert light_html(to_html(table)) == "<table><thead><tr><th>a<th>b<tbody><tr><td>1<td>2</table>"
    assert light_html(to_html("- one\n- two")) == "<ul><li>one<li>two</ul>"


def block(eid: str, kind: BlockKind, number: str, html: str) -> Block:
    return Block(0, eid, kind, number, LocalizedText("words", "en"), Markup(html), 0, eid, 1)  # noqa: S704 - made here


def test_marks_of_footnotes_lead_to_the_next_note_of_their_number_and_back() -> None:
    with in_locale("en"):
        shown = linked_notes(
            [
                block("a", BlockKind.TEXT, "", "<p>First¹, 10¹ and 5 km¹, later¹.</p>"),
                block("n1", BlockKind.NOTE, "1", "<p>Note one.</p>"),
                block("b", BlockKind.TEXT, "", "<p>Second[^1] and ².</p>"),
                block("n2", BlockKind.NOTE, "1", "<p>Note two.</p>"),
            ]
        )
    link = '<a{} href="#{}" aria-label="Footnote 1">{}</a>'
    assert shown[0].html == (
        "<p>First"
        + link.format(' id="mark-n1"', "n1", "¹")
        + ", 10¹ and 5 km¹, later"
        + link.format("", "n1", "¹")
        + ".</p>"
    )
    assert (
        shown[2].html
        == "<p>Second"
        + link.format(
            ' id="mark-n2"',
            "n2",
            '<sup><span class="visually-hidden">[^</span>1<span class="visually-hidden">]</span></sup>',
        )
        + " and ².</p>"
    )
    assert [f'href="#mark-{one.eid}"' in one.html for one in shown] == [False, True, False, True]
