"""Holes that were found in the cleaning of files, each by its name."""

from __future__ import annotations

import base64
import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from consult.cli import serving
from consult.core.errors import Busy
from consult.core.paths import package_parent
from consult.core.settings import Settings
from consult.files import sandbox
from consult.files.cleaning import clean
from consult.files.images import without_notes
from consult.files.kinds import Kind, Refused, Removed, Why
from tests.support import files
from tests.support.files import CANARY

WORD = files.W


def refused(content: bytes) -> Why:
    """Why a file is refused."""
    with pytest.raises(Refused) as error:
        clean(content)
    return error.value.why


def entries(content: bytes) -> dict[str, bytes]:
    """What an archive holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def flat(width: int, height: int) -> bytes:
    """A JPEG of one colour: many pixels in few bytes."""
    out = io.BytesIO()
    Image.new("L", (width, height), 128).save(out, "JPEG", quality=30)
    return out.getvalue()


# --- one visitor stops the site ---


def test_an_office_file_of_many_flat_pictures_is_refused_before_they_are_drawn() -> None:
    picture = flat(5_000, 5_000)
    began = time.process_time()
    assert refused(files.docx({f"word/media/i{n}.jpeg": picture for n in range(60)})) is Why.TOO_MANY_PICTURES
    assert time.process_time() - began < 10
    small = flat(1_000, 1_000)
    assert clean(files.docx({f"word/media/i{n}.jpeg": small for n in range(20)}))[1] == Kind.DOCX


def test_one_large_photograph_may_still_be_sent_alone_or_in_a_document() -> None:
    photograph = flat(12_000, 9_000)
    made, _kind, removed = clean(photograph)
    assert Removed.RESOLUTION in removed
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (3_000, 2_250)
    name = "word/media/large.jpeg"
    document = files.archive({**entries(files.docx()), name: photograph}, stored=name)
    assert Removed.RESOLUTION in clean(document)[2]


def test_who_finds_every_place_taken_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WAIT_MOST", 0.05)
    monkeypatch.setattr(sandbox, "_places", threading.BoundedSemaphore(1))
    sandbox._places.acquire()
    with pytest.raises(Busy, match="again in a minute") as error:
        sandbox.clean_file(io.BytesIO(files.png()))
    assert (error.value.status, error.value.field) == (503, "file")
    sandbox._places.release()
    with pytest.raises(Refused):
        sandbox.clean_file(io.BytesIO(b""))
    assert sandbox.clean_file(io.BytesIO(files.png())).kind is Kind.PNG, "a refusal gives its place back"


# --- through the real process ---


def test_an_ordinary_document_with_a_png_is_taken_in_a_process_of_its_own() -> None:
    """What Pillow has registered there is less than in a process that has used it."""
    made = sandbox.clean_file(io.BytesIO(files.docx({"word/media/image2.png": files.png()})))
    assert made.kind is Kind.DOCX
    assert "word/media/image2.png" in entries(made.content)
    assert CANARY.encode() not in b"".join(entries(made.content).values())


@pytest.mark.parametrize("written", ["GIF", "BMP", "TIFF"])
def test_other_pictures_in_a_document_are_taken_too(written: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, written)
    made = sandbox.clean_file(io.BytesIO(files.docx({f"word/media/image2.{written.lower()}": out.getvalue()})))
    assert f"word/media/image2.{written.lower()}" in entries(made.content)


def test_when_the_site_is_killed_meanwhile_nothing_of_what_was_sent_is_left(tmp_path: Path) -> None:
    script = (
        "import io, os, signal, sys, threading; from consult.files import sandbox;"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start();"
        "[sandbox.clean_file(io.BytesIO(open(sys.argv[1], 'rb').read())) for _ in range(99)]"
    )
    photograph = tmp_path / "sent.jpg"
    photograph.write_bytes(flat(5_000, 4_000))
    (folder := tmp_path / "temporary").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, str(photograph)],
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(package_parent())},
    )
    assert done.returncode == -signal.SIGKILL
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_who_opens_files_cannot_read_the_keys_of_the_process_that_asked_for_it() -> None:
    """Of the web server's first process and those it forks; root reads on, so the mark is asked for, not the file."""
    script = (
        "import ctypes, os; from consult.core.web.server_hooks import on_starting; on_starting(None);"
        "os.fork() and os.wait(); print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    environment = {**os.environ, "PYTHONPATH": str(package_parent())}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True)
    assert done.stdout.split() == [b"0", b"0"]
    assert "python:consult.core.web.server_hooks" in serving._web_command(Settings())


# --- PDF ---


def pdf(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A PDF of one page, changed, and written as it is."""
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    out = io.BytesIO()
    made.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def with_picture(filters: list[str], content: bytes) -> bytes:
    """A PDF with a picture, packed so."""

    def change(made: pikepdf.Pdf) -> None:
        picture = pikepdf.Stream(made, content)
        picture["/Type"], picture["/Subtype"] = Name.XObject, Name.Image
        picture["/Width"], picture["/Height"], picture["/BitsPerComponent"] = 40, 30, 8
        picture["/ColorSpace"] = Name.DeviceRGB
        picture["/Filter"] = Array([Name(one) for one in filters])
        made.pages[0]["/Resources"] = Dictionary(XObject=Dictionary(Im0=made.make_indirect(picture)))
        made.pages[0]["/Contents"] = made.make_stream(b"/Im0 Do")

    return pdf(change)


def picture_in(content: bytes) -> tuple[str, bytes]:
    """The filter and the bytes of the picture in a PDF."""
    with pikepdf.open(io.BytesIO(content)) as made:
        picture = made.pages[0]["/Resources"]["/XObject"]["/Im0"]
        return str(picture["/Filter"]), picture.read_raw_bytes()


@pytest.mark.parametrize(
    ("filters", "pack"),
    [
        (["/ASCII85Decode", "/DCTDecode"], lambda one: base64.a85encode(one, wrapcol=70) + b"~>"),
        (["/FlateDecode", "/DCTDecode"], zlib.compress),
        (["/AHx", "/Fl", "/DCT"], lambda one: zlib.compress(one).hex().encode() + b">"),
        (["/DCTDecode"], lambda one: one),
    ],
)
def test_a_photograph_behind_other_filters_in_a_pdf_loses_what_its_camera_wrote(
    filters: list[str], pack: Callable[[bytes], bytes]
) -> None:
    photograph = files.jpeg()
    made, _kind, removed = clean(with_picture(filters, pack(photograph)))
    name, kept = picture_in(made)
    assert name == "/DCTDecode"
    assert CANARY.encode() not in kept
    assert Removed.DEVICE in removed
    with Image.open(io.BytesIO(kept)) as image, Image.open(io.BytesIO(photograph)) as before:
        assert not image.getexif()
        assert image.tobytes() == before.tobytes(), "the picture itself is untouched"


def test_pictures_in_a_pdf_that_cannot_be_looked_at_are_refused() -> None:
    photograph = files.jpeg()
    assert refused(with_picture(["/JPXDecode"], photograph)) is Why.JPEG_2000
    assert refused(with_picture(["/FlateDecode", "/JPXDecode"], zlib.compress(photograph))) is Why.JPEG_2000
    assert refused(with_picture(["/LZWDecode", "/DCTDecode"], photograph)) is Why.DAMAGED
    assert refused(with_picture(["/FlateDecode", "/DCTDecode"], photograph)) is Why.DAMAGED
    assert refused(with_picture(["/DCTDecode", "/FlateDecode"], photograph)) is Why.DAMAGED
    assert refused(with_picture(["/FlateDecode", "/DCTDecode"], zlib.compress(bytes(65 * 1024 * 1024)))) is Why.BOMB
    assert refused(with_picture(["/FlateDecode"] * 9 + ["/DCTDecode"], photograph)) is Why.BOMB


def test_nothing_stays_between_the_passes_of_a_photograph_nor_behind_it() -> None:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    place = whole.index(b"\xff\xda", whole.index(b"\xff\xda") + 2)
    words = CANARY.encode()
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(words)) + words
    told = whole[:place] + comment + whole[place:] + files.jpeg()
    kept = without_notes(told)
    assert words not in kept
    with Image.open(io.BytesIO(kept)) as image, Image.open(io.BytesIO(whole)) as before:
        assert image.tobytes() == before.tobytes()


def test_an_action_that_is_dressed_as_structure_is_taken_out() -> None:
    def change(made: pikepdf.Pdf) -> None:
        page = made.pages[0].obj
        acts = [
            Dictionary(S=Name.Launch, F=b"cmd.exe", K=0),
            Dictionary(S=Name.SubmitForm, F=b"https://example.org/", K=0, P=page),
            Dictionary(Type=Name.StructElem, S=Name.GoToR, F=b"\\\\host\\share\\x.pdf", K=0),
        ]
        page["/Annots"] = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=act) for act in acts]
        )
        made.Root["/StructTreeRoot"] = Dictionary(
            Type=Name.StructTreeRoot, K=Array([Dictionary(Type=Name.StructElem, S=Name.Sound, Pg=page, K=0)])
        )

    made, _kind, removed = clean(pdf(change))
    assert Removed.SCRIPTS in removed
    with pikepdf.open(io.BytesIO(made)) as kept:
        assert [dict(one.A) for one in kept.pages[0].Annots] == [{}, {}, {}]
        assert str(kept.Root.StructTreeRoot.K[0].S) == "/Sound", "an element of the structure is none"


def test_the_first_name_of_a_pdf_and_unknown_keys_of_its_trailer_go() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    made.trailer["/ID"] = Array([pikepdf.String(b"ORIGINALID123456")] * 2)
    made.trailer["/XAuthor"] = pikepdf.String(CANARY)
    out = io.BytesIO()
    made.save(out)
    content, _kind, removed = clean(out.getvalue())
    assert Removed.DESCRIPTION in removed
    with pikepdf.open(io.BytesIO(content)) as kept:
        assert "/XAuthor" not in kept.trailer
        assert b"ORIGINALID123456" not in bytes(kept.trailer["/ID"][0])
    assert CANARY.encode() not in content


# --- office files ---


def test_a_photograph_written_into_the_markup_is_refused() -> None:
    inside = f"<office:binary-data>{base64.b64encode(files.jpeg()).decode()}</office:binary-data>"
    assert refused(files.odt(body=f"<draw:frame><draw:image>{inside}</draw:image></draw:frame>")) is Why.EMBEDDED
    assert refused(files.docx(body="<w:p><w:pict><w:binData>AAAA</w:binData></w:pict></w:p>")) is Why.EMBEDDED


def rels(kind: str, target: str) -> str:
    """Relationships with one that leads outside."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{files.R}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


def test_relationships_are_read_however_their_name_is_written() -> None:
    template = rels("attachedTemplate", "https://example.org/t.dotm")
    made = entries(clean(files.docx({"word/_rels/settings.xml.RELS": template}))[0])
    assert b"t.dotm" not in b"".join(made.values())
    image = rels("image", "https://example.org/t.png")
    assert refused(files.docx({"word/_RELS/comments.xml.Rels": image})) is Why.EXTERNAL
    assert refused(files.docx({"word/_rels/DOCUMENT.xml.rels": image})) is Why.DAMAGED
    assert refused(files.docx({"word/_rels/comments.xml.%72els": image})) is Why.DAMAGED


def field(*pieces: str) -> str:
    """A field of WordprocessingML, its instruction in these pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


@pytest.mark.parametrize(
    "inside",
    [
        field(" PAGE ") + field(' INCLUDEPICTURE "https://example.org/x.png" \\d '),
        field(" PAGE ") + field(" DDE", "AUTO cmd "),
        field(" PAGE ") + field(" INCL", "UDE", "PICTURE x"),
        field(' IF 1 = 1 "').replace('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "") + field(" LINK ", "x"),
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p><w:p><w:r><w:instrText>DDE x</w:instrText></w:r>',
        '<w:r><w:fldChar w:fldCharType="begin"/><mc:Choice><w:instrText>PAGE</w:instrText></mc:Choice></w:r>',
        field(" PAGE ")
        .replace("<w:instrText>", "<mc:Fallback><w:instrText>")
        .replace("</w:instrText>", "</w:instrText></mc:Fallback>"),
    ],
)
def test_each_field_of_a_paragraph_is_looked_at(inside: str) -> None:
    assert refused(files.docx(body=f'<w:p xmlns:mc="urn:mc">{inside}</w:p>')) is Why.EXTERNAL


def test_ordinary_fields_stay_with_their_boxes_of_text() -> None:
    box = f"<mc:Choice><w:txbxContent><w:p>{field(' PAGE ')}</w:p></w:txbxContent></mc:Choice>"
    body = (
        f'<w:p xmlns:mc="urn:mc">{field(" TOC ")}{field(" HYPER", "LINK ", "https://example.org/")}'
        f"<w:r>{box}{box.replace('Choice', 'Fallback')}</w:r></w:p>"
    )
    document = entries(clean(files.docx(body=body))[0])["word/document.xml"]
    assert document.count(b" PAGE ") == 2


@pytest.mark.parametrize("much", [0, 8_100, 8_170, 8_180, 8_190, 20_000])
def test_a_long_formula_is_read_whole(much: int) -> None:
    for calls in (
        'WEBSERVICE("https://example.org")',
        'WEB&#83;ERVICE("https://example.org")',
        "WEB<!-- -->SERVICE(A1)",
    ):
        for more in range(0, 18, 3):
            assert refused(files.xlsx(formula="1+" + " " * (much + more) + calls)) is Why.EXTERNAL


def test_typefaces_inside_a_document_are_left_out() -> None:
    table = f'<w:fonts xmlns:w="{WORD}" xmlns:r="{files.R}"><w:font w:name="A"><w:embedRegular r:id="rId1"/></w:font></w:fonts>'
    made, _kind, removed = clean(
        files.docx({"word/fonts/a.odttf": CANARY.encode(), "word/fonts/b.ttf": b"MZ", "word/fontTable.xml": table})
    )
    assert Removed.FONTS in removed
    kept = entries(made)
    assert not [name for name in kept if name.startswith("word/fonts/")]
    assert b"embedRegular" not in kept["word/fontTable.xml"]
    assert not [name for name in entries(clean(files.odt({"Fonts/a.ttf": CANARY.encode()}))[0]) if "ttf" in name]


def test_macros_are_found_however_their_name_is_written() -> None:
    types = entries(files.docx())["[Content_Types].xml"].decode()
    for kind in ("application/vnd.ms-office.vba&#80;roject", "application/vnd.ms-office.VBAPROJECT"):
        said = f'<Override PartName="/word/a.xml" ContentType="{kind}"/></Types>'
        parts: dict[str, bytes | str] = {**entries(files.docx())}
        parts["[Content_Types].xml"] = types.replace("</Types>", said)
        assert refused(files.archive(parts)) is Why.MACROS


def test_pictures_that_the_markup_names_elsewhere_are_refused() -> None:
    for body in ('<v:imagedata xmlns:v="urn:v" src="https://example.org/a.png"/>',
                 f'<a:blip xmlns:a="urn:a" xmlns:r="{files.R}" r:link="rId5"/>'):  # fmt: skip
        assert refused(files.docx(body=f"<w:p>{body}</w:p>")) is Why.EXTERNAL


# --- recordings ---


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of MP4."""
    inside = b"".join(content)
    return struct.pack(">I", 8 + len(inside)) + kind + inside


def m4a_with_tables(sound: list[bytes], between: bytes, *, more: bytes = b"") -> bytes:
    """A recording whose tables name these samples, each a chunk; between them lies something that they do not name."""
    source = files.m4a()
    places = [0] * len(sound)

    def written() -> bytes:
        tables = (
            box(b"stsz", bytes(8), struct.pack(">I", len(sound)), *(struct.pack(">I", len(one)) for one in sound))
            + box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, 1, 1))
            + box(b"stco", bytes(4), struct.pack(">I", len(sound)), *(struct.pack(">I", place) for place in places))
        )
        head = source[: source.index(b"moov") - 4]
        inside = source[source.index(b"moov") + 4 : source.index(b"udta") - 4]
        for name in (b"trak", b"mdia", b"minf", b"stbl"):
            place = inside.index(name) - 4
            size = int.from_bytes(inside[place : place + 4], "big") + len(tables)
            inside = inside[:place] + struct.pack(">I", size) + inside[place + 4 :]
        return head + box(b"moov", inside + tables + more)

    start = len(written()) + 8
    for number, one in enumerate(sound):
        places[number] = start
        start += len(one) + len(between)
    return written() + box(b"mdat", *(one + between for one in sound)) + box(b"mdat", between)


