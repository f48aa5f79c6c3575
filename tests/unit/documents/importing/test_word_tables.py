"""Tables and pictures of a DOCX."""

from __future__ import annotations

import io

from PIL import Image

from consult.documents.importing.blocks import BLOCK_MAX
from tests.support import files
from tests.support.word import cell, drawing, found, heading_styles, lines_of, p, reading, row, run, table, word


def test_a_table_is_one_block_with_each_row_as_a_piece() -> None:
    made = reading(word(table(row("A", "B|C", more="<w:tblHeader/>"), row("[x](y)", cell(p(run("z", "<w:b/>")))))))
    assert lines_of(made) == ["table | | A | B\\|C |\n| --- | --- |\n| [x]\\(y) | **z** |"]
    assert [piece.text for piece in made.pieces] == ["A | B|C", "[x](y) | z"]
    assert (made.blocks[0].first_piece, made.blocks[0].last_piece) == (0, 1)
    assert not made.findings


def test_merged_cells_are_parted_and_listed() -> None:
    rows = table(
        row(cell("wide", '<w:gridSpan w:val="2"/>'), "C"),
        row(cell("tall", '<w:vMerge w:val="restart"/>'), "b", "c"),
        row(cell("<w:p/>", "<w:vMerge/>"), "e", "f"),
        row("x", "y", "z"),
    )
    made = reading(word(rows))
    assert made.blocks[0].text.split("\n") == [
        "| wide |  | C |",
        "| --- | --- | --- |",
        "| tall | b | c |",
        "|  | e | f |",
        "| x | y | z |",
    ]
    assert found(made)["table_merged"].count == 2
    assert found(made)["table_headings"].count == 1


def test_tables_in_tables_stand_after_them_and_paragraphs_of_a_cell_in_one_line() -> None:
    inner = table(row("i", "j"), row("k", "l"))
    rows = table(row("A", "B", more="<w:tblHeader/>"), row(cell(p("one") + p("two") + inner + "<w:p/>"), "b"))
    made = reading(word(rows + p("After")))
    assert [block.text.split("\n")[-1] for block in made.blocks] == ["| one two | b |", "| k | l |", "After"]
    assert (found(made)["table_nested"].count, found(made)["table_lines"].count) == (1, 1)


def test_a_table_that_only_arranges_words_is_read_as_paragraphs() -> None:
    rows = table(row(cell(p("Title", style="H1") + p("In a frame"))), row("Below"))
    made = reading(word(rows, parts={"styles": heading_styles()}))
    assert lines_of(made) == ["heading1 | Title", "text | In a frame", "text | Below"]
    assert found(made)["table_layout"].count == 1


def test_a_long_table_is_cut_in_parts_that_each_have_the_headings() -> None:
    rows = table(row("Head", "Of", more="<w:tblHeader/>"), *(row(f"{n}", "words " * 100) for n in range(60)))
    made = reading(word(rows))
    assert len(made.blocks) > 1
    assert all(len(block.text) <= BLOCK_MAX and block.text.startswith("| Head | Of |") for block in made.blocks)
    assert sum(block.text.count("\n") - 1 for block in made.blocks) == 60
    assert made.blocks[0].first_piece == 0
    assert all((a.last_piece or 0) + 1 == b.first_piece for a, b in zip(made.blocks, made.blocks[1:], strict=False))
    assert found(made)["table_long"].count == 1


def test_pictures_become_figures_drawn_anew_with_caption_and_description() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="Cap"><w:name w:val="caption"/></w:style>'
    body = p(drawing("pic", "A bar chart")) + p("Figure 1: Shares", style="Cap") + p(run("Text") + drawing("pic"))
    made = reading(
        word(
            body,
            parts={"styles": styles, "word/media/image1.png": files.png(30, 20)},
            rels=(("pic", "image", "media/image1.png", False),),
        )
    )
    assert lines_of(made) == ["figure | Figure 1: Shares\n\nA bar chart", "text | Text", "figure | "]
    assert [block.figure for block in made.blocks] == [0, None, 0]
    (figure,) = made.figures
    assert (figure.kind.value, figure.width, figure.height) == ("png", 30, 20)
    assert files.CANARY.encode() not in figure.content
    assert found(made)["picture_wordless"].places == [2]
    assert (made.blocks[0].first_piece, made.blocks[0].last_piece) == (0, 1)


def test_a_caption_of_a_table_is_not_that_of_the_picture_behind_it() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="Cap"><w:name w:val="caption"/></w:style>'
    body = table(row("A", "B"), row("c", "d")) + p("Table 1", style="Cap") + p(drawing("pic", "A map"))
    parts: dict[str, str | bytes] = {"styles": styles, "word/media/i.png": files.png()}
    made = reading(word(body, parts=parts, rels=(("pic", "image", "media/i.png", False),)))
    assert [block.kind.value for block in made.blocks] == ["table", "text", "figure"]
    assert made.blocks[2].text == "A map"


def test_pictures_of_other_kinds_leave_their_description() -> None:
    out = io.BytesIO()
    Image.new("P", (9, 9)).save(out, "GIF")
    body = (
        p(drawing("emf", "A drawing")) + p(drawing("gif", "A sign")) + p(drawing("far", "Far away", attribute="link"))
    )
    made = reading(
        word(
            body,
            parts={"word/media/a.emf": b"\x01\x00\x00\x00EMF", "word/media/b.gif": out.getvalue()},
            rels=(
                ("emf", "image", "media/a.emf", False),
                ("gif", "image", "media/b.gif", False),
                ("far", "image", "http://127.0.0.1:9/x.png", True),
            ),
        )
    )
    assert [(block.text, block.figure) for block in made.blocks] == [
        ("A drawing", None),
        ("A sign", 0),
        ("Far away", None),
    ]
    assert (found(made)["picture_kind"].count, found(made)["picture_outside"].count) == (1, 1)


def test_a_picture_in_a_table_stands_after_it() -> None:
    rows = table(row("A", "B", more="<w:tblHeader/>"), row(cell(p(run("x") + drawing("pic", "A sign"))), "y"))
    made = reading(word(rows, parts={"word/media/i.png": files.png()}, rels=(("pic", "image", "media/i.png", False),)))
    assert [block.kind.value for block in made.blocks] == ["table", "figure"]
    assert found(made)["picture_in_table"].count == 1


def test_charts_and_old_pictures_keep_their_words() -> None:
    chart = (
        '<w:r><w:drawing><wp:inline><wp:docPr descr="Exports by year"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphic></wp:inline></w:drawing></w:r>'
    )
    old = '<w:r><w:pict><v:shape alt="A seal"><v:imagedata r:id="pic" o:title="t"/></v:shape></w:pict></w:r>'
    mark = '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    made = reading(
        word(
            p(chart) + p(old) + p(mark),
            parts={"word/media/i.png": files.png()},
            rels=(("pic", "image", "media/i.png", False),),
        )
    )
    assert [(block.text, block.figure) for block in made.blocks] == [
        ("Exports by year", None),
        ("A seal", 0),
        ("DRAFT", None),
    ]
    assert found(made)["drawings"].details == ["Exports by year", "DRAFT"]
