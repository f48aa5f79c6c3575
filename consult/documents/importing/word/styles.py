"""The styles of a DOCX: what a paragraph or a run is by the chain of styles that its own is based on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from consult.documents.importing.word.package import Element, W, is_on, value

DEEPEST = 12
_HEADING = re.compile(
    r"(?:heading|titre|überschrift|berschrift|título|titulo|ttulo|tytuł|nagłówek|nagwek|заголовок|kop|rubrik|overskrift|"
    r"otsikko|titolo|nadpis|naslov|címsor|cmsor|başlık|balk|judul|tajuk|đề mục|tiêu đề|标题|標題|見出し|제목|"
    r"หัวเรื่อง|عنوان|כותרת|rubrica|capçalera|titlu|επικεφαλίδα)\s*([1-9])",
    re.IGNORECASE,
)
_TITLE = {"title", "titre", "titel", "título", "titulo", "titolo", "название", "заголовок", "标题", "judul", "العنوان"}
_CAPTION = {"caption", "légende", "legende", "lgende", "beschriftung", "leyenda", "epígrafe", "legenda", "didascalia",
            "название объекта", "题注", "keterangan", "figure", "illustration"}  # fmt: skip
_QUOTE = {"quote", "intense quote", "quotations", "citation", "block text", "zitat", "cita"}
_FIXED = {"html preformatted", "preformatted text", "source code", "code", "macro text"}
_CONTENTS = re.compile(
    r"(?:toc|contents|tm|verzeichnis|table of figures|toa|index)\s*(?:[1-9]|heading)?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Style:
    """One style, with what it says itself."""

    id: str
    name: str
    based_on: str
    outline: int | None
    num_id: str | None
    num_level: int | None
    is_hidden: bool | None
    is_bold: bool | None
    is_italic: bool | None
    is_struck: bool | None
    raised: int | None


class Styles:
    """All styles of a file.

    Args:
        tree: of the part of styles, or None.
    """

    def __init__(self, tree: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default = ""
        for element in tree.iterfind(f"{W}style") if tree is not None else ():
            style = _read(element)
            self._styles[style.id] = style
            if value(element, "type") == "paragraph" and value(element, "default") in {"1", "true", "on"}:
                self.default = style.id
        self._chains: dict[str, list[Style]] = {}

    def chain(self, style: str) -> list[Style]:
        """The style and those that it is based on, nearest first."""
        if style not in self._chains:
            chain: list[Style] = []
            at = style
            while at in self._styles and len(chain) < DEEPEST and self._styles[at] not in chain:
                chain.append(self._styles[at])
                at = chain[-1].based_on
            self._chains[style] = chain
        return self._chains[style]

    def name(self, style: str) -> str:
        """What the file calls a style."""
        found = self._styles.get(style or self.default)
        return (found.name or found.id) if found else style

    def level(self, style: str) -> int:
        """The level of headings of this style, or 0: by its outline level, its name, or its id."""
        for one in self.chain(style):
            if one.outline is not None:
                return min(one.outline + 1, 6) if one.outline < 9 else 0
            for said in (one.name, re.sub(r"(?<=[^\W\d])(?=\d)", " ", one.id)):
                found = _HEADING.fullmatch(said.strip())
                if found:
                    return min(int(found[1]), 6)
        return 1 if self._names(style) & _TITLE else 0

    def is_title(self, style: str) -> bool:
        """Whether it is that of the title of a file; what is only based on it may be any heading."""
        return self.name(style).strip().lower() in _TITLE

    def is_caption(self, style: str) -> bool:
        """Whether it is that of captions."""
        return bool(self._names(style) & _CAPTION)

    def is_quote(self, style: str) -> bool:
        """Whether it is that of quotations."""
        return bool(self._names(style) & _QUOTE)

    def is_fixed(self, style: str) -> bool:
        """Whether it is that of fixed text."""
        return bool(self._names(style) & _FIXED)

    def is_contents(self, style: str) -> bool:
        """Whether it is that of a line in a list of contents."""
        return any(_CONTENTS.fullmatch(name) for name in self._names(style))

    def _names(self, style: str) -> set[str]:
        return {one.name.strip().lower() for one in self.chain(style)[:3]}


def _read(element: Element) -> Style:
    paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    numbers = paragraph.find(f"{W}numPr") if paragraph is not None else None
    outline = paragraph.find(f"{W}outlineLvl") if paragraph is not None else None

    def look(name: str) -> bool | None:
        return is_on(run.find(f"{W}{name}")) if run is not None else None

    return Style(
        id=value(element, "styleId"),
        name=value(element.find(f"{W}name")),
        based_on=value(element.find(f"{W}basedOn")),
        outline=number_of(value(outline)),
        num_id=value(numbers.find(f"{W}numId")) or None if numbers is not None else None,
        num_level=number_of(value(numbers.find(f"{W}ilvl"))) if numbers is not None else None,
        is_hidden=look("vanish"),
        is_bold=look("b"),
        is_italic=look("i"),
        is_struck=look("strike"),
        raised=raised_of(run),
    )


def raised_of(run: Element | None) -> int | None:
    """1 for words above the line, -1 below it, 0 on it; None where nothing is said."""
    said = value(run.find(f"{W}vertAlign")) if run is not None else ""
    return {"superscript": 1, "subscript": -1, "baseline": 0}.get(said)


def number_of(said: str) -> int | None:
    """A small whole number that a file says, or None for anything else."""
    return int(said) if re.fullmatch(r"-?[0-9]{1,9}", said) else None
