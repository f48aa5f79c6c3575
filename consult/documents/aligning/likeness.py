"""What two blocks have in common, by their words; in scripts without spaces by their characters."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from consult.core.scripts import UNSPACED_SET
from consult.documents.enums import BlockKind

# Each word becomes one character, so that texts are compared word by word at the speed of strings. Surrogates are
# left out: they are no characters.
_FIRST, _SURROGATES, _AFTER = 0x100, 0xD800, 0xE000
_LINK = re.compile(r"\]\([^()\s]*\)")
_INNER_LINK = re.compile(r"\]\(#[^()\s]*\)")
_SENTENCE = re.compile(r"(?<=[.!?;:։؟。！？।॥။៕])[*_)\]\"'”’»]*\s*(?=\s|[\u0e00-\uffff])|\n+")
_SAYS = 5
_LABEL = re.compile(r"\\?\[+([^\[\]\n]{2,40})\]")
# Words of scripts that part them by spaces; single characters, with their marks, of those that do not.
_TOKEN = re.compile(rf"[{UNSPACED_SET}]|[^\W_{UNSPACED_SET}]+(?:['’][^\W_{UNSPACED_SET}]+)*")
_LOOKED = 400
_CANDIDATES = 8


@dataclass(frozen=True)
class Words:
    """A block as far as aligning looks at it.

    Args:
        kind: what it is.
        text: Markdown.
        number: its own number or marker, if it has one.
        level: of headings, from 1; else 0.
    """

    kind: BlockKind
    text: str
    number: str = ""
    level: int = 0


def same_words(text: str) -> str:
    """What two texts share that say the same, however their white space falls and wherever links inside lead."""
    return " ".join(unicodedata.normalize("NFC", _INNER_LINK.sub("]()", text)).split())


def tokens_of(text: str) -> list[str]:
    """The words of a text, or the characters where words have no spaces; without marks and addresses."""
    return _TOKEN.findall(unicodedata.normalize("NFC", _LINK.sub("]", text)).casefold())


def likeness_of(one: str, other: str) -> int:
    """How alike two texts are, word by word: 1000 for the same, 0 for nothing in common."""
    if same_words(one) == same_words(other):
        return 1000
    return min(999, round(1000 * Indel.normalized_similarity(tokens_of(one), tokens_of(other))))


class Texts:
    """Two sequences of blocks, made ready for comparing any of the one with any of the other."""

    def __init__(self, old: Sequence[Words], new: Sequence[Words]) -> None:
        self.old, self.new = old, new
        self.same_old = [(block.kind, same_words(block.text)) for block in old]
        self.same_new = [(block.kind, same_words(block.text)) for block in new]
        self._codes: dict[str, str] = {}
        self.coded_old = [self._code(block.text) for block in old]
        self.coded_new = [self._code(block.text) for block in new]
        self._sentences_old = [self._sentences(block.text) for block in old]
        self._sentences_new = [self._sentences(block.text) for block in new]
        self.times_old, self.times_new = Counter(self.coded_old), Counter(self.coded_new)
        self._labels = [[_label(block.text) for block in blocks] for blocks in (old, new)]
        self._weights = self._weigh()
        self._likeness: dict[tuple[int, int], float] = {}

    def _code(self, text: str) -> str:
        return "".join([self._code_of(token) for token in tokens_of(text)])

    def _sentences(self, text: str) -> frozenset[str]:
        parts = _SENTENCE.split(_LINK.sub("]", text))
        coded = (self._code(part) for part in parts) if len(parts) > 1 else (self._code(text),)
        return frozenset(part for part in coded if len(part) > _SAYS)

    def share(self, old: int, new: int) -> bool:
        """Whether a whole sentence stands in both, word by word, of some length and in few other places."""
        return bool(self._sentences_old[old] & self._sentences_new[new])

    def sharing(self) -> list[tuple[int, int]]:
        """The pairs that share a sentence which stands nowhere else in either text."""
        said: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        for places, blocks in zip(said, (self._sentences_old, self._sentences_new), strict=True):
            for place, sentences in enumerate(blocks):
                for sentence in sentences:
                    places.setdefault(sentence, []).append(place)
        olds, news = said
        return [
            (places[0], news[sentence][0])
            for sentence, places in olds.items()
            if len(places) == 1 and len(news.get(sentence, ())) == 1 and self.fits(places[0], news[sentence][0])
        ]

    def _code_of(self, token: str) -> str:
        code = self._codes.get(token)
        if code is None:
            place = _FIRST + len(self._codes)
            code = self._codes[token] = chr(place if place < _SURROGATES else place + _AFTER - _SURROGATES)
        return code

    def _weigh(self) -> dict[str, float]:
        """How much each word tells: what stands everywhere tells nothing."""
        counts = Counter(code for coded in (self.coded_old, self.coded_new) for text in coded for code in set(text))
        total = len(self.old) + len(self.new)
        return {code: math.log(total / count) for code, count in counts.items()}

    def likeness(self, old: int, new: int) -> float:
        """From 0 to 1, word by word."""
        found = self._likeness.get((old, new))
        if found is None:
            found = Indel.normalized_similarity(self.coded_old[old], self.coded_new[new])
            self._likeness[old, new] = found
        return found

    def likeness_of_olds(self, one: int, other: int) -> float:
        """The same of two blocks of the older text."""
        return Indel.normalized_similarity(self.coded_old[one], self.coded_old[other])

    def labels(self, old: int, new: int) -> int:
        """1 where both begin with the same label in brackets, as entries of a list of sources do; -1 with another."""
        one, other = self._labels[0][old], self._labels[1][new]
        return 0 if not one or not other else 1 if one == other else -1

    def together(self, olds: Sequence[int], news: Sequence[int]) -> float:
        """The likeness of several blocks in a row with several others."""
        return Indel.normalized_similarity(
            "".join(self.coded_old[place] for place in olds), "".join(self.coded_new[place] for place in news)
        )

    def inside(self, old: int, new: int) -> float:
        """How much of the shorter one stands in one piece of the longer one, from 0 to 1."""
        return fuzz.partial_ratio(self.coded_old[old], self.coded_new[new]) / 100

    def fits(self, old: int, new: int) -> bool:
        """Whether a block of this kind may become one of that kind; running text may change its form."""
        one, other = self.old[old].kind, self.new[new].kind
        if one is other or (one in _RUNNING and other in _RUNNING):
            return True
        return {one, other} <= _WORDED and self.coded_old[old] == self.coded_new[new] != ""

    def candidates(self, olds: Sequence[int], news: Sequence[int]) -> list[tuple[int, int]]:
        """For some blocks of each text the few of the other that share words which tell something; linear.

        Args:
            olds: places in the older text.
            news: places in the newer one.
        """
        found: set[tuple[int, int]] = set()
        if olds:
            near = _Finder(self.coded_new, self._weights)
            for old in olds:
                fitting = (new for new in near.find(self.coded_old[old], old) if self.fits(old, new))
                found.update((old, new) for new in islice(fitting, _CANDIDATES))
        if news:
            near = _Finder(self.coded_old, self._weights)
            for new in news:
                fitting = (old for old in near.find(self.coded_new[new], new) if self.fits(old, new))
                found.update((old, new) for old in islice(fitting, _CANDIDATES))
        return sorted(found)


def _label(text: str) -> str:
    found = _LABEL.match(text)
    return found[1].casefold() if found else ""


class _Finder:
    """Finds the texts that share the most telling words with another."""

    def __init__(self, coded: Sequence[str], weights: Mapping[str, float]) -> None:
        self._places: dict[str, list[int]] = {}
        for place, text in enumerate(coded):
            for code in set(text):
                self._places.setdefault(code, []).append(place)
        self._weights = weights
        self._totals = [sum(weights[code] for code in set(text)) for text in coded]

    def find(self, coded: str, place: int) -> list[int]:
        """The nearest texts, best first; of several as good the one that stands nearest to ``place``."""
        shared: dict[int, float] = {}
        looked = 0
        codes = set(coded)
        # The rare ones first: what is in every other text would make all of them candidates.
        for count, code in sorted((len(self._places.get(code, ())), code) for code in codes):
            if looked and looked + count > _LOOKED:
                break
            looked += count
            weight = self._weights[code]
            for other in self._places.get(code, ()):
                shared[other] = shared.get(other, 0.0) + weight
        total = sum(self._weights[code] for code in codes)
        scored = [
            (-weight / (max(total, self._totals[other]) or 1), abs(other - place), other)
            for other, weight in shared.items()
        ]
        return [other for _score, _far, other in nsmallest(3 * _CANDIDATES, scored)]


_WORDED = frozenset({BlockKind.HEADING, BlockKind.TEXT})
_RUNNING = frozenset({BlockKind.TEXT, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.NOTE})
