"""Blocks that were split, merged, or became rows of a table."""

from __future__ import annotations

from consult.documents.aligning.pairing import COPY, GAIN, NEAR, PART, SHORT, Pairing
from consult.documents.enums import BlockKind


class Parting(Pairing):
    """Pairs, and what was split from one of them or merged into it."""

    def _parts(self) -> None:
        """What is left and stands in one piece of a neighbour's partner was split from it, or merged into it."""
        for new in range(len(self.texts.new)):
            if new not in self.to_old and new not in self.apart_new and len(self.texts.coded_new[new]) >= SHORT:
                self._find_whole(new)
        for old in range(len(self.texts.old)):
            if self._is_left(old) and len(self.texts.coded_old[old]) >= SHORT:
                self._find_union(old)

    def _is_left(self, old: int) -> bool:
        return old not in self.to_new and old not in self.apart_old and old not in self.gone_into

    def _find_whole(self, new: int) -> None:
        """The block that this one was split from, if any."""
        texts = self.texts
        for old in sorted(self.near_new[new], key=lambda one: -texts.inside(one, new)):
            first = self.to_new.get(old)
            if first is None or first in self.merges or not 0 < abs(first - new) <= NEAR or self._says_the_same(old):
                continue
            shares = texts.share(old, new)
            is_part = len(texts.coded_new[new]) < len(texts.coded_old[old]) and texts.inside(old, new) >= PART
            parts = [first, *self.splits.get(old, [])]
            gain = texts.together([old], sorted([*parts, new])) - texts.together([old], sorted(parts))
            if shares or (is_part and gain > GAIN):
                self.splits.setdefault(old, []).append(new)
                self.to_old[new] = old
                return

    def _find_union(self, old: int) -> None:
        """The block that this one was merged into, if any."""
        texts = self.texts
        for new in sorted(self.near_old[old], key=lambda one: -texts.inside(old, one)):
            first = self.to_old.get(new)
            if first is None or first in self.splits or not 0 < abs(first - old) <= NEAR:
                continue
            if self._says_the_same(first) or self.to_new.get(first) != new:
                continue
            shares = texts.share(old, new)
            is_part = len(texts.coded_old[old]) < len(texts.coded_new[new]) and texts.inside(old, new) >= PART
            parts = [first, *self.merges.get(new, [])]
            gain = texts.together(sorted([*parts, old]), [new]) - texts.together(sorted(parts), [new])
            if shares or (is_part and gain > GAIN):
                self.merges.setdefault(new, []).append(old)
                self.gone_into[old] = new
                return

    def _together(self) -> None:
        """What was said in several places and is said in one now lives on there, with the block that continues it."""
        texts = self.texts
        for old in range(len(texts.old)):
            is_long = len(texts.coded_old[old]) >= SHORT or texts.old[old].kind is BlockKind.HEADING
            if not self._is_left(old) or not is_long:  # a few words are said in many places
                continue
            floor = 1.0 if texts.old[old].kind is BlockKind.HEADING else COPY
            for new in sorted(self.near_old[old], key=lambda one: (-texts.likeness(old, one), one)):
                first = self.to_old.get(new)
                if texts.likeness(old, new) < floor:
                    break
                if first is None or first in self.splits or self.to_new.get(first) != new:
                    continue
                if texts.times_new[texts.coded_new[new]] > 1 or texts.old[old].kind is not texts.new[new].kind:
                    continue
                if texts.likeness_of_olds(old, first) < floor:
                    continue
                follows = self.gone_into.get(old - 1, self.to_new.get(old - 1)) == new - 1
                if not follows and texts.likeness(old, new) < 1:  # nearly the same: only below the same heading
                    continue
                self.merges.setdefault(new, []).append(old)
                self.gone_into[old] = new
                break

    def _into_tables(self) -> None:
        """Paragraphs that became rows."""
        texts = self.texts
        free = [
            old
            for old in range(len(texts.old))
            if old not in self.to_new
            and old not in self.apart_old
            and old not in self.gone_into
            and len(texts.coded_old[old]) > 2 * SHORT
        ]
        for new, block in enumerate(texts.new):
            if block.kind is not BlockKind.TABLE or new in self.apart_new:
                continue
            words = set(texts.coded_new[new])
            for old in free:
                mine = set(texts.coded_old[old])
                if old in self.gone_into or len(mine & words) < PART * len(mine) or texts.inside(old, new) < PART:
                    continue
                if new not in self.to_old:
                    self._pair(old, new)
                elif self.to_new.get(self.to_old[new]) == new and self.to_old[new] not in self.splits:
                    self.merges.setdefault(new, []).append(old)
                    self.gone_into[old] = new

    def _says_the_same(self, old: int) -> bool:
        return self.texts.same_old[old] == self.texts.same_new[self.to_new[old]]
