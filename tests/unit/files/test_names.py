"""Names of files: tamed, with the ending of what is inside, and safe in a header."""

from __future__ import annotations

import pytest

from consult.files.kinds import Kind
from consult.files.names import STEM_MOST, content_disposition, tame


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\report.docx", "report.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("photo.php.jpg", "photo-php.pdf"),
        ("Report v1.2.pdf", "Report v1.2.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("CON.pdf", "file-CON.pdf"),
        ("nul", "file-nul.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ('<img src=x onerror="a()">.pdf', "a().pdf"),
        ("position\x00.pdf", "position.pdf"),
        ("รายงาน.pdf", "รายงาน.pdf"),
        ("تقرير.pdf", "تقرير.pdf"),
    ],
)
def test_a_name_is_tamed(name: str, shown: str) -> None:
    made = tame(name, Kind.PDF)
    assert made.endswith(".pdf")
    assert not set(made) & set('/\\<>"\r\n\x00\u202e')
    assert "." not in made.removesuffix(".pdf") or "v1.2" in made
    if "<" not in name:
        assert made == shown


def test_a_name_of_300_characters_is_cut_between_letters() -> None:
    made = tame("ก็" * 150 + ".pdf", Kind.PDF)
    assert len(made) <= STEM_MOST + 4
    assert made.removesuffix(".pdf").endswith("็")


def test_the_header_holds_no_more_than_one_name() -> None:
    header = content_disposition(tame('ប"; filename=evil.html\r\nX: y.pdf', Kind.PDF))
    assert header.startswith('attachment; filename="')
    assert "\r" not in header
    assert "\n" not in header
    assert header.isascii()
    assert header.count('"') == 2
    assert "filename*=UTF-8''%E1%9E%94" in header
