"""Real comments traced to real changes: how often the likely change is the right one, as somebody judged by reading.

The samples are not part of the project: without them this is skipped. ``uspki_traces.csv`` holds facts alone: the row of
the spreadsheet, the paragraphs before and after, and the verdict (docs/tracing.md says what each means).
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from consult.documents.aligning import Words, align
from consult.documents.enums import Continuation
from consult.documents.importing import Block, read_markdown
from consult.responses.tracing.suggesting import Asked, Candidate, Candidates, section_of

SAMPLES = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[4] / "shared" / "samples")
SAMPLE = SAMPLES / "uspki-tls-policy"
JUDGED = Path(__file__).with_name("uspki_traces.csv")
Key = tuple[int, str]


def _read(name: str) -> list[Block]:
    return list(read_markdown((SAMPLE / name).read_text("utf-8")))


def _candidates(old: list[Block], new: list[Block]) -> dict[Key, Candidate]:
    def words(blocks: list[Block]) -> list[Words]:
        return [Words(block.kind, block.text, block.number, block.level) for block in blocks]

    arrived: dict[int, list[int]] = {}
    changed: set[int] = set()
    found: dict[Key, Candidate] = {}
    for match in align(words(old), words(new)):
        if match.new is None and match.old is not None:
            block = old[match.old]
            sections = frozenset([section_of(block.eid)]) - {""}
            found[(0, block.eid)] = Candidate((0, block.eid), (match.old,), sections, block.text, "")
        elif match.new is not None:
            arrived.setdefault(match.new, []).extend([] if match.old is None else [match.old])
            if match.continuation is not Continuation.UNCHANGED:
                changed.add(match.new)
    for place in sorted(changed):
        befores, block = arrived[place], new[place]
        sections = frozenset([*(section_of(old[one].eid) for one in befores), f"new {section_of(block.eid)}"]) - {""}
        before = " ".join(old[one].text for one in befores)
        found[(1, block.eid)] = Candidate((1, block.eid), tuple(befores), sections, before, block.text)
    return found


def _rows() -> Iterator[tuple[int, str, str, str]]:
    """Number of the row, section, comment, suggested change."""
    book = openpyxl.load_workbook(SAMPLE / "consolidated_comments_20171113.xlsx", read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True, min_row=2, max_col=8, max_row=700)
    for number, row in enumerate(rows, 2):
        section, comment, proposed = (str(cell).strip() if cell is not None else "" for cell in row[4:7])
        if comment or proposed:
            yield number, section, comment, proposed


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the samples are not here")
def test_the_likely_change_is_the_right_one_nine_times_of_ten() -> None:
    old, new = _read("draft_v0_1.md"), _read("certificate-policy_final.md")
    candidates = _candidates(old, new)
    ready = Candidates(list(candidates.values()))
    headings = {block.number.strip("."): block.eid for block in reversed(old) if block.level}
    with JUDGED.open(encoding="utf-8") as file:
        judged = {(int(row["row"]), row["after"] or row["before"]): row["verdict"] for row in csv.DictReader(file)}
    assert len(judged) == 50
    verdicts = []
    for number, section, comment, proposed in _rows():
        named = headings.get(section.strip(".")) if re.fullmatch(r"[\d.]+", section) else None
        first = ready.likely(Asked(comment, proposed, frozenset(), section_of(named) if named else ""), 1)
        if first and first[0].is_likely:
            verdicts.append(judged.get((number, first[0].key[1]), "not judged"))
    assert len(verdicts) >= 30
    assert verdicts.count("right") >= 0.85 * len(verdicts), verdicts
