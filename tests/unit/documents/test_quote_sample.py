"""Quotes on the draft of a real guideline in its final text: 300 that somebody read and judged (docs/quotes.md).

The samples are not part of the project: without them this is skipped.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from consult.documents.anchoring import find_in_one, find_quote, quote_at
from tests.unit.documents.quote_sample import DRAFT, FINAL, SAMPLES, VOLUMES, draw, plain

JUDGED = json.loads(Path(__file__).with_name("quotes_judged.json").read_text(encoding="utf-8"))["rows"]
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")


def by_digest(text: str) -> dict[str, str]:
    return {
        hashlib.sha256(words.encode()).hexdigest()[:16]: words for volume in VOLUMES for words in plain(volume, text)
    }


def test_of_300_judged_quotes_none_is_anchored_to_another_passage() -> None:
    drafts, finals = by_digest(DRAFT), by_digest(FINAL)
    assert len(JUDGED) == 300
    known = [row for row in JUDGED if row[0] in drafts and row[3] in finals]
    assert len(known) > 280, "the texts are read otherwise than when these were judged: judge them anew"
    found = 0
    for before, start, end, after, judged_start, judged_end, kind, verdict in known:
        assert verdict == "same passage"
        place = find_quote(finals[after], quote_at(drafts[before], start, end))
        if place is None:
            continue  # lost, and said to be
        found += 1
        assert (place.start, place.end) == (judged_start, judged_end)
        assert place.is_exact == (kind == "exact")
    assert found > 0.95 * len(known)


def test_most_of_what_is_drawn_by_lot_is_found_and_fast() -> None:
    cases = draw(300)
    begun = time.perf_counter()
    found = sum(
        find_in_one([plain(case.volume, FINAL)[one] for one in case.successors], case.quote) is not None
        for case in cases
    )
    took = (time.perf_counter() - begun) / len(cases)
    assert 0.75 < found / len(cases) < 0.98, "some words were rewritten: whoever finds all of them guesses"
    assert took < 0.05, "a page looks for hundreds"
