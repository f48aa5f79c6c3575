"""PDF written anew without what acts, what is attached, and who made it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
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
    if "/S" in one and str(one["/S"]) in _ACTS and "/K" not in one:
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
    """A photograph inside the PDF loses what its camera wrote."""
    filters = stream.get("/Filter")
    if filters == Name("/DCTDecode") or (isinstance(filters, Array) and list(filters) == [Name("/DCTDecode")]):
        raw = stream.read_raw_bytes()
        bare = without_notes(raw)
        if bare != raw:
            stream.write(bare, filter=Name("/DCTDecode"), decode_parms=stream.get("/DecodeParms"))
            return {Removed.DEVICE}
    return set()
