"""Words as WordprocessingML: runs and paragraphs with their languages and directions, and safe HTML as such.

Everything is built as text and escaped here: a file of thousands of paragraphs is parsed once, in pieces. Nothing in it
leads anywhere or is computed when it is opened: no links, no fields, no relationships.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from lxml import html as lxml_html
from markupsafe import Markup

from consult.core.locale import direction

# What XML 1.0 cannot hold, and what would turn the direction of everything that stands after it.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
# The fonts that office programs bring for scripts that their Latin fonts lack; where one is missing they take another.
_COMPLEX = {
    "ar": "Arial", "fa": "Arial", "ur": "Arial", "he": "Arial", "km": "Khmer UI", "th": "Leelawadee UI",
    "lo": "Leelawadee UI", "my": "Myanmar Text", "hi": "Nirmala UI", "bn": "Nirmala UI", "ta": "Nirmala UI",
}  # fmt: skip
_EAST_ASIAN = {"zh": "Microsoft YaHei", "ja": "Yu Gothic", "ko": "Malgun Gothic"}
_STYLES = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "s": "strike", "code": "code", "mark": "mark"}


_BOXES = {"table": "_table", "ul": "_list", "ol": "_list", "pre": "_code", "blockquote": "_quote"}


@dataclass(frozen=True)
class Look:
    """How a run of words looks, and its language."""

    language: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    mark: bool = False
    quiet: bool = False
    boxed: bool = False
    raised: str = ""
    size: int = 0  # in half points; 0: as the paragraph


def run(words: str, look: Look) -> str:
    """A run of words; line ends stay line ends."""
    words = _ILLEGAL.sub("", words)
    if not words:
        return ""
    pieces = escape(words).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    texts = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{part}</w:t>' if part else "" for part in piece.split("\t"))
        for piece in pieces
    )
    return f"<w:r>{_properties(look)}{texts}</w:r>"


def _properties(look: Look) -> str:
    """The properties of a run, in the order that the schema asks for."""
    code = re.sub("[^A-Za-z0-9-]", "", look.language)
    base = look.language.partition("-")[0].lower()
    is_rtl = direction(look.language) == "rtl"
    fonts = lang = ""
    if base in _COMPLEX or is_rtl:
        fonts = f'<w:rFonts w:hint="cs" w:cs="{_COMPLEX.get(base, "Arial")}"/>'
        lang = f'<w:lang w:bidi="{code}"/>'
    elif base in _EAST_ASIAN:
        fonts = f'<w:rFonts w:hint="eastAsia" w:eastAsia="{_EAST_ASIAN[base]}"/>'
        lang = f'<w:lang w:eastAsia="{code}"/>'
    else:
        lang = f'<w:lang w:val="{code}"/>'
    if look.code:
        fonts = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
    parts = [
        fonts,
        "<w:b/><w:bCs/>" if look.bold else "",
        "<w:i/><w:iCs/>" if look.italic else "",
        "<w:strike/>" if look.strike else "",
        '<w:color w:val="595959"/>' if look.quiet else "",
        f'<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/>' if look.size else "",
        '<w:highlight w:val="yellow"/>' if look.mark else "",
        '<w:bdr w:val="dashed" w:sz="4" w:space="0" w:color="595959"/>' if look.boxed else "",
        f'<w:vertAlign w:val="{look.raised}"/>' if look.raised else "",
        "<w:rtl/>" if is_rtl else "<w:cs/>" if base in _COMPLEX else "",
        lang,
    ]
    return f"<w:rPr>{''.join(parts)}</w:rPr>"


def paragraph(
    runs: str,
    *,
    is_rtl: bool = False,
    style: str = "",
    indent: int = 0,
    shaded: bool = False,
    kept: bool = False,
    tight: bool = False,
) -> str:
    """A paragraph of runs.

    Args:
        runs: as `run` makes them.
        is_rtl: whether it is read from right to left.
        style: the key of a style.
        indent: in twentieths of a point, from the side where lines begin.
        shaded: set off from the text around it.
        kept: on one page with what follows.
        tight: without much space behind it, as in a cell.
    """
    side = "right" if is_rtl else "left"
    parts = [
        f'<w:pStyle w:val="{style}"/>' if style else "",
        "<w:keepNext/>" if kept else "",
        f'<w:pBdr><w:{side} w:val="single" w:sz="18" w:space="6" w:color="1F5F99"/></w:pBdr>' if shaded else "",
        '<w:shd w:val="clear" w:color="auto" w:fill="EEF3F8"/>' if shaded else "",
        "<w:bidi/>" if is_rtl else "",
        '<w:spacing w:after="30" w:line="240" w:lineRule="auto"/>' if tight else "",
        f'<w:ind w:left="{indent}"/>' if indent else "",
    ]
    return f"<w:p><w:pPr>{''.join(parts)}</w:pPr>{runs}</w:p>"


@dataclass
class _Open:
    """A paragraph that is being written."""

    runs: list[str]
    indent: int
    style: str


class Drawing:
    """Safe HTML of a block as paragraphs and tables.

    Args:
        language: of the words.
        lead: runs that stand before the first words, such as the number of the block.
        indent: of all of it.
    """

    def __init__(self, language: str, *, lead: str = "", indent: int = 0, style: str = "") -> None:
        self.is_rtl = direction(language) == "rtl"
        self.parts: list[str] = []
        self._look = Look(language)
        self._open = _Open([lead] if lead else [], indent, style)
        self._marks: list[str] = []

    def draw(self, markup: Markup) -> str:
        """All of it."""
        for piece in lxml_html.fragments_fromstring(str(markup)):
            if isinstance(piece, str):
                self._words(piece, self._look)
            else:
                self._element(piece, self._look)
                self._words(piece.tail or "", self._look)
        self._end()
        return "".join(self.parts)

    def draw_inside(self, element: lxml_html.HtmlElement, look: Look) -> str:
        """What stands inside an element of the HTML, such as a cell."""
        self._inside(element, look)
        self._end()
        return "".join(self.parts)

    def _words(self, words: str, look: Look) -> None:
        if words.strip() or (self._open.runs and words):
            self._open.runs.append(run(words if look.code else re.sub(r"\s+", " ", words), look))

    def _end(self, indent: int | None = None, style: str | None = None) -> None:
        """End the paragraph, if it has words, and begin another."""
        now = self._open
        if now.runs:
            self.parts.append(paragraph("".join(now.runs), is_rtl=self.is_rtl, style=now.style, indent=now.indent))
        self._open = _Open([], now.indent if indent is None else indent, now.style if style is None else style)

    def _inside(self, element: lxml_html.HtmlElement, look: Look) -> None:
        self._words(element.text or "", look)
        for child in element:
            self._element(child, look)
            self._words(child.tail or "", look)

    def _element(self, element: lxml_html.HtmlElement, look: Look) -> None:
        tag = str(element.tag)
        kinds = str(element.get("class", "")).split()
        if "visually-hidden" in kinds or "data-beside" in element.attrib:
            return  # said to those who listen to a page, and ways back in it
        if tag in _STYLES:
            changed: dict[str, Any] = {_STYLES[tag]: True, "boxed": look.boxed or "blank" in kinds}
            self._inside(element, replace(look, **changed))
            depth = next((kind[2:] for kind in kinds if re.fullmatch("br[2-9]", kind)), "")
            if depth:  # of a bracket within others, as the page shows it
                self._words(depth, replace(look, raised="subscript"))
        elif tag in {"sup", "sub"}:
            self._inside(element, replace(look, raised="superscript" if tag == "sup" else "subscript"))
        elif tag == "a":
            self._inside(element, look)
            target = element.get("href", "")
            if target and not target.startswith("#") and target not in element.text_content():
                self._words(f" ({target})", look)
        elif tag == "br":
            self._open.runs.append("<w:r><w:br/></w:r>")
        elif tag in _BOXES:
            getattr(self, _BOXES[tag])(element, look)
        else:  # p, hr and what only a page needs
            self._inside(element, look)
            if tag in {"p", "hr"}:
                self._end()

    def _code(self, element: lxml_html.HtmlElement, look: Look) -> None:
        self._end()
        self._inside(element, replace(look, code=True))
        self._end()

    def _quote(self, element: lxml_html.HtmlElement, look: Look) -> None:
        before = self._open
        self._open = _Open(before.runs, before.indent + 360, "Quote")
        self._inside(element, look)
        self._end(before.indent, before.style)

    def _list(self, element: lxml_html.HtmlElement, look: Look) -> None:
        before = self._open.indent
        if self._open.runs:
            self._end()
        number = int(element.get("start") or 1) if str(element.get("start") or "1").isdigit() else 1
        for child in element:
            self._end(before + 360)
            mark = f"{number}." if element.tag == "ol" else "–"
            self._open.runs.append(run(f"{mark} ", look))
            self._inside(child, look)
            self._end(before)
            number += 1
        self._open.indent = before

    def _table(self, element: lxml_html.HtmlElement, look: Look) -> None:
        self._end()
        rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in element.iter("tr")]
        width = max((len(row) for row in rows), default=0)
        drawn = []
        for row in rows:
            is_head = all(cell.tag == "th" for cell in row)
            cells = [Drawing(look.language).draw_inside(cell, replace(look, bold=cell.tag == "th")) for cell in row]
            cells += [""] * (width - len(row))
            drawn.append(table_row(cells, is_head=is_head, is_rtl=self.is_rtl))
        if width:
            self.parts.append(table(drawn, [9000 // width] * width, is_rtl=self.is_rtl))


def table(rows: Sequence[str], widths: Sequence[int], *, is_rtl: bool) -> str:
    """A table; in a text that is read from right to left its first column stands on the right."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    visual = "<w:bidiVisual/>" if is_rtl else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>{visual}<w:tblW w:w="5000" w:type="pct"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
        "<w:p/>"  # two tables that follow each other would be one
    )


