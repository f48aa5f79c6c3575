"""Which block of a newer text continues which of an older one: pairs, best first.

What says the same in both and nowhere else is the same; what repeats ("Reserved.") is told apart by its neighbours and
its section; what was reworded by the words it shares, and by where it stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consult.documents.aligning.likeness import Texts, Words
from consult.documents.enums import BlockKind, Continuation

# Floors, from 0 to 1. They were set by judging pairs of a real draft and its final text by hand: docs/alignment.md.
ALIKE = 0.5
NEARLY = 0.34
SURE = 0.7
SURE_IN_PLACE = 0.55
SURE_ELSEWHERE = 0.85
MARGIN = 0.12
FAINT = 0.34
FEW = 0.2
COPY = 0.8
COPIED = 0.45
TWIN = 0.8
HALF = 0.45
PART = 0.72
SHORT = 4
NEAR = 4
GAIN = 0.03


@dataclass(frozen=True)
class Match:
    """What became of a block, or where one comes from.

    Args:
        old: its place in the older text; None for what is new.
        new: its place in the newer text; None for what is removed.
        continuation: in one word.
        likeness: of the words, from 0 to 1000.
        is_certain: whether nobody needs to look at it.
    """

    old: int | None
    new: int | None
    continuation: Continuation
    likeness: int
    is_certain: bool


class Pairing:
    """The pairs of two texts, found step by step."""

    def __init__(self, old: Sequence[Words], new: Sequence[Words], known: Sequence[Match]) -> None:
        self.texts = Texts(old, new)
        self.to_new: dict[int, int] = {}
        self.to_old: dict[int, int] = {}
        self.known: dict[tuple[int | None, int | None], bool] = {(one.old, one.new): one.is_certain for one in known}
        # What is known to be new or removed takes no part.
        self.apart_old = {one.old for one in known if one.old is not None and one.new is None}
        self.apart_new = {one.new for one in known if one.new is not None and one.old is None}
        self.head_old, self.head_new = sections(old), sections(new)
        self.top_old, self.top_new = tops(self.head_old), tops(self.head_new)
        self.in_top_old = Counter(zip(self.top_old, self.texts.coded_old, strict=True))
        self.in_top_new = Counter(zip(self.top_new, self.texts.coded_new, strict=True))
        self.in_old = Counter(zip(self.head_old, self.texts.coded_old, strict=True))
        self.in_new = Counter(zip(self.head_new, self.texts.coded_new, strict=True))
        self.candidates: list[tuple[int, int]] = []
        self.near_old: dict[int, list[int]] = defaultdict(list)
        self.near_new: dict[int, list[int]] = defaultdict(list)
        self.splits: dict[int, list[int]] = {}
        self.merges: dict[int, list[int]] = {}
        self.gone_into: dict[int, int] = {}

    # The same words

    def _pair(self, old: int, new: int) -> None:
        self.to_new[old], self.to_old[new] = new, old

    def _is_free(self, old: int, new: int) -> bool:
        return (
            old not in self.to_new
            and new not in self.to_old
            and old not in self.apart_old
            and new not in self.apart_new
            and old not in self.gone_into
        )

    def _take_known(self) -> None:
        pairs = [(old, new) for old, new in self.known if old is not None and new is not None]
        for old, new in sorted(pairs, key=lambda pair: -self.texts.likeness(*pair)):
            if self._is_free(old, new):
                self._pair(old, new)
            elif old in self.to_new and new not in self.to_old:
                self.splits.setdefault(old, []).append(new)
                self.to_old[new] = old
            elif new in self.to_old and old not in self.to_new:
                self.merges.setdefault(new, []).append(old)
                self.gone_into[old] = new

    def _the_same(self) -> None:
        olds, news = by_words(self.texts.same_old), by_words(self.texts.same_new)
        for words, places in olds.items():
            there = news.get(words, [])
            if len(places) == len(there) == 1 and self._is_free(places[0], there[0]):
                self._pair(places[0], there[0])
        self._drop_strays()
        self._spread()
        self._repeated(olds, news)
        self._spread()
        self._drop_displaced()

    def _drop_strays(self) -> None:
        """A few words that stand somewhere else altogether are not the same block for saying the same."""
        kept = in_order(self._weighed())
        for old, new in list(self.to_new.items()):
            if (
                (old, new) not in self.known
                and old not in kept
                and len(self.texts.coded_old[old]) < SHORT
                and self._context(old, new) == 0
            ):
                del self.to_new[old], self.to_old[new]

    def _drop_displaced(self) -> None:
        """What says the same in another volume has to hold its own against what says it nearly in the same one."""
        kept = in_order(self._weighed())
        for old, new in list(self.to_new.items()):
            head = self.top_old[old]
            if (old, new) in self.known or old in kept or head < 0 or self.to_new.get(head, -1) == self.top_new[new]:
                continue
            del self.to_new[old], self.to_old[new]

    def _spread(self) -> None:
        """From each pair to its neighbours, as long as they say the same."""
        same_old, same_new = self.texts.same_old, self.texts.same_new
        for step in (1, -1):
            for old, new in sorted(self.to_new.items(), reverse=step < 0):
                one, other = old + step, new + step
                while (
                    0 <= one < len(same_old)
                    and 0 <= other < len(same_new)
                    and self._is_free(one, other)
                    and same_old[one] == same_new[other]
                ):
                    self._pair(one, other)
                    one, other = one + step, other + step

    def _repeated(self, olds: dict[object, list[int]], news: dict[object, list[int]]) -> None:
        """What says the same several times: within sections that continue each other, in its order."""
        for words, places in olds.items():
            there = news.get(words, [])
            if not there or (len(places) == len(there) == 1):
                continue
            in_old, in_new = defaultdict(list), defaultdict(list)
            for place in places:
                if place not in self.to_new and place not in self.apart_old:
                    in_old[self.head_old[place]].append(place)
            for place in there:
                if place not in self.to_old and place not in self.apart_new:
                    in_new[self.head_new[place]].append(place)
            for head, ones in in_old.items():
                others = in_new.get(self.to_new.get(head, -1) if head >= 0 else -1, [])
                for one, other in zip(ones, others, strict=False):
                    self._pair(one, other)

    # Words that are alike

    def _alike(self, floor: float) -> None:
        """The best pairs first, so that none is taken by a worse one."""
        scored = []
        limits = self._limits()
        for old, new in self.candidates:
            if not self._is_free(old, new) or self.texts.likeness(old, new) < floor:
                continue
            likeness = self.texts.likeness(old, new)
            context = self._context(old, new)
            is_short = min(len(self.texts.coded_old[old]), len(self.texts.coded_new[new])) < SHORT
            first, last = limits[old]
            is_in_place = first < new < last
            has_reason = context > 0 or (not is_short and self._tells(old, new, is_in_place=is_in_place))
            if not has_reason and (likeness < TWIN or not self._has_twin(old, new)):
                continue
            if self.texts.labels(old, new) < 0:
                continue
            place = 0.06 * (context + is_in_place + self._is_in_same_part(old, new))
            score = likeness + place + 0.1 * self.texts.labels(old, new)
            scored.append((score, old, new))
        scored.sort(key=lambda row: (-row[0], abs(row[1] - row[2]), row[1]))
        for _score, old, new in scored:
            if self._is_free(old, new):
                self._pair(old, new)

    def _limits(self) -> list[tuple[int, int]]:
        """Between which places of the newer text each block would stay in its order."""
        stays = in_order(self._weighed())
        limits: list[tuple[int, int]] = []
        last = -1
        for old in range(len(self.texts.old)):
            limits.append((last, 0))
            last = self.to_new[old] if old in stays else last
        last = len(self.texts.new)
        for old in range(len(self.texts.old) - 1, -1, -1):
            limits[old] = (limits[old][0], last)
            last = self.to_new[old] if old in stays else last
        return limits

    def _weighed(self) -> list[tuple[int, int, int]]:
        return [(old, new, 1 + len(self.texts.coded_old[old])) for old, new in sorted(self.to_new.items())]

    def _tells(self, old: int, new: int, *, is_in_place: bool) -> bool:
        """Whether words that stand several times tell enough without neighbours: by standing once here, or in order."""
        texts = self.texts
        if not self._repeats(old, new) or texts.times_new[texts.coded_new[new]] == 1:
            return True
        if self._is_in_same_part(old, new):
            once = self.in_top_old[self.top_old[old], texts.coded_old[old]]
            if once == self.in_top_new[self.top_new[new], texts.coded_new[new]] == 1:
                return True
        return is_in_place and len(texts.coded_old[old]) >= 2 * SHORT

    def _is_in_same_part(self, old: int, new: int) -> bool:
        """Whether both stand below headings of the highest level that continue each other: volumes, parts."""
        head = self.top_old[old]
        return head >= 0 and self.to_new.get(head, -1) == self.top_new[new]

    def _has_twin(self, old: int, new: int) -> bool:
        """Whether the block before or behind says nearly the same in both too, such as a term and its meaning."""
        for step in (-1, 1):
            one, other = old + step, new + step
            if not (0 <= one < len(self.texts.old) and 0 <= other < len(self.texts.new)):
                continue
            is_free = self._is_free(one, other) and self.texts.fits(one, other)
            if is_free and self.texts.likeness(one, other) >= TWIN:
                return True
        return False

    def _repeats(self, old: int, new: int) -> bool:
        """Whether one of the two says what others on its side say too, so that its words alone tell nothing."""
        return (
            self.texts.times_old[self.texts.coded_old[old]] > 1 or self.texts.times_new[self.texts.coded_new[new]] > 1
        )

    def _context(self, old: int, new: int) -> int:
        """How many of three things speak for a pair beside its words: the block before, the one behind, the section."""
        before = self.to_new.get(old - 1, -2) == new - 1 or old == new == 0
        behind = self.to_new.get(old + 1, -2) == new + 1
        head, other = self.head_old[old], self.head_new[new]
        same = (head < 0 and other < 0) or (head >= 0 and self.to_new.get(head, -2) == other)
        return before + behind + same

    def _headings(self) -> None:
        """A heading that was worded anew is known by what stands below it."""
        below_old, below_new = Counter(self.head_old), Counter(self.head_new)
        votes: Counter[tuple[int, int]] = Counter(
            (self.head_old[old], self.head_new[new]) for old, new in self.to_new.items()
        )
        for (one, other), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
            if one < 0 or other < 0 or not self._is_free(one, other):
                continue
            most = max(number for (old, _new), number in votes.items() if old == one)
            if count == most and 3 * count >= below_old[one] and 3 * count >= below_new[other]:
                self._pair(one, other)

    def _in_place(self) -> None:
        """What stands in the same place of both texts with some words in common, or alone there with a few."""
        limits = self._limits()
        for old in range(len(self.texts.old)):
            if old in self.to_new or old in self.apart_old:
                continue
            best, place = NEARLY, -1
            for new in self.near_old[old]:
                likeness = self.texts.likeness(old, new)
                if self._is_free(old, new) and likeness >= best and self._context(old, new) >= 2:
                    best, place = likeness, new
            there = self._free_between(old, limits[old])
            if place < 0 and len(there) == 1 and self.texts.likeness(old, there[0]) >= FEW:
                first, last = limits[old]
                alone = [
                    one
                    for one in range(max(0, old - NEAR), min(len(self.texts.old), old + NEAR + 1))
                    if limits[one] == (first, last) and one not in self.to_new and self.texts.fits(one, there[0])
                ]
                place = there[0] if alone == [old] else -1
            if place >= 0:
                self._pair(old, place)

    def _grown(self) -> None:
        """What stands whole in a longer block of the same place, or the other way round, was written on, or cut."""
        limits = self._limits()
        texts = self.texts
        pairs = [
            (texts.inside(old, new), old, new)
            for old, new in self.candidates
            if self._is_free(old, new)
            and limits[old][0] < new < limits[old][1]
            and min(len(texts.coded_old[old]), len(texts.coded_new[new])) >= SHORT
        ]
        for inside, old, new in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if (inside >= PART or texts.share(old, new)) and self._is_free(old, new):
                self._pair(old, new)

    def _free_between(self, old: int, limits: tuple[int, int]) -> list[int]:
        """The blocks of the newer text that nothing continues yet, where this one would stand; few, or none."""
        first, last = limits
        if last - first > 8 * NEAR:
            return []
        return [
            new
            for new in range(first + 1, last)
            if new not in self.to_old and new not in self.apart_new and self.texts.fits(old, new)
        ]


def by_words(blocks: Sequence[object]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for place, words in enumerate(blocks):
        found.setdefault(words, []).append(place)
    return found


def sections(blocks: Sequence[Words]) -> list[int]:
    """The place of the heading that each block stands below, -1 for none; of a heading, that of the one above it."""
    heads: list[int] = []
    above: list[int] = []
    for place, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            while above and blocks[above[-1]].level >= block.level:
                above.pop()
            heads.append(above[-1] if above else -1)
            above.append(place)
        else:
            heads.append(above[-1] if above else -1)
    return heads


def tops(heads: Sequence[int]) -> list[int]:
    """The place of the highest heading above each block, -1 for none."""
    tops: list[int] = []
    for head in heads:
        tops.append(-1 if head < 0 else tops[head] if tops[head] >= 0 else head)
    return tops


def in_order(pairs: Iterable[tuple[int, int, int]]) -> set[int]:
    """Which of these pairs (old, new, weight; by old) stay in their order, so that the least of the text has moved."""
    rows = list(pairs)
    size = max((new for _old, new, _weight in rows), default=0) + 2
    best: list[tuple[int, int]] = [(0, -1)] * (size + 1)
    before: list[int] = []
    for place, (_old, new, weight) in enumerate(rows):
        sofar, last, at = 0, -1, new
        while at > 0:
            if best[at][0] > sofar:
                sofar, last = best[at]
            at -= at & -at
        before.append(last)
        at = new + 1
        while at <= size:
            if best[at][0] < sofar + weight:
                best[at] = (sofar + weight, place)
            at += at & -at
    total, place, at = 0, -1, size
    while at > 0:
        if best[at][0] > total:
            total, place = best[at]
        at -= at & -at
    stays = set()
    while place >= 0:
        stays.add(rows[place][0])
        place = before[place]
    return stays
