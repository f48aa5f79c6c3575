"""Real comments traced to real changes: how often the likely change is the right one, as somebody judged by reading.

The samples are not part of the project: without them this is skipped. The tables hold facts alone: the row of the
spreadsheet, the paragraphs before and after, and the verdict (docs/tracing.md says what each means).
``uspki_traces.csv`` is what the floor was set by; ``uspki_traces_fresh.csv`` are rows drawn afterwards, with the change
that does what each asks, where that is among the first.
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
from consult.documents.comparing import Change, compare
from consult.documents.enums import Continuation
from consult.documents.importing import Block, read_markdown
from consult.responses.tracing.suggesting import Asked, Candidate, Candidates, Likely, section_of

SAMPLES = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[4] / "shared" / "samples")
SAMPLE = SAMPLES / "uspki-tls-policy"
JUDGED = Path(__file__).with_name("uspki_traces.csv")
FRESH = Path(__file__).with_name("uspki_traces_fresh.csv")
Key = tuple[int, str]


def _read(name: str) -> list[Block]:
    return list(read_markdown((SAMPLE / name).read_text("utf-8")))


def _candidates(old: list[Block], new: list[Block]) -> dict[Key, Candidate]:
    def words(blocks: list[Block]) -> list[Words]:
        return [Words(block.kind, block.text, block.number, block.level) for block in blocks]

    came_from: dict[int, list[int]] = {}
    became: dict[int, list[int]] = {}
    changed: set[int] = set()
    found: dict[Key, Candidate] = {}
    for match in align(words(old), words(new)):
        if match.new is None and match.old is not None:
            block = old[match.old]
            sections = frozenset([section_of(block.eid)]) - {""}
            found[(0, block.eid)] = Candidate((0, block.eid), (match.old,), sections, block.text, "")
        elif match.new is not None:
            came_from.setdefault(match.new, []).extend([] if match.old is None else [match.old])
            if match.old is not None:
                became.setdefault(match.old, []).append(match.new)
            if match.continuation is not Continuation.UNCHANGED:
                changed.add(match.new)
    for place in sorted(changed):
        befores, block = came_from[place], new[place]
        sections = frozenset([*(section_of(old[one].eid) for one in befores), f"new {section_of(block.eid)}"]) - {""}
        before = " ".join(old[one].text for one in befores)
        parts = sorted({after for one in befores for after in became[one]})
        if len(parts) > 1:  # its own share
            told = compare([old[one].text for one in befores], [new[part].text for part in parts], "en")[
                parts.index(place)
            ]
            before = "".join(piece.text for piece in told if piece.kind is not Change.ADDED)
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


def _judged(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def suggested() -> dict[int, list[Likely]]:
    """The likeliest changes for each row of the spreadsheet."""
    if not SAMPLE.is_dir():
        pytest.skip("the samples are not here")
    old, new = _read("draft_v0_1.md"), _read("certificate-policy_final.md")
    ready = Candidates(list(_candidates(old, new).values()))
    headings = {block.number.strip("."): block.eid for block in reversed(old) if block.level}
    found = {}
    for number, section, comment, proposed in _rows():
        named = headings.get(section.strip(".")) if re.fullmatch(r"[\d.]+", section) else None
        asked = Asked(comment, proposed, frozenset(), section_of(named) if named else "")
        found[number] = ready.likely(asked, 5)
    return found


def test_what_is_called_likely_is_right_nine_times_of_ten(suggested: dict[int, list[Likely]]) -> None:
    judged = {(int(row["row"]), row["after"] or row["before"]): row["verdict"] for row in _judged(JUDGED)}
    assert len(judged) == 51
    likely = [(number, found[0].key[1]) for number, found in suggested.items() if found and found[0].is_likely]
    verdicts = [judged.get(one, "not judged") for one in likely]
    assert len(verdicts) >= 30
    assert verdicts.count("right") >= 0.85 * len(verdicts), verdicts


def test_of_rows_that_tuned_nothing_every_fifth_is_right_at_once(suggested: dict[int, list[Likely]]) -> None:
    judged = {int(row["row"]): row for row in _judged(FRESH)}
    assert len(judged) == 50
    assert not set(judged) & {int(row["row"]) for row in _judged(JUDGED)}
    right = {number: row["right"] for number, row in judged.items() if row["right"]}
    ranks = {number: [one.key[1] for one in suggested[number]] for number in right}
    assert sum(ranks[number][:1] == [eid] for number, eid in right.items()) >= 10
    assert sum(eid in ranks[number] for number, eid in right.items()) >= 17
    called = [number for number in judged if suggested[number] and suggested[number][0].is_likely]
    assert not [number for number in called if ranks.get(number, [""])[0] != right.get(number)]
