"""Real files made in the test: with what a camera, an office program or an attacker writes into them."""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Mapping

import pikepdf
from PIL import Image, PngImagePlugin

CANARY = "CANARYxq7"
"""What must not be found in anything that is kept."""


def jpeg(width: int = 40, height: int = 30, *, told: bool = True, after: bytes = b"") -> bytes:
    """A photograph with a place, a camera, an author and a time, taken upright (orientation 6)."""
    image = Image.effect_noise((width, height), 40).convert("RGB")
    exif = Image.Exif()
    if told:
        exif[0x010F], exif[0x0110], exif[0x013B], exif[0x0132] = f"{CANARY}cam", "X", CANARY, "2026:11:01 10:00:00"
        exif[0x0112] = 6
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "S", (8.0, 33.0, 11.0), "E", (115.0, 5.0, 1.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=CANARY if told else "", xmp=CANARY.encode() if told else b"")
    return out.getvalue() + after


def png(width: int = 20, height: int = 20, *, after: bytes = b"") -> bytes:
    """A picture with words beside it."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", CANARY)
    words.add_itxt("XML:com.adobe.xmp", CANARY)
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "green").save(out, "PNG", pnginfo=words)
    return out.getvalue() + after


def pdf(*, acts: bool = False, password: str = "", drawing: bytes = b"") -> bytes:
    """A PDF of one page, with an author and, if asked for, a script, an attachment and a launch."""
    made = pikepdf.new()
    made.add_blank_page()
    made.docinfo["/Author"] = CANARY
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = [CANARY]
    photograph = pikepdf.Stream(made, jpeg())
    photograph["/Type"], photograph["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
    photograph["/Filter"] = pikepdf.Name.DCTDecode
    photograph["/Width"], photograph["/Height"], photograph["/BitsPerComponent"] = 40, 30, 8
    photograph["/ColorSpace"] = pikepdf.Name.DeviceRGB
    page = made.pages[0]
    page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photograph))
    page["/Contents"] = made.make_stream(b"q 40 0 0 30 0 0 cm /Im0 Do Q\n% " + drawing)
    page["/Annots"] = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 1, 1], T=CANARY, Contents="A note"
            )
        ]
    )
    if acts:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{CANARY}')")
        made.attachments["x.txt"] = CANARY.encode()
        page["/AA"] = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=CANARY))
    out = io.BytesIO()
    made.save(
        out, compress_streams=False, encryption=pikepdf.Encryption(owner=password, user=password) if password else None
    )
    return out.getvalue()


def archive(parts: Mapping[str, bytes | str], *, stored: str = "") -> bytes:
    """A zip archive of these entries, dated as programs date them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name == stored else None)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def _rels(*rows: tuple[str, str, str, bool]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if out else ""}/>'
        for key, kind, target, out in rows
    )
    return f'<Relationships xmlns="{_RELS}">{lines}</Relationships>'


