"""PDF written anew without what acts, what is attached, and who made it."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from consult.files.images import without_notes
from consult.files.kinds import Refused, Removed, Why
from consult.files.profiles import bare_profile, is_profile

PAGES_MOST, OBJECTS_MOST, DEPTH_MOST = 3_000, 300_000, 60
_ACTS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Sound", "/Movie",
    "/RichMediaExecute", "/GoTo3DView", "/Trans", "/Hide",
}  # fmt: skip
_ANNOTATIONS = {"/FileAttachment", "/Movie", "/Sound", "/Screen", "/RichMedia", "/3D", "/TrapNet"}
_KEYS = {
    "/Metadata": Removed.DESCRIPTION,
    "/PieceInfo": Removed.DESCRIPTION,
    "/LastModified": Removed.TIMES,
    "/Thumb": Removed.THUMBNAIL,
    "/AA": Removed.SCRIPTS,
    "/JS": Removed.SCRIPTS,
    "/JavaScript": Removed.SCRIPTS,
    "/XFA": Removed.SCRIPTS,
    "/AF": Removed.EMBEDDED,
    "/EmbeddedFiles": Removed.EMBEDDED,
    "/Collection": Removed.EMBEDDED,
    "/SpiderInfo": Removed.DESCRIPTION,
    "/Perms": Removed.AUTHOR,
    "/DSS": Removed.AUTHOR,
    "/CreatorInfo": Removed.DEVICE,
    "/PTEX.InfoDict": Removed.AUTHOR,
    "/PTEX.FileName": Removed.PATHS,
}
_STREAM = "/Length /Filter /DecodeParms"
_KEPT = {
    name: frozenset(keys.split())
    for name, keys in {
        "/Catalog": """/Type /Version /Pages /PageLabels /Names /Dests /ViewerPreferences /PageLayout /PageMode
            /Outlines /OpenAction /AcroForm /StructTreeRoot /MarkInfo /Lang /OCProperties""",
        "/Names": "/Dests",
        "/AcroForm": "/Fields /NeedAppearances /DR /DA /Q",
        "/Pages": "/Type /Parent /Kids /Count /Resources /MediaBox /CropBox /Rotate",
        "/Page": """/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Contents /Rotate /Group
            /Annots /StructParents /Tabs /UserUnit""",
        "/OCG": "/Type /Name /Intent /Usage",
        "/Usage": "/Export /Zoom /Print /View /PageElement /Language",
        "/Form": f"""/Type /Subtype /FormType /Name /BBox /Matrix /Resources /Group /StructParent /StructParents /OC
            {_STREAM}""",
        "/Image": f"""/Type /Subtype /Name /Width /Height /ColorSpace /BitsPerComponent /Intent /ImageMask /Mask /SMask
            /SMaskInData /Matte /Decode /Interpolate /ColorTransform /StructParent /OC {_STREAM}""",
        "/Annot": """/Type /Subtype /Rect /Contents /P /AP /AS /Border /C /CA /ca /BM /F /OC /Lang /StructParent /Parent
            /Popup /RC /IRT /RT /IT /Subj /Open /Name /State /StateModel /A /Dest /H /QuadPoints /BS /BE /RD /DA /Q /DS
            /CL /LE /L /IC /LL /LLE /LLO /Cap /CO /CP /Vertices /Path /InkList /Sy /RO /OverlayText /Repeat /FixedPrint
            /MK /FT /Kids /T /TU /TM /Ff /V /DV /RV /Opt /TI /I /MaxLen""",
    }.items()
}
"""What these may have (ISO 32000-2, tables 29, 31, 32, 87, 93, 96, 100, 166 to 198, 224 to 234), without what tells of
people, places and programs, or is not seen; and what programs add of their own goes with it."""
_SIGNATURES = {"/Sig", "/DocTimeStamp"}
_STRUCTURE = {
    "/Type", "/S", "/P", "/ID", "/Ref", "/Pg", "/K", "/A", "/C", "/R", "/T", "/Lang", "/Alt", "/E", "/ActualText",
    "/NS", "/PhoneticAlphabet", "/Phoneme",
}  # fmt: skip
"""What an element of the structure may have (ISO 32000-2, table 355): its kind may be called as an action is."""
_TRAILER = {
    "/Root", "/Size", "/Encrypt", "/Prev", "/XRefStm", "/Type", "/W", "/Index", "/Length", "/Filter", "/DecodeParms",
}  # fmt: skip
"""What the trailer of a file may say; all but the first two are how it was written, and are not written again."""
_SHORT = {"/A85": "/ASCII85Decode", "/AHx": "/ASCIIHexDecode", "/Fl": "/FlateDecode", "/DCT": "/DCTDecode"}
FILTERS_MOST = 4
PICTURE_MOST = 64 * 1024 * 1024
_INLINE = re.compile(rb"\bBI[\s/%].{0,500}?(?:/DCT|/[^\s/]*#)", re.DOTALL)
"""A photograph written into the drawing of a page; with a # a name may be written so that it is not known at once."""
_WEB = re.compile(r"\s*(?:https?://|mailto:|#)", re.IGNORECASE)
_INFO = {
    "/Author": Removed.AUTHOR,
    "/Creator": Removed.DEVICE,
    "/Producer": Removed.DEVICE,
    "/CreationDate": Removed.TIMES,
    "/ModDate": Removed.TIMES,
}


