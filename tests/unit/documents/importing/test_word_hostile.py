"""DOCX files that somebody made to do harm: refused or listed, never run, never fetched, never silently taken in."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from consult.documents.importing.structure import Unreadable
from tests.support import files
from tests.support.files import R, W
from tests.support.word import found, p, reading, row, run, table, word


def refused(content: bytes) -> str:
    """Why a file is refused, within seconds."""
    began = time.process_time()
    with pytest.raises(Unreadable) as error:
        reading(content)
    assert time.process_time() - began < 15
    return error.value.code.value


def with_part(name: str, content: bytes | str) -> bytes:
    """An ordinary file with one part more, or another one."""
    with zipfile.ZipFile(io.BytesIO(word(p("Text")))) as archive:
        parts: dict[str, bytes | str] = {one: archive.read(one) for one in archive.namelist()}
    return files.archive({**parts, name: content})


def document(inside: str, before: str = "") -> str:
    return f'{before}<w:document xmlns:w="{W}"><w:body>{inside}</w:body></w:document>'


XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    + "]>"
)
QUADRATIC = f"<!DOCTYPE x [<!ENTITY a '{'x' * 50_000}'>]>"
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"]
)
@pytest.mark.parametrize("head", [XXE, LAUGHS, QUADRATIC, REMOTE], ids=["xxe", "laughs", "quadratic", "remote"])
def test_entities_are_refused_before_anything_reads_them(part: str, head: str) -> None:
    words = "&e;" if head == XXE else "&k;" if head == LAUGHS else "&a;" * 5_000
    content = {
        "word/document.xml": document(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>", head),
        "word/styles.xml": f'{head}<w:styles xmlns:w="{W}">{words}</w:styles>',
        "[Content_Types].xml": f"{head}<Types>{words}</Types>",
        "word/_rels/document.xml.rels": f"{head}<Relationships>{words}</Relationships>",
    }[part]
    more = {"rels": (("s", "styles", "styles.xml", False),)} if part == "word/styles.xml" else {}
    with zipfile.ZipFile(io.BytesIO(word(p("Text"), **more))) as archive:  # type: ignore[arg-type]
        parts: dict[str, bytes | str] = {one: archive.read(one) for one in archive.namelist()}
    assert refused(files.archive({**parts, part: content})) == "bomb"
    assert refused(files.archive({**parts, part: content.encode("utf-16")})) == "bomb"


def test_a_file_that_unpacks_to_far_more_is_not_unpacked() -> None:
    assert refused(with_part("word/media/x.png", b"\0" * 90_000_000)) == "bomb"
    assert refused(with_part("word/big.xml", b" " * 2_000_000)) == "bomb"
    assert (
        refused(files.archive({**{f"word/{n}.xml": "" for n in range(3_100)}, "[Content_Types].xml": "<Types/>"}))
        == "bomb"
    )


def test_entries_that_share_their_bytes_are_refused() -> None:
    content = bytearray(word(p("Text")))
    start = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", start + 4)
    struct.pack_into("<I", content, second + 42, struct.unpack_from("<I", content, start + 42)[0])
    assert refused(bytes(content)) in {"bomb", "damaged"}


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "word\\..\\x", "WORD/document.xml"])
def test_names_that_lead_out_or_stand_twice_are_refused(name: str) -> None:
    assert refused(with_part(name, "x")) == "damaged"


def test_a_password_and_older_formats_are_named_with_what_to_do() -> None:
    content = bytearray(word(p("Text")))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    assert refused(bytes(content)) == "encrypted"
    assert refused(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600) == "old_word"
    assert refused(b"{\\rtf1\\ansi Text}") == "rtf"
    odt = files.archive(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}, stored="mimetype"
    )
    assert refused(odt) == "open_document"
    assert refused(files.archive({"a.txt": "x"})) == "unknown"
    assert refused(word(p("x"))[:-40]) == "damaged"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert refused(word("", main=sheet)) == "other_office"


def test_strict_open_xml_is_named_with_what_to_do() -> None:
    strict = document("<w:p/>").replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert refused(with_part("word/document.xml", strict)) == "strict"


def test_macros_are_refused() -> None:
    for kind in ("document.macroEnabled.main", "template.macroEnabledTemplate.main"):
        assert refused(word(p("x"), main=f"application/vnd.ms-word.{kind}+xml")) == "macros"
    assert refused(word(p("x"), parts={"word/vbaProject.bin": b"x"})) == "macros"
    assert refused(word(p("x"), parts={"word/vbaData.xml": "<x/>"})) == "macros"


def test_whatever_leads_elsewhere_or_is_hidden_inside_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_arguments: object, **_named: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    here = "http://127.0.0.1:9/x"
    body = p("Before") + '<w:altChunk r:id="chunk"/>' + p('<w:subDoc r:id="sub"/>' + run("After"))
    body += p('<w:r><w:object><v:shape><v:imagedata r:id="ole"/></v:shape><o:OLEObject r:id="ole"/></w:object></w:r>')
    settings = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" Type="{R}/attachedTemplate" Target="{here}.dotm" TargetMode="External"/></Relationships>'
    made = reading(
        word(
            body,
            parts={
                "settings": '<w:attachedTemplate r:id="t"/>',
                "word/_rels/settings.xml.rels": settings,
                "word/embeddings/oleObject1.bin": b"x",
                "word/afchunk.htm": "<p>Chunk words</p>",
                "word/activeX/activeX1.xml": "<x/>",
            },
            rels=(
                ("chunk", "aFChunk", "afchunk.htm", False),
                ("sub", "subDocument", f"{here}.docx", True),
                ("ole", "oleObject", "embeddings/oleObject1.bin", False),
                ("ax", "control", "activeX/activeX1.xml", False),
                ("frame", "frame", here, True),
            ),
        )
    )
    assert [block.text for block in made.blocks] == ["Before", "After"]
    seen = found(made)
    assert (seen["foreign_chunks"].count, seen["foreign_chunks"].places) == (1, [1])
    assert seen["embedded"].details == ["oleobject1.bin"]
    assert seen["active"].count == 1
    assert {one.partition(":")[0] for one in seen["outside"].details} == {
        "subDoc",
        "subDocument",
        "frame",
        "attachedTemplate",
    }


def test_depth_and_size_have_an_end() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 5_000
    assert refused(word(deep)) in {"too_deep", "bomb"}
    nested = "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>" * 2_000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 2_000
    assert refused(with_part("word/document.xml", document(nested))) in {"too_deep", "bomb"}
    noise = "".join(f"<w:tc><w:p><w:r><w:t>{n * 7919 % 99_991}</w:t></w:r></w:p></w:tc>" for n in range(50))
    rows = f"<w:tr>{noise}</w:tr>" * 1_500
    assert refused(word(f"<w:tbl>{rows}</w:tbl>")) in {"table_too_large", "bomb"}
    assert refused(word(table(row(*["x"] * 64)))) == "table_too_large"
    assert refused(word("".join(p(f"words {n * 7919}") for n in range(10_050)))) == "too_many_blocks"
    assert refused(word(p("x" * 20_001))) == "block_too_long"


@pytest.mark.slow
def test_hundreds_of_thousands_of_cells_end_soon() -> None:
    cells = "".join(f"<w:tc><w:p><w:t>{n * 7919 % 999_983:x}</w:t></w:p></w:tc>" for n in range(250_000))
    assert refused(word(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")) in {"table_too_large", "bomb"}


def test_loops_of_styles_and_fields_end() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    begins = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 3_000
    ends = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' * 3_000
    made = reading(word(p("Text", style="A") + p(begins + ends) + p("More"), parts={"styles": styles}))
    assert [block.text for block in made.blocks] == ["Text", "More"]


def test_a_flood_of_marks_is_refused_and_nothing_to_read_is_said() -> None:
    assert refused(word(p("a" + "\u0301" * 400))) == "characters"
    assert refused(word("<w:p/>")) == "no_text"
    assert refused(with_part("word/document.xml", "<w:document")) == "damaged"
    assert refused(with_part("word/document.xml", document("<w:p><w:r><w:t>a\x00b</w:t></w:r></w:p>"))) == "damaged"
    assert refused(with_part("word/document.xml", document("<w:p><w:r><w:t>&#xD800;</w:t></w:r></w:p>"))) == "damaged"
