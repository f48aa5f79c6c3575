"""Office files (DOCX, XLSX, ODT) written anew, entry by entry, without who wrote them, when, where and with what.

What the file shows stays: words, tables, comments and tracked changes, these without the names of those who made them.
What acts, or is loaded from elsewhere, is refused.
"""

from __future__ import annotations

from consult.files.archives import read_archive
from consult.files.images import check_pixels
from consult.files.kinds import Kind, Removed
from consult.files.office.open_document import OpenDocument
from consult.files.office.open_xml import OfficeOpen
from consult.files.office.work import PICTURES, suffix_of


def clean_office(content: bytes, kind: Kind) -> tuple[bytes, set[Removed]]:
    """An office file without what it need not tell.

    Raises:
        Refused: a bomb, encrypted, damaged, with macros, or with parts that act or come from elsewhere.
    """
    parts = read_archive(content)
    check_pixels(part for name, part in parts.items() if suffix_of(name) in PICTURES)
    work = OpenDocument(parts) if kind is Kind.ODT else OfficeOpen(parts)
    return work.clean(), work.removed
