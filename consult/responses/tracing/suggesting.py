"""Which changes a point is likely to have caused: by where it points, and by the words it asks for. Suggestions alone.

Nothing is ever linked by this: a person reads the point and the change, and says so. How often the first suggestion is
right is measured on real comments (docs/tracing.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from consult.documents.aligning.likeness import tokens_of

HERE, IN_SECTION = 0.45, 0.15
"""What it weighs that the change is of the very paragraph that the point is about, or of the section of its heading."""
FLOOR = 0.35
"""Below this a change is no likely one, wherever it stands."""
# What of a point says what it wants: its proposed change, and of its own words little.
OWN_WORDS = 0.4
# What a word that is asked for counts where it was taken out of the text.
WENT = 0.25
# Signs and single letters are in every text.
_LEAST = 2


@dataclass(frozen=True)
class Asked:
    """A point, as far as this looks at it.

    Args:
        text: its words.
        proposed: the change that it proposes.
        paragraph_ids: keys of what it is about, with what continues that.
        section: eId of the heading above, or of the heading that it is about; empty for points in general.
        quote: the very words that it is about, if it names some.
    """

    text: str
    proposed: str
    paragraph_ids: frozenset[int]
    section: str
    quote: str = ""


@dataclass(frozen=True)
class Candidate:
    """A change, as far as this looks at it.

    Args:
        key: of the change.
        before_ids: what it comes from.
        sections: eIds of the headings above, before and after.
        before: its words before; empty where it is new. Of a part of what was split, its own share alone.
        after: its words after; empty where it was removed.
    """

    key: tuple[int, str]
    before_ids: tuple[int, ...]
    sections: frozenset[str]
    before: str
    after: str


@dataclass(frozen=True)
class Likely:
    """A change that a point may have caused, and how likely that is, from 0 to 1."""

    key: tuple[int, str]
    score: float

    @property
    def is_likely(self) -> bool:
        """Whether it is offered first."""
        return self.score >= FLOOR


class Candidates:
    """All changes with a version, ready to be compared with any number of points."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._all = candidates
        self._changed: list[tuple[Counter[str], Counter[str]]] = []
        rarity: Counter[str] = Counter()
        for one in candidates:
            before, after = Counter(_words(one.before)), Counter(_words(one.after))
            added, removed = after - before, before - after
            self._changed.append((added, removed))
            rarity.update(set(added) | set(removed))
        self._rarity: Mapping[str, float] = {
            word: math.log(1 + len(candidates) / number) for word, number in rarity.items()
        }
        self._unknown = math.log(2 + len(candidates))
        self._holding: dict[str, list[int]] = {}
        self._at: dict[int | str, list[int]] = {}
        for place, (one, (added, removed)) in enumerate(zip(candidates, self._changed, strict=True)):
            for word in {*added, *removed}:
                self._holding.setdefault(word, []).append(place)
            wheres: list[int | str] = [*one.before_ids, *one.sections]
            for where in wheres:
                self._at.setdefault(where, []).append(place)

    def likely(self, asked: Asked, limit: int = 5) -> list[Likely]:
        """The likeliest changes for a point, the likeliest first; of equally likely ones the first in the text."""
        wanted = self._wanted(asked)
        places = {place for word in wanted for place in self._holding.get(word, ())}
        wheres: list[int | str] = [*asked.paragraph_ids, asked.section]
        for where in wheres:
            places.update(self._at.get(where, ()))
        here = self._here(asked)
        scored = [(self._score(place, asked, wanted, here), place) for place in places]
        best = sorted(((score, place) for score, place in scored if score > 0), key=lambda one: (-one[0], one[1]))
        return [Likely(self._all[place].key, score) for score, place in best[:limit]]

    def _wanted(self, asked: Asked) -> dict[str, float]:
        """The words that a point asks for, each with its weight: rare ones say more."""
        wanted = dict.fromkeys(_words(asked.text), OWN_WORDS)
        wanted |= dict.fromkeys(_words(asked.proposed), 1.0)
        return {word: share * self._rarity.get(word, self._unknown) for word, share in wanted.items()}

    def _here(self, asked: Asked) -> set[int]:
        """The changes of the very paragraph; of one that was split, of the part in which the point's words stand."""
        places = {place for key in asked.paragraph_ids for place in self._at.get(key, ())}
        if len(places) < 2:
            return places
        wanted = set(_words(asked.quote or f"{asked.text} {asked.proposed}"))
        holding = {
            place: self._sum(wanted.intersection(_words(f"{self._all[place].before} {self._all[place].after}")))
            for place in places
        }
        most = max(holding.values())
        return {place for place, held in holding.items() if held == most}

    def _score(self, place: int, asked: Asked, wanted: Mapping[str, float], here: Collection[int]) -> float:
        candidate, (added, removed) = self._all[place], self._changed[place]
        score = 0.0
        if place in here:
            score += HERE
        elif asked.section and asked.section in candidate.sections:
            score += IN_SECTION
        total = sum(wanted.values())
        if total:
            came = self._weight(wanted, added)
            went = self._weight(wanted, removed)
            changed = self._sum(added) + self._sum(removed)
            # How much of what is asked for came, and how much of what changed was asked for. Words that are asked for
            # and went say little: a point quotes what it would have otherwise.
            asked_for = (came + WENT * went) / total
            covered = (came + WENT * went) / changed if changed else 0.0
            score += 0.55 * min(1.0, math.sqrt(asked_for * covered) + 0.5 * asked_for)
        return score

    def _weight(self, wanted: Mapping[str, float], changed: Iterable[str]) -> float:
        return sum(wanted.get(word, 0.0) for word in changed)

    def _sum(self, words: Collection[str]) -> float:
        return sum(self._rarity.get(word, self._unknown) for word in words)


def _words(text: str) -> list[str]:
    return [word for word in tokens_of(text) if len(word) >= _LEAST or not word.isascii()]


def section_of(eid: str) -> str:
    """The eId of the heading above a block, or of the heading itself; empty before the first heading."""
    section = eid.partition("__")[0]
    return "" if section == "preamble" else section