def clean_pdf(content: bytes) -> tuple[bytes, set[Removed]]:
    """A PDF with its pages as they are.

    Raises:
        Refused: damaged or cut off, encrypted, or too large to be looked through.
    """
    try:
        with Pdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            removed = _clean(pdf)
            out = io.BytesIO()
            pdf.remove_unreferenced_resources()
            pdf.save(
                out,
                deterministic_id=True,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                encryption=False,
            )
    except pikepdf.PasswordError as error:
        raise Refused(Why.ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        raise Refused(Why.DAMAGED) from error
    if not content.rstrip(b"\x00\r\n\t ").endswith(b"%%EOF"):
        removed.add(Removed.HIDDEN)
    return out.getvalue(), removed


def _clean(pdf: Pdf) -> set[Removed]:
    if not 1 <= len(pdf.pages) <= PAGES_MOST:
        raise Refused(Why.BOMB if len(pdf.pages) else Why.DAMAGED)
    if len(pdf.objects) > OBJECTS_MOST:
        raise Refused(Why.BOMB)
    removed = _without_information(pdf) | _without_opening(pdf.Root)
    for name in ("/Names", "/AcroForm"):
        if isinstance(pdf.Root.get(name), Dictionary):
            removed |= _keep_only(pdf.Root[name], name)
    removed |= _keep_only(pdf.Root, "/Catalog")
    _take_photographs_out(pdf)
    for found in pdf.objects:
        for one in _within(found, 0):
            removed |= _cleaned(one)
    return removed


def _without_information(pdf: Pdf) -> set[Removed]:
    removed: set[Removed] = set()
    if "/Info" in pdf.trailer:
        info = pdf.trailer["/Info"]
        told = info.keys() if isinstance(info, Dictionary) else []
        removed |= {_INFO.get(key, Removed.DESCRIPTION) for key in told if str(info[key]).strip()}
        del pdf.trailer["/Info"]
    for key in set(pdf.trailer.keys()) - _TRAILER:
        if key != "/ID":  # what the file was first, and is now; a new one is made
            removed.add(Removed.DESCRIPTION)
        del pdf.trailer[key]
    return removed


def _without_opening(root: Any) -> set[Removed]:
    """What is done when the file is opened; going to a page may be named by an array, and stays."""
    if "/OpenAction" not in root or isinstance(root["/OpenAction"], Array):
        return set()
    is_going = str(root["/OpenAction"].get("/S", "")) == "/GoTo"
    del root["/OpenAction"]
    return set() if is_going else {Removed.SCRIPTS}


def _within(found: Any, depth: int) -> Iterator[Any]:
    """An object and the dictionaries that are written inside it; those it refers to come in their own turn."""
    if depth > DEPTH_MOST:
        raise Refused(Why.BOMB)
    if isinstance(found, Dictionary | Stream):
        yield found
        inside: list[Any] = [found[key] for key in list(found.keys())]
    elif isinstance(found, Array):
        inside = list(found)
    else:
        return
    for value in inside:
        if isinstance(value, Dictionary | Array) and not value.is_indirect:
            yield from _within(value, depth + 1)


def _keep_only(one: Any, name: str) -> set[Removed]:
    """Delete the keys that a dictionary of this kind may not have."""
    removed = set()
    for key in set(one.keys()) - _KEPT[name]:
        removed.add(_KEYS.get(key, Removed.HIDDEN))
        del one[key]
    return removed


def _take_photographs_out(pdf: Pdf) -> None:
    """Let photographs that are written into the drawing of a page stand beside it, where they are cleaned as all are.

    Raises:
        Refused: one stands in a pattern, where nobody needs one.
    """
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, Array) else [contents]
        drawn = b"\n".join(one.read_bytes() for one in streams if isinstance(one, Stream))
        if _holds_photograph(drawn):
            page.externalize_inline_images(0, shallow=True)
    for one in pdf.objects:
        is_drawn = isinstance(one, Stream) and (one.get("/Subtype") == Name.Form or "/PatternType" in one)
        if is_drawn and _holds_photograph(one.read_bytes()):
            if "/Resources" not in one or "/PatternType" in one:
                raise Refused(Why.DAMAGED)
            pikepdf.Page(one).externalize_inline_images(0, shallow=True)


