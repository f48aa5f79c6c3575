"""What programs write into files by themselves, and nobody typed: who made a file, where, and which others it is of."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageCms

from consult.files.cleaning import clean
from consult.files.kinds import Refused, Removed, Why
from tests.support import files
from tests.support.files import CANARY, everything_in

WORD = files.W
GUID = "{4B1D6F3A-0C52-4E5B-9C0D-7A1B2C3D4E5F}"


def written(change: Callable[[Pdf], None]) -> bytes:
    """A PDF of one page, changed, and written as it is."""
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    out = io.BytesIO()
    made.save(out, compress_streams=False)
    return out.getvalue()


def refused(content: bytes) -> Why:
    """Why a file is refused."""
    with pytest.raises(Refused) as error:
        clean(content)
    return error.value.why


def form(made: Pdf, drawn: bytes = b"q Q", **more: object) -> Stream:
    """A drawing that pages use."""
    keys = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 600, 800]), "Resources": Dictionary()}
    return Stream(made, drawn, {f"/{key}": value for key, value in {**keys, **more}.items()})


# --- PDF ---


def figure_of_pdftex(made: Pdf) -> None:
    figure = form(made)
    figure["/PTEX.FileName"] = f"/home/{CANARY}/fig.pdf"
    figure["/PTEX.InfoDict"] = made.make_indirect(Dictionary(Author=CANARY, Creator="Word"))
    made.pages[0].Resources = Dictionary(XObject=Dictionary(X=figure))


def signature_without_type(made: Pdf) -> None:
    value = Dictionary(Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 1, 2, 3]), Contents=String(CANARY))
    value["/Name"], value["/Location"] = String(CANARY), String(CANARY)
    field = Dictionary(FT=Name.Sig, T="S", V=made.make_indirect(value), Subtype=Name.Widget, Rect=Array([0, 0, 0, 0]))
    made.Root.AcroForm = Dictionary(Fields=Array([made.make_indirect(field)]), SigFlags=3)
    made.pages[0].Annots = Array([made.Root.AcroForm.Fields[0]])


def notes_that_answer(made: Pdf) -> None:
    note = {"Type": Name.Annot, "Rect": Array([0, 0, 1, 1]), "T": CANARY, "NM": CANARY, "Contents": "A note stays."}
    first = made.make_indirect(Dictionary(Subtype=Name.Text, **note))
    answer = made.make_indirect(Dictionary(Subtype=Name.Text, IRT=first, Parent=first, **note))
    answer["/AAPL:AKExtras"] = Dictionary({"/AAPL:Author": CANARY})
    made.pages[0].Annots = Array([first, answer, Dictionary(Subtype=Name.Popup, Parent=first, **note)])


def thread(made: Pdf) -> None:
    made.Root.Threads = Array([Dictionary(Type=Name.Thread, I=Dictionary(Author=CANARY))])


def base_of_addresses(made: Pdf) -> None:
    made.Root.URI = Dictionary(Base=f"file:///C:/Users/{CANARY}/")


def layer(made: Pdf) -> None:
    made_by = Dictionary(CreatorInfo=Dictionary(Creator=CANARY), User=Dictionary(Type=Name.Ind, Name=CANARY))
    one = made.make_indirect(Dictionary(Type=Name.OCG, Name="Layer", Usage=made_by))
    made.Root.OCProperties = Dictionary(OCGs=Array([one]), D=Dictionary(Creator=CANARY))


def keys_of_their_own(made: Pdf) -> None:
    made.Root["/Whoami"] = String(CANARY)
    made.Root["/DSS"] = Dictionary(Certs=Array([Stream(made, CANARY.encode())]))
    made.Root.Names = Dictionary(URLS=Dictionary(Names=Array([CANARY, 0])), Dests=Dictionary(Names=Array([])))
    made.pages[0]["/MyAuthor"] = String(CANARY)
    made.pages[0]["/VP"] = Array([Dictionary(Measure=Dictionary(Subtype=Name.GEO, GPTS=CANARY))])
    made.pages[0].Resources = Dictionary(XObject=Dictionary(X=form(made, OPI=Dictionary(F=CANARY), Ref=CANARY)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (figure_of_pdftex, Removed.PATHS),
        (signature_without_type, Removed.AUTHOR),
        (notes_that_answer, Removed.REVIEWERS),
        (thread, Removed.HIDDEN),
        (base_of_addresses, Removed.HIDDEN),
        (layer, Removed.DEVICE),
        (keys_of_their_own, Removed.AUTHOR),
    ],
)
def test_a_pdf_tells_of_nobody_in_places_that_few_look_at(change: Callable[[Pdf], None], said: Removed) -> None:
    source = written(change)
    assert CANARY.encode() in everything_in(source)
    made, _kind, removed = clean(source)
    assert CANARY.encode() not in everything_in(made)
    assert said in removed, "and its sender is told"
    assert clean(made)[2] == []


def test_notes_keep_their_words_and_fields_of_a_form_their_names() -> None:
    with pikepdf.open(io.BytesIO(clean(written(notes_that_answer))[0])) as made:
        assert [str(one.Contents) for one in made.pages[0].Annots] == ["A note stays."] * 3
    with pikepdf.open(io.BytesIO(clean(written(signature_without_type))[0])) as made:
        assert str(made.Root.AcroForm.Fields[0].T) == "S"


def in_the_drawing(photograph: bytes, *, filters: bytes = b"/DCT") -> bytes:
    """A photograph written into the drawing of a page."""
    head = b"q 400 0 0 300 9 9 cm\nBI /W 40 /H 30 /BPC 8 /CS /RGB /F "
    return head + filters + b" ID " + photograph + b"\nEI Q"


@pytest.mark.parametrize("where", ["page", "pieces", "form"])
def test_a_photograph_in_the_drawing_of_a_page_loses_what_its_camera_wrote(where: str) -> None:
    packed = base64.a85encode(files.jpeg()) + b"~>"
    drawn = in_the_drawing(packed, filters=b"[/A85 /DCT]")

    def change(made: Pdf) -> None:
        page = made.pages[0]
        page.Resources = Dictionary(XObject=Dictionary(X=form(made, drawn)))
        pieces = [made.make_stream(drawn[:40]), made.make_stream(drawn[40:])]
        page.Contents = {"page": made.make_stream(drawn), "pieces": Array(pieces)}.get(where) or made.make_stream(
            b"/X Do"
        )

    made, _kind, removed = clean(written(change))
    assert Removed.DEVICE in removed
    with pikepdf.open(io.BytesIO(made)) as kept:
        pictures = [one for one in kept.objects if isinstance(one, Stream) and one.get("/Subtype") == Name.Image]
        assert pictures
        for one in pictures:
            with Image.open(io.BytesIO(one.read_raw_bytes())) as image:
                assert image.size == (40, 30)
                assert not image.getexif()
        streams = [one.read_bytes() for one in kept.objects if isinstance(one, Stream) and "/Filter" not in one]
        assert not [one for one in streams if b"BI " in one]


def test_a_photograph_in_a_pattern_or_in_a_letter_is_refused() -> None:
    drawn = in_the_drawing(files.jpeg())

    def pattern(made: Pdf) -> None:
        tile = Stream(made, drawn, {"/PatternType": 1, "/Resources": Dictionary()})
        made.pages[0].Resources = Dictionary(Pattern=Dictionary(P=tile))

    def letter(made: Pdf) -> None:
        typeface = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=Stream(made, drawn)))
        made.pages[0].Resources = Dictionary(Font=Dictionary(F=typeface))

    assert refused(written(pattern)) is Why.DAMAGED
    assert refused(written(letter)) is Why.DAMAGED


def test_a_colour_profile_keeps_its_colours_and_not_its_device() -> None:
    whole = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    place = whole.index(b"mluc")
    named = whole[:48] + b"MYSCREEN" + whole[56 : place + 28] + CANARY.encode() + whole[place + 28 + len(CANARY) :]

    def change(made: Pdf) -> None:
        colours = made.make_indirect(Stream(made, named, {"/N": 3}))
        made.pages[0].Resources = Dictionary(ColorSpace=Dictionary(A=Array([Name.ICCBased, colours])))

    made, _kind, removed = clean(written(change))
    assert Removed.DEVICE in removed
    with pikepdf.open(io.BytesIO(made)) as kept:
        bare = kept.pages[0].Resources.ColorSpace.A[1].read_bytes()
    assert CANARY.encode() not in bare
    assert b"MYSCREEN" not in bare
    picture = Image.effect_noise((30, 30), 90).convert("RGB")
    lab = ImageCms.createProfile("LAB")
    before, after = (
        ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(one)), lab, outputMode="LAB")
        for one in (named, bare)
    )
    assert before.tobytes() == after.tobytes()
    assert Removed.DEVICE not in clean(made)[2]


# --- office files ---


def entries(content: bytes) -> dict[str, bytes]:
    """What an archive holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def complex_field(code: str, result: str) -> str:
    """A field of WordprocessingML with its result."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{one}"/></w:r>' for one in ("begin", "separate", "end")]
    words = f"<w:r><w:instrText>{code}</w:instrText></w:r>", f"<w:r><w:t>{result}</w:t></w:r>"
    return f"<w:p>{marks[0]}{words[0]}{marks[1]}{words[1]}{marks[2]}</w:p>"


BODIES = {
    "ids of paragraphs": f'<w:p xmlns:w14="urn:14" w14:paraId="{CANARY}" w14:textId="{CANARY}"/>',
    "a picture in old markup": f'<w:pict xmlns:o="urn:o"><w:shape o:gfxdata="{CANARY}"/></w:pict>',
    "data of a field": complex_field(" ADDIN x ", "y").replace(
        '"begin"/>', f'"begin"><w:fldData>{CANARY}</w:fldData></w:fldChar>'
    ),
    "who may edit": f'<w:permStart w:id="1" w:ed="DOM\\{CANARY}"/><w:permEnd w:id="1"/>',
    "the author, simply": f'<w:fldSimple w:instr=" AUTHOR "><w:r><w:t>{CANARY}</w:t></w:r></w:fldSimple>',
    "the author": complex_field(" DOCPROPERTY  LastSavedBy ", CANARY),
    "the file": complex_field(" FILENAME \\p ", f"/home/{CANARY}"),
    "the user": complex_field(" USERNAME ", CANARY),
    "a control of the author": '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a:coreProperties[1]/b:creator[1]"/></w:sdtPr>'
    f"<w:sdtContent><w:p><w:r><w:t>{CANARY}</w:t></w:r></w:p></w:sdtContent></w:sdt>",
}


@pytest.mark.parametrize("body", list(BODIES.values()), ids=list(BODIES))
def test_a_docx_keeps_nothing_that_word_wrote_of_its_user(body: str) -> None:
    typed = complex_field(" TITLE ", "Words stay.") + "<w:p><w:r><w:t>So do these.</w:t></w:r></w:p>"
    made = entries(clean(files.docx(body=body + typed))[0])
    document = made["word/document.xml"]
    assert CANARY.encode() not in b"".join(made.values())
    assert b"Words stay." in document
    assert b"So do these." in document


def test_parts_and_settings_of_a_docx_that_tell_of_its_origin_go() -> None:
    settings = (
        f'<w:settings xmlns:w="{WORD}" xmlns:w14="urn:14"><w14:docId w14:val="{CANARY}"/>'
        f'<w:saveThroughXslt w:solutionID="{CANARY}"/><w:documentProtection w:hash="{CANARY}" w:salt="{CANARY}"/>'
        f'<w15:docId xmlns:w15="urn:15" w15:val="{GUID}"/></w:settings>'
    )
    made = clean(
        files.docx(
            {
                "word/settings.xml": settings,
                "word/recipientData.xml": f"<a>{CANARY}</a>",
                "word/glossary/document.xml": f"<a>{CANARY}</a>",
                f"word/media/{CANARY}.jpeg": files.jpeg(),
            },
            rels=(("rId9", "image", f"media/{CANARY}.jpeg", False),),
        )
    )[0]
    kept = entries(made)
    held = everything_in(made)
    assert CANARY.encode() not in held
    assert GUID.encode() not in held
    picture = re.search(rb'Id="rId9"[^>]*Target="([^"]*)"', kept["word/_rels/document.xml.rels"])
    assert picture is not None
    assert f"word/{picture[1].decode()}" in kept, "the picture is still found"
    assert "word/media/image1.jpeg" in kept, "what was only counted keeps its number"


def test_identifiers_become_numbers_that_still_hold_together() -> None:
    comments = (
        f'<w:comments xmlns:w="{WORD}" xmlns:w14="urn:14"><w:comment w:id="0"><w:p w14:paraId="6A7B8C9D"/></w:comment>'
        '<w:comment w:id="1"><w:p w14:paraId="1A2B3C4D"/></w:comment></w:comments>'
    )
    answers = (
        '<w15:commentsEx xmlns:w15="urn:15"><w15:commentEx w15:paraId="1A2B3C4D" w15:paraIdParent="6A7B8C9D"/>'
        "</w15:commentsEx>"
    )
    made, _kind, removed = clean(files.docx({"word/comments.xml": comments, "word/commentsExtended.xml": answers}))
    kept = entries(made)
    first, second = re.findall(rb'w14:paraId="([^"]*)"', kept["word/comments.xml"])
    assert b'w15:paraId="%b" w15:paraIdParent="%b"' % (second, first) in kept["word/commentsExtended.xml"]
    assert {first, second} == {b"00000001", b"00000002"}
    assert Removed.HIDDEN in removed
    assert Removed.HIDDEN not in clean(made)[2]

    sheet = (
        f'<worksheet xmlns="urn:s" xmlns:xr="urn:xr" xr:uid="{GUID}"><sheetData/><x14:cfRule xmlns:x14="urn:x14" '
        f'id="{GUID}"/><x14:id xmlns:x14="urn:x14">{GUID}</x14:id><ext uri="{GUID}"/><sheetProtection hashValue="x" '
        f'sheet="1"/><protectedRange name="r" securityDescriptor="O:{CANARY}"/></worksheet>'
    )
    made = clean(files.xlsx({"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": f"<sst><t>{GUID}</t></sst>"}))[
        0
    ]
    kept = entries(made)
    numbered = kept["xl/worksheets/sheet1.xml"]
    assert numbered.count(b"{00000000-0000-0000-0000-000000000001}") == 3
    assert numbered.count(GUID.encode()) == 1, "the name of an extension"
    assert b"hashValue" not in numbered
    assert CANARY.encode() not in numbered
    assert GUID.encode() in kept["xl/sharedStrings.xml"], "what stands in a cell was typed"


@pytest.mark.parametrize(
    "field",
    ["initial-creator", "creator", "author-name", "author-initials", "file-name", "sender-lastname", "printed-by"],
)
def test_an_odt_keeps_nothing_that_its_program_filled_in(field: str) -> None:
    body = f'<text:p office:chg-author="{CANARY}">By <text:{field}>{CANARY}</text:{field}>, 2026</text:p>'
    content = entries(clean(files.odt(body=body))[0])["content.xml"]
    assert CANARY.encode() not in content
    assert b"<text:p>By , 2026</text:p>" in content


def test_pictures_of_an_odt_are_counted_and_still_found() -> None:
    name = f"Pictures/{CANARY} 1.jpg"
    manifest = entries(files.odt())["META-INF/manifest.xml"].decode()
    listed = f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="image/jpeg"/></manifest:manifest>'
    made = clean(
        files.odt(
            {name: files.jpeg(), "META-INF/manifest.xml": manifest.replace("</manifest:manifest>", listed)},
            body=f'<draw:image xlink:href="./{name.replace(" ", "%20")}"/>',
        )
    )[0]
    kept = entries(made)
    assert CANARY.encode() not in everything_in(made)
    found = re.search(rb'<draw:image xlink:href="([^"]*)"', kept["content.xml"])
    assert found is not None
    assert found[1].decode() in kept
    assert b'full-path="' + found[1] + b'"' in kept["META-INF/manifest.xml"]
