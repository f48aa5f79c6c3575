"""The draft of a real guideline and its final text, laid side by side; for the figures of docs/alignment.md.

The samples are no part of the project. `python -m tests.unit.documents.alignment_sample` prints the figures, with a
seed also a sample to be judged, with `certain:` before the seed one of certain matches alone.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

from consult.documents.aligning import Match, Words, align
from consult.documents.importing import read_markdown

ROOT = Path(os.environ.get("CONSULT_SAMPLES") or Path(__file__).parents[4] / "shared" / "samples")
SAMPLES = ROOT / "nist-sp800-63-3"
DRAFT, FINAL = "draft_public-draft_tag", "final"
VOLUMES = ("sp800-63-3", "sp800-63a", "sp800-63b", "sp800-63c")
# How many of each kind are drawn, by whether it is said to be certain.
SIZES = {
    ("unchanged", True): 20, ("edited", True): 40, ("edited", False): 30, ("moved", True): 10, ("moved", False): 6,
    ("moved_edited", True): 8, ("moved_edited", False): 14, ("merged", True): 10, ("merged", False): 12,
    ("split", False): 12, ("new", True): 14, ("new", False): 6, ("removed", True): 12, ("removed", False): 6,
}  # fmt: skip


@lru_cache(maxsize=2)
def words(text: str) -> tuple[Words, ...]:
    """The blocks of the four volumes, one behind the other, in the order in which each includes its files."""
    parts = []
    for volume in VOLUMES:
        index = (SAMPLES / text / f"{volume}.md").read_text(encoding="utf-8")
        names = re.findall(r"include_relative\s+(\S+)", index)
        parts += [(SAMPLES / text / name).read_text(encoding="utf-8") for name in names]
    blocks = read_markdown("\n\n".join(parts))
    return tuple(Words(block.kind, block.text, block.number, block.level) for block in blocks)


def digest(block: Words) -> str:
    """Enough of a block to know it again, and none of its words."""
    return hashlib.sha256(f"{block.kind}:{' '.join(block.text.split())}".encode()).hexdigest()[:10]


@lru_cache(maxsize=1)
def matches() -> tuple[Match, ...]:
    """What the aligner says of the two."""
    return tuple(align(words(DRAFT), words(FINAL)))


def draw(seed: int) -> list[Match]:
    """A sample, so many of each kind."""
    chance = random.Random(seed)
    groups: dict[tuple[str, bool], list[Match]] = {}
    for match in matches():
        groups.setdefault((match.continuation.value, match.is_certain), []).append(match)
    return [
        match
        for kind, size in SIZES.items()
        for match in chance.sample(groups.get(kind, []), min(size, len(groups.get(kind, []))))
    ]


def draw_certain(seed: int) -> list[Match]:
    """A hundred that are said to be certain, of every kind as they fall."""
    return random.Random(seed).sample([match for match in matches() if match.is_certain], 100)


def _shown(block: Words | None) -> str:
    return "" if block is None else " ".join(f"{block.number} {block.text}".split())[:300]


def say(*words: object) -> None:
    """One line."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")


def main() -> None:
    """Print the figures and, with a seed, a sample with the words of both sides."""
    old, new = words(DRAFT), words(FINAL)
    begun = time.perf_counter()
    found = matches()
    say(f"{len(old)} and {len(new)} blocks, {time.perf_counter() - begun:.1f} s")
    for (kind, is_certain), number in sorted(Counter((m.continuation.value, m.is_certain) for m in found).items()):
        say(f"{kind:13} {'certain' if is_certain else 'uncertain':10} {number}")
    for asked in sys.argv[1:]:
        kind, _colon, seed = asked.rpartition(":")
        for place, match in enumerate(draw_certain(int(seed)) if kind else draw(int(seed)), start=1):
            say(f"[{place}] {match.continuation.value} {match.likeness} {match.old} {match.new}")
            say("   -", _shown(old[match.old] if match.old is not None else None))
            say("   +", _shown(new[match.new] if match.new is not None else None))


if __name__ == "__main__":
    main()
