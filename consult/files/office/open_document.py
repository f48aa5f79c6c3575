"""ODT: the parts of a package, and what stays of their markup."""

from __future__ import annotations

import re
from urllib.parse import unquote

from consult.files.archives import write_archive
from consult.files.kinds import Kind, Refused, Removed, Why
from consult.files.markup import Attributes, rewrite
from consult.files.office.work import PICTURE_NAME, WEB, Work

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
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_ODF_FIELDS = re.compile(
    r"(?:initial-creator|creator|printed-by|author-name|author-initials|file-name|template-name|sender-.+)"
)
"""What a word processor fills in by itself; not fixed, it would fill in whoever opens the file."""
_ODF_ATTRIBUTES = {"chg-author": Removed.REVIEWERS, "change-author": Removed.REVIEWERS,
                   "chg-date-time": Removed.TIMES, "database-name": Removed.PATHS}  # fmt: skip
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


class OpenDocument(Work):
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
        listed = [
            (name, key, self._new_name(value) if key == "full-path" else value) for name, key, value in attributes
        ]
        path = next((value for _name, key, value in listed if key == "full-path"), "/")
        if local == "file-entry" and not path.endswith("/") and path not in self.kept:
            return None
        return listed

    def _new_name(self, path: str) -> str:
        return self.renamed.get(unquote(path).removeprefix("./").lower(), path)

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
        if space == _TEXT and _ODF_FIELDS.fullmatch(local):
            self.drop(Removed.AUTHOR)
            return None
        return [one for one in (self._attribute(local, *given) for given in attributes) if one is not None]

    def _attribute(self, element: str, name: str, local: str, value: str) -> tuple[str, str, str] | None:
        if local in {"rsid", "paragraph-rsid"}:
            return None
        if local in _ODF_ATTRIBUTES:
            self.drop(_ODF_ATTRIBUTES[local])
            return None
        if local == _XLINK and not name.startswith("xmlns"):
            return (name, local, self._target(element, value))
        if local == "name" and element == "frame" and PICTURE_NAME.search(value):
            self.drop(Removed.PATHS)
            return None
        return (name, local, value)

    def _target(self, element: str, value: str) -> str:
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\.\./|/", value):
            return self._new_name(value)
        if element not in {"a", "h", "image-map", "area-rectangle", "area-circle", "area-polygon"}:
            raise Refused(Why.EXTERNAL)
        if WEB.match(value):
            return value
        self.drop(Removed.PATHS)
        return "#"
