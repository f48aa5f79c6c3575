"""Which block of a newer text was which of an older one, so that what belongs to it stays with it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

Words = tuple[str, str]
"""What kind of block it is, and what it says."""

# Where so many blocks changed at once, whatever else was done to them, each is compared with its neighbours alone.
FAR = 30
ALIKE = 0.5


def match_blocks(old: Sequence[Words], new: Sequence[Words]) -> dict[int, int]:
    """The place in the newer text of each block of the older one that is there still, as it was or reworded.

    Blocks that say the same are the same, in their order; between them, those that say nearly the same.

    Args:
        old: kind and words of each block, in order.
        new: the same of the newer text.
    """
    found: dict[int, int] = {}
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found |= dict(zip(range(from_old, to_old), range(from_new, to_new), strict=True))
        elif what == "replace":
            found |= _alike(old, new, range(from_old, to_old), range(from_new, to_new))
    return found


def _alike(old: Sequence[Words], new: Sequence[Words], olds: range, news: range) -> dict[int, int]:
    pieces = {place: _pieces(new[place][1]) for place in news}
    found: dict[int, int] = {}
    begin = news.start
    for place in olds:
        kind, words = old[place]
        mine = _pieces(words)
        near = [other for other in range(begin, min(news.stop, begin + FAR)) if new[other][0] == kind]
        best = max(near, key=lambda other: (_likeness(mine, pieces[other]), -other), default=None)
        if best is not None and _likeness(mine, pieces[best]) >= ALIKE:
            found[place] = best
            begin = best + 1
    return found


def _pieces(words: str) -> Counter[str]:
    """Pairs of characters: they tell likeness in scripts without spaces too."""
    return Counter(words[place : place + 2] for place in range(max(1, len(words) - 1)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)