def docx(
    more: Mapping[str, bytes | str] | None = None,
    *,
    body: str = "",
    rels: tuple[tuple[str, str, str, bool], ...] = (),
    main: str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
) -> bytes:
    """A DOCX with an author, a comment and a tracked change by somebody, and a photograph with a place."""
    overrides = f'<Override PartName="/word/document.xml" ContentType="{main}"/><Override PartName="/docProps/core.xml" ContentType="x/y"/>'
    defaults = "".join(f'<Default Extension="{one}" ContentType="x/{one}"/>' for one in ("xml", "rels", "jpeg", "bin"))
    document = f"""<w:document xmlns:w="{W}" xmlns:pic="urn:pic"><w:body><w:p w:rsidR="00{CANARY}"><w:r><w:t>The words stay.</w:t></w:r>
<w:ins w:id="1" w:author="{CANARY}" w:date="2026-01-01T00:00:00Z"><w:r><w:t>An insertion stays.</w:t></w:r></w:ins>
<pic:cNvPr id="1" name="{CANARY}.jpg" descr="C:\\Users\\{CANARY}\\a.jpg"/></w:p>{body}</w:body></w:document>"""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">{defaults}{overrides}</Types>',
        "_rels/.rels": _rels(("rId1", "officeDocument", "word/document.xml", False), ("rId2", "core", "docProps/core.xml", False)),
        "docProps/core.xml": f"<c>{CANARY}</c>",
        "docProps/thumbnail.jpeg": jpeg(),
        "word/document.xml": document,
        "word/settings.xml": f'<w:settings xmlns:w="{W}"><w:rsids><w:rsid w:val="{CANARY}"/></w:rsids><w:zoom w:percent="100"/></w:settings>',
        "word/comments.xml": f'<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="{CANARY}" w:initials="{CANARY}"><w:p><w:r><w:t>A comment stays.</w:t></w:r></w:p></w:comment></w:comments>',
        "word/people.xml": f"<p>{CANARY}</p>",
        "word/media/image1.jpeg": jpeg(),
        "word/printerSettings/printerSettings1.bin": CANARY.encode(),
        "word/_rels/document.xml.rels": _rels(
            ("rId1", "comments", "comments.xml", False), ("rId2", "people", "people.xml", False),
            ("rId3", "image", "media/image1.jpeg", False), ("rId4", "settings", "settings.xml", False),
            ("rId5", "hyperlink", "https://example.org/", True), ("rId6", "hyperlink", f"file:///C:/{CANARY}", True),
            ("rId7", "attachedTemplate", f"file:///C:/Users/{CANARY}/Normal.dotm", True), *rels,
        ),
    }  # fmt: skip
    return archive({**parts, **(more or {})})


def xlsx(more: Mapping[str, bytes | str] | None = None, *, formula: str = "SUM(A1:A2)") -> bytes:
    """An XLSX with an author, a printer, a comment by somebody and the folder that it lay in."""
    s = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="x/xml"/><Default Extension="rels" ContentType="x/r"/><Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": _rels(
            ("rId1", "officeDocument", "xl/workbook.xml", False), ("rId2", "core", "docProps/core.xml", False)
        ),
        "docProps/core.xml": f"<c>{CANARY}</c>",
        "xl/workbook.xml": f'<workbook xmlns="{s}" xmlns:x15ac="urn:x" xmlns:r="{R}"><fileSharing userName="{CANARY}"/><x15ac:absPath url="C:\\{CANARY}\\"/><sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _rels(("rId1", "worksheet", "worksheets/sheet1.xml", False)),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{s}" xmlns:r="{R}"><sheetData><row r="1"><c r="A1"><f>{formula}</f><v>3</v></c></row></sheetData><pageSetup r:id="rId1" orientation="portrait"/></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": _rels(
            ("rId1", "printerSettings", "../printerSettings/printerSettings1.bin", False),
            ("rId2", "comments", "../comments1.xml", False),
        ),
        "xl/printerSettings/printerSettings1.bin": CANARY.encode(),
        "xl/comments1.xml": f'<comments xmlns="{s}"><authors><author>{CANARY}</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>{CANARY}:</t></r><r><t>A remark stays.</t></r></text></comment></commentList></comments>',
    }
    return archive({**parts, **(more or {})})


def odt(more: Mapping[str, bytes | str] | None = None, *, body: str = "") -> bytes:
    """An ODT with an author, a printer, a comment by somebody, and a photograph with a place."""
    o, t, m = (f"urn:oasis:names:tc:opendocument:xmlns:{one}:1.0" for one in ("office", "text", "manifest"))
    content = f"""<office:document-content xmlns:office="{o}" xmlns:text="{t}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:draw"><office:scripts/><office:body><office:text>
<text:p>The words stay.<office:annotation><dc:creator>{CANARY}</dc:creator><dc:date>2026-01-01T00:00:00</dc:date><text:p>A comment stays.</text:p></office:annotation></text:p>{body}</office:text></office:body></office:document-content>"""
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{one}" manifest:media-type=""/>'
        for one in ("/", "content.xml", "meta.xml", "Thumbnails/thumbnail.png")
    )
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content,
        "meta.xml": f"<m><dc:creator xmlns:dc='x'>{CANARY}</dc:creator></m>",
        "settings.xml": f"<s>PrinterName {CANARY}</s>",
        "Thumbnails/thumbnail.png": png(),
        "Pictures/a.jpg": jpeg(),
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{m}">{listed}</manifest:manifest>',
    }
    return archive({**parts, **(more or {})}, stored="mimetype")


