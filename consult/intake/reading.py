"""A file to a table: its kind, sheet, encoding, the row of its headings, and the rows below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.intake.cells import EMPTY, Cell, CellKind, Rows
from consult.intake.columns import HEADING_MAX, KNOWN_HEADINGS, recognise, score
from consult.intake.delimited import decode, find_separator, read_rows
from consult.intake.xlsx import Workbook

FILE_MAX = 20 * 1024 * 1024
SHEETS_MAX = 30
HEAD = 60  # rows in which the headings are looked for

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_NO_TABLE = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_EXAMPLE = re.compile(r"\W*(?:e\.?\s?g\b|for example|example|exemple|ejemplo|p\. ?ex|مثال)", re.IGNORECASE)
_LEGEND = re.compile(
    r"\W*\d?\W*(?:mb\b.{0,60}[=:]|om\b.{0,60}=|type (?:of com\w*|de commentaire)\W+ge\b|ge\s*=|note\W+col\w+ 1\b|"
    r"iso/iec/cen|iso electronic balloting|formulaire iso)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with its number as a spreadsheet shows it."""

    number: int
    cells: Sequence[Cell]

    def cell(self, place: int | None) -> Cell:
        """What stands in a column; nothing where the row is shorter."""
        return self.cells[place] if place is not None and 0 <= place < len(self.cells) else EMPTY


@dataclass(frozen=True)
class Table:
    """A comment table as it was read.

    Args:
        sheets: the names of all sheets, the one that was read first among equals.
        sheet: the one that was read; empty for a text file.
        encoding: of a text file, else empty.
        is_guess: the encoding stands nowhere in the file.
        header: the number of the row of headings.
        headings: their words, by place.
        rows: what stands below, without what is no row of comments.
        left_out: rows that are part of the form: repeated headings, footnotes, examples; their numbers.
        merged: of each cell that a merge covers, the row whose value it shares.
    """

    sheets: Sequence[str]
    sheet: str
    encoding: str
    is_guess: bool
    header: int
    headings: Sequence[str]
    rows: Sequence[Row]
    left_out: Sequence[int] = ()
    merged: dict[tuple[int, int], int] = field(default_factory=dict)


def read_table(
    content: bytes, *, sheet: str | None = None, encoding: str | None = None, header: int | None = None
) -> Table:
    """Read a comment table from a workbook or from separated text.

    Args:
        content: the bytes of the file.
        sheet: which sheet, where there are several; else the one that looks most like a comment table.
        encoding: of a text file, where somebody chose it.
        header: the row of the headings, where somebody chose it.

    Raises:
        BadInput: not a table that can be read; the sentence says what to do.
    """
    _require_table(content)
    if content.startswith(_ZIP):
        return _of_workbook(content, sheet, header)
    decoded = decode(content, encoding)
    found = read_rows(decoded.text, find_separator(decoded.text, sorted(KNOWN_HEADINGS)))
    return _table(found, [""], "", decoded.encoding, decoded.is_guess, header)


def _require_table(content: bytes) -> None:
    if not content.strip():
        raise BadInput(_("This file is empty."), "file")
    if len(content) > FILE_MAX:
        raise BadInput(_("This file is larger than 20 megabytes. Split the table."), "file")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise BadInput(_("This file is protected by a password. Save it without one."), "file")
        raise BadInput(_("This is an old Excel file (.xls). Open it and save it as .xlsx, or as CSV."), "file")
    if content.startswith(_NO_TABLE):
        raise BadInput(_("This is not a table. Save it as .xlsx or as CSV."), "file")


def _of_workbook(content: bytes, sheet: str | None, header: int | None) -> Table:
    workbook = Workbook(content)
    names = [one.name for one in workbook.sheets][:SHEETS_MAX]
    if sheet is not None:
        chosen = next((one for one in workbook.sheets if one.name == sheet), None)
        if chosen is None:
            raise BadInput(_("This workbook has no sheet “%(name)s”.", name=sheet[:80]), "sheet")
        return _table(workbook.read(chosen), names, chosen.name, "", False, header)
    best: tuple[int, int] = (-1, -1)
    found: Rows | None = None
    name = ""
    parts: set[str] = set()
    for one in workbook.sheets[:SHEETS_MAX]:
        if one.part in parts:  # two names for one sheet
            continue
        parts.add(one.part)
        rows = workbook.read(one)
        value = (max((score(_texts(cells)) for _n, cells in _head(rows)), default=-1), len(rows.cells))
        if value > best:
            best, found, name = value, rows, one.name
    return _table(found or Rows(), names, name, "", False, header)


def _head(rows: Rows) -> Iterator[tuple[int, dict[int, Cell]]]:
    for number in sorted(rows.cells)[:HEAD]:
        yield number, rows.cells[number]


def _texts(cells: dict[int, Cell]) -> list[str]:
    return [" ".join(cells.get(place, EMPTY).text.split()) for place in range(max(cells, default=-1) + 1)]


def _table(found: Rows, sheets: Sequence[str], sheet: str, encoding: str, is_guess: bool, header: int | None) -> Table:
    if not found.cells:
        raise BadInput(_("There is no table in this file."), "file")
    number = _header(found) if header is None else header
    if number not in found.cells:
        raise BadInput(_("There is nothing in row %(number)s.", number=number), "header")
    headings = _texts(found.cells[number])
    width = max(max(cells) for cells in found.cells.values()) + 1
    headings += [""] * (width - len(headings))
    rows, left_out = [], []
    for place in sorted(found.cells):
        cells = found.cells[place]
        if place <= number:
            continue
        if _belongs_to_form(cells, headings):
            left_out.append(place)
        else:
            rows.append(Row(place, [cells.get(column, EMPTY) for column in range(max(cells) + 1)]))
    return Table(sheets, sheet, encoding, is_guess, number, headings, rows, left_out, found.merged)


def _header(found: Rows) -> int:
    """The row whose words name the most columns; where none does, the first of the widest rows of words."""
    best = max(_head(found), key=lambda row: (score(_texts(row[1])), -row[0]))
    if score(_texts(best[1])) >= 2:
        return best[0]
    width = min(2, max(len(cells) for _number, cells in _head(found)))
    words = (number for number, cells in _head(found) if len(cells) >= width and _are_words(cells))
    return next(words, best[0])


def _are_words(cells: dict[int, Cell]) -> bool:
    return all(cell.kind is CellKind.TEXT for cell in cells.values())


def _belongs_to_form(cells: dict[int, Cell], headings: Sequence[str]) -> bool:
    """Whether a row is part of the form and not of what somebody filled in."""
    texts = _texts(cells)
    filled = [text for text in texts if text]
    if len(filled) > 1 and all(not text or text == headings[place] for place, text in enumerate(texts)):
        return True  # the headings again, at the top of a printed page
    is_short = all(len(text) <= HEADING_MAX for text in filled)
    if len(filled) > 2 and is_short and score(texts) >= 3 and recognise(texts) == recognise(headings):
        return True
    if len(filled) > 2 and all(re.fullmatch(r"\(?\d{1,2}\)?\.?", text) for text in filled):
        return [int(re.sub(r"\D", "", text)) for text in filled] == list(range(1, len(filled) + 1))
    if len(filled) == 1 and _LEGEND.match(filled[0]):
        return True  # the footnotes of the form
    return bool(filled) and bool(_EXAMPLE.match(filled[0])) and len(filled[0]) < 30
