"""Files to tables: what offices save, and what nobody should send."""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consult.core.errors import BadInput
from consult.intake.cells import FULL_CELL, CellKind, words_of
from consult.intake.columns import recognise
from consult.intake.enums import Column, Problem
from consult.intake.interpreting import Trouble
from consult.intake.queries import RefusedRow
from consult.intake.reading import read_table
from consult.intake.reports import to_csv, to_xlsx
from tests.support.tables import ISO, separated, with_part, workbook

GOOD = ["Organisation E", "12", "1", "", "te", "A comment.", "A change.", ""]


@pytest.fixture(autouse=True)
def _sentences(bare_app: Flask) -> Any:
    with bare_app.test_request_context("/en/"):
        yield


def texts(content: bytes, **options: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in read_table(content, **options).rows]


def test_the_form_of_standards_bodies_is_known_with_everything_around_it() -> None:
    table = read_table(
        workbook(
            [
                ["Template for comments and secretariat observations", None, None, "Date: 3 March 2027"],
                ["1", "2", "3", "4", "5", "6", "7", "8"],
                ISO,
                ["Example: XX 1", "17", "3.1", "", "ed", "Like so"],
                GOOD,
                [],
                list(ISO),
                GOOD,
                ["1 MB = Member body / NC = National Committee (enter the two-letter country code)"],
                ["2 Type of comment: ge = general te = technical ed = editorial"],
            ]
        )
    )
    assert table.header == 3
    assert recognise(table.headings) == dict(zip([*Column][:8], range(8), strict=True))
    assert [row.number for row in table.rows] == [5, 8]
    assert table.left_out == [4, 7, 9, 10]


@pytest.mark.parametrize(
    "headings",
    [
        ("OM/CN", "Numéro de ligne", "Article/ Paragraphe", "Alinéa/ Figure/ Tableau", "Type de commentaire",
         "Commentaires", "Modification proposée", "Observations du secrétariat"),
        ("Organization", "Line #", "Section", "Paragraph no.", "Comment Type", "Comment (include rationale)",
         "Suggested change", "Resolution"),
    ],
)  # fmt: skip
def test_the_columns_are_known_in_other_spellings(headings: tuple[str, ...]) -> None:
    assert recognise(headings) == dict(zip([*Column][:8], range(8), strict=True))


def test_the_sheet_that_looks_like_comments_is_read_and_another_can_be_chosen() -> None:
    content = workbook([["Read me"], ["Fill in the second sheet"]], [ISO, GOOD])
    assert read_table(content).sheet == "Sheet2"
    assert read_table(content, sheet="Sheet1").rows
    with pytest.raises(BadInput, match="no sheet"):
        read_table(content, sheet="Sheet3")


