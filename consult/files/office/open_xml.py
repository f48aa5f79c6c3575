"""DOCX and XLSX: the parts of a package, how they are related, and what stays of their markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from consult.files.archives import write_archive
from consult.files.fields import Fields
from consult.files.kinds import Refused, Removed, Why
from consult.files.markup import Attributes, rewrite
from consult.files.office.work import PATH, PICTURE_NAME, WEB, Work, suffix_of

_CALLING = re.compile(r"\b(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|FILTERXML|CUBE\w+)\s*\(", re.IGNORECASE)
_DISGUISED = re.compile(r"%(?:2[DEF5]|3\d|5[CF]|7E|[46][1-9A-F]|[57][0-9A])", re.I)
"""Letters of a name written by number, so that it reads as another one."""
_DROPPED: Sequence[tuple[re.Pattern[str], Removed]] = (
    (re.compile(r"docprops/thumbnail", re.I), Removed.THUMBNAIL),
    (re.compile(r"(?:docprops|customxml|docmetadata)/", re.I), Removed.AUTHOR),
    (re.compile(r"(?:_xmlsignatures|package)/", re.I), Removed.AUTHOR),
    (re.compile(r"word/people\d*\.xml$", re.I), Removed.REVIEWERS),
    (re.compile(r"xl/(?:revisions|customdata)/", re.I), Removed.REVIEWERS),
    (re.compile(r".*/printersettings/", re.I), Removed.PRINTER),
    (re.compile(r"word/(?:glossary/|recipientdata)", re.I), Removed.HIDDEN),
)
_REFUSED: Sequence[tuple[re.Pattern[str], Why]] = (
    (
        re.compile(r".*(?:vbaproject|vbadata|attachedtoolbars|xl/macrosheets/|xl/dialogsheets/|customui/)", re.I),
        Why.MACROS,
    ),
    (re.compile(r".*/(?:activex|ctrlprops|webextensions)/", re.I), Why.MACROS),
    (re.compile(r"xl/(?:externallinks/|connections\.xml|querytables/|model/)", re.I), Why.EXTERNAL),
)
_TYPES_REFUSED = {
    "oleObject": Why.EMBEDDED,
    "package": Why.EMBEDDED,
    "aFChunk": Why.EMBEDDED,
    "subDocument": Why.EXTERNAL,
    "frame": Why.EXTERNAL,
    "externalLink": Why.EXTERNAL,
    "externalLinkPath": Why.EXTERNAL,
    "control": Why.MACROS,
    "vbaProject": Why.MACROS,
    "video": Why.EMBEDDED,
    "audio": Why.EMBEDDED,
    "media": Why.EMBEDDED,
}
_TYPES_DROPPED = {
    "attachedTemplate": Removed.PATHS,
    "mailMergeSource": Removed.PATHS,
    "mailMergeHeaderSource": Removed.PATHS,
}
_ELEMENTS_DROPPED = {
    "rsids": Removed.TIMES,
    "docId": Removed.HIDDEN,
    "nsid": Removed.HIDDEN,
    "tmpl": Removed.HIDDEN,
    "tag": Removed.HIDDEN,
    "fldData": Removed.HIDDEN,
    "revisionPtr": Removed.TIMES,
    "permStart": Removed.REVIEWERS,
    "permEnd": Removed.REVIEWERS,
    "saveThroughXslt": Removed.PATHS,
    "docVars": Removed.DESCRIPTION,
    "attachedTemplate": Removed.PATHS,
    "mailMerge": Removed.PATHS,
    "absPath": Removed.PATHS,
    "fileSharing": Removed.AUTHOR,
    "externalData": Removed.EMBEDDED,
    "dataBinding": Removed.DESCRIPTION,
    "customWorkbookViews": Removed.REVIEWERS,
    "customSheetViews": Removed.REVIEWERS,
    "presenceInfo": Removed.REVIEWERS,
    "embedRegular": Removed.FONTS,
    "embedBold": Removed.FONTS,
    "embedItalic": Removed.FONTS,
    "embedBoldItalic": Removed.FONTS,
}
_ELEMENTS_REFUSED = {"binData": Why.EMBEDDED, "binaryData": Why.EMBEDDED}
_LINKS = {"blip": {"link"}, "imagedata": {"src", "href", "althref"}, "fill": {"src", "href", "althref"}}
"""Attributes of pictures that are not in the file."""
_EMPTIED = {"author": Removed.REVIEWERS, "initials": Removed.REVIEWERS, "displayName": Removed.REVIEWERS,
            "userId": Removed.REVIEWERS, "providerId": Removed.REVIEWERS, "userName": Removed.REVIEWERS}  # fmt: skip
_ATTRIBUTES_DROPPED = {"date": Removed.TIMES, "dateUtc": Removed.TIMES, "dT": Removed.TIMES,
                       "documentId": Removed.TIMES, "refreshedBy": Removed.REVIEWERS,
                       "refreshedDate": Removed.TIMES, "textId": Removed.HIDDEN, "anchorId": Removed.HIDDEN,
                       "editId": Removed.HIDDEN, "gfxdata": Removed.HIDDEN,
                       "securityDescriptor": Removed.AUTHOR}  # fmt: skip
_OF_A_PASSWORD = re.compile(r"hash|salt|password|algorithm|spincount|crypt", re.I)
_NUMBERED = {"paraId", "paraIdParent", "durableId"}
_GUID = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", re.I)
_WELL_KNOWN = {"styleid", "tablestyleid", "classid"}
"""Where a GUID is the name of a style or a program, the same in every file."""
_AS_GUID = "{{00000000-0000-0000-0000-{:012X}}}"


class OfficeOpen(Work):
    """A package of ECMA-376, part 2."""

    def clean(self) -> bytes:
        """The package, written anew."""
        for name in sorted(self.parts):  # as they are written: whoever cleans it again counts in the same order
            if _DISGUISED.search(name):
                raise Refused(Why.DAMAGED)
            self._take(name)
        self.names = {name.lower() for name in self.kept}  # names of parts differ by more than case (part 2, 6.2.2.3)
        for name in [name for name in self.kept if suffix_of(name) == "rels"]:
            self._relate(name)
        self._type()
        return write_archive(self.kept, first=("[Content_Types].xml", "_rels/.rels"))

    def _take(self, name: str) -> None:
        content = self.parts[name]
        for pattern, why in _REFUSED:
            if pattern.match(name):
                raise Refused(why)
        for pattern, code in _DROPPED:
            if pattern.match(name):
                self.drop(code)
                return
        suffix = suffix_of(name)
        if "/embeddings/" in name.lower():
            if self._is_behind_a_chart(name):
                self.drop(Removed.EMBEDDED)
                return
            raise Refused(Why.EMBEDDED)
        if name == "[Content_Types].xml" or suffix == "rels":
            self.kept[name] = content
        elif suffix in {"xml", "vml"}:
            self.kept[name] = self._markup(name, content)
        elif not self.keep_media(name, content):
            raise Refused(Why.EMBEDDED)

    def _is_behind_a_chart(self, name: str) -> bool:
        """Whether a part is the table behind a chart, which shows its figures without it."""
        file = name.rpartition("/")[2].encode()
        users = [other for other, content in self.parts.items() if suffix_of(other) == "rels" and file in content]
        return bool(users) and all("/charts/_rels/" in other.lower() for other in users)

    def _relate(self, name: str) -> None:
        """Write the relationships of a part anew, without those to what was left out."""
        folder = name[: name.lower().rfind("_rels/")] if "_rels/" in name.lower() else ""

        def element(_space: str, local: str, attributes: Attributes) -> Attributes | None:
            if local == "Relationship":
                values = {key: value for _name, key, value in attributes}
                kept = self._relationship(folder, values)
                if kept is None:
                    return None
                return [(key, key, value) for key, value in kept.items()]
            return attributes

        self.kept[name] = rewrite(self.kept[name], element=element, text=lambda _names, words: words)

    def _relationship(self, folder: str, values: dict[str, str]) -> dict[str, str] | None:
        kind, target = values.get("Type", "").rpartition("/")[2], values.get("Target", "")
        if kind in _TYPES_DROPPED:
            self.drop(_TYPES_DROPPED[kind])
            return None
        if values.get("TargetMode", "").strip().lower() == "external":
            if kind != "hyperlink":
                raise Refused(Why.EXTERNAL)
            if not WEB.match(target):
                self.drop(Removed.PATHS)
                return {**values, "Target": "#"}
            return values
        path = _resolved(folder, target)
        if path.lower() in self.renamed:
            path = self.renamed[path.lower()]
            before, slash, _name = target.partition("#")[0].rpartition("/")
            values = {**values, "Target": before + slash + path.rpartition("/")[2]}
        if path.lower() not in self.names:
            return None
        if kind in _TYPES_REFUSED:
            raise Refused(_TYPES_REFUSED[kind])
        return values

    def _type(self) -> None:
        def element(_space: str, local: str, attributes: Attributes) -> Attributes | None:
            part = next((value for _name, key, value in attributes if key == "PartName"), None)
            if local != "Override" or part is None:
                return attributes
            path = self.renamed.get(part.lstrip("/").lower(), part.lstrip("/"))
            if path.lower() not in self.names:
                return None
            return [(name, key, f"/{path}" if key == "PartName" else value) for name, key, value in attributes]

        name = "[Content_Types].xml"
        self.kept[name] = rewrite(self.kept[name], element=element, text=lambda _names, words: words)

    def _markup(self, name: str, content: bytes) -> bytes:
        rules = _Rules(self, is_comments=name.lower().startswith("xl/comments"))
        done = rewrite(content, element=rules.element, text=rules.text, end=rules.end)
        rules.fields.check()
        return done


def _resolved(folder: str, target: str) -> str:
    """The name of the part that a relationship of that folder means."""
    path = target.partition("#")[0]
    steps = [] if path.startswith("/") else [step for step in folder.split("/") if step]
    for step in path.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def _names_something(local: str) -> bool:
    return local.lower().endswith("id") and local.lower() not in _WELL_KNOWN


class _Rules:
    """What stays of the markup of one part."""

    def __init__(self, work: Work, *, is_comments: bool) -> None:
        self.work, self.is_comments = work, is_comments
        self.fields = Fields()
        self.authors: set[str] = set()

    def element(self, _space: str, local: str, attributes: Attributes) -> Attributes | None:
        """What stays of an element."""
        if local in _ELEMENTS_REFUSED:
            raise Refused(_ELEMENTS_REFUSED[local])
        if any(
            value and key in _LINKS.get(local, ()) for name, key, value in attributes if ":" in name or key == "src"
        ):
            raise Refused(Why.EXTERNAL)
        self.fields.start(local, {key: value for name, key, value in attributes if not name.startswith("xmlns")})
        code = _ELEMENTS_DROPPED.get(local)
        if code is not None:
            self.work.drop(code)
            return None
        return [one for one in (self._attribute(local, *given) for given in attributes) if one is not None]

    def _attribute(self, element: str, name: str, local: str, value: str) -> tuple[str, str, str] | None:
        is_prefixed = ":" in name and not name.startswith("xmlns")
        if local.startswith("rsid") and is_prefixed:
            self.work.drop(Removed.TIMES)
            return None
        if local in _ATTRIBUTES_DROPPED and (is_prefixed or local not in {"date"}):
            self.work.drop(_ATTRIBUTES_DROPPED[local])
            return None
        if "protect" in element.lower() and _OF_A_PASSWORD.search(local):
            self.work.drop(Removed.HIDDEN)
            return None
        if element == "pageSetup" and local == "id" and is_prefixed:  # names the settings of a printer
            return None
        if local in _EMPTIED and (is_prefixed or local not in {"author", "initials"}):
            if value:
                self.work.drop(_EMPTIED[local])
            return (name, local, "")
        is_name = element in {"cNvPr", "docPr", "imagedata", "shape"} and local in {"name", "title", "descr", "alt"}
        if not name.startswith("xmlns") and (PATH.match(value) or (is_name and PICTURE_NAME.search(value))):
            self.work.drop(Removed.PATHS)
            return (name, local, "")
        if is_prefixed and local in _NUMBERED:
            return (name, local, self.work.numbered(value, "{:08X}"))
        if _names_something(element if local == "val" else local) and _GUID.fullmatch(value):
            return (name, local, self.work.numbered(value, _AS_GUID))
        return (name, local, value)

    def text(self, names: Sequence[str], words: str) -> str:
        """What stays of a text."""
        here = names[-1] if names else ""
        self.fields.words(names, words)
        if here in {"f", "definedName", "formula1", "formula2"} and _CALLING.search(words):
            raise Refused(Why.EXTERNAL)
        if here in {"t", "delText"} and self.fields.is_of_a_person:
            if words.strip():
                self.work.drop(Removed.AUTHOR)
            return ""
        if here == "id" and _GUID.fullmatch(words.strip()):
            return self.work.numbered(words.strip(), _AS_GUID)
        if self.is_comments and here == "author":
            if words.strip():
                self.work.drop(Removed.REVIEWERS)
                self.authors.add(words.strip())
            return ""
        if self.is_comments and here == "t" and words.strip().rstrip(":") in self.authors:
            return ""
        return words

    def end(self, local: str) -> None:
        """An element ends."""
        self.fields.end(local)