def mp3(frames: int = 20, *, tags: bool = True, after: bytes = b"") -> bytes:
    """MPEG 1 layer III frames of 128 kbit/s, 44.1 kHz, with ID3 tags before and behind."""
    frame = b"\xff\xfb\x90\x00" + bytes(417 - 4)
    body = CANARY.encode() + bytes(30)
    before = b"ID3\x03\x00\x00" + bytes([0, 0, len(body) >> 7, len(body) & 127]) + body if tags else b""
    behind = (b"TAG" + CANARY.encode()).ljust(128, b"\0") if tags else b""
    return before + frame * frames + behind + after


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def m4a(*, handler: bytes = b"soun", cut: int = 0) -> bytes:
    """An MP4 with one track, a place, an author and times."""
    times = struct.pack(">II", 3_800_000_000, 3_800_000_000)
    mvhd = _box(b"mvhd", bytes(4) + times + struct.pack(">II", 1000, 5000) + bytes(80))
    mdhd = _box(b"mdhd", bytes(4) + times + struct.pack(">II", 44100, 220500) + bytes(4))
    hdlr = _box(b"hdlr", bytes(8) + handler + bytes(12) + CANARY.encode() + b"\0")
    codec = bytes([0x04, 17, 0x40, 0x15, 0, 0, 0]) + bytes(8) + bytes([0x05, 2, 0x12, 0x10])
    esds = _box(b"esds", bytes(4) + bytes([0x03, 3 + len(codec) + 3, 0, 1, 0]) + codec + bytes([0x06, 1, 2]))
    entry = _box(
        b"mp4a", bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, 44100 << 16) + esds
    )
    stbl = _box(b"stbl", _box(b"stsd", bytes(4) + struct.pack(">I", 1) + entry))
    trak = _box(b"trak", _box(b"mdia", mdhd + hdlr + _box(b"minf", stbl)))
    udta = _box(b"udta", _box(b"\xa9xyz", b"+08.5-115.0" + CANARY.encode()))
    made = (
        _box(b"ftyp", b"M4A \0\0\0\0M4A mp42")
        + _box(b"moov", mvhd + trak + udta)
        + _box(b"free", CANARY.encode())
        + _box(b"mdat", bytes(400))
    )
    return made[: len(made) - cut]


def ogg() -> bytes:
    """An Opus stream with comments."""
    from mutagen.ogg import OggPage

    head = b"OpusHead\x01\x01" + struct.pack("<HIh", 312, 48000, 0) + b"\0"
    words = f"LOCATION={CANARY}".encode()
    tags = b"OpusTags" + struct.pack("<I", 4) + b"prog" + struct.pack("<I", 1) + struct.pack("<I", len(words)) + words
    pages = []
    for number, packets in enumerate(([head], [tags], [b"\xf8\xff\xfe"] * 5)):
        page = OggPage()
        page.serial, page.sequence, page.packets, page.first = 77, number, packets, number == 0
        page.position, page.last = (960 * 5 if number == 2 else 0), number == 2
        pages.append(page)
    return b"".join(page.write() for page in pages)


def wav() -> bytes:
    """A sound of a kind that is not taken."""
    data = b"".join(struct.pack("<h", int(9000 * math.sin(i / 9))) for i in range(2000))
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


def everything_in(content: bytes) -> bytes:
    """The bytes of a file, and of whatever is packed inside it."""
    found = content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for one in pdf.objects:
                found += repr(one).encode()
                if isinstance(one, pikepdf.Stream):
                    found += one.read_raw_bytes()
    return found
