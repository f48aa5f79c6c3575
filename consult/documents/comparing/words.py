"""Which words stayed, came and went from one text to another, told so that a person can read it; pure.

The shortest way from one text to the other jumps between single words that happen to occur in both. What stands alone
between two changes and is no longer than they are is therefore told as changed with them.
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
# Of two texts with less than this in common it is told that one stands for the other.
COMMON = 0.2
# So many pairs of pieces are compared one by one; of longer texts their sentences are.
MOST = 60_000_000
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
    runs = _runs(cut(old, language), cut(new, language), (old, new))
    runs = _without_islands(runs)
    same = sum(_weight(run.same) for run in runs)
    most = max(sum(_weight(run.removed) for run in runs), sum(_weight(run.added) for run in runs)) + same
    if same < COMMON * most:
        runs = [_Run([], [old] if old else [], [new] if new else [])]
    return _told(_at_words(runs))


def likeness(pieces: Sequence[Piece]) -> float:
    """How much of two texts stayed, from 0 to 1: that of the longer one."""
    told = {kind: sum(len(piece.text) for piece in pieces if piece.kind is kind) for kind in Change}
    most = told[Change.SAME] + max(told[Change.ADDED], told[Change.REMOVED])
    return told[Change.SAME] / most if most else 1.0


def _runs(old: list[str], new: list[str], texts: tuple[str, str]) -> list[_Run]:
    if len(old) * len(new) > MOST:
        old, new = ([piece for piece in _SENTENCE.findall(text) if piece] for text in texts)
        if len(old) * len(new) > MOST:
            return [_Run([], old, new)]
    signs: dict[str, str] = {}
    of_old, of_new = ("".join(_sign(signs, piece) for piece in pieces) for pieces in (old, new))
    runs: list[_Run] = []
    for step in Indel.opcodes(of_old, of_new):
        if step.tag == "equal":
            runs.append(_Run(new[step.dest_start : step.dest_end], [], []))
            continue
        if not runs or not runs[-1].is_change:
            runs.append(_Run([], [], []))
        runs[-1].removed += old[step.src_start : step.src_end]
        runs[-1].added += new[step.dest_start : step.dest_end]
    return runs


def _sign(signs: dict[str, str], piece: str) -> str:
    key = seen(piece)
    return signs.setdefault(key, chr(_FIRST + len(signs)))


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
    return size <= min(sides)


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
