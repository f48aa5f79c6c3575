"""Words of a web page with their looks, its pictures, and what is left out among them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_to_bytes

from consult.documents.importing.building import Builder
from consult.documents.importing.composing import Run, is_web, mark_in_text
from consult.documents.importing.structure import FindingCode
from consult.documents.importing.web.looks import (
    Element,
    Look,
    is_coloured,
    is_hidden,
    is_highlighted,
    is_underlined,
    look_of,
    styles_of,
)
from consult.documents.importing.web.notes import Note

SKIPPED = {
    "script", "style", "link", "meta", "title", "head", "base", "template", "noscript", "xml", "svg", "canvas", "map",
    "iframe", "frame", "frameset", "object", "embed", "applet", "video", "audio", "source", "track", "param", "portal",
    "input", "button", "select", "textarea", "option", "optgroup", "datalist", "output", "progress", "meter", "keygen",
}  # fmt: skip
_FRAMES = {"iframe", "frame", "frameset", "object", "embed", "applet", "video", "audio", "portal"}
_FORMS = {"input", "button", "select", "textarea"}
CONTAINERS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "ul", "xmp",
}  # fmt: skip
_SPACES = re.compile(r"[ \t\r\n\f]+")
_DATA = re.compile(r"data:image/[\w.+-]{1,40}((?:;[\w=.-]{1,60})*),", re.IGNORECASE)
_MSO_BULLET = re.compile(r"[·oo§Øü•▪\uf000-\uf0ff-]")


@dataclass
class Picture:
    """A picture of a page.

    Args:
        description: in words; may be empty.
        content: its bytes, where they stand in the page.
    """

    description: str
    content: bytes


@dataclass
class Gathered:
    """The words of a paragraph, and what hangs on them."""

    runs: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    marks: list[Element] = field(default_factory=list)
    number: str = ""


class Inline:
    """Reads words.

    Args:
        builder: gets what is lost.
        marks: the links that are marks of notes, each with its note.
        own: the links in notes that are left out.
    """

    def __init__(self, builder: Builder, marks: Mapping[Element, Note], own: set[Element]) -> None:
        self.builder, self.marks, self.own = builder, marks, own
        self._deep: dict[Element, bool] = {}

    def put(self, text: str | None, look: Look, gathered: Gathered) -> None:
        """Add words."""
        if text:
            words = _SPACES.sub(" ", text)
            gathered.runs.append(Run(words, look.is_bold, look.is_italic, look.is_struck, look.raised, look.link))

    def read(self, element: Element, look: Look, gathered: Gathered) -> None:
        """Add the words of an element and of those in it."""
        tag = element.tag
        if tag == "br":
            self._break(element, look, gathered)
        elif tag == "img" or tag.endswith("imagedata"):
            self._picture(element, gathered)
        elif element in self.marks:
            gathered.runs.append(Run(mark_in_text(self.marks[element].mark)))
            gathered.marks.append(element)
        elif element in self.own:
            return
        elif tag in SKIPPED or tag == "math" or not self.is_seen(element):
            self.skip(element, gathered)
        elif tag == "ins":
            self.builder.find(FindingCode.TRACKED_INSERTIONS, _words_of(element), ahead=1)
        else:
            self._inside(element, look, gathered)

    def _break(self, element: Element, look: Look, gathered: Gathered) -> None:
        is_page = "page" in styles_of(element).get("page-break-before", "") + styles_of(element).get("break-before", "")
        gathered.runs.append(Run(" " if is_page else "\n", look.is_bold, look.is_italic, look.is_struck, 0, look.link))

    def _inside(self, element: Element, look: Look, gathered: Gathered) -> None:
        tag, styles = element.tag, styles_of(element)
        if styles.get("mso-list") == "ignore":
            marker = " ".join(_words_of(element).split())
            gathered.number = "–" if _MSO_BULLET.fullmatch(marker) else marker[:40]
            return
        if "comment-reference" in styles.get("mso-special-character", "") or "msocomanchor" in (
            element.get("class") or ""
        ):
            self.builder.find(FindingCode.COMMENTS, ahead=1)
            return
        if tag == "del":
            self.builder.find(FindingCode.TRACKED_DELETIONS, _words_of(element), ahead=1)
        look = look_of(element, look)
        if tag == "a":
            look = replace(look, link=self._link(element))
        self._note_lost(element, styles, look)
        self.languages(element)
        opening, closing = {"q": ("“", "”"), "rt": ("(", ")")}.get(tag, ("", ""))
        self.put(opening, look, gathered)
        self.put(element.text, look, gathered)
        for child in element:
            if isinstance(child.tag, str):
                self.read(child, look, gathered)
            self.put(child.tail, look, gathered)
        self.put(closing, look, gathered)

    def flat(self, element: Element, look: Look, gathered: Gathered) -> None:
        """Add all words of an element, blocks in it each in a line."""
        self.languages(element)
        self._note_lost(element, styles_of(element), look)
        look = look_of(element, look)
        self.put(element.text, look, gathered)
        for child in element:
            if isinstance(child.tag, str):
                if child.tag in CONTAINERS and child.tag not in SKIPPED and self.is_seen(child):
                    gathered.runs.append(Run("\n"))
                    self.flat(child, look, gathered)
                    gathered.runs.append(Run("\n"))
                else:
                    self.read(child, look, gathered)
            self.put(child.tail, look, gathered)

    def around(self, element: Element) -> None:
        """Note what an element says of the blocks in it, which cannot keep it."""
        if element.tag == "del":
            self.builder.find(FindingCode.TRACKED_DELETIONS, _words_of(element), ahead=1)
        elif element.tag == "a" and element.get("href"):
            self.builder.find(FindingCode.LINKS_DROPPED, element.get("href"), ahead=1)

    def skip(self, element: Element, gathered: Gathered | None = None) -> None:
        """Note what is left out."""
        tag = element.tag
        if tag in _FRAMES:
            self.builder.find(FindingCode.FRAMES, element.get("src") or element.get("data") or "", ahead=1)
        elif tag in _FORMS:
            self.builder.find(FindingCode.FORMS, ahead=1)
        elif tag == "svg":
            self.builder.find(FindingCode.DRAWINGS, _words_of(element), ahead=1)
        elif tag == "math":
            said = " ".join(_words_of(element).split())
            self.builder.find(FindingCode.EQUATIONS, said, ahead=1)
            if gathered is not None:
                gathered.runs.append(Run(said))
        elif tag not in SKIPPED and (said := " ".join(_words_of(element).split())):
            self.builder.piece(str(tag), said)
            self.builder.find(FindingCode.HIDDEN_TEXT, said)

    def is_seen(self, element: Element) -> bool:
        """Whether a browser would show an element."""
        return not is_hidden(element, styles_of(element))

    def has_blocks(self, element: Element) -> bool:
        """Whether blocks stand inside an element that is none itself: a link or a font around paragraphs."""
        return element.tag not in SKIPPED and self.has_deep(element)

    def has_deep(self, element: Element) -> bool:
        """Whether any block stands inside an element."""
        if element not in self._deep:
            self._deep[element] = any(
                isinstance(child.tag, str) and (child.tag in CONTAINERS or self.has_deep(child)) for child in element
            )
        return self._deep[element]

    def languages(self, element: Element) -> None:
        """Note that an element is marked as being in another language or direction than the page."""
        if element.tag in {"html", "body"} or (element.get("lang") is None and element.get("dir") is None):
            return
        root = element.getroottree().getroot()
        body = root.find("body")
        for name in ("lang", "dir"):
            own = (element.get(name) or "").lower()
            page = ((body.get(name) if body is not None else None) or root.get(name) or "").lower()
            if own and page and own.partition("-")[0] != page.partition("-")[0]:
                self.builder.find(FindingCode.OTHER_LANGUAGE, own, ahead=1)
                return

    def _link(self, element: Element) -> str:
        address = (element.get("href") or "").strip()
        if not address:
            return ""
        if address.startswith("#"):
            self.builder.find(FindingCode.LINKS_INSIDE, ahead=1)
            return ""
        if not is_web(address) or len(address) > 2_000:
            self.builder.find(FindingCode.LINKS_DROPPED, address, ahead=1)
            return ""
        return address

    def _note_lost(self, element: Element, styles: Mapping[str, str], look: Look) -> None:
        if is_underlined(element, styles) and not look.link:
            self.builder.find(FindingCode.UNDERLINES, ahead=1)
        if is_highlighted(element, styles):
            self.builder.find(FindingCode.HIGHLIGHTS, ahead=1)
        if is_coloured(element, styles) and not look.link:
            self.builder.find(FindingCode.COLOURS, ahead=1)
        if styles.get("text-transform") == "uppercase" or styles.get("font-variant", "").startswith("small-caps"):
            self.builder.find(FindingCode.CAPITALS, ahead=1)

    def _picture(self, element: Element, gathered: Gathered) -> None:
        said = (element.get("alt") or element.get("title") or "").strip()
        source = (element.get("src") or "").strip()
        found = _DATA.match(source)
        if found:
            gathered.pictures.append(Picture(said, _bytes_of(source[found.end() :], found[1])))
            return
        self.builder.find(FindingCode.PICTURE_OUTSIDE, source[:200], ahead=1)
        if said:
            gathered.pictures.append(Picture(said, b""))


def _bytes_of(data: str, parameters: str) -> bytes:
    """The bytes of a data address; a zero byte, which is no picture, where they make no sense."""
    try:
        if ";base64" in parameters.lower():
            return base64.b64decode(unquote_to_bytes(data), validate=False) or b"\x00"
        return unquote_to_bytes(data) or b"\x00"
    except (binascii.Error, ValueError):
        return b"\x00"


def _words_of(element: Element) -> str:
    return "".join(element.itertext())
