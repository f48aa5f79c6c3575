"""What stands in one cell of a table, and its words as plain text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from html.parser import HTMLParser

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _

ROWS_MAX = 20_000
COLUMNS_MAX = 200
CELLS_MAX = 500_000
WORDS_MAX = 30_000_000  # characters: one string of a workbook may stand in thousands of cells
# Excel holds no more in a cell and cuts what is longer without a word.
FULL_CELL = 32_767

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLOCKS = {"p", "div", "br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr"}
_INLINE = {"a", "abbr", "b", "big", "em", "font", "i", "img", "s", "small", "span", "strong", "sub", "sup", "u", "td",
           "th", "tbody", "thead", "body", "html", "head", "script", "style", "iframe", "svg", "form",
           "input"}  # fmt: skip
_SILENT = {"script", "style", "head"}
# Only elements of these names: words such as <INSERT NAME> stay as they were written.
_MARKUP = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})(?:\s[^<>]*)?/?>", re.IGNORECASE)


class CellKind(StrEnum):
    """What a table holds in a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    LOST_FORMULA = "lost_formula"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Args:
        text: as the program that made the table shows it.
        kind: what it is in the table.
        day: of a date.
        is_rounded: a number whose format says nothing of its zeros: 3.1 may have been typed as 3.10.
    """

    text: str = ""
    kind: CellKind = CellKind.TEXT
    day: date | None = None
    is_rounded: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it; a formula without its value is something."""
        return not self.text.strip() and self.kind is not CellKind.LOST_FORMULA


EMPTY = Cell()


@dataclass
class Rows:
    """What was read of one sheet.

    Args:
        cells: the cells that hold something, by row (from 1) and column (from 0).
        merged: of every cell that is covered by a merge down a column, the row whose value it shares.
    """

    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: dict[tuple[int, int], int] = field(default_factory=dict)
    count: int = 0
    words: int = 0

    def keep(self, row: int, column: int, cell: Cell) -> None:
        """Add a cell, if something stands in it.

        Raises:
            BadInput: more rows, columns or words than we read.
        """
        if cell.is_empty:
            return
        if column >= COLUMNS_MAX:
            raise BadInput(_("This table has more than %(count)s columns.", count=format_number(COLUMNS_MAX)), "file")
        if row not in self.cells and len(self.cells) >= ROWS_MAX:
            raise BadInput(
                _("This table has more than %(count)s rows. Split it.", count=format_number(ROWS_MAX)), "file"
            )
        self.count, self.words = self.count + 1, self.words + len(cell.text)
        if self.count > CELLS_MAX or self.words > WORDS_MAX:
            raise BadInput(_("This table holds more words than we read at once. Split it."), "file")
        self.cells.setdefault(row, {})[column] = cell


def column_letters(place: int) -> str:
    """What a spreadsheet calls the column at that place, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a cell as plain text, and what was done to them.

    Args:
        text: without markup and without characters that no text holds.
        had_markup: HTML was put into plain text.
        had_controls: invisible characters were left out.
        is_full: as long as a cell can be; its end may have been cut.
    """

    text: str
    had_markup: bool = False
    had_controls: bool = False
    is_full: bool = False


def without_controls(raw: str) -> str:
    """Text as a file may hold it: no NUL and no other invisible control, which could stand before a formula."""
    return _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))


def words_of(raw: str) -> Words:
    """The words of a cell; markup becomes plain text, and nothing of it is ever run."""
    text, had_markup = raw, bool(_MARKUP.search(raw))
    if had_markup:
        text = _plain(text)
    cleaned = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))
    cleaned = cleaned.replace("\xa0", " ").strip()
    return Words(cleaned, had_markup, bool(_CONTROL.search(raw.replace("\x0b", ""))), len(raw) >= FULL_CELL)


class _Reader(HTMLParser):
    """Collects the words of markup; a link keeps its address behind its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in {"td", "th"}:
            self.parts.append("\t")
        elif tag == "a":
            address = next((value for name, value in attrs if name == "href" and value), "")
            self.links.append(address if re.match(r"https?://|mailto:", address, re.IGNORECASE) else "")
        elif tag not in _INLINE:
            self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT or tag == "a":
            return
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "a" and self.links:
            address = self.links.pop()
            if address and not "".join(self.parts[-2:]).endswith(address):
                self.parts.append(f" ({address})")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag not in _INLINE:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def _plain(text: str) -> str:
    # What looks like a tag and is none of HTML's is kept from the parser, which would drop or mend it.
    held = re.sub(r"<(?!/?[A-Za-z!])|<(?=[^<>]*$)", "&lt;", text)
    reader = _Reader()
    reader.feed(held)
    reader.close()
    words = "".join(reader.parts)
    if not words.strip() and text.strip():  # nothing but what is never shown: say at least that it was there
        words = html.unescape(text)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in words.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
