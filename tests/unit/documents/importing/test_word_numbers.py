"""Numbers of headings and lists do not stand in a DOCX: they are counted."""

from __future__ import annotations

import pytest

from consult.documents.importing.word.numbering import in_format
from tests.support.word import found, heading_styles, lines_of, numbered, p, reading, word


def level(place: int, text: str, form: str = "decimal", *, start: int = 1, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(key: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def numbers(body: str, numbering: str, styles: str = "") -> list[str]:
    made = reading(word(body, parts={"numbering": numbering, "styles": styles}))
    return [block.number or block.text for block in made.blocks]


THREE = abstract(0, level(0, "%1."), level(1, "%1.%2"), level(2, "(%3)", "lowerLetter"))


def test_lists_of_several_levels_count_and_begin_anew_below() -> None:
    body = "".join(numbered("x", 1, at) for at in (0, 1, 1, 2, 2, 1, 2, 0, 1))
    assert numbers(body, THREE + num(1, 0)) == ["1.", "1.1", "1.2", "(a)", "(b)", "1.3", "(a)", "2.", "2.1"]


def test_a_level_may_go_on_whatever_comes_between_or_begin_anew_after_one_level_alone() -> None:
    on = abstract(0, level(0, "%1."), level(1, "[%2]", more='<w:lvlRestart w:val="0"/>'))
    body = "".join(numbered("x", 1, at) for at in (0, 1, 0, 1))
    assert numbers(body, on + num(1, 0)) == ["1.", "[1]", "2.", "[2]"]
    after_first = abstract(0, level(0, "%1."), level(1, "%2)"), level(2, "-%3", more='<w:lvlRestart w:val="1"/>'))
    body = "".join(numbered("x", 1, at) for at in (0, 1, 2, 1, 2, 0, 2))
    assert numbers(body, after_first + num(1, 0)) == ["1.", "1)", "-1", "2)", "-2", "2.", "-1"]


def test_a_second_list_of_one_kind_goes_on_unless_it_says_where_it_begins() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    body = numbered("x", 1) + numbered("x", 2) + numbered("x", 3) + numbered("x", 3) + numbered("x", 1)
    assert numbers(body, THREE + num(1, 0) + num(2, 0) + num(3, 0, override)) == ["1.", "2.", "5.", "6.", "7."]


def test_an_override_may_bring_a_level_of_its_own() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "§ %1", "upperRoman", start=3)}</w:lvlOverride>'
    assert numbers(numbered("x", 1) + numbered("x", 1), THREE + num(1, 0, override)) == ["§ III", "§ IV"]


def test_levels_that_were_left_out_count_as_begun() -> None:
    assert numbers(numbered("x", 1, 2) + numbered("x", 1, 1), THREE + num(1, 0)) == ["(a)", "1.2"]


def test_headings_get_their_numbers_from_their_styles() -> None:
    linked = abstract(
        0,
        level(0, "Chapter %1", "upperRoman", more='<w:pStyle w:val="H1"/>'),
        level(1, "Article %2", more='<w:pStyle w:val="H2"/><w:isLgl/>'),
        level(2, "%1.%2.%3", more='<w:pStyle w:val="H3"/><w:isLgl/>'),
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/><w:pPr><w:numPr>'
        f'<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        for n in (1, 2, 3)
    )
    styles += '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H3"/></w:style>'
    body = p("Means", style="H1") + p("Scope", style="H2") + p("Terms", style="H3") + p("More", style="Own")
    made = reading(word(body, parts={"numbering": linked + num(1, 0), "styles": styles}))
    assert lines_of(made) == [
        "heading1 | Chapter I Means",
        "heading2 | Article 1 Scope",
        "heading3 1.1.1| Terms",
        "heading3 1.1.2| More",
    ]
    assert [piece.text for piece in made.pieces][:2] == ["Chapter I Means", "Article 1 Scope"]
    assert [piece.label for piece in made.pieces] == ["heading 1", "heading 2", "heading 3", "Own"]


def test_a_paragraph_may_be_without_the_number_of_its_style() -> None:
    styles = heading_styles().replace(
        '<w:name w:val="heading 1"/>',
        '<w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>',
    )
    body = p("One", style="H1") + numbered("Without", 0, style="H1") + p("Two", style="H1")
    made = reading(word(body, parts={"numbering": THREE + num(1, 0), "styles": styles}))
    assert [(block.number, block.text) for block in made.blocks] == [("1", "One"), ("", "Without"), ("2", "Two")]


def test_numbering_through_the_style_of_a_list() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="Legal"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="8"><w:styleLink w:val="Legal"/>{level(0, "%1)", "lowerRoman")}</w:abstractNum>'
    )
    assert numbers(numbered("x", 1) * 2, numbering + num(1, 7)) == ["i)", "ii)"]


def test_bullets_show_how_deep_they_are() -> None:
    bullets = abstract(0, *(level(n, "\uf0b7", "bullet") for n in range(4)))
    made = reading(word("".join(numbered("x", 1, n) for n in range(4)), parts={"numbering": bullets + num(1, 0)}))
    assert [block.number for block in made.blocks] == ["–", "◦", "▪", "▪"]
    assert {block.kind.value for block in made.blocks} == {"item"}


