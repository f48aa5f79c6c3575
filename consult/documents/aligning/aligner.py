"""Which block of a newer text continues which of an older one.

What says the same in both and nowhere else is the same; what repeats ("Reserved.") is told apart by its neighbours and
its section; what was reworded by the words it shares, and by where it stands. In the end some are sure and some are
not, and of those somebody who knows the text decides: nothing is carried on a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from consult.documents.aligning.likeness import Words
from consult.documents.aligning.pairing import (
    ALIKE,
    COPIED,
    FAINT,
    FEW,
    HALF,
    MARGIN,
    PART,
    SHORT,
    SURE,
    SURE_ELSEWHERE,
    SURE_IN_PLACE,
    Match,
    in_order,
)
from consult.documents.aligning.parts import Parting
from consult.documents.enums import BlockKind, Continuation


def align(old: Sequence[Words], new: Sequence[Words], known: Sequence[Match] = ()) -> list[Match]:
    """What became of each block of an older text in a newer one.

    A block that is split is in several matches, and so is one that others are merged into; else each is in one.

    Args:
        old: the blocks of the older text, in their order.
        new: those of the newer one.
        known: what is said already of some of them, and stays as it is; only how it continues is told anew.

    Returns:
        In the order of the newer text; what is removed stands behind what stood before it.
    """
    return _Aligner(old, new, known).matches()


class _Aligner(Parting):
    """Pairs and parts, told with how sure each of them is."""

    def matches(self) -> list[Match]:
        """Everything, in order."""
        self._take_known()
        self._the_same()
        self.candidates = self.texts.candidates(
            [old for old in range(len(self.texts.old)) if old not in self.to_new and old not in self.apart_old],
            [new for new in range(len(self.texts.new)) if new not in self.to_old and new not in self.apart_new],
        )
        self.candidates = sorted({*self.candidates, *self.texts.sharing()})
        for one, other in self.candidates:
            self.near_old[one].append(other)
            self.near_new[other].append(one)
        for floor in (0.85, 0.7, ALIKE):
            self._alike(floor)
            self._spread()
        self._headings()
        self._in_place()
        self._grown()
        self._spread()
        self._parts()
        self._together()
        self._into_tables()
        return self._told()

    # What is told

    def _told(self) -> list[Match]:
        stays = in_order(self._weighed())
        self.limits = self._limits()
        self.beside: dict[int, list[int]] = defaultdict(list)
        for old in range(len(self.texts.old)):
            if old not in self.to_new and old not in self.gone_into:
                for new in self._free_between(old, self.limits[old]):
                    self.beside[new].append(old)
        rows: list[tuple[tuple[int, int, int], Match]] = []
        last = -1
        for old in range(len(self.texts.old)):
            if old in self.to_new:
                new = self.to_new[old]
                rows.append(((new, 0, old), self._match(old, new, is_moved=old not in stays)))
                rows += [
                    ((part, 0, old), self._part(old, part, Continuation.SPLIT)) for part in self.splits.get(old, [])
                ]
                last = new if old in stays else last
            elif old in self.gone_into:
                rows.append(((self.gone_into[old], 1, old), self._part(old, self.gone_into[old], Continuation.MERGED)))
            else:
                rows.append(((last, 2, old), self._without(old, None, Continuation.REMOVED)))
        rows += [
            ((new, 0, 0), self._without(None, new, Continuation.NEW))
            for new in range(len(self.texts.new))
            if new not in self.to_old
        ]
        matches = [match for _key, match in sorted(rows, key=lambda row: row[0])]
        return [replace(one, is_certain=self.known.get((one.old, one.new), one.is_certain)) for one in matches]

    def _match(self, old: int, new: int, *, is_moved: bool) -> Match:
        if old in self.splits:
            return self._part(old, new, Continuation.SPLIT)
        if new in self.merges:
            return self._part(old, new, Continuation.MERGED)
        is_same = self.texts.same_old[old] == self.texts.same_new[new]
        if is_same:
            kind = Continuation.MOVED if is_moved else Continuation.UNCHANGED
            return Match(old, new, kind, 1000, self._is_sure_of_same(old, new, is_moved=is_moved))
        kind = Continuation.MOVED_EDITED if is_moved else Continuation.EDITED
        likeness = self.texts.likeness(old, new)
        return Match(old, new, kind, min(999, round(1000 * likeness)), self._is_sure(old, new, is_moved=is_moved))

    def _part(self, old: int, new: int, kind: Continuation) -> Match:
        if self.texts.same_old[old] == self.texts.same_new[new]:
            # Of words that stood twice and stand once now, nothing is lost wherever they are read.
            follows = self.gone_into.get(old + 1, self.to_new.get(old + 1)) == new + 1
            return Match(old, new, kind, 1000, len(self.texts.coded_old[old]) >= SHORT or follows)
        return Match(old, new, kind, min(999, round(1000 * self.texts.likeness(old, new))), is_certain=False)

    def _without(self, old: int | None, new: int | None, kind: Continuation) -> Match:
        """New or removed; not sure where something that is left over too, or that stands twice, says it nearly."""
        texts = self.texts
        if new is not None:
            if any(self._stands_in(one, new) for one in self.near_new[new]) or self._begins(None, new):
                return Match(old, new, kind, 0, is_certain=False)
            if self._may_be_a_part(new):
                return Match(old, new, kind, 0, is_certain=False)
            likes = [(texts.likeness(one, new), one in self.to_new) for one in self.near_new[new]]
            likes += [(texts.likeness(one, new) + FAINT - FEW, False) for one in self.beside.get(new, [])]
        elif old is not None:
            if (
                any(self._stands_in(old, one) for one in self.near_old[old])
                or self._may_be_a_row(old)
                or self._begins(old, None)
            ):
                return Match(old, new, kind, 0, is_certain=False)
            likes = [(texts.likeness(old, one), one in self.to_old) for one in self.near_old[old]]
            there = self._free_between(old, self.limits[old])
            likes += [(texts.likeness(old, one) + FAINT - FEW, False) for one in there]
        else:
            likes = []
        return Match(old, new, kind, 0, all(likeness < (COPIED if is_taken else FAINT) for likeness, is_taken in likes))

    def _stands_in(self, old: int, new: int) -> bool:
        """Whether one of them stands in the other as it is, or nearly."""
        texts = self.texts
        shorter = min(len(texts.coded_old[old]), len(texts.coded_new[new]))
        return texts.share(old, new) or (shorter > SHORT and texts.inside(old, new) >= PART)

    def _may_be_a_part(self, new: int) -> bool:
        """Whether it stands beside parts of what was split, or beside what was much reworded and has words of it."""
        for step in (-2, -1, 1, 2):
            old = self.to_old.get(new + step)
            if old is None:
                continue
            is_reworded = self.texts.likeness(old, self.to_new[old]) < SURE_IN_PLACE
            if old in self.splits or (is_reworded and self.texts.likeness(old, new) >= FEW):
                return True
        return False

    def _begins(self, old: int | None, new: int | None) -> bool:
        """Whether it is the first below a heading that lives on, as the meaning of a term is: it may be worded anew."""
        if old is not None:
            head = self.to_new.get(old - 1, self.gone_into.get(old - 1, -1))
            is_first = self.texts.old[old].kind is not BlockKind.HEADING and self.head_old[old] == old - 1
            return is_first and head >= 0 and head + 1 < len(self.texts.new) and self.head_new[head + 1] == head
        if new is None or self.texts.new[new].kind is BlockKind.HEADING or self.head_new[new] != new - 1:
            return False
        head = self.to_old.get(new - 1, -1)
        return head >= 0 and head + 1 < len(self.texts.old) and self.head_old[head + 1] == head

    def _may_be_a_row(self, old: int) -> bool:
        """Whether a table that does not say what it said before has most of its words."""
        said = self.texts.coded_old[old]
        mine = set(said)
        for new, block in enumerate(self.texts.new):
            if block.kind is not BlockKind.TABLE or (new in self.to_old and self._says_the_same(self.to_old[new])):
                continue
            row = self.texts.coded_new[new]
            # Of a few words only all of them, one behind the other, tell anything.
            if len(mine & set(row)) >= HALF * len(mine) if len(mine) >= 2 * SHORT else len(said) > 1 and said in row:
                return True
        return False

    def _is_sure_of_same(self, old: int, new: int, *, is_moved: bool) -> bool:
        context = self._context(old, new)
        if not self._repeats(old, new):
            return not is_moved or context > 0 or len(self.texts.coded_old[old]) >= SHORT
        return not is_moved and (context >= 2 or self._is_alone_in_section(old, new))

    def _is_alone_in_section(self, old: int, new: int) -> bool:
        """Whether it is the only one in its section to say so, and the sections continue each other."""
        head, other = self.head_old[old], self.head_new[new]
        if head < 0 or self.to_new.get(head) != other:
            return False
        return (
            self.in_old[head, self.texts.coded_old[old]] == self.in_new[other, self.texts.coded_new[new]] == 1
            and self.texts.old[old].kind is self.texts.new[new].kind
        )

    def _is_sure(self, old: int, new: int, *, is_moved: bool) -> bool:
        texts = self.texts
        likeness, context = texts.likeness(old, new), self._context(old, new)
        if texts.old[old].kind is not texts.new[new].kind:
            return False
        if likeness == 1:  # but for capitals and marks
            return self._is_sure_of_same(old, new, is_moved=is_moved)
        if min(len(texts.coded_old[old]), len(texts.coded_new[new])) < SHORT:
            return False
        rival = max(
            [texts.likeness(old, one) for one in self.near_old[old] if one != new]
            + [texts.likeness(one, new) for one in self.near_new[new] if one != old],
            default=0.0,
        )
        if is_moved:
            return likeness >= SURE_ELSEWHERE and likeness - rival >= MARGIN
        if likeness >= SURE:
            return (context >= 2 and likeness > rival) or (likeness - rival >= MARGIN and context >= 1)
        return likeness >= SURE_IN_PLACE and context == 3 and likeness - rival >= MARGIN