def test_bytes_that_no_sound_uses_are_emptied() -> None:
    between = b"+48.8577+002.295/" + CANARY.encode()
    sound = [b"first sound" * 9, b"second", b"third sound" * 30]
    source = m4a_with_tables(sound, between)
    made, _kind, removed = clean(source)
    assert CANARY.encode() not in made
    assert all(one in made for one in sound)
    assert len(made) == len(source)
    assert Removed.HIDDEN in removed
    hidden = files.archive({"x.html": "<script>"})
    assert not zipfile.is_zipfile(io.BytesIO(clean(files.m4a() + box(b"mdat", hidden))[0]))


def test_the_sound_of_a_recording_in_fragments_stays() -> None:
    sound = b"a fragment of sound " * 5
    moov = files.m4a()[: files.m4a().index(b"udta") - 4]
    moov = moov.replace(
        moov[moov.index(b"moov") - 4 : moov.index(b"moov")], struct.pack(">I", len(moov) - moov.index(b"moov") + 4)
    )
    tfhd = box(b"tfhd", struct.pack(">II", 0x20000, 1))
    for flags, inside in ((0x201, struct.pack(">II", 40, 60)), (0x301, struct.pack(">IIII", 9, 40, 9, 60))):
        trun = box(b"trun", struct.pack(">III", flags, 2, 0), inside)
        size = len(box(b"moof", box(b"traf", tfhd, trun)))
        trun = box(b"trun", struct.pack(">III", flags, 2, size + 8), inside)
        made, _kind, removed = clean(
            moov + box(b"moof", box(b"traf", tfhd, trun)) + box(b"mdat", sound, CANARY.encode())
        )
        assert sound in made
        assert CANARY.encode() not in made
        assert Removed.HIDDEN in removed


