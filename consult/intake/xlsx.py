"""Workbooks, read by openpyxl a row at a time, so that no file makes us hold more than what stands in it.

Its reader of sheets is used rather than its worksheets: those do not tell which cells are merged when they are
read as a stream, fill every gap before a far cell, and otherwise make an object of each cell that a merge covers.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE, is_date_format
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_STYLE, ARC_WORKBOOK, ARC_WORKBOOK_RELS, SHEET_MAIN_NS

from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.intake.cells import CELLS_MAX, Cell, CellKind, Rows

UNZIPPED_MAX = 100 * 1024 * 1024
PARTS_MAX = 2_000
SIGNS_MAX = 1_500_000  # of "<": the least that an element takes, so that small ones do not take minutes either
SMALL_MAX = 100_000  # the same in parts that openpyxl makes costly objects of
_SMALL = {ARC_CONTENT_TYPES, ARC_STYLE, ARC_WORKBOOK, ARC_WORKBOOK_RELS}
WIDEST = 16_384  # columns that a sheet can have
CHUNK = 1 << 18
MERGES_MAX = 60_000
STRINGS_MAX = 200_000  # different words of a workbook
PARSED_MAX = 320_000  # rows and cells of a sheet that openpyxl reads, at some ten microseconds each
DEPTH_MAX = 60  # of elements in each other
ATTRIBUTES_MAX = 200  # of one element
_CELL_TAG = f"{{{SHEET_MAIN_NS}}}c"
_MERGE_TAG = f"{{{SHEET_MAIN_NS}}}mergeCell"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Dates in the spreadsheets of East Asia, which openpyxl does not list.
# A format has at most 255 characters and a workbook some hundreds of them; the patterns that read one take the square
# of its length.
FORMAT_MAX, FORMATS_MAX = 255, 1_000
_FORMATS = {**dict.fromkeys([*range(27, 37), *range(50, 59)], "yyyy-mm-dd"), **BUILTIN_FORMATS}


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, and the part of the file that holds it."""

    name: str
    part: str


class Workbook:
    """An Excel workbook (.xlsx, .xlsm).

    Args:
        content: the bytes of the file.

    Raises:
        BadInput: not a workbook, damaged, protected, too large, or it declares entities.
    """

    def __init__(self, content: bytes) -> None:
        with _reading():
            _require_readable(content)
            self._reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            self._reader.read_manifest()
            self._reader.read_strings()
            self._reader.read_workbook()
            self._formats = self._read_formats()
            dated = {code for code in set(self._formats) if is_date_format(code)}
            self._dates = {place for place, code in enumerate(self._formats) if code in dated}
            self.sheets = [
                Sheet(sheet.name, relation.target)
                for sheet, relation in self._reader.parser.find_sheets()
                if relation.Type.endswith("/worksheet")
            ]
        if not self.sheets:
            raise BadInput(_("There is no table in this workbook."), "file")

    def _read_formats(self) -> list[str]:
        """The number format of each style of cells."""
        if ARC_STYLE not in self._reader.archive.namelist():
            return []
        tree: Any = fromstring(self._reader.archive.read(ARC_STYLE))
        _tame(tree)
        styles = Stylesheet.from_tree(tree)
        keys = [style.numFmtId for style in styles.cell_styles]
        custom = styles.number_formats
        return [
            custom[key - BUILTIN_FORMATS_MAX_SIZE] if key >= BUILTIN_FORMATS_MAX_SIZE else _FORMATS.get(key, "General")
            for key in keys
        ]

    def read(self, sheet: Sheet) -> Rows:
        """Everything that stands in a sheet.

        Raises:
            BadInput: damaged, or more rows or columns than we read.
        """
        found = Rows()
        merges: list[tuple[int, int, int]] = []
        with _reading(), self._reader.archive.open(sheet.part) as source:
            parser = _Parser(
                source,
                self._reader.shared_strings,
                data_only=True,
                epoch=self._reader.wb.epoch,
                date_formats=self._dates,
            )
            width = parsed = 0
            for _event, element in iterparse(source):
                if element.tag == _CELL_TAG:
                    width += 1
                    if width > WIDEST:
                        raise _too_much()
                elif element.tag == _MERGE_TAG:
                    if len(merges) >= MERGES_MAX:
                        raise _too_much()
                    left, top, _right, bottom = range_boundaries(element.get("ref", ""))
                    merges.append((left or 1, top or 1, bottom or 1))
                elif element.tag == ROW_TAG:
                    _leave_out_empty(element)
                    parsed += 1 + len(element)
                    if parsed > PARSED_MAX:
                        raise _too_much()
                    for cell in parser.parse_row(element)[1]:
                        found.keep(cell["row"], cell["column"] - 1, self._cell(**cell))
                    parser.row_dimensions.clear()
                    element.clear()
                    width = 0
        _note_merges(found, merges)
        return found

    def _cell(self, row: int, column: int, value: object, data_type: str, style_id: int) -> Cell:
        if data_type == "f":
            return Cell("", CellKind.LOST_FORMULA)
        if value is None:
            return Cell()
        if data_type == "e":
            return Cell(str(value), CellKind.ERROR)
        if isinstance(value, bool):
            return Cell("TRUE" if value else "FALSE", CellKind.BOOLEAN)
        if isinstance(value, date):
            day = value.date() if isinstance(value, datetime) else value
            return Cell(day.isoformat(), CellKind.DATE, day)
        if isinstance(value, int | float):
            return _number(value, self._formats[style_id] if style_id < len(self._formats) else "General")
        return Cell(_unescaped(str(value)))


