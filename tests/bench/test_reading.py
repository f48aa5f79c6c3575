"""How long a draft of 250 pages takes to be read, in the process that reads it: figures, no limits. Target: 20 s."""

from __future__ import annotations

import io
import resource
import time

import docx

from consult.documents.importing.reading import read_source

PAGES = 250
WORDS = [
    "the",
    "Parties",
    "shall",
    "publish",
    "[each",
    "agreement]",
    "and",
    "its",
    "[terms,",
    "including]",
    "annexes",
    "before",
    "they",
    "are",
    "signed",
    "so",
    "that",
    "affected",
    "communities",
    "may",
    "read",
    "them",
    "in",
    "their",
    "own",
    "languages",
    "and",
    "comment",
    "within",
    "a",
    "reasonable",
    "period",
    "of",
    "time",
]


def long_document(pages: int) -> bytes:
    """A Word file of that many pages of about 400 words: headings, paragraphs with emphasis, lists and tables."""
    document = docx.Document()
    for page in range(pages):
        document.add_heading(f"Section {page + 1} on something", level=1 + page % 3)
        for place in range(5):
            paragraph = document.add_paragraph()
            for part in range(4):
                run = paragraph.add_run(" ".join(WORDS[(place + part + n) % len(WORDS)] for n in range(15)) + " ")
                run.bold, run.italic = part == 1, part == 2
        for place in range(4):
            document.add_paragraph(f"An item, number {place}, of a list.", style="List Number")
        if page % 3 == 0:
            table = document.add_table(5, 4)
            for row in table.rows:
                for cell in row.cells:
                    cell.text = "Words of a cell | and more"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_reading_a_long_document() -> None:
    content = long_document(PAGES)
    began = time.perf_counter()
    made = read_source(io.BytesIO(content))
    seconds = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"\n  a DOCX of {PAGES} pages, {len(made.blocks):,} blocks: {seconds:.1f} s, {most} MiB at the most")
