"""Quotes on the draft of a real guideline, chosen by lot, and the paragraphs of its final text that continue theirs.

The samples are no part of the project. What was judged of them is kept as facts alone: which block, which positions.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from consult.documents.aligning import Words, align
from consult.documents.anchoring import Quote, quote_at
from consult.documents.enums import BlockKind, Continuation
from consult.documents.importing.markdown import read_markdown
from consult.documents.plain import plain_text

ROOT = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[4] / "shared" / "samples")
SAMPLES = ROOT / "nist-sp800-63-3"
DRAFT, FINAL = "draft_public-draft_tag", "final"
VOLUMES = ("sp800-63-3", "sp800-63a", "sp800-63b", "sp800-63c")
SEED = 63


@dataclass(frozen=True)
class Case:
    """A quote on a block of the draft, and the blocks of the final text that continue it; places in the volume."""

    volume: str
    block: int
    quote: Quote
    successors: tuple[int, ...]


@lru_cache(maxsize=8)
def blocks(volume: str, text: str) -> tuple[tuple[BlockKind, str, str, int], ...]:
    """(kind, Markdown, number, level) of every block of a volume, its files by their names."""
    found = []
    for path in sorted((SAMPLES / text / volume).glob("sec*.md"), key=_order) + sorted(
        (SAMPLES / text / volume).glob("app*.md")
    ):
        read = read_markdown(path.read_text(encoding="utf-8"))
        found += [(block.kind, block.text, block.number, block.level) for block in read]
    return tuple(found)


def _order(path: Path) -> tuple[int, str]:
    number = re.search(r"sec(\d+)", path.name)
    return int(number[1]) if number else 0, path.name


@lru_cache(maxsize=8)
def plain(volume: str, text: str) -> tuple[str, ...]:
    """The plain text of every block."""
    return tuple(plain_text(kind, words) for kind, words, _number, _level in blocks(volume, text))


def draw(wanted: int = 600) -> list[Case]:
    """Quotes of 3 to 30 words, four of five of them on paragraphs that were edited."""
    lot = random.Random(SEED)
    edited: list[tuple[str, int, tuple[int, ...]]] = []
    same: list[tuple[str, int, tuple[int, ...]]] = []
    for volume in VOLUMES:
        for old, new, is_same in _aligned(volume):
            if len(plain(volume, DRAFT)[old].split()) >= 6:
                (same if is_same else edited).append((volume, old, new))
    cases = []
    for number in range(wanted):
        volume, old, new = lot.choice(same if number % 5 == 4 else edited)
        text = plain(volume, DRAFT)[old]
        words = [(found.start(), found.end()) for found in re.finditer(r"[^ ]+", text)]
        length = min(lot.randint(3, 30), len(words))
        first = lot.randrange(len(words) - length + 1)
        cases.append(Case(volume, old, quote_at(text, words[first][0], words[first + length - 1][1]), new))
    return cases


def _aligned(volume: str) -> Iterator[tuple[int, tuple[int, ...], bool]]:
    def words(text: str) -> Sequence[Words]:
        return [Words(kind, markdown, number, level) for kind, markdown, number, level in blocks(volume, text)]

    after: dict[int, list[int]] = {}
    for match in align(words(DRAFT), words(FINAL)):
        if match.old is not None and match.new is not None and match.continuation is not Continuation.REMOVED:
            after.setdefault(match.old, []).append(match.new)
    for old, new in sorted(after.items()):
        texts = [plain(volume, FINAL)[one] for one in new]
        yield old, tuple(new), texts == [plain(volume, DRAFT)[old]]
