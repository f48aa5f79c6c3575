"""Leftovers of office tools and site generators, put into Markdown's own words or taken out."""

from __future__ import annotations

import pytest

from consult.documents.importing.cleaning import clean, western


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div class='x'>\n    <p>Indented, but no code</p>\n</div>", "Indented, but no code"),
        ("A <b>bold</b> and an <i> italic </i>word", "A **bold** and an  *italic* word"),
        ("<b></b>Empty marks", "Empty marks"),
        ("See <a href='https://x.example/a'>there</a>.", "See [there](https://x.example/a)."),
        ("One<br>two<br/><br />three", "One  \ntwo  \nthree"),
        ("## A heading<br>in two lines", "## A heading in two lines"),
        ("| a<br>b | c |\n|---|---|\n| <p>d</p> | e |", "| a b | c |\n|---|---|\n| d | e |"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("<h2 id='x'>A heading</h2>", "## A heading"),
        ("<!-- note\n\nto self -->Kept", "Kept"),
        ("{::comment}\nnot to be seen\n{:/comment}\nKept", "Kept"),
        ("A paragraph\n{: .lead #x}", "A paragraph"),
        ("<img src='map.png' alt='A map'>", "A map"),
        ('<img src="line.png">', ""),
        ("• One\n◦ Two", "- One\n- Two"),
        ("١. أول\n٢. ثان", "1. أول\n2. ثان"),
        ("---\ntitle: A title\nlayout: page\n---\nText", "Text"),
        ("---\n\n# A rule first\n\n---\n\nText", "---\n\n# A rule first\n\n---\n\nText"),
    ],
)
def test_leftovers(source: str, expected: str) -> None:
    assert clean(source).strip() == expected


@pytest.mark.parametrize(
    "source", ["<INSERT NAME>", "a < b and c > d", "<TBD> days", "x<y>z", "<!-- never closed", "<table> never closed"]
)
def test_what_only_looks_like_html_stays(source: str) -> None:
    kept = clean(source)
    assert kept.replace("<table>", "").strip() == source.replace("<table>", "").strip()


def test_raised_and_lowered_signs_keep_their_meaning() -> None:
    assert clean("10<sup>6</sup> t CO<sub>2</sub>, m<sup>-3</sup>, x<sup>abc</sup>, a<sub>max</sub>") == (
        "10⁶ t CO₂, m⁻³, x^(abc), amax"
    )


def test_fixed_text_is_left_alone() -> None:
    source = "```\n<p>code</p>\n• x\n```\n<p>text</p>\n~~~~\n<b>\n~~~\n~~~~\n<b>bold</b>"
    assert clean(source) == "\n```\n<p>code</p>\n• x\n```\n\n\ntext\n\n\n~~~~\n<b>\n~~~\n~~~~\n**bold**"


def test_a_table_in_html_becomes_one_in_markdown() -> None:
    source = """<table style="x"><thead><tr><th>Who</th><th>What | when</th></tr></thead>
      <tr><td>A</td><td>one<br>two</td></tr>
      <TR><TD>B</TD></TR></table>"""
    assert clean(source).strip() == "| Who | What \\| when |\n| --- | --- |\n| A | one two |\n| B |  |"


def test_a_table_for_layout_becomes_paragraphs() -> None:
    source = "<table><tr><td><img src='x.png'></td><td>    Words of <i>one</i> cell.\n\n    - An item</td></tr></table>"
    assert clean(source).strip() == "Words of *one* cell.\n\n- An item"
    assert clean("<table><tr><td><img src='x.png'></td></tr></table>").strip() == ""


def test_digits_of_any_script() -> None:
    assert western("٣٫٢") == "3.2"
    assert western("४.१") == "4.1"