def _holds_photograph(drawn: bytes) -> bool:
    return (b"/DCT" in drawn or b"#" in drawn) and _INLINE.search(drawn) is not None


def _cleaned(one: Any) -> set[Removed]:
    removed = _without_keys(one) | _emptied(one)
    name = _kind_of(one)
    if name == "/Annot":
        removed |= _without_reviewer(one)
    if name == "/OCG" and isinstance(one.get("/Usage"), Dictionary):
        removed |= _keep_only(one["/Usage"], "/Usage")
    if name is not None:
        removed |= _keep_only(one, name)
    if isinstance(one, Stream):
        removed |= _without_notes(one) | _without_device(one)
    elif isinstance(one.get("/CharProcs"), Dictionary):
        _check_letters(one["/CharProcs"])
    return removed


def _check_letters(glyphs: Any) -> None:
    """Look at the letters of a typeface that are drawn as pages are.

    Raises:
        Refused: one of them holds a photograph, which nobody needs there.
    """
    if _holds_photograph(b"\n".join(one.read_bytes() for one in glyphs.values() if isinstance(one, Stream))):
        raise Refused(Why.DAMAGED)


def _kind_of(one: Any) -> str | None:
    """Which row of `_KEPT` is for this one, if any."""
    kind, subtype = str(one.get("/Type", "")), str(one.get("/Subtype", ""))
    if isinstance(one, Stream):
        return subtype if subtype in {"/Form", "/Image"} else None
    if "/Rect" in one and subtype:
        return "/Annot"
    return kind if kind in {"/Page", "/Pages", "/OCG"} else None


def _without_keys(one: Any) -> set[Removed]:
    removed = set()
    for key in list(one.keys()):
        code = _KEYS.get(key)
        if code is None and key in _INFO and isinstance(one[key], String):
            code = _INFO[key]
        if code is not None:
            del one[key]
            removed.add(code)
    return removed


def _emptied(one: Any) -> set[Removed]:
    """Empty what acts, what is attached, and who signed."""
    kind = str(one.get("/Type", ""))
    code = None
    if "/S" in one and str(one["/S"]) in _ACTS and not _is_structure(one):
        code = Removed.SCRIPTS
    elif str(one.get("/S", "")) == "/URI" and not _WEB.match(str(one.get("/URI", ""))):
        code = Removed.PATHS
    elif kind in _SIGNATURES or "/ByteRange" in one or "/SubFilter" in one:
        code = Removed.AUTHOR
    elif kind in {"/Filespec", "/EmbeddedFile"} or "/EF" in one or str(one.get("/Subtype", "")) in _ANNOTATIONS:
        code = Removed.EMBEDDED
    if code is None:
        return set()
    _empty(one)
    return {code}


