"""Office files (DOCX, XLSX, ODT) written anew, entry by entry, without who wrote them, when, where and with what.

What the file shows stays: words, tables, comments and tracked changes, these without the names of those who made them.
What acts, or is loaded from elsewhere, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from consult.files.archives import read_archive, write_archive
from consult.files.fields import Fields
from consult.files.images import check_pixels, clean_picture
from consult.files.kinds import Kind, Refused, Removed, Why
from consult.files.markup import Attributes, rewrite

PICTURES = frozenset({"png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff"})
DRAWINGS = frozenset({"emf", "wmf", "svg", "emz", "wmz", "svm"})
FONTS = frozenset({"odttf", "ttf", "otf", "fntdata"})
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|file:|/(?:home|Users|mnt|media)/)", re.IGNORECASE)
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|gif|bmp|tiff?|heic|webp)$", re.IGNORECASE)
_WEB = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_CALLING = re.compile(r"\b(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?|FILTERXML|CUBE\w+)\s*\(", re.IGNORECASE)


def clean_office(content: bytes, kind: Kind) -> tuple[bytes, set[Removed]]:
    """An office file without what it need not tell.

    Raises:
        Refused: a bomb, encrypted, damaged, with macros, or with parts that act or come from elsewhere.
    """
    parts = read_archive(content)
    check_pixels(part for name, part in parts.items() if _suffix(name) in PICTURES)
    work = _OpenDocument(parts) if kind is Kind.ODT else _OfficeOpen(parts)
    return work.clean(), work.removed


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""


class _Work:
    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.kept: dict[str, bytes] = {}
        self.removed: set[Removed] = set()

    def drop(self, code: Removed) -> None:
        """Say that something of this kind was left out."""
        self.removed.add(code)

    def keep_media(self, name: str, content: bytes) -> bool:
        """Keep a picture or a drawing, leave a typeface out; False where it is none of these."""
        suffix = _suffix(name)
        if suffix in PICTURES:
            # What each photograph tells is not listed apart: that something was taken from pictures is.
            self.kept[name], removed = clean_picture(content, suffix)
            self.removed |= removed - {Removed.COLOUR_PROFILE}
        elif suffix in DRAWINGS:
            self.kept[name] = _blank_drawing(suffix)
            self.drop(Removed.DRAWINGS)
        elif suffix in FONTS:
            self.drop(Removed.FONTS)  # theirs would be bytes that nobody looks into
        else:
            return False
        return True


def _blank_drawing(suffix: str) -> bytes:
    """A drawing of a kind that cannot be cleaned is left out, and an empty one stands in its place."""
    if suffix == "svg":
        return b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    if suffix == "emf":  # [MS-EMF] 2.3.4.2: EMR_HEADER, then EMR_EOF
        words = [
            1,
            88,
            0,
            0,
            1,
            1,
            0,
            0,
            26,
            26,
            0x464D4520,
            0x10000,
            108,
            2,
            1,
            0,
            0,
            0,
            1,
            1,
            1,
            1,
            14,
            20,
            0,
            16,
            20,
        ]
        return b"".join(word.to_bytes(4, "little") for word in words)
    return b""


# --- DOCX and XLSX ---

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_DISGUISED = re.compile(r"%(?:2[DEF5]|3\d|5[CF]|7E|[46][1-9A-F]|[57][0-9A])", re.I)
"""Letters of a name written by number, so that it reads as another one."""
_DROPPED: Sequence[tuple[re.Pattern[str], Removed]] = (
    (re.compile(r"docprops/thumbnail", re.I), Removed.THUMBNAIL),
    (re.compile(r"(?:docprops|customxml|docmetadata)/", re.I), Removed.AUTHOR),
    (re.compile(r"(?:_xmlsignatures|package)/", re.I), Removed.AUTHOR),
    (re.compile(r"word/people\d*\.xml$", re.I), Removed.REVIEWERS),
    (re.compile(r"xl/(?:revisions|customdata)/", re.I), Removed.REVIEWERS),
    (re.compile(r".*/printersettings/", re.I), Removed.PRINTER),
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
                       "refreshedDate": Removed.TIMES}  # fmt: skip


class _OfficeOpen(_Work):
    """A package of ECMA-376, part 2."""

    def clean(self) -> bytes:
        """The package, written anew."""
        for name in list(self.parts):
            if _DISGUISED.search(name):
                raise Refused(Why.DAMAGED)
            self._take(name)
        self.names = {name.lower() for name in self.kept}  # names of parts differ by more than case (part 2, 6.2.2.3)
        for name in [name for name in self.kept if _suffix(name) == "rels"]:
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
        suffix = _suffix(name)
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
        users = [other for other, content in self.parts.items() if _suffix(other) == "rels" and file in content]
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
            if not _WEB.match(target):
                self.drop(Removed.PATHS)
                return {**values, "Target": "#"}
            return values
        path = _resolved(folder, target)
        if path.lower() not in self.names:
            return None
        if kind in _TYPES_REFUSED:
            raise Refused(_TYPES_REFUSED[kind])
        return values

    def _type(self) -> None:
        def element(_space: str, local: str, attributes: Attributes) -> Attributes | None:
            part = next((value for _name, key, value in attributes if key == "PartName"), None)
            is_gone = local == "Override" and part is not None and part.lstrip("/").lower() not in self.names
            return None if is_gone else attributes

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


class _Rules:
    """What stays of the markup of one part."""

    def __init__(self, work: _Work, *, is_comments: bool) -> None:
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
        code = _ELEMENTS_DROPPED.get(local)
        if code is not None:
            self.work.drop(code)
            return None
        self.fields.start(local, {key: value for name, key, value in attributes if not name.startswith("xmlns")})
        return [one for one in (self._attribute(local, *given) for given in attributes) if one is not None]

    def _attribute(self, element: str, name: str, local: str, value: str) -> tuple[str, str, str] | None:
        is_prefixed = ":" in name and not name.startswith("xmlns")
        if local.startswith("rsid") and is_prefixed:
            self.work.drop(Removed.TIMES)
            return None
        if local in _ATTRIBUTES_DROPPED and (is_prefixed or local not in {"date"}):
            self.work.drop(_ATTRIBUTES_DROPPED[local])
            return None
        if element == "pageSetup" and local == "id" and is_prefixed:  # names the settings of a printer
            return None
        if local in _EMPTIED and (is_prefixed or local not in {"author", "initials"}):
            if value:
                self.work.drop(_EMPTIED[local])
            return (name, local, "")
        is_name = element in {"cNvPr", "docPr", "imagedata", "shape"} and local in {"name", "title", "descr", "alt"}
        if not name.startswith("xmlns") and (_PATH.match(value) or (is_name and _PICTURE_NAME.search(value))):
            self.work.drop(Removed.PATHS)
            return (name, local, "")
        return (name, local, value)

    def text(self, names: Sequence[str], words: str) -> str:
        """What stays of a text."""
        here = names[-1] if names else ""
        self.fields.words(names, words)
        if here in {"f", "definedName", "formula1", "formula2"} and _CALLING.search(words):
            raise Refused(Why.EXTERNAL)
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


# --- ODT ---

_DC = "http://purl.org/dc/elements/1.1/"
_XLINK = "href"
_ODF_DROPPED = re.compile(
    r"(?:thumbnails/|configurations2/|layout-cache$|manifest\.rdf$|objectreplacements/|meta-inf/.*signatures|"
    r"versions/|versionlist\.xml$)",
    re.I,
)
_ODF_CODES = (("thumbnails/", Removed.THUMBNAIL), ("versions/", Removed.HIDDEN), ("meta-inf/", Removed.AUTHOR))
_ODF_XML = re.compile(r"(?:Object \d+/)?(?:content|styles)\.xml$")
_ODF_MADE = re.compile(r"(?:Object \d+/)?(?:meta|settings)\.xml$")
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_ODF_PEOPLE = {"creator-initials", "sender-initials"}
_ODF_REFUSED = {
    "dde-source": Why.EXTERNAL,
    "dde-connection-decl": Why.EXTERNAL,
    "object-ole": Why.EMBEDDED,
    "plugin": Why.EMBEDDED,
    "applet": Why.MACROS,
    "floating-frame": Why.EXTERNAL,
    "binary-data": Why.EMBEDDED,
}
_ODF_ELEMENTS_DROPPED = {"scripts": Removed.SCRIPTS, "event-listeners": Removed.SCRIPTS,
                         "font-face-src": Removed.FONTS}  # fmt: skip


class _OpenDocument(_Work):
    """A package of OASIS ODF 1.3."""

    def clean(self) -> bytes:
        """The package, written anew."""
        for name, content in self.parts.items():
            self._take(name, content)
        manifest = "META-INF/manifest.xml"
        if "content.xml" not in self.kept or manifest not in self.kept:
            raise Refused(Why.DAMAGED)
        self.kept[manifest] = rewrite(self.kept[manifest], element=self._listed, text=lambda _names, words: words)
        self.kept["mimetype"] = Kind.ODT.media_type.encode()
        return write_archive(self.kept, first=("mimetype", manifest), stored=("mimetype",))

    def _take(self, name: str, content: bytes) -> None:
        lower = name.lower()
        if lower.startswith(("basic/", "scripts/", "dialogs/")):
            raise Refused(Why.MACROS)
        if _ODF_DROPPED.match(lower):
            for start, code in _ODF_CODES:
                if lower.startswith(start):
                    self.drop(code)
        elif name in {"mimetype", "META-INF/manifest.xml"}:
            self.kept[name] = content
        elif _ODF_MADE.match(name):
            self._replace(name, content)
        elif _ODF_XML.match(name):
            self.kept[name] = rewrite(content, element=self._element, text=lambda _names, words: words)
        elif not self.keep_media(name, content):
            raise Refused(Why.EMBEDDED)

    def _replace(self, name: str, content: bytes) -> None:
        """An empty one in place of who made it when, with what, and on which printer it was set."""
        is_meta = name.endswith("meta.xml")
        if is_meta and b"creator>" in content:
            self.drop(Removed.AUTHOR)
        if is_meta and b"date>" in content:
            self.drop(Removed.TIMES)
        if not is_meta and b"Printer" in content:
            self.drop(Removed.PRINTER)
        root = "document-meta" if is_meta else "document-settings"
        self.kept[name] = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<office:{root} xmlns:office="{_OFFICE}" office:version="1.3"/>'
        ).encode()

    def _listed(self, _space: str, local: str, attributes: Attributes) -> Attributes | None:
        if local == "encryption-data":
            raise Refused(Why.ENCRYPTED)
        path = next((value for _name, key, value in attributes if key == "full-path"), "/")
        if local == "file-entry" and not path.endswith("/") and path not in self.kept:
            return None
        return attributes

    def _element(self, space: str, local: str, attributes: Attributes) -> Attributes | None:
        if local in _ODF_REFUSED:
            raise Refused(_ODF_REFUSED[local])
        if local in _ODF_ELEMENTS_DROPPED:
            if attributes:
                self.drop(_ODF_ELEMENTS_DROPPED[local])
            return None
        if (space == _DC and local in {"creator", "date"}) or local in _ODF_PEOPLE:
            self.drop(Removed.TIMES if local == "date" else Removed.REVIEWERS)
            return None
        return [one for one in (self._attribute(local, *given) for given in attributes) if one is not None]

    def _attribute(self, element: str, name: str, local: str, value: str) -> tuple[str, str, str] | None:
        if local in {"rsid", "paragraph-rsid"}:
            return None
        if local == _XLINK and not name.startswith("xmlns"):
            return (name, local, self._target(element, value))
        if local == "name" and element == "frame" and _PICTURE_NAME.search(value):
            self.drop(Removed.PATHS)
            return None
        return (name, local, value)

    def _target(self, element: str, value: str) -> str:
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\.\./|/", value):
            return value
        if element not in {"a", "h", "image-map", "area-rectangle", "area-circle", "area-polygon"}:
            raise Refused(Why.EXTERNAL)
        if _WEB.match(value):
            return value
        self.drop(Removed.PATHS)
        return "#"
