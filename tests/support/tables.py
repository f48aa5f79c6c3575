"""Comment tables as files, made in the test."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

ISO = ("MB/NC1", "Line number (e.g. 17)", "Clause/ Subclause (e.g. 3.1)", "Paragraph/ Figure/ Table/ (e.g. Table 1)",
       "Type of comment2", "Comments", "Proposed change", "Observations of the secretariat")  # fmt: skip


def workbook(*sheets: Sequence[Sequence[Any]], extra: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook of these rows.

    Args:
        sheets: the rows of each sheet; a value that begins with "=" is a formula without a value.
        extra: may change the first sheet, given the workbook and the sheet.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(number, column, value, None, "")
                    elif value is not None:
                        sheet.write(number, column, value)
            if place == 0 and extra is not None:
                extra(book, sheet)
    return buffer.getvalue()


def separated(rows: Sequence[Sequence[Any]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The same as text."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue().encode(encoding)


def with_part(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A workbook in which some parts are others."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return buffer.getvalue()
