"""PDF: its text alone, marked so."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest

from consult.documents.importing.structure import Unreadable
from tests.support import files
from tests.support.word import found, lines_of, reading

SAMPLE = (
    Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[5] / "shared" / "samples")
    / "uspki-tls-policy"
    / "draft_v0_1_sept2017.pdf"
)
Line = tuple[str, int, int, bool]
"""Words, their height on the page, their size, whether they are bold."""


def pdf(*pages: Sequence[Line]) -> bytes:
    """A PDF of these lines."""
    made = pikepdf.new()
    for lines in pages:
        made.add_blank_page(page_size=(595, 842))
        page = made.pages[-1]
        fonts = {
            f"/F{n}": pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(name)
            )
            for n, name in enumerate(("/Helvetica", "/Helvetica-Bold"))
        }
        page["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts))
        drawn = "".join(
            f"BT /F{int(is_bold)} {size} Tf 72 {top} Td ({words}) Tj ET\n" for words, top, size, is_bold in lines
        )
        page["/Contents"] = made.make_stream(drawn.encode("latin-1"))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


LONG = "This is a line of ordinary words that reaches the right side of the page"


def sheet(number: int) -> list[Line]:
    return [  # the same words at the same height on every page, but for what stands in its margins
        ("Draft of the agreement", 800, 9, False),
        (f"{number}.1 Scope of part", 720, 14, True),
        (f"{LONG} and is parti-", 700, 11, False),
        ("cularly long, so that it goes on in the next line of the page as words do", 686, 11, False),
        ("and ends here.", 672, 11, False),
        ("A second paragraph begins here after the end of the first one as it should", 658, 11, False),
        ("1. an item", 630, 11, False),
        ("2. another one", 616, 11, False),
        (f"Page {number} of 4", 40, 9, False),
    ]


def test_lines_become_paragraphs_headings_and_items_without_what_repeats() -> None:
    made = reading(pdf(*(sheet(n) for n in range(1, 5))))
    assert lines_of(made)[:5] == [
        "heading2 1.1| Scope of part",
        f"text | {LONG} and is particularly long, so that it goes on in the next line of the page as words do and ends here.",
        "text | A second paragraph begins here after the end of the first one as it should",
        "item 1.| an item",
        "item 2.| another one",
    ]
    assert len(made.blocks) == 20
    seen = found(made)
    assert made.format.value == "pdf"
    assert (seen["pdf_text"].count, seen["pdf_running"].count, seen["pdf_hyphens"].count) == (4, 8, 4)
    assert [made.pieces[block.first_piece or 0].label for block in made.blocks][::5] == ["1", "2", "3", "4"]


def test_numbers_of_lines_are_left_out() -> None:
    lines = [(f"{n + 1}  {LONG} {'abcdefghijklmnopqrstuvwxyz'[n]}", 780 - 14 * n, 11, False) for n in range(26)]
    made = reading(pdf(lines))
    assert found(made)["pdf_line_numbers"].count == 26
    assert made.blocks[0].text.startswith(f"{LONG} a {LONG} b")


def test_what_has_no_text_or_a_password_is_refused_with_what_to_do() -> None:
    for content, why in (
        (files.pdf(), "scanned"),
        (files.pdf(password="x"), "encrypted"),
        (b"%PDF-1.7\nnone", "damaged"),
    ):
        with pytest.raises(Unreadable) as error:
            reading(content)
        assert error.value.code.value == why


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the samples are not here")
def test_a_real_draft_with_numbered_lines() -> None:
    made = reading(SAMPLE.read_bytes())
    sections = {block.number: block.text for block in made.blocks if block.kind.value == "heading" and block.number}
    assert sections["1.3.2"] == "Registration Authorities"
    assert len([number for number in sections if number.count(".") == 1]) >= 50
    assert found(made)["pdf_line_numbers"].count > 2_000
    assert found(made)["contents_list"].count == 1
