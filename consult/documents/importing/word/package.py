"""The parts of a DOCX: checked before they are unpacked, read without document types, related to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from lxml import etree

from consult.documents.importing.structure import Unreadable, UnreadableCode
from consult.files.archives import read_archive
from consult.files.kinds import Refused, Why

Element = Any
"""An element of lxml, which has no types of its own."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that the format itself uses
_STRICT = b"http://purl.oclc.org/ooxml/"
_REFUSALS = {
    Why.BOMB: UnreadableCode.BOMB,
    Why.ENCRYPTED: UnreadableCode.ENCRYPTED,
    Why.DAMAGED: UnreadableCode.DAMAGED,
}


@dataclass(frozen=True)
class Relation:
    """Where a part leads.

    Args:
        kind: the last word of its type: image, hyperlink and so on.
        target: the name of the part, in lower case; or an address outside.
        is_outside: whether it is an address.
    """

    kind: str
    target: str
    is_outside: bool


class Package:
    """A DOCX as its parts.

    Args:
        content: the file.

    Raises:
        Unreadable: a bomb, damaged, with macros, or no document of Word.
    """

    def __init__(self, content: bytes) -> None:
        try:
            parts = read_archive(content)
        except Refused as refusal:
            raise Unreadable(_REFUSALS.get(refusal.why, UnreadableCode.DAMAGED)) from refusal
        self.parts = {name.lower(): part for name, part in parts.items()}
        self._related: dict[str, dict[str, Relation]] = {}
        self._check_types()
        self.main = self._main()

    def _check_types(self) -> None:
        types = self.tree("[content_types].xml")
        said = {value.strip().lower() for element in types.iter() for value in element.attrib.values()}
        if any("macroenabled" in one or "vbaproject" in one for one in said) or any(
            "vbaproject" in name or "vbadata" in name for name in self.parts
        ):
            raise Unreadable(UnreadableCode.MACROS)
        if any("spreadsheetml" in one or "presentationml" in one for one in said) and not any(
            "wordprocessingml" in one for one in said
        ):
            raise Unreadable(UnreadableCode.OTHER_OFFICE)

    def _main(self) -> str:
        for relation in self.related("").values():
            if relation.kind == "officeDocument" and not relation.is_outside:
                content = self.parts.get(relation.target, b"")
                if _STRICT in content[:4096] or _STRICT in self.parts.get("_rels/.rels", b""):
                    raise Unreadable(UnreadableCode.STRICT)
                if content:
                    return relation.target
        raise Unreadable(UnreadableCode.UNKNOWN)

    def tree(self, name: str) -> Element:
        """The markup of a part.

        Raises:
            Unreadable: it is not there, not well formed, too deep, or has a document type, and so perhaps entities.
        """
        if name not in self.parts:
            raise Unreadable(UnreadableCode.DAMAGED)
        return tree_of(self.parts[name])

    def find_tree(self, kind: str) -> Element | None:
        """The markup of the part that the main one calls so, if there is one."""
        name = next((r.target for r in self.related(self.main).values() if r.kind == kind and not r.is_outside), None)
        return self.tree(name) if name in self.parts else None

    def related(self, name: str) -> Mapping[str, Relation]:
        """Where a part leads, by the keys that it uses; of the package itself for no name."""
        if name not in self._related:
            folder, _, file = name.rpartition("/")
            rels = f"{folder}/_rels/{file}.rels".lstrip("/")
            found = {}
            if rels in self.parts:
                for element in self.tree(rels):
                    values = element.attrib
                    is_outside = values.get("TargetMode", "").strip().lower() == "external"
                    target = values.get("Target", "")
                    found[values.get("Id", "")] = Relation(
                        values.get("Type", "").rpartition("/")[2],
                        target if is_outside else _resolved(folder, target),
                        is_outside,
                    )
            self._related[name] = found
        return self._related[name]

    def part_named(self, kind: str) -> str | None:
        """The name of the part that the main one calls so."""
        return next((r.target for r in self.related(self.main).values() if r.kind == kind and not r.is_outside), None)


def tree_of(content: bytes) -> Element:
    """XML as a tree, after a look that it has no document type: entities are never seen by the second parser.

    Raises:
        Unreadable: as `Package.tree`.
    """
    look: Any = expat.ParserCreate()
    look.StartDoctypeDeclHandler = _refuse
    try:
        look.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unreadable(UnreadableCode.DAMAGED) from error
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        is_deep = "depth" in str(error).lower()
        raise Unreadable(UnreadableCode.TOO_DEEP if is_deep else UnreadableCode.DAMAGED) from error


def _refuse(*_arguments: Any) -> None:
    raise Unreadable(UnreadableCode.BOMB)


def _resolved(folder: str, target: str) -> str:
    """The name of the part that a relationship of that folder means, in lower case."""
    path = target.partition("#")[0]
    steps = [] if path.startswith("/") else [step for step in folder.split("/") if step]
    for step in path.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps).lower()


def value(element: Element | None, name: str = "val", default: str = "") -> str:
    """An attribute of Word's own, of an element that may not be there."""
    return default if element is None else str(element.get(f"{W}{name}", default))


def is_on(element: Element | None) -> bool | None:
    """Whether a property that is there or not is set; None where nothing is said."""
    if element is None:
        return None
    return value(element, default="1").lower() not in {"0", "false", "off", "none"}
