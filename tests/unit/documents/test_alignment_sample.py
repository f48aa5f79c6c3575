"""The draft of a real guideline laid beside its final text: 200 matches that somebody read and judged.

The samples are not part of the project: without them this is skipped. See docs/alignment.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from consult.documents.aligning import Words
from tests.unit.documents.alignment_sample import DRAFT, FINAL, SAMPLES, digest, matches, words

JUDGED = json.loads(Path(__file__).with_name("alignment_judged.json").read_text(encoding="utf-8"))["rows"]
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")


def place_of(blocks: tuple[Words, ...], place: int | None, known: str) -> int | None:
    """Where a block stands now: the nearest to where it stood that says the same."""
    if place is None:
        return None
    same = [here for here, block in enumerate(blocks) if digest(block) == known]
    return min(same, key=lambda here: abs(here - place), default=-1)


def test_what_was_judged_holds() -> None:
    old, new = words(DRAFT), words(FINAL)
    said = {(match.old, match.new): match for match in matches()}
    assert len(JUDGED) == 200
    right = known = 0
    for before, before_digest, after, after_digest, is_right in JUDGED:
        pair = (place_of(old, before, before_digest), place_of(new, after, after_digest))
        if -1 in pair:
            continue
        known += 1
        match = said.get(pair)
        right += is_right and match is not None
        if not is_right:  # a mistake that nobody would look at is the worst
            assert match is None or not match.is_certain, pair
    assert known > 190, "the texts are read otherwise than when these were judged: judge them anew"
    assert right >= 190 * known / 200