def _is_structure(one: Any) -> bool:
    """Whether this is an element of the document's structure, and could not be taken for an action."""
    keys = set(one.keys())
    return ("/P" in keys or one.get("/Type") == Name("/StructElem")) and keys <= _STRUCTURE


def _empty(one: Any) -> None:
    for key in list(one.keys()):
        if key != "/Length":
            del one[key]
    if isinstance(one, Stream):
        one.write(b"")


def _without_reviewer(annotation: Any) -> set[Removed]:
    """A note in the margin keeps its words, not who wrote them and when; of a form's field /T is the name."""
    found = {"/M", "/CreationDate", "/NM"} & set(annotation.keys())
    if annotation.get("/Subtype") != Name.Widget and "/T" in annotation:
        found.add("/T")
    for key in found:
        del annotation[key]
    return {Removed.REVIEWERS} if found else set()


def _without_notes(stream: Any) -> set[Removed]:
    """A photograph inside the PDF loses what its camera wrote, however it is packed.

    Raises:
        Refused: JPEG 2000; or a photograph packed so that it cannot be looked at.
    """
    filters = _names_of(stream.get("/Filter"))
    if "/JPXDecode" in filters:
        raise Refused(Why.JPEG_2000)
    if "/DCTDecode" not in filters:
        return set()
    parms = stream.get("/DecodeParms")
    parms = list(parms) if isinstance(parms, Array) else [parms]
    raw = stream.read_raw_bytes()
    jpeg = _unpacked(raw, filters[:-1], parms) if filters[-1] == "/DCTDecode" else b""
    bare = without_notes(jpeg)
    if bare == raw:
        return set()
    own = parms[-1] if isinstance(parms[-1], Dictionary) else None
    stream.write(bare, filter=Name.DCTDecode, decode_parms=own)
    return {Removed.DEVICE} if bare != jpeg else set()


def _without_device(stream: Any) -> set[Removed]:
    """A colour profile keeps its colours, not which screen or printer it is of."""
    if "/N" not in stream or "/Type" in stream:
        return set()
    profile = stream.read_bytes()
    if not is_profile(profile) or (bare := bare_profile(profile)) == profile:
        return set()
    stream.write(zlib.compress(bare), filter=Name.FlateDecode)
    return {Removed.DEVICE}


def _names_of(filters: Any) -> list[str]:
    found = list(filters) if isinstance(filters, Array) else [filters] if filters is not None else []
    return [_SHORT.get(str(name), str(name)) for name in found]


def _unpacked(content: bytes, filters: list[str], parms: list[Any]) -> bytes:
    """A photograph as it was before these filters.

    Raises:
        Refused: too many of them, too much in them, or one that is not undone here.
    """
    if len(filters) > FILTERS_MOST:
        raise Refused(Why.BOMB)
    for place, name in enumerate(filters):
        own = parms[place] if place < len(parms) else None
        if name not in _UNDO or (isinstance(own, Dictionary) and int(own.get("/Predictor", 1)) != 1):
            raise Refused(Why.DAMAGED)
        content = _UNDO[name](content)
    return content


def _inflated(content: bytes) -> bytes:
    packed = zlib.decompressobj()
    try:
        done = packed.decompress(content, PICTURE_MOST)
    except zlib.error as error:
        raise Refused(Why.DAMAGED) from error
    if packed.unconsumed_tail:
        raise Refused(Why.BOMB)
    return done


def _from_base_85(content: bytes) -> bytes:
    return base64.a85decode(content.partition(b"~>")[0].strip().removeprefix(b"<~"), ignorechars=b" \t\n\r\v\f\0")


def _from_hex(content: bytes) -> bytes:
    digits = b"".join(content.partition(b">")[0].split())
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


_UNDO: dict[str, Callable[[bytes], bytes]] = {
    "/FlateDecode": _inflated,
    "/ASCII85Decode": _from_base_85,
    "/ASCIIHexDecode": _from_hex,
}