def table_row(
    cells: Sequence[str], *, is_head: bool = False, is_rtl: bool = False, widths: Sequence[int] | None = None
) -> str:
    """A row of cells, each of paragraphs, on one page if it fits there; a heading row is repeated on every page."""
    properties = "<w:cantSplit/><w:tblHeader/>" if is_head else "<w:cantSplit/>"
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7ECF1"/>' if is_head else ""
    empty = paragraph("", is_rtl=is_rtl)
    drawn = []
    for place, cell in enumerate(cells):
        width = f'<w:tcW w:w="{widths[place]}" w:type="dxa"/>' if widths else '<w:tcW w:w="0" w:type="auto"/>'
        drawn.append(f"<w:tc><w:tcPr>{width}{shade}</w:tcPr>{cell or empty}</w:tc>")
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(drawn)}</w:tr>"


def plain_paragraphs(
    words: str, look: Look, *, indent: int = 0, shaded: bool = False, tight: bool = False
) -> Iterator[str]:
    """Words as people typed them: an empty line parts paragraphs."""
    is_rtl = direction(look.language) == "rtl"
    for part in re.split(r"\n\s*\n", words.strip()):
        yield paragraph(run(part, look), is_rtl=is_rtl, indent=indent, shaded=shaded, tight=tight)
