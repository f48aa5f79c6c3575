"""The rows that were not taken, as files to correct and to bring in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import xlsxwriter

from consult.core.text import spreadsheet_safe
from consult.intake.cells import FULL_CELL, without_controls
from consult.intake.columns import OUR_COLUMNS, is_ours
from consult.intake.queries import RefusedRow
from consult.intake.wording import problem_in_words


def _lines(headings: Sequence[str], rows: Sequence[RefusedRow]) -> Iterator[list[str]]:
    """The headings and each row in its own columns, then ours: row, cell, why."""
    kept = [place for place, heading in enumerate(headings) if not is_ours(heading)]
    yield [*(without_controls(headings[place]) for place in kept), *OUR_COLUMNS]
    for row in rows:
        cells = [without_controls(row.cells[place]) if place < len(row.cells) else "" for place in kept]
        where = ", ".join(dict.fromkeys(trouble.cell for trouble in row.troubles))
        why = " ".join(dict.fromkeys(problem_in_words(trouble) for trouble in row.troubles))
        yield [*cells, str(row.number), where, why]


def to_csv(headings: Sequence[str], rows: Sequence[RefusedRow]) -> bytes:
    """The rows as CSV in UTF-8, with a mark so that spreadsheets know; nothing in it is a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    for line in _lines(headings, rows):
        writer.writerow([spreadsheet_safe(value) for value in line])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def to_xlsx(headings: Sequence[str], rows: Sequence[RefusedRow]) -> bytes:
    """The rows as a workbook of plain words: no formulas, no links.

    What is longer than a cell holds is cut there, so that the file opens; the CSV has all of it.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet = workbook.add_worksheet("Not taken")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(headings) + len(OUR_COLUMNS) - 1), 24, wrapped)
        for number, line in enumerate(_lines(headings, rows)):
            for place, value in enumerate(line):
                sheet.write_string(number, place, value[:FULL_CELL], bold if number == 0 else wrapped)
    return buffer.getvalue()
