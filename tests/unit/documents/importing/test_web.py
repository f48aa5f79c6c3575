"""Web pages: their words in their order, and what is left out of them by name; hostile ones."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path

import pytest

from consult.core.markdown import to_html
from consult.documents.enums import SourceFormat
from consult.documents.importing.structure import ReadText, Unreadable
from tests.support import files
from tests.support.word import found, lines_of, reading

SAMPLES = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[5] / "shared" / "samples")


def page(body: str, head: str = "<meta charset=utf-8>", attributes: str = 'lang="en"') -> ReadText:
    return reading(f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>".encode())


def refused(content: bytes) -> str:
    began = time.process_time()
    with pytest.raises(Unreadable) as error:
        reading(content)
    assert time.process_time() - began < 15
    return error.value.code.value


def test_headings_paragraphs_and_looks() -> None:
    made = page(
        "<h1>1.2 Scope</h1>loose <b>words</b><p>One<br>two <i>three</i> 10<sup>6</sup> <s>x</s> [a](b)</p>"
        "<div>in a <span style='font-weight:bold'>div</span><p>and a paragraph</p>and after</div>"
        "<blockquote><p>Said</p><p>Again</p></blockquote><pre>a  b\n c</pre><dl><dt>Term</dt><dd>Meaning</dd></dl>"
        "<font><p>wrapped</p></font>"
    )
    assert made.format is SourceFormat.HTML
    assert lines_of(made) == [
        "heading1 1.2| Scope",
        "text | loose **words**",
        "text | One  \ntwo *three* 10⁶ ~~x~~ [a]\\(b)",
        "text | in a **div**",
        "text | and a paragraph",
        "text | and after",
        "quote | > Said",
        "quote | > Again",
        "code | ```\na  b\n c\n```",
        "text | **Term**",
        "text | Meaning",
        "text | wrapped",
    ]
    assert [piece.label for piece in made.pieces][:3] == ["h1", "body", "p"]


def test_lists_count_as_a_browser_counts_them() -> None:
    made = page(
        "<ol start=3><li>three<li value=7><p>seven</p><p>its second</p><ol type=a><li>a<li>b</ol>after</li><li>eight</ol>"
        "<ol reversed type=I><li>x<li>y</ol><ul><li>dot<ul><li>deep</ul></ul>"
    )
    assert [(block.kind.value, block.number, block.text) for block in made.blocks] == [
        ("item", "3.", "three"),
        ("item", "7.", "seven\n\nits second"),
        ("item", "a.", "a"),
        ("item", "b.", "b"),
        ("text", "", "after"),
        ("item", "8.", "eight"),
        ("item", "II.", "x"),
        ("item", "I.", "y"),
        ("item", "–", "dot"),
        ("item", "–", "deep"),
    ]


def test_tables_with_merged_cells_headings_and_captions() -> None:
    made = page(
        "<table><caption>Table 1</caption><thead><tr><th>A<th colspan=2>B</thead><tr><td rowspan=2>x<td>1<td>2<tr><td>3|<td>4"
        "</table><table><tr><td><p>Layout</p></td></tr></table>"
        "<table><tr><td>p<td>q<tr><td>r<table><tr><td>i<td>j</table><td>s</table>"
    )
    assert lines_of(made) == [
        "text | Table 1",
        "table | | A | B |  |\n| --- | --- | --- |\n| x | 1 | 2 |\n|  | 3\\| | 4 |",
        "text | Layout",
        "table | | p | q |\n| --- | --- |\n| r | s |",
        "table | | i | j |\n| --- | --- |",
    ]
    seen = found(made)
    assert (seen["table_merged"].count, seen["table_layout"].count, seen["table_nested"].count) == (2, 1, 1)
    assert seen["table_headings"].count == 2


def test_pictures_in_the_page_become_figures_and_others_are_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_arguments: object, **_named: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    data = base64.b64encode(files.png(30, 20)).decode()
    made = page(
        f'<figure><img src="data:image/png;base64,{data}" alt="A map"><figcaption>Figure 1</figcaption></figure>'
        '<p>Text <img src="http://127.0.0.1:9/x.png" alt="Far"></p><img src="http://127.0.0.1:9/track.gif">'
        '<img src="data:image/png;base64,AAAA" alt="Broken">'
    )
    assert [(block.kind.value, block.text, block.figure) for block in made.blocks] == [
        ("figure", "Figure 1\n\nA map", 0),
        ("text", "Text", None),
        ("figure", "Far", None),
        ("figure", "Broken", None),
    ]
    assert files.CANARY.encode() not in made.figures[0].content
    assert (found(made)["picture_outside"].count, found(made)["picture_kind"].count) == (2, 1)


def test_what_acts_loads_or_is_not_seen_is_left_out_by_name() -> None:
    made = page(
        "<p onclick='x()'>Text <a href='javascript:x()'>link</a> <a href='https://example.org'>web</a> <a href='#x'>in</a></p>"
        "<script>alert('s')</script><style>p{}</style><noscript>off</noscript><form><label>Name</label><input value=v>"
        "<button>Go</button></form><iframe src='http://127.0.0.1:9/f'></iframe><object data='x.swf'></object>"
        "<svg><text>drawn</text></svg><p hidden>not seen</p><p style='display:none'>nor this</p><nav>Menu</nav>"
        "<!-- a remark --><p><u>under</u><mark>lit</mark><span style='color:red'>red</span></p><p lang=fr>Bonjour</p>",
        head="<title>Not this</title><link rel=stylesheet href='http://127.0.0.1:9/x.css'>",
    )
    assert [block.text for block in made.blocks] == [
        "Text link [web](https://example.org) in",
        "Name",
        "underlitred",
        "Bonjour",
    ]
    seen = found(made)
    assert {code: seen[code].count for code in ("active", "forms", "frames", "hidden_text", "remarks", "drawings")} == {
        "active": 3,
        "forms": 2,
        "frames": 2,
        "hidden_text": 2,
        "remarks": 1,
        "drawings": 1,
    }
    assert {"underlines", "highlights", "colours", "links_dropped", "links_inside", "other_language"} <= set(seen)
    assert seen["headers_footers"].details == ["Menu"]
    shown = "".join(to_html(block.text) for block in made.blocks)
    assert not any(bad in shown for bad in ("<script", "javascript", "onclick", "iframe"))


def test_changes_marked_in_a_page_are_not_merged_in() -> None:
    made = page("<p>States <del>should</del><ins>shall</ins> act.</p><ins><p>New.</p></ins><del><p>Old.</p></del>")
    assert [block.text for block in made.blocks] == ["States should act.", "Old."]
    assert found(made)["tracked_insertions"].details == ["shall", "New."]
    assert found(made)["tracked_deletions"].details == ["should", "Old."]


def test_footnotes_are_found_by_links_that_lead_there_and_back() -> None:
    made = page(
        '<h2>One</h2><p>Text<sup><a id="r1" href="#n1">1</a></sup> and <a href="#s" id="x">2</a>.</p>'
        '<h2 id="s">Section</h2><p>More<a href="#_ftn2" name="_ftnref2">[2]</a></p>'
        '<div id="ftn2"><p><a href="#_ftnref2" name="_ftn2">[2]</a> Second <b>note</b>.</p></div>'
        '<ol><li id="n1">First note. <a href="#r1">↩</a></li></ol>'
    )
    assert lines_of(made) == [
        "heading2 | One",
        "text | Text[^1] and 2.",
        "note 1| First note.",
        "heading2 | Section",
        "text | More[^2]",
        "note 2| Second **note**.",
    ]


def test_a_page_that_an_office_program_saved() -> None:
    made = page(
        "<p class=MsoTitle>The title</p><p class=MsoToc1>Scope 3</p>"
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>(a)<span>&nbsp;&nbsp;</span></span>"
        "An item<o:p></o:p></p><p class=MsoListParagraph><span style='mso-list:Ignore'>·</span>Bullet</p>"
        "<h2><span style='mso-list:Ignore'>1.1&nbsp;</span>Scope</h2>"
        "<p>Words<a style='mso-comment-reference:A_1'>x</a><span style='mso-special-character:comment-reference'>[S1]</span></p>"
        "<div style='mso-element:comment-list'><p>A remark</p></div><p class=MsoNormal>&nbsp;</p>"
    )
    assert [(block.kind.value, block.number, block.text) for block in made.blocks][:4] == [
        ("heading", "", "The title"),
        ("item", "(a)", "An item"),
        ("item", "–", "Bullet"),
        ("heading", "1.1", "Scope"),
    ]
    assert "A remark" not in [block.text for block in made.blocks]
    assert {"contents_list", "comments"} <= set(found(made))


@pytest.mark.parametrize(
    ("content", "is_guessed"),
    [
        ("<html><body><p>Überblick – Größe".encode(), False),
        (b"\xef\xbb\xbf" + "<html><body><p>Überblick – Größe".encode(), False),
        ("<html><body><p>Überblick – Größe".encode("utf-16"), False),
        ('<html><meta charset="windows-1252"><body><p>Überblick – Größe'.encode("cp1252"), False),
        (
            '<html><meta http-equiv=x content="text/html; charset=iso-8859-1"><p>Überblick – Größe'.encode("cp1252"),
            False,
        ),
        ("<html><body><p>Überblick – Größe".encode("cp1252"), True),
        ('<html><meta charset="koi8-r"><body><p>Überblick – Größe'.encode(), True),
    ],
    ids=["utf-8", "mark", "utf-16", "said", "latin", "unsaid", "untrue"],
)
def test_characters_are_read_as_they_were_written(content: bytes, is_guessed: bool) -> None:
    made = reading(content)
    assert made.blocks[0].text == "Überblick – Größe"
    assert ("charset_guessed" in found(made)) is is_guessed


def test_cyrillic_thai_and_chinese_in_older_characters() -> None:
    for name, words in (("windows-1251", "Права"), ("tis-620", "สิทธิ"), ("gb2312", "权利"), ("big5", "權利")):
        content = f'<html><head><meta charset="{name}"></head><body><p>{words}</p></body></html>'
        assert reading(content.encode("cp874" if name == "tis-620" else name)).blocks[0].text == words


def test_entities_depth_and_size_have_an_end() -> None:
    laughs = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>'
    assert refused(laughs.encode()) == "bomb"
    assert refused(f'<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]><html>{"&e;" * 9}'.encode()) == "bomb"
    assert refused(("<html><body>" + "<div>" * 10_000 + "x").encode()) == "too_deep"
    assert refused(("<html><body>" + "<b>" * 10_000 + "x").encode()) == "too_deep"
    assert refused(("<html><table>" + "<tr><td>a<td>b" * 31_000).encode()) == "table_too_large"
    assert refused(("<html><table><tr>" + "<td>x" * 70_000).encode()) == "table_too_large"
    assert refused(("<html><p>" + "<b>ab</b>*_" * 15_000).encode()) == "block_too_long"
    assert refused(b"<html><body><script>x</script></body></html>") == "no_text"
    assert refused(b"<html><p>" + b"x" * 20_001) == "block_too_long"
    assert refused(("<html><p>" + "a" + "\u0301" * 400).encode()) == "characters"


def test_zeros_and_lone_surrogates_do_not_come_in() -> None:
    made = reading(b"<html><body><p>a&#0;b&#xD800;c\x00d\x0be</p></body></html>")
    assert not set(made.blocks[0].text) & {"\x00", "\ud800", "\x0b"}
    assert "characters" in found(made)


@pytest.mark.skipif(not (SAMPLES / "udhr").is_dir(), reason="the samples are not here")
def test_a_declaration_in_fifteen_languages_is_read_alike() -> None:
    made = {path.stem: reading(path.read_bytes()) for path in sorted((SAMPLES / "udhr").glob("*.html"))}
    assert len(made) == 15
    for name, text in made.items():
        headings = [block for block in text.blocks if block.kind.value == "heading"]
        assert len(headings) == 32, name
        assert len(text.blocks) > 85, name
        assert not text.findings, (name, text.findings)


def test_a_page_of_nothing_but_links_to_one_another_ends_soon() -> None:
    links = "".join(f'<a id="a{n}" href="#b{n}">{n}</a>' for n in range(8_000))
    notes = "".join(f'<p id="b{n}"><a href="#a{n}">{n}</a> Note</p>' for n in range(8_000))
    assert refused(f"<html><body><p>{links}</p>{notes}".encode()) == "block_too_long"