@pytest.mark.parametrize(
    ("form", "number", "said"),
    [("decimalZero", 7, "07"), ("upperRoman", 1999, "MCMXCIX"), ("lowerLetter", 28, "bb"), ("ordinal", 12, "12th"),
     ("ordinal", 23, "23rd"), ("russianUpper", 2, "Б"), ("thaiNumbers", 15, "๑๕"), ("arabicAbjad", 3, "ج"),
     ("chineseCounting", 21, "二十一"), ("decimalEnclosedParen", 4, "(4)"), ("upperRoman", 100_000, "100000")],
)  # fmt: skip
def test_signs_of_numbers(form: str, number: int, said: str) -> None:
    assert in_format(number, form) == (said, True)


def test_an_unknown_format_is_written_in_figures_and_listed() -> None:
    made = reading(
        word(numbered("x", 1), parts={"numbering": abstract(0, level(0, "%1.", "cardinalText")) + num(1, 0)})
    )
    assert (made.blocks[0].number, found(made)["number_format"].count) == ("1.", 1)


def test_numbers_that_were_typed_are_taken_for_what_they_are() -> None:
    typed = ["1. One", "(a) two", "iv) four", "• dot", "2017. A year", "A. Smith wrote", "e.g. this", "(see) that"]
    made = reading(word("".join(p(one) for one in typed)))
    assert [block.number for block in made.blocks] == ["1.", "(a)", "iv)", "–", "", "", "", ""]
    assert made.blocks[4].text == "2017\\. A year"
    assert made.blocks[5].text == "A. Smith wrote"
    tabs = "".join(p(f"<w:r><w:t>{one}</w:t><w:tab/><w:t>The Parties</w:t></w:r>") for one in ("2.1", "12", "Name"))
    made = reading(word(tabs + p("1.5 million people")))
    assert [block.number for block in made.blocks] == ["2.1", "12", "", ""]
    assert [block.text for block in made.blocks] == [
        "The Parties",
        "The Parties",
        "Name The Parties",
        "1.5 million people",
    ]


def test_a_hostile_numbering_ends_soon() -> None:
    wide = abstract(0, level(0, "%1%1%1%1" * 5_000, start=999_999_999))
    loop = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/><w:styleLink w:val="L"/></w:abstractNum>'
    many = "".join(num(n, 0) for n in range(2, 20_000))
    body = numbered("x", 2) + numbered("x", 1) + numbered("x", 99_999) + numbered("x", 2, 88)
    made = reading(word(body, parts={"numbering": wide + loop + many + num(1, 1)}))
    assert len(made.blocks) == 4
    assert all(len(block.number) <= 200 for block in made.blocks)


@pytest.mark.parametrize(
    ("name", "style"),
    [("heading 2", "x"), ("Titre 2", "x"), ("Überschrift 2", "x"), ("Заголовок 2", "x"), ("标题 2", "x"), ("", "Heading2"),
     ("My own", "berschrift2"), ("Judul 2", "x")],
)  # fmt: skip
def test_headings_are_known_by_the_names_of_their_styles(name: str, style: str) -> None:
    styles = f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
    styles += f'<w:style w:type="paragraph" w:styleId="Z"><w:name w:val="Z"/><w:basedOn w:val="{style}"/></w:style>'
    made = reading(word(p("One", style=style) + p("Two", style="Z"), parts={"styles": styles}))
    assert lines_of(made) == ["heading2 | One", "heading2 | Two"]


def test_headings_are_known_by_their_outline_level_and_body_text_by_its_absence() -> None:
    styles = heading_styles() + (
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Heading 1 look"/><w:basedOn w:val="H1"/>'
        '<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
    )
    body = p("Own", more='<w:outlineLvl w:val="3"/>') + p("None", style="T") + p("A title", style="Title")
    made = reading(word(body + p("Deep", more='<w:outlineLvl w:val="8"/>'), parts={"styles": styles}))
    assert lines_of(made) == ["heading4 | Own", "text | None", "heading1 | A title", "heading6 | Deep"]


def test_the_title_of_a_file_is_no_section_of_its_text_and_is_told() -> None:
    styles = heading_styles() + (
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Chapter"/><w:basedOn w:val="Title"/></w:style>'
    )
    body = p("Guidelines on", style="Title") + p("older mines", style="Title") + p("Purpose", style="H1")
    made = reading(word(body + p("Words.") + p("Later", style="Title"), parts={"styles": styles}))
    assert lines_of(made) == ["heading1 | Purpose", "text | Words.", "heading1 | Later"]
    told = found(made)["title"]
    assert (told.count, told.details, told.places) == (2, ["Guidelines on", "older mines"], [0, 1])
    chapters = reading(word(p("One", style="Own") + p("Words."), parts={"styles": styles}))
    assert lines_of(chapters) == ["heading1 | One", "text | Words."]
    assert not chapters.findings