class _Parser(WorkSheetParser):
    """Reads the values of cells; tells also of a formula that has none, which is not the same as an empty cell."""

    def parse_cell(self, element: Element) -> dict[str, object]:
        cell = super().parse_cell(element)
        if cell["value"] is None and cell["data_type"] != "str" and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def _leave_out_empty(row: Element) -> None:
    """Leave cells out that are only formatted; one that does not say where it stands counts for those behind it."""
    row[:] = [cell for cell in row if len(cell) or not cell.get("r")]


@contextmanager
def _reading() -> Iterator[None]:
    """Say of whatever goes wrong in a file what to do; openpyxl has no one error for that."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl would not save: we save nothing
            yield
    except BadInput:
        raise
    except DefusedXmlException as error:
        raise _has_declarations() from error
    except Exception as error:
        raise BadInput(
            _("This file cannot be read: it is damaged. Open it in your spreadsheet and save it anew."), "file"
        ) from error


def _require_readable(content: bytes) -> None:
    """Refuse what is no workbook, and what unpacks to more than we read, before any of it is parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > PARTS_MAX or sum(member.file_size for member in members) > UNZIPPED_MAX:
            raise _too_much()
        if any(member.flag_bits & 1 for member in members):
            raise BadInput(_("This file is protected by a password. Save it without one."), "file")
        names = {member.filename for member in members}
        if "xl/workbook.xml" not in names:
            if names & {"xl/workbook.bin", "content.xml"}:
                raise BadInput(_("This kind of spreadsheet is not read. Save it as .xlsx or as CSV."), "file")
            raise BadInput(_("This is not an Excel workbook. Save the table as .xlsx or as CSV."), "file")
        if b"purl.oclc.org/ooxml" in archive.read("xl/workbook.xml"):  # what Excel calls strict; openpyxl sees nothing
            raise BadInput(_("This kind of spreadsheet is not read. Save it as .xlsx or as CSV."), "file")
        total = 0
        for member in members:
            with archive.open(member) as part:
                total += _signs_in(part, SMALL_MAX if member.filename in _SMALL else SIGNS_MAX)
            if total > SIGNS_MAX:
                raise _too_much()


def _signs_in(part: IO[bytes], most: int) -> int:
    """How many elements a part can hold; refuses what would keep a parser that makes objects busy for minutes."""
    total = long = 0
    shape = _Shape()
    while chunk := part.read(CHUNK):
        signs = chunk.count(b"<")
        total += signs
        # A full cell is less than one chunk, so two without a sign are one enormous attribute or word.
        long = 0 if signs else long + 1
        if total > most or long > 1:
            raise _too_much()
        shape.look_at(chunk)
    return total


class _Shape:
    """Looks at a part as it is unpacked: how deep its elements stand in each other, how many
    attributes they have, and how many words they keep."""

    def __init__(self) -> None:
        self.depth = self.strings = 0
        self.parser: Any = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._declared
        self.parser.ordered_attributes = True

    def look_at(self, chunk: bytes) -> None:
        """Look at the next bytes; what is no markup, or no good one, is left to the parser that reads it."""
        if self.parser is not None:
            try:
                self.parser.Parse(chunk, False)
            except expat.ExpatError:
                self.parser = None

    def _start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.strings += name == "si" or name.endswith(":si")
        if self.depth > DEPTH_MAX or len(attributes) > 2 * ATTRIBUTES_MAX or self.strings > STRINGS_MAX:
            raise _too_much()

    def _end(self, _name: str) -> None:
        self.depth -= 1

    @staticmethod
    def _declared(*_words: object) -> None:
        raise _has_declarations()


def _has_declarations() -> BadInput:
    return BadInput(
        _("This workbook holds declarations that no spreadsheet needs. Save the table in a new one."), "file"
    )


def _tame(styles: Any) -> None:
    """Leave out number formats that are longer than a spreadsheet writes; refuse too many of them."""
    formats = list(styles.iter(f"{{{SHEET_MAIN_NS}}}numFmt"))
    if len(formats) > FORMATS_MAX:
        raise _too_much()
    for one in formats:
        if len(one.get("formatCode", "")) > FORMAT_MAX:
            one.set("formatCode", "General")


def _too_much() -> BadInput:
    return BadInput(_("This workbook unpacks to more than we read. Save only the table in a new one."), "file")


def _note_merges(found: Rows, merges: list[tuple[int, int, int]]) -> None:
    """Note of every row that a merge down a column covers whose value it shares."""
    rows = sorted(found.cells)
    covered = (
        (row, left - 1, top)
        for left, top, bottom in merges
        for row in rows[bisect_right(rows, top) : bisect_right(rows, bottom)]
    )
    found.merged = {(row, column): top for row, column, top in islice(covered, CELLS_MAX)}


def _unescaped(text: str) -> str:
    """Words without the escapes of workbooks; halves of characters that stand alone become a sign for that."""
    if "_x" not in text:
        return text
    raw = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _number(value: float, code: str) -> Cell:
    """A number as its format shows it; 3.1 without a format may have been typed as 3.10."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";")[0]).strip()
    if found := re.fullmatch(r"[#0,]*0(?:\.(0+))?", bare):
        return Cell(f"{value:.{len(found[1] or '')}f}", CellKind.NUMBER)
    return Cell(f"{value:.15g}", CellKind.NUMBER, is_rounded=True)
