"""Which words stayed, came and went from one text to another, told so that a person can read it; pure.

The shortest way from one text to the other jumps between single words that happen to occur in both. What stands alone
between two replacements and is no longer than they are is therefore told as changed with them; where that would hide
words that stayed, the longest runs that both texts have are kept instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

from consult.documents.comparing.cutting import cut, seen, spaced, weight

# What is left between two changes is told as changed up to this weight: some four words.
ISLAND = 24
# Of two texts it is told that one stands for the other where less than this of the longer one stayed, and less than
# half of the shorter one: words to which others were added are kept, however many these are.
COMMON, HALF = 0.2, 0.5
# So many pairs of pieces are compared one by one; of longer texts their sentences are, and then the words of these.
MOST = 10_000_000
# So many letters of what stays are worth one change less.
BREAK = 12
# In texts of so many pairs the longest runs are looked for.
MOST_RUNS = 1_000_000
# What stands for the first piece of its kind while two texts are compared: no surrogates from here on.
_FIRST = 0x10000
_SENTENCE = re.compile(r"[^\n.;:!?。；！？។၊။؟۔]*[\n.;:!?。；！？។၊။؟۔ ]*", re.DOTALL)


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """Some words, and what became of them."""

    kind: Change
    text: str


@dataclass
class _Run:
    """Pieces that stayed, or those that went with those that came in their place."""

    same: list[str]
    removed: list[str]
    added: list[str]

    @property
    def is_change(self) -> bool:
        return not self.same


def compare_words(before: str, after: str, language: str) -> list[Piece]:
    """The way from one text to another: what stayed, what was removed and what was added, in reading order.

    Words are compared, or letters where a script puts no spaces between words. What stayed with what was added is the
    newer text; with what was removed, the older one; but for spaces and signs that are not seen.

    Args:
        before: plain words, without marks of Markdown.
        after: the same of the newer text.
        language: its code.
    """
    old, new = spaced(before), spaced(after)
    if old == new:
        return [Piece(Change.SAME, new)] if new else []
    runs = _at_words(_runs(old, new, language))
    same = sum(_weight(run.same) for run in runs)
    sizes = [
        same + sum(_weight(one) for one in side)
        for side in zip(*((run.removed, run.added) for run in runs), strict=True)
    ]
    if same < COMMON * max(sizes) and same < HALF * min(sizes):
        runs = [_Run([], [old] if old else [], [new] if new else [])]
    return _told(runs)


def likeness(pieces: Sequence[Piece]) -> float:
    """How much of two texts stayed, from 0 to 1: that of the longer one."""
    told = {kind: sum(len(piece.text) for piece in pieces if piece.kind is kind) for kind in Change}
    most = told[Change.SAME] + max(told[Change.ADDED], told[Change.REMOVED])
    return told[Change.SAME] / most if most else 1.0


def _runs(old: str, new: str, language: str) -> list[_Run]:
    """What stayed and what changed between two texts, as it is told."""
    olds, news = cut(old, language), cut(new, language)
    if len(olds) * len(news) > MOST:
        return _by_sentences(old, new, language)
    of_old, of_new = _signs(olds, news)
    runs = _without_islands(_joined(_shortest(olds, news, of_old, of_new)))
    if sum(run.is_change for run in runs) > 1 and len(olds) * len(news) <= MOST_RUNS:
        longest = _without_islands(_joined(_longest(olds, news, of_old, of_new)))
        return max(runs, longest, key=_readable)
    return runs


def _readable(runs: Sequence[_Run]) -> int:
    """How well a way can be read: by what stays, and by how often that is broken off."""
    return sum(_weight(run.same) - BREAK * run.is_change for run in runs)


def _by_sentences(old: str, new: str, language: str) -> list[_Run]:
    """The same of long texts: by sentences, and what changed of these by words, unless it is too long for that."""
    olds, news = ([piece for piece in _SENTENCE.findall(text) if piece] for text in (old, new))
    if len(olds) * len(news) > MOST:
        return [_Run([], olds, news)]
    runs: list[_Run] = []
    for run in _shortest(olds, news, *_signs(olds, news)):
        before, after = "".join(run.removed), "".join(run.added)
        if run.is_change and len(cut(before, language)) * len(cut(after, language)) <= MOST:
            runs += _runs(before, after, language)
        else:
            runs.append(run)
    return runs


def _signs(olds: Sequence[str], news: Sequence[str]) -> tuple[str, str]:
    """Two rows of pieces as strings, in which each piece is one character: the same for what looks the same."""
    signs: dict[str, str] = {}
    of_old, of_new = ("".join(sign_of(piece, signs) for piece in pieces) for pieces in (olds, news))
    return of_old, of_new


def _shortest(olds: Sequence[str], news: Sequence[str], of_old: str, of_new: str) -> list[_Run]:
    """The way on which the most pieces stay."""
    runs: list[_Run] = []
    for step in Indel.opcodes(of_old, of_new):
        if step.tag == "equal":
            runs.append(_Run(list(news[step.dest_start : step.dest_end]), [], []))
            continue
        if not runs or not runs[-1].is_change:
            runs.append(_Run([], [], []))
        runs[-1].removed += olds[step.src_start : step.src_end]
        runs[-1].added += news[step.dest_start : step.dest_end]
    return runs


def _longest(olds: Sequence[str], news: Sequence[str], of_old: str, of_new: str) -> list[_Run]:
    """The way on which the longest run stays, then the longest before and behind it; between these the shortest."""
    from_old, from_new, size = longest_run(of_old, of_new)
    if _weight(news[from_new : from_new + size]) <= ISLAND:
        return _shortest(olds, news, of_old, of_new)
    to_old, to_new = from_old + size, from_new + size
    return [
        *_longest(olds[:from_old], news[:from_new], of_old[:from_old], of_new[:from_new]),
        _Run(list(news[from_new:to_new]), [], []),
        *_longest(olds[to_old:], news[to_new:], of_old[to_old:], of_new[to_new:]),
    ]


def longest_run(one: str, other: str) -> tuple[int, int, int]:
    """Where the longest string that both have begins in each, and how long it is."""
    found = (0, 0, 0)
    low, high = 0, min(len(one), len(other))
    while low < high:
        size = (low + high + 1) // 2
        places = {one[place : place + size]: place for place in range(len(one) - size, -1, -1)}
        here = next((at for at in range(len(other) - size + 1) if other[at : at + size] in places), None)
        if here is None:
            high = size - 1
        else:
            found, low = (places[other[here : here + size]], here, size), size
    return found


def _joined(runs: Sequence[_Run]) -> list[_Run]:
    """The same in which words that stand alone between two changes stand with what stayed beside these, if they can."""
    kept: list[_Run] = []
    for run in runs:
        if kept and not (run.is_change or kept[-1].is_change):
            kept[-1].same += run.same
            continue
        kept.append(run)
        if len(kept) > 2 and run.is_change:
            beside, *rest = _moved(kept.pop(-3), kept.pop(-2), kept.pop(-1))
            if kept and not beside.is_change:
                kept[-1].same += beside.same
            else:
                kept.append(beside)
            kept += rest
    return kept


def _moved(first: _Run, alone: _Run, last: _Run) -> list[_Run]:
    """Two changes as one, where what stayed between them stands at the end of the second, or the start of the first."""
    size = len(alone.same)
    if all(side[-size:] == alone.same for side in (last.removed, last.added) if side):
        ways = [[*alone.same, *side[:-size]] if side else [] for side in (last.removed, last.added)]
        return [_Run([], first.removed + ways[0], first.added + ways[1]), alone]
    if all(side[:size] == alone.same for side in (first.removed, first.added) if side):
        ways = [[*side[size:], *alone.same] if side else [] for side in (first.removed, first.added)]
        return [alone, _Run([], ways[0] + last.removed, ways[1] + last.added)]
    return [first, alone, last]


def sign_of(piece: str, signs: dict[str, str]) -> str:
    """The character that stands for a piece among others; new ones are noted."""
    return signs.setdefault(seen(piece), chr(_FIRST + len(signs)))


def _weight(pieces: Sequence[str]) -> int:
    return sum(map(weight, pieces))


def _without_islands(runs: Sequence[_Run]) -> list[_Run]:
    """The runs, with what stands alone between two changes told as changed."""
    kept: list[_Run] = []
    for run in runs:
        kept.append(run)
        while len(kept) > 2 and kept[-1].is_change and not kept[-2].is_change and _is_island(*kept[-3:]):
            last, island, first = kept.pop(), kept.pop(), kept.pop()
            kept.append(
                _Run(
                    [],
                    [*first.removed, *island.same, *last.removed],
                    [*first.added, *island.same, *last.added],
                )
            )
    return kept


def _is_island(first: _Run, island: _Run, last: _Run) -> bool:
    size = _weight(island.same)
    if size > ISLAND:
        return False
    sides = [max(_weight(run.removed), _weight(run.added)) for run in (first, last)]
    if not size:  # a space or a comma: part of one change, unless one side is a sign alone
        return all(sides) and len(island.same) < 3
    # Between words that came alone, or went alone, it is seen to have stayed.
    ways = [_weight(first.removed + last.removed), _weight(first.added + last.added)]
    return size <= min(*sides, *ways)


def _at_words(runs: Sequence[_Run]) -> list[_Run]:
    """The same with a space that could stand at either end of an addition or a removal told behind it."""
    for before, run, after in zip(runs, runs[1:], runs[2:], strict=False):
        alone = run.added if not run.removed else run.removed if not run.added else []
        if alone and alone[0] == " " and after.same[:1] == [" "] and not before.is_change:
            before.same.append(alone.pop(0))
            alone.append(after.same.pop(0))
    return list(runs)


def _told(runs: Sequence[_Run]) -> list[Piece]:
    found = []
    for run in runs:
        for kind, pieces in ((Change.SAME, run.same), (Change.REMOVED, run.removed), (Change.ADDED, run.added)):
            if pieces:
                found.append(Piece(kind, "".join(pieces)))
    return found