@pytest.mark.parametrize("handler", [b"meta", b"text", b"tmcd"])
def test_a_track_that_is_no_sound_is_refused(handler: bytes) -> None:
    times = bytes(20)
    track = box(b"trak", box(b"mdia", box(b"mdhd", bytes(4) + times), box(b"hdlr", bytes(8), handler, bytes(13))))
    assert refused(m4a_with_tables([b"sound"], b"", more=track)) is Why.VIDEO
    assert refused(files.m4a(handler=handler)) is Why.VIDEO


def test_the_program_beside_how_the_sound_is_written_goes() -> None:
    source = files.m4a()
    entry = source.index(b"mp4a", source.index(b"stsd")) - 4
    length = int.from_bytes(source[entry : entry + 4], "big")
    extra = box(b"name", CANARY.encode())
    grown = source[: entry + length] + extra + source[entry + length :]
    for name in (b"mp4a", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        place = (grown.index(b"mp4a", grown.index(b"stsd")) if name == b"mp4a" else grown.index(name)) - 4
        size = int.from_bytes(grown[place : place + 4], "big") + len(extra)
        grown = grown[:place] + struct.pack(">I", size) + grown[place + 4 :]
    assert CANARY.encode() not in clean(grown)[0]


def test_the_limits_of_the_process_are_those_that_the_guide_names() -> None:
    from consult.files.cleaning import SECONDS_MOST

    guide = (Path(__file__).resolve().parents[3] / "docs" / "operating.md").read_text("utf-8")
    assert f"and {SECONDS_MOST} seconds, two at once" in guide