def test_cells_of_every_kind_are_read_as_they_are_shown() -> None:
    def extra(book: Any, sheet: Any) -> None:
        sheet.write_number("A2", 3)
        sheet.write_number("B2", 3.1)
        sheet.write_number("C2", 3.1, book.add_format({"num_format": "0.00"}))
        sheet.write_datetime("D2", date(2026, 4, 3), book.add_format({"num_format": "d-mmm"}))
        sheet.write_boolean("E2", True)
        sheet.write_formula("F2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("G2", '="a"&"b"', None, "ab")
        sheet.write_formula("H2", "=A1", None, "")
        sheet.write_rich_string("A3", "one ", book.add_format({"bold": True}), "two")

    rows = read_table(workbook([ISO], extra=extra)).rows
    first = [(cell.text, cell.kind) for cell in rows[0].cells]
    assert first == [
        ("3", CellKind.NUMBER), ("3.1", CellKind.NUMBER), ("3.10", CellKind.NUMBER), ("2026-04-03", CellKind.DATE),
        ("TRUE", CellKind.BOOLEAN), ("#DIV/0!", CellKind.ERROR), ("ab", CellKind.TEXT), ("", CellKind.LOST_FORMULA),
    ]  # fmt: skip
    assert [cell.is_rounded for cell in rows[0].cells[:3]] == [True, True, False]
    assert rows[1].cells[0].text == "one two"


def test_a_merged_cell_holds_for_the_rows_that_it_covers() -> None:
    table = read_table(
        workbook([ISO, GOOD, ["", *GOOD[1:]]], extra=lambda _book, sheet: sheet.merge_range("A2:A3", "Organisation E"))
    )
    assert table.merged == {(3, 0): 2}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found(separator: str) -> None:
    rows = [ISO, ["Organisation E", "1", "2", "", "ge", "One, two; three\nfour", "", ""]]
    table = read_table(separated(rows, separator=separator))
    assert table.headings == [" ".join(heading.split()) for heading in ISO]
    assert table.rows[0].cells[5].text == "One, two; three\nfour"


ENCODED = {
    "utf-8-sig": "Déjà vu à l’école",
    "utf-16": "Déjà vu à l’école",
    "utf-16-le": "Déjà vu à l’école",
    "cp1252": "La communauté demande à être consultée avant l’ouverture de la mine, où qu’elle soit située",
    "cp1250": "Gmina prosi o wcześniejsze konsultacje, zanim kopalnia zostanie otwarta, gdyż ludność się sprzeciwia",
    "cp1251": "Община просит провести консультации до открытия рудника и опубликовать все результаты проверки",
    "cp1256": "يطلب المجتمع المحلي إجراء مشاورات قبل فتح المنجم ونشر جميع نتائج التقييم البيئي",
    "cp874": "ชุมชนขอให้มีการปรึกษาหารือก่อนเปิดเหมืองและเผยแพร่ผลการประเมินทั้งหมดต่อสาธารณะ",
    "shift_jis": "地域社会は、鉱山の開設前に協議を行い、すべての評価結果を公表するよう求めています。",
    "gb18030": "当地社区要求在矿山开放之前进行协商，并公布所有评估结果，以便公众能够阅读。",
    "big5": "當地社區要求在礦山開放之前進行協商，並公布所有評估結果，以便公眾能夠閱讀。",
}


ALSO = [
    ("cp1252", "Die Gemeinde möchte vor der Öffnung der Mine gehört werden, überall und für alle"),
    ("cp1252", "¿Por qué no se consulta a la comunidad antes de la apertura de la mina, según la opinión del año?"),
    ("cp1250", "Obec žádá o konzultace před otevřením dolu a zveřejnění všech výsledků posouzení, kdyby něco"),
    ("cp1250", "A község kéri, hogy a bánya megnyitása előtt konzultáljanak, és tegyék közzé az összes eredményt"),
]


@pytest.mark.parametrize(("encoding", "words"), [*ENCODED.items(), *ALSO])
def test_the_encodings_of_offices_are_found(encoding: str, words: str) -> None:
    rows = [["Organisation", "Section", "Comments"], *[["E", "1", f"{words} {number}"] for number in range(12)]]
    table = read_table(separated(rows, separator=";", encoding=encoding))
    assert table.rows[0].cells[2].text == f"{words} 0"
    assert table.is_guess == (not encoding.startswith("utf"))


def test_an_encoding_can_be_chosen_and_one_that_cannot_be_is_refused() -> None:
    content = separated([["Organisation", "Comments"], ["Ö", "ä"]], encoding="cp1252")
    assert texts(content, encoding="cp1252") == [["Ö", "ä"]]
    with pytest.raises(BadInput, match="byte 23"):
        read_table(content, encoding="utf-8")


def lying_zip() -> bytes:
    """A part that says it is small and is not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<a>" + b" " * 50_000_000 + b"</a>")
    content = bytearray(buffer.getvalue())
    size = (50_000_007).to_bytes(4, "little")
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<a/>")
        made.writestr("xl/worksheets/sheet1.xml", b" " * 110_000_000)
    return buffer.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    + SHEET % b'<row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row>'
)
CORNER = SHEET % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
TOO_WIDE = SHEET % (b"<row>" + b"<c/>" * 20_000 + b"</row>")
TOO_MANY = SHEET % (b"<row/>" * 3_100_000)
STYLES = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</styleSheet>'
LONG_FORMAT = STYLES % (
    b'<numFmts><numFmt numFmtId="164" formatCode="'
    + b"[" * 200_000
    + b'"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>'
)
LONG_WORD = SHEET % (b'<row r="1"><c r="A1" x="' + b"a" * 20_000_000 + b'"/></row>')
DEEP = SHEET % (b"<a>" * 700_000 + b"</a>" * 700_000)
MANY_ATTRIBUTES = SHEET % (b"<row><c " + b" ".join(b'a%d=""' % number for number in range(60_000)) + b"/></row>")
STRICT = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"  \n", "empty"),
    "old": (b"\xd0\xcf\x11\xe0" + b"Workbook", "xls"),
    "password": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
    "pdf": (b"%PDF-1.7 ...", "not a table"),
    "damaged": (b"PK\x03\x04 and nothing more", "damaged"),
    "entities": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": ENTITIES}), "declarations"),
    "far corner": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": CORNER}), "200 columns"),
    "wider than a sheet": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": TOO_WIDE}), "unpacks"),
    "small things without number": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": TOO_MANY}), "unpacks"),
    "styles without number": (with_part(workbook([ISO]), {"xl/styles.xml": b"<xf/>" * 210_000}), "unpacks"),
    "an enormous word": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": LONG_WORD}), "unpacks"),
    "deep": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": DEEP}), "unpacks"),
    "attributes": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": MANY_ATTRIBUTES}), "unpacks"),
    "strict": (with_part(workbook([ISO]), {"xl/workbook.xml": STRICT}), "kind of spreadsheet"),
    "no sheet data": (with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": b"<worksheet"}), "damaged"),
    "unpacks to much": (zip_bomb(), "unpacks"),
    "lies of its size": (lying_zip(), "damaged|not an Excel|no table"),
    "nothing in it": (workbook([[]]), "no table"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(name: str) -> None:
    content, why = BAD_FILES[name]
    with pytest.raises(BadInput, match=why):
        read_table(content)


def test_a_format_longer_than_a_spreadsheet_writes_costs_nothing() -> None:
    before = time.process_time()
    assert read_table(with_part(workbook([ISO, GOOD]), {"xl/styles.xml": LONG_FORMAT})).rows
    assert time.process_time() - before < 2


def test_a_word_far_down_costs_no_rows_between() -> None:
    far = SHEET % b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>'
    table = read_table(with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": far}), header=1)
    assert [(row.number, [cell.text for cell in row.cells]) for row in table.rows] == [(1_048_576, ["", "2"])]


def test_one_word_in_thousands_of_cells_is_not_read_as_a_book() -> None:
    row = b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>'
    many = SHEET % b"".join(row % (number, number) for number in range(1, 2_000))
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 32_000
        + b"</t></si></sst>"
    )
    content = with_part(workbook([ISO]), {"xl/worksheets/sheet1.xml": many, "xl/sharedStrings.xml": strings})
    with pytest.raises(BadInput, match="more words"):
        read_table(content)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<p>One</p><p>Two &amp; <b>three</b></p>", "One\n\nTwo & three"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n\n- b"),
        ('<a href="https://example.org">here</a>', "here (https://example.org)"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("before<script>alert(1)</script><br>after", "before\nafter"),
        ("replace <INSERT NAME> by a name, if a < b", "replace <INSERT NAME> by a name, if a < b"),
        ("AT&amp;T and &nbsp; as written", "AT&amp;T and &nbsp; as written"),
        ("one\x07two\x0bthree", "onetwo\nthree"),
    ],
)
def test_cells_become_plain_words(raw: str, words: str) -> None:
    assert words_of(raw).text == words


def test_a_full_cell_is_noticed() -> None:
    assert words_of("x" * FULL_CELL).is_full
    assert not words_of("x" * (FULL_CELL - 1)).is_full


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00")
@example(b"sep=")
@example(b'"')
def test_any_bytes_are_a_table_or_are_refused(content: bytes) -> None:
    with suppress(BadInput):  # anything else is an error of ours
        assert read_table(content).headings


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=2, max_size=2))
@example(["=cmd|' /C calc'!A0", "+1"])
@example(["@SUM(1)", "-1"])
def test_rows_that_were_not_taken_come_back_as_they_were(cells: list[str]) -> None:
    row = RefusedRow(7, ["E", *cells], [Trouble(Problem.NO_AUTHOR, "A7")])
    headings = ["Organisation", "Comments", "Proposed change"]
    for content in (to_csv(headings, [row]), to_xlsx(headings, [row])):
        table = read_table(content)
        assert table.headings[:3] == headings
        assert [table.rows[0].cell(place).text for place in (1, 2)] == cells
        assert table.rows[0].cells[3].text == "7"


def test_the_files_of_rows_not_taken_run_nothing() -> None:
    row = RefusedRow(2, ["=1+1", "https://example.org"], [Trouble(Problem.NO_WORDS, "B2")])
    assert b'"\'=1+1"' in to_csv(["Organisation", "Comments"], [row])
    hidden = RefusedRow(2, ["\x00=1+1", ""], [Trouble(Problem.NO_WORDS, "B2")])
    assert b'"\'=1+1"' in to_csv(["Organisation", "Comments"], [hidden])
    with zipfile.ZipFile(io.BytesIO(to_xlsx(["Organisation", "Comments"], [row]))) as made:
        sheet = made.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
