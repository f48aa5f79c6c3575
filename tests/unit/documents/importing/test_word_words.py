"""The words of a DOCX: their looks, links, fields, signs and notes; brackets above all."""

from __future__ import annotations

import re
from html import unescape

from consult.core.markdown import to_html
from tests.support.word import field, found, heading_styles, lines_of, p, reading, run, word


def html_words(html: str) -> str:
    """The words that a page shows."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def texts(body: str, **more: object) -> list[str]:
    return [block.text for block in reading(word(body, **more)).blocks]  # type: ignore[arg-type]


def test_looks_become_markdown_or_are_listed_by_name() -> None:
    body = p(
        run("Plain, ")
        + run("strong", "<w:b/>")
        + run(" and ")
        + run("stressed", "<w:i/>")
        + run(", ")
        + run("struck", "<w:strike/>")
        + run(", 10")
        + run("6", '<w:vertAlign w:val="superscript"/>')
        + run(", CO")
        + run("2", '<w:vertAlign w:val="subscript"/>')
    )
    body += p(run("under", '<w:u w:val="single"/>') + run("lit", '<w:highlight w:val="yellow"/>'))
    body += p(run("red", '<w:color w:val="FF0000"/>') + run("caps", "<w:caps/>") + run("not", '<w:b w:val="0"/>'))
    made = reading(word(body))
    assert [block.text for block in made.blocks] == [
        "Plain, **strong** and *stressed*, ~~struck~~, 10⁶, CO₂",
        "underlit",
        "redcapsnot",
    ]
    assert {"underlines", "highlights", "colours", "capitals"} == set(found(made))
    assert found(made)["colours"].places == [2]


def test_looks_come_from_styles_of_characters_too_and_headings_are_not_all_strong() -> None:
    styles = heading_styles() + (
        '<w:style w:type="character" w:styleId="Base"><w:name w:val="Base"/><w:rPr><w:i/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="S"><w:name w:val="S"/><w:basedOn w:val="Base"/><w:rPr><w:b/></w:rPr></w:style>'
    )
    body = p(run("x", '<w:rStyle w:val="S"/>') + run(" y", '<w:rStyle w:val="S"/><w:b w:val="0"/>'))
    body += p(run("Title", "<w:b/><w:i/>"), style="H1")
    assert texts(body, parts={"styles": styles}) == ["***x*** *y*", "Title"]


def test_negotiated_text_stays_as_it_was_written() -> None:
    words = [
        "[a](b) and ![c](d)",
        "[The Parties [shall] [should] [Alternative 1: may]]",
        "[XX] per cent by [20XX] […] and ____ of (____)",
        "[x]: http://example.org",
        "____",
        "*see* note, 5 * 3, a_b_c, <INSERT NAME>, &copy; ~~x~~ `y` \\[z\\]",
        "# no heading",
        "1986 was a year",
        "> no quotation",
        "---",
        "| no | table |",
        "<http://example.org/>",
    ]
    made = reading(word("".join(p(run(one)) for one in words)))
    assert [block.kind.value for block in made.blocks] == ["text"] * len(words)
    for block, one in zip(made.blocks, words, strict=True):
        html = to_html(block.text)
        assert html_words(html) == one, block.text
        assert "<a" not in html
        assert "<em>" not in html
    assert made.blocks[1].text == words[1], "brackets alone need no escape"
    assert made.blocks[2].text == words[2]


def test_brackets_of_several_looks_stay_too() -> None:
    body = p(run("[a]", "<w:b/>") + run("(b)") + run(" [") + run("deleted", "<w:strike/>") + run("]"))
    (text,) = texts(body)
    assert to_html(text).strip() == "<p><strong>[a]</strong>(b) [<s>deleted</s>]</p>"


def test_breaks_tabs_hyphens_and_signs() -> None:
    body = p(
        "<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>three</w:t><w:noBreakHyphen/><w:t>four</w:t>"
        '<w:softHyphen/><w:br w:type="page"/><w:t>five </w:t><w:sym w:font="Wingdings" w:char="F0FE"/>'
        '<w:sym w:font="Symbol" w:char="F062"/><w:sym w:font="Strange" w:char="F041"/></w:r>'
    )
    made = reading(word(body))
    assert made.blocks[0].text == "one  \ntwo three\u2011four five ☑β□"
    assert (found(made)["symbols"].count, found(made)["symbols"].details) == (1, ["Strange"])


def test_links_are_kept_to_the_web_and_to_mail_alone() -> None:
    rels = (
        ("web", "hyperlink", "https://example.org/a b", True),
        ("mail", "hyperlink", "mailto:a@example.org", True),
        ("file", "hyperlink", "file:///C:/secret.docx", True),
        ("script", "hyperlink", "javascript:alert(1)", True),
    )
    body = p("".join(f'<w:hyperlink r:id="{key}">{run(key)}</w:hyperlink>{run(" ")}' for key, *_ in rels))
    body += p(f'<w:hyperlink w:anchor="there">{run("inside")}</w:hyperlink>')
    body += p(field('HYPERLINK "https://example.org/f"', "field"))
    made = reading(word(body, rels=rels))
    assert [block.text for block in made.blocks] == [
        "[web](https://example.org/a%20b) [mail](mailto:a@example.org) file script",
        "inside",
        "[field](https://example.org/f)",
    ]
    assert found(made)["links_dropped"].details == ["file:///C:/secret.docx", "javascript:alert(1)"]
    assert found(made)["links_inside"].count == 1


def test_fields_show_what_they_showed_last_and_fetch_nothing() -> None:
    body = p(run("See ") + field("REF _Ref1 \\h", "Article 3") + run(", page ") + field("PAGE", "7"))
    body += p(field('INCLUDETEXT "http://example.org/x.docx"', "cached") + field("DDEAUTO excel x y", "0"))
    body += p('<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>12</w:t></w:r></w:fldSimple>')
    body += p(field("IF x = y", field("QUOTE deep", "inner")))
    body += p(
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
        '</w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    made = reading(word(body))
    assert [block.text for block in made.blocks] == ["See Article 3, page 7", "cached0", "12", "inner", "☒"]
    assert found(made)["fields_outside"].count == 2


def test_a_list_of_contents_is_left_out_and_takes_nothing_else_with_it() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText></w:r>'
    body = p(begin + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("Scope 3"), style="TOC1")
    body += p("Terms 4", style="TOC1")
    body += p("Scope", style="H1") + p("Stays.")  # the field never ended
    body += (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p('Another 5')}</w:sdtContent></w:sdt>"
    )
    styles = heading_styles() + '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    made = reading(word(body, parts={"styles": styles}))
    assert lines_of(made) == ["heading1 | Scope", "text | Stays."]
    assert found(made)["contents_list"].count == 2
    assert "Terms 4" in [piece.text for piece in made.pieces], "what was left out is seen beside the text"


def test_an_instruction_that_never_ends_takes_no_text_with_it() -> None:
    body = p('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>X</w:instrText></w:r>') + p("Stays.")
    assert texts(body) == ["Stays."]


def test_what_is_wrapped_around_words_does_not_hide_them() -> None:
    body = p(
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('control ')}</w:sdtContent></w:sdt>"
        f"<w:smartTag>{run('tag ')}</w:smartTag><w:customXml>{run('xml ')}</w:customXml><w:bdo>{run('עברית ')}</w:bdo>"
        f"<mc:AlternateContent><mc:Choice Requires='w14'>{run('new')}</mc:Choice>"
        f"<mc:Fallback>{run('old')}</mc:Fallback></mc:AlternateContent>"
        f"<w:ruby><w:rt>{run('kana')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby>"
    )
    body += f"<w:sdt><w:sdtContent>{p('A paragraph')}</w:sdtContent></w:sdt>"
    assert texts(body) == ["control tag xml עברית new漢(kana)", "A paragraph"]


def test_footnotes_stand_at_the_end_of_their_section_and_endnotes_at_the_end() -> None:
    def note(kind: str, key: int, words: str) -> str:
        return f'<w:{kind} w:id="{key}">{p(f"<w:r><w:{kind}Ref/></w:r>" + run(words))}</w:{kind}>'

    def mark(kind: str, key: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{key}"/></w:r>'

    parts = {
        "styles": heading_styles(),
        "footnotes": '<w:footnote w:type="separator" w:id="-1"/>'
        + note("footnote", 1, " First.")
        + note("footnote", 2, " Second.")
        + '<w:footnote w:id="3"><w:p/></w:footnote>',
        "endnotes": note("endnote", 5, " Last."),
    }
    body = p("One", style="H1") + p(run("Text") + mark("footnote", 2) + run(" goes") + mark("endnote", 5) + run("."))
    body += p("More") + p("Two", style="H1") + p(run("End") + mark("footnote", 1) + mark("footnote", 44))
    made = reading(word(body, parts=parts))
    assert lines_of(made) == [
        "heading1 | One",
        "text | Text[^1] goes[^i].",
        "text | More",
        "note 1| Second.",
        "heading1 | Two",
        "text | End[^2][^3]",
        "note 2| First.",
        "note i| Last.",
    ]
    assert found(made)["notes_missing"].details == ["3"]
    assert made.pieces[made.blocks[3].first_piece or 0].label == "footnote 1"


def test_formulas_become_text_and_are_listed() -> None:
    inner = (
        "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f><m:r><m:t> = </m:t></m:r>"
        "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
        "<m:rad><m:deg/><m:e><m:r><m:t>y</m:t></m:r></m:e></m:rad>"
    )
    made = reading(word(p(f"<m:oMathPara><m:oMath>{inner}</m:oMath></m:oMathPara>")))
    assert made.blocks[0].text == "(a+b)/c = x^2√(y)"
    assert found(made)["equations"].details == ["(a+b)/c = x^2√(y)"]


def test_text_boxes_are_read_once_though_they_stand_in_the_file_twice() -> None:
    box = f"<w:txbxContent>{p('In the box [x]')}</w:txbxContent>"
    body = p(
        run("Beside") + "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        f"<a:graphicData><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    made = reading(word(body))
    assert [block.text for block in made.blocks] == ["Beside", "In the box [x]"]
    assert found(made)["text_boxes"].count == 1


def test_quotations_and_fixed_text_are_what_their_styles_say() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Quote"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="HTML Preformatted"/></w:style>'
    )
    made = reading(
        word(p("Said", style="Q") + p("a = [b](c)", style="C") + p("``` x", style="C"), parts={"styles": styles})
    )
    assert lines_of(made) == ["quote | > Said", "code | ````\na = [b](c)\n``` x\n````"]


def test_forbidden_characters_are_taken_out_and_listed() -> None:
    content = word(p("a\ufdd0b\u200bc"))
    made = reading(content)
    assert "\ufdd0" not in made.blocks[0].text
    assert found(made)["characters"].count == 1
