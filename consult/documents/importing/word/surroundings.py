"""What a DOCX holds beside its text: listed, never opened, never fetched."""

from __future__ import annotations

from consult.documents.importing.building import Builder
from consult.documents.importing.structure import FindingCode
from consult.documents.importing.word.package import Element, Package, V, W

_EMBEDDED = {"oleObject", "package", "video", "audio", "media"}
_ACTIVE = {"control", "activeXControlBinary", "webextension", "webextensiontaskpanes", "keyMapCustomizations"}
_SEEN_IN_TEXT = {"hyperlink", "image", "aFChunk"}


def list_surroundings(package: Package, tree: Element, builder: Builder) -> None:
    """Note comments, headers and footers, other files inside, and what leads outside.

    Args:
        package: the file.
        tree: its body.
        builder: gets the findings.
    """
    comments = package.find_tree("comments")
    if comments is not None and (number := sum(1 for _ in comments.iterfind(f"{W}comment"))):
        builder.find(FindingCode.COMMENTS, count=number, place=_first_place(builder, FindingCode.COMMENTS))
    _list_headers(package, builder)
    changes = ("sectPrChange", "tblPrChange", "trPrChange", "tcPrChange", "numberingChange", "tblGridChange")
    number = sum(1 for _ in tree.iter(*(f"{W}{name}" for name in changes)))
    if number:
        builder.find(FindingCode.TRACKED_FORMATTING, count=number)
    behind_charts = {
        relation.target
        for name in package.parts
        if "/charts/" in name and not name.endswith(".rels")
        for relation in package.related(name).values()
    }
    for name in ["", *(one for one in package.parts if not one.endswith(".rels"))]:
        for relation in package.related(name).values():
            if relation.kind in _ACTIVE:
                builder.find(FindingCode.ACTIVE, relation.kind)
            elif relation.kind in _EMBEDDED and relation.target not in behind_charts:
                builder.find(FindingCode.EMBEDDED, relation.target.rpartition("/")[2])
            elif relation.is_outside and relation.kind not in _SEEN_IN_TEXT:
                builder.find(FindingCode.OUTSIDE, f"{relation.kind}: {relation.target}")


def _first_place(builder: Builder, code: FindingCode) -> int | None:
    places = builder.places(code)
    return places[0] if places else None


def _list_headers(package: Package, builder: Builder) -> None:
    """The headers and footers of the pages, each with its words once."""
    seen: set[str] = set()
    for relation in package.related(package.main).values():
        if relation.kind not in {"header", "footer"} or relation.is_outside or relation.target not in package.parts:
            continue
        tree = package.tree(relation.target)
        marks = " ".join(path.get("string", "") for path in tree.iter(f"{V}textpath"))
        said = " ".join(f"{_words_of(tree)} {marks}".split())
        if said and said not in seen:
            seen.add(said)
            place = builder.piece(relation.kind, said)
            builder.find(FindingCode.HEADERS_FOOTERS, said, place=place)


def _words_of(tree: Element) -> str:
    return " ".join("".join(one.text or "" for one in p.iter(f"{W}t")) for p in tree.iter(f"{W}p"))
