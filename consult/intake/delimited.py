"""Tables as text: in which encoding and with which separator an office has saved them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charset_normalizer import from_bytes

from consult.core.errors import BadInput
from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.text import without_apostrophe
from consult.intake.cells import WORDS_MAX, Cell, Rows
from consult.intake.columns import OUR_COLUMNS

# What can be chosen, by the name that offices know; in the order in which they are offered.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1258": "Windows-1258",
    "cp874": "Windows-874",
    "cp932": "Shift_JIS",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "cp949": "EUC-KR",
    "mac_roman": "Mac Roman",
}
_GUESSED = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "cp932", "gb18030",
            "big5hkscs", "big5", "cp949", "gb2312", "shift_jis", "euc_kr", "mac_roman"]  # fmt: skip
_SAME = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
_CENTRAL_EUROPEAN = {"Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Slovene", "Croatian", "Albanian"}
SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 200_000


@dataclass(frozen=True)
class Decoded:
    """The text of a file, and how it was read.

    Args:
        text: without a byte order mark.
        encoding: one of ENCODINGS.
        is_guess: nothing in the file says so; a person should look at the letters.
    """

    text: str
    encoding: str
    is_guess: bool


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file.

    Args:
        content: its bytes.
        encoding: one of ENCODINGS, where somebody chose it.

    Raises:
        BadInput: it cannot be text in that encoding, or in any that we know.
    """
    if encoding:
        return Decoded(_in(content, encoding), encoding, is_guess=False)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded(_in(content, "utf-16"), "utf-16", is_guess=False)
    wide = _wide(content)
    if wide:
        return Decoded(content.decode(wide, "replace"), "utf-16", is_guess=False)
    try:
        return Decoded(content.decode("utf-8-sig"), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        return _guessed(content)


def _in(content: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise BadInput(_("This encoding is not known. Choose one of the list."), "encoding")
    wide = not content.startswith((b"\xff\xfe", b"\xfe\xff")) and encoding == "utf-16"
    name = (_wide(content) or "utf-16-le") if wide else {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise BadInput(
            _(
                "This file is not text in %(encoding)s (byte %(place)s). Choose another encoding, or let us find it.",
                encoding=ENCODINGS[encoding],
                place=format_number(error.start),
            ),
            "encoding",
        ) from error


def _wide(content: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte of plain letters is zero."""
    sample = content[:4000]
    if len(sample) < 4 or b"\x00" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) / 8 and odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) / 8 and even > 4 * odd else ""


def _guessed(content: bytes) -> Decoded:
    sample = content[:_SAMPLE]
    best = from_bytes(sample, cp_isolation=_GUESSED).best()
    name = _SAME.get(best.encoding, best.encoding) if best else "cp1252"
    if name in {"cp1250", "mac_roman"} and not _is_central_european(sample, best.language if best else ""):
        name = "cp1252"
    for encoding in dict.fromkeys([name if name in ENCODINGS else "cp1252", "cp1252"]):
        try:
            return Decoded(content.decode(encoding), encoding, is_guess=True)
        except UnicodeDecodeError:
            continue
    return Decoded(content.decode("cp1252", "replace"), "cp1252", is_guess=True)


def _is_central_european(sample: bytes, language: str) -> bool:
    """Whether text that would fit both is Windows-1250 rather than Windows-1252.

    The same bytes are letters of both. Hardly any text of the West has š or ž, or ł, ą and ż inside of words; none of
    the East has à or å, or a question that begins with ¿.
    """
    eastern = len(re.findall(rb"[\x8a\x8e\x9a\x9e]|(?<=[a-z])[\xb3\xb9\xbf]|[\xb3\xb9](?=[a-z])", sample))
    western = len(re.findall(rb"[\xe0\xe5\xff]|(?<![a-z\x80-\xff])\xbf[A-Z]", sample))
    if eastern != western:
        return eastern > western
    return language in _CENTRAL_EUROPEAN


def read_rows(text: str, separator: str) -> Rows:
    """Everything that stands in a table with that separator; rows are numbered as a spreadsheet would.

    Raises:
        BadInput: more rows, columns or words than we read.
    """
    found, is_ours = Rows(), False
    for number, row in enumerate(_records(text, separator), start=1):
        if OUR_COLUMNS[0] in row:
            is_ours = True
        if is_ours:  # our own file of rows that were not taken: the sign that kept them from being formulas goes
            row = [without_apostrophe(value) for value in row]  # noqa: PLW2901
        for place, value in enumerate(row):
            found.keep(number, place, Cell(value))
    return found


def _records(text: str, separator: str) -> Iterator[list[str]]:
    lines = text.removeprefix("\ufeff").replace("\x00", "")
    if lines[:6].lower().startswith("sep=") and len(lines) > 4:  # Excel's own note of the separator
        separator = lines[4] if lines[4] in SEPARATORS else separator
        lines = lines.partition("\n")[2]
    csv.field_size_limit(WORDS_MAX)
    try:
        yield from csv.reader(io.StringIO(lines, newline=""), delimiter=separator)
    except csv.Error as error:
        raise BadInput(
            _("This file is not a table that we can read. Save it as CSV in UTF-8, or as .xlsx."), "file"
        ) from error


def find_separator(text: str, is_heading: Sequence[str] = ()) -> str:
    """The separator that makes a table of this text: the most rows of one width, and that more than one column.

    Args:
        text: of the file.
        is_heading: words that stand alone in cells of a heading, in lower case.
    """
    sample = text[:_SAMPLE]

    def fits(separator: str) -> tuple[int, int]:
        widths: dict[int, int] = {}
        known = 0
        for place, row in enumerate(_records(sample, separator)):
            if place >= 200:
                break
            widths[len(row)] = widths.get(len(row), 0) + 1
            known = max(known, sum(" ".join(cell.split()).casefold() in is_heading for cell in row))
        return known, max((width * count for width, count in widths.items() if width > 1), default=0)

    return max(SEPARATORS, key=fits)
