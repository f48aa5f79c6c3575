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
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from consult.files.images import without_notes
from consult.files.kinds import Refused, Removed, Why

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
}
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
    root = pdf.Root
    if "/OpenAction" in root and not isinstance(root["/OpenAction"], Array):
        if str(root["/OpenAction"].get("/S", "")) != "/GoTo":
            removed.add(Removed.SCRIPTS)
        del root["/OpenAction"]
    for found in pdf.objects:
        for one in _within(found, 0):
            removed |= _cleaned(one)
    return removed


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


def _cleaned(one: Any) -> set[Removed]:
    removed = set()
    for key in list(one.keys()):
        code = _KEYS.get(key)
        if code is not None:
            del one[key]
            removed.add(code)
    if "/S" in one and str(one["/S"]) in _ACTS and not _is_structure(one):
        _empty(one)
        removed.add(Removed.SCRIPTS)
    if str(one.get("/S", "")) == "/URI" and not _WEB.match(str(one.get("/URI", ""))):
        _empty(one)
        removed.add(Removed.PATHS)
    if one.get("/Type") in {Name("/Filespec"), Name("/EmbeddedFile"), Name("/Sig")} or "/EF" in one:
        removed.add(Removed.AUTHOR if one.get("/Type") == Name("/Sig") else Removed.EMBEDDED)
        _empty(one)
    if one.get("/Subtype") is not None and str(one["/Subtype"]) in _ANNOTATIONS:
        _empty(one)
        removed.add(Removed.EMBEDDED)
    if "/Rect" in one and "/Subtype" in one:
        removed |= _without_reviewer(one)
    if isinstance(one, Stream):
        removed |= _without_notes(one)
    return removed


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
    found = {"/M", "/CreationDate"} & set(annotation.keys())
    if "/FT" not in annotation and "/Parent" not in annotation and "/T" in annotation:
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
