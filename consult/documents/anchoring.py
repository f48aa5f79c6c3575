"""Exact words of a block: found where somebody selects or pastes them, and found again in a text that was edited.

A quote is kept as the selectors of the W3C Web Annotation Data Model: the words with what stands before and after
them (TextQuoteSelector), and their position (TextPositionSelector) in the plain text of the block
(`consult.documents.plain`). Nothing is anchored on a guess: what is found again is at least as like as `FLOOR` says and
stands in one place alone; everything else is lost, and said to be (docs/quotes.md has the figures).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, LCSseq

from consult.core.burmese import converted, is_zawgyi
from consult.core.scripts import UNSPACED, script_of
from consult.documents.bracketing import count_brackets, has_brackets, unbracketed, with_halves
from consult.documents.plain import SPACE

FLOOR = 80
"""How like, of 100, edited words must be to the quote, so that they are taken for the same passage."""
CONTEXT = 64
"""How many code points before and after the words are kept with them."""
QUOTE_MAX = 2_000
"""The most code points that a quote has."""
SHORTEST = 20
"""Fewer letters and digits than these are found again only as they were: almost any text has something alike."""
MARGIN = 8
"""By how much the best place must be better than the second best."""
CONTEXT_FLOOR = 50
"""How much of what stood around a quote, of 100, must still stand there, where the words alone do not decide."""
CONTEXT_OF_FEW = 80
"""The same for quotes with fewer letters than `SHORTEST`."""
_ALONE = 40  # letters from which on exact words that stand in one place alone need nothing around them
_NEARLY_SAME = 90  # likeness from which on the same holds for words that are nearly the same
_MOST_HITS = 50
_LONG = 400  # code points; longer passages are looked for by whole words
_FIRST_SIGN = 0x20000  # one sign for each word; there is room for far more than a block has


@dataclass(frozen=True)
class Quote:
    """Exact words of a text.

    Args:
        exact: the words.
        prefix: what stands before them, `CONTEXT` code points at most.
        suffix: what stands after them.
        start: the position of their first code point in the plain text.
        end: the position after their last.
    """

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """Where a quote stands in another text.

    Args:
        start: its first position there.
        end: the position after its last.
        likeness: of the words, of 100.
        is_exact: whether they are the same.
        in_brackets: whether nothing but brackets came to them.
    """

    start: int
    end: int
    likeness: float
    is_exact: bool
    in_brackets: bool = False


@dataclass(frozen=True)
class Made:
    """What was found of words that somebody selected or pasted.

    Args:
        quotes: every place where they stand; one is the answer, of several somebody chooses.
        nearest: where there is none: the passage that is most like them, if one is.
    """

    quotes: Sequence[Quote]
    nearest: Quote | None = None

    @property
    def quote(self) -> Quote | None:
        """The one quote that was meant; None where there is none, or more than one."""
        return self.quotes[0] if len(self.quotes) == 1 else None


def quote_at(text: str, start: int, end: int) -> Quote:
    """The quote of a part of a text, without white space at its ends."""
    end = min(end, len(text))
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start, end)


# --- what somebody selected or pasted ---------------------------------------------------------------------------------

_NUMBERS = re.compile(f"¶[{SPACE}]*\\d+|\\[\\^[\\w-]{{1,20}}\\](?!:)")
_ELLIPSIS = re.compile(r"…|\.{3,}")
_DROPPED = re.compile(
    f"[{SPACE}\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_SAME = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
})  # fmt: skip
_ENCLOSING = {'"': '"', "'": "'"}


def make_quote(text: str, pasted: str, *, at: int | None = None, number: str = "") -> Made:
    """Find what somebody selected or pasted in the text that it was taken from.

    White space, typographic quotation marks and dashes, soft hyphens, marks of direction, letters in capitals, Burmese
    in Zawgyi and numbers of paragraphs that were copied along make no difference. The beginning and the end of a long
    passage are enough, with an ellipsis between them.

    Args:
        text: the plain text of the block.
        pasted: the words.
        at: where they stand, if that is known; used only where they stand there.
        number: of the heading, or the mark of the list item, which may have been copied along.
    """
    for words in _readings(text, pasted, number):
        spans = _spans(text, words)
        if spans:
            if at is not None:
                spans = [span for span in spans if span[0] == at] or spans
            return Made([quote_at(text, start, end) for start, end in spans])
    words = _tidied(text, pasted)
    near = _best_alike(text, words, floor=FLOOR - 25) if _letters(words) > 2 else None
    return Made([], quote_at(text, near[0], near[1]) if near is not None else None)


def _tidied(text: str, pasted: str) -> str:
    words = unicodedata.normalize("NFC", pasted[: 2 * QUOTE_MAX])
    if is_zawgyi(words) and not is_zawgyi(text):
        words = unicodedata.normalize("NFC", converted(words))
    return re.sub(f"[{SPACE}]+", " ", _NUMBERS.sub(" ", words)).strip(" ")


def _readings(text: str, pasted: str, number: str) -> list[str]:
    """What may have been meant, the likeliest first: as it is, without the number, without its quotation marks."""
    words = _tidied(text, pasted)
    found = [words]
    if number and words.startswith(number):
        found.append(words[len(number) :])
    folded = words.translate(_SAME)
    if len(folded) > 2 and _ENCLOSING.get(folded[0]) == folded[-1]:
        found.append(words[1:-1])
    return [one for one in found if _letters(one)]


def _spans(text: str, words: str) -> list[tuple[int, int]]:
    for is_folded in (False, True):
        found = _occurrences(text, words, is_folded=is_folded)
        if found:
            return found
        parts = [part for part in _ELLIPSIS.split(words) if _letters(part)]
        if len(parts) == 2:  # the beginning and the end: the shortest passage from each beginning
            starts = _occurrences(text, parts[0], is_folded=is_folded)
            ends = _occurrences(text, parts[1], is_folded=is_folded)
            pairs = [(start, next((e for s, e in ends if s >= first), 0)) for start, first in starts]
            found = [(start, end) for start, end in pairs if end and end - start <= QUOTE_MAX]
            if found:
                return found
    return []


def _occurrences(text: str, words: str, *, is_folded: bool) -> list[tuple[int, int]]:
    loose, places = _loosened(text, is_folded=is_folded)
    wanted, _places = _loosened(words, is_folded=is_folded)
    found: list[tuple[int, int]] = []
    at = loose.find(wanted) if wanted else -1
    while at >= 0 and len(found) < _MOST_HITS:
        found.append((places[at], places[at + len(wanted) - 1] + 1))
        at = loose.find(wanted, at + 1)
    found = [(start, _whole(text, end)) for start, end in found if end - start <= QUOTE_MAX]
    whole = [span for span in found if _is_bordered(text, *span)]
    return whole or found


def _whole(text: str, end: int) -> int:
    """The end of a quote, behind the marks on its last letter."""
    while end < len(text) and unicodedata.category(text[end]) in {"Mn", "Mc"}:
        end += 1
    return end


@lru_cache(maxsize=512)
def _loosened(text: str, *, is_folded: bool) -> tuple[str, Sequence[int]]:
    """A text without what makes no difference; and where in it each character stood."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_SAME)):
        if _DROPPED.match(character):
            continue
        shown = "..." if character == "…" else character.casefold() if is_folded else character
        kept.append(shown)
        places += [place] * len(shown)
    return "".join(kept), places


def _is_bordered(text: str, start: int, end: int) -> bool:
    """Whether a part of a text begins and ends where words do; in scripts without spaces any place will do."""
    return not (_is_joined(text, start) or _is_joined(text, end))


def _is_joined(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if unicodedata.category(after)[0] == "M":
        return True
    return before.isalnum() and after.isalnum() and script_of(before) not in UNSPACED


# --- finding it again -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8_192)  # a page that shows where points refer to asks for the same ones again and again
def find_quote(text: str, quote: Quote) -> Found | None:
    """Find a quote again in a text that may have been edited since.

    First as it was: where the words stand in several places, or are short, what stood around them decides. Then nearly:
    the passage that is most like it, if it is as like as `FLOOR` says and no other is almost as like. None where it is
    not there, is too short to be told apart, or could be in two places: lost rather than guessed. Brackets that came to
    the words or went from them make no difference.

    Args:
        text: the plain text of the block that continues the one that was quoted.
        quote: from the earlier text.
    """
    if not text or not _letters(quote.exact):
        return None
    hits = [span for span in _exact(text, quote.exact) if _is_bordered(text, *span)]
    if hits:
        return _choose(text, quote, hits)
    return _without_brackets(text, quote) if has_brackets(text + quote.exact) else _nearly(text, quote)


def _without_brackets(text: str, quote: Quote) -> Found | None:
    """Find a quote whose words were put into brackets since, or taken out: these are marks on words, not words."""
    bare, places = unbracketed(text)
    words = unbracketed(quote.exact)[0]
    if not _letters(words):
        return None
    asked = Quote(words, unbracketed(quote.prefix)[0], unbracketed(quote.suffix)[0], quote.start, quote.end)
    hits = [span for span in _exact(bare, words) if _is_bordered(bare, *span)]
    found = _choose(bare, asked, hits) if hits else _nearly(bare, asked)
    if found is None:
        return None
    start, end = with_halves(text, places[found.start], places[found.end - 1] + 1)
    there = text[start:end]
    likeness = round(100 * Indel.normalized_similarity(quote.exact, there), 1) if found.is_exact else found.likeness
    came = found.is_exact and count_brackets(there) > count_brackets(quote.exact)
    return Found(start, end, likeness, is_exact=False, in_brackets=came)


def _nearly(text: str, quote: Quote) -> Found | None:
    """The passage that is most like a quote, if it is like enough and no other is almost as like."""
    if _letters(quote.exact) < SHORTEST:
        return None
    best = _best_alike(text, quote.exact, floor=FLOOR, context=quote)
    if best is None:
        return None
    start, end, likeness = best
    is_long = likeness >= _NEARLY_SAME and _letters(quote.exact) >= _ALONE
    if not is_long and max(_around(text, quote, start, end)) < CONTEXT_FLOOR:
        return None
    if _second(text, quote.exact, start, end) > likeness - MARGIN:
        return None
    # A word brings the punctuation beside it; a quote that has none there wants none.
    while quote.exact[-1].isalnum() and not text[end - 1].isalnum() and unicodedata.category(text[end - 1])[0] != "M":
        end -= 1
    while quote.exact[0].isalnum() and not text[start].isalnum():
        start += 1
    return Found(start, end, round(likeness, 1), is_exact=False)


def find_in_one(texts: Sequence[str], quote: Quote) -> tuple[int, Found] | None:
    """Find a quote in one of several texts, such as the parts that its paragraph was split into.

    Returns:
        Which text, and where in it; None where it is in none, or could be in two.
    """
    tried = ((place, find_quote(text, quote)) for place, text in enumerate(texts))
    found = [(place, one) for place, one in tried if one is not None]
    found.sort(key=lambda one: (not one[1].is_exact, -one[1].likeness))
    if not found or (len(found) > 1 and found[1][1].likeness > found[0][1].likeness - MARGIN):
        return None
    return found[0]


def _exact(text: str, words: str) -> list[tuple[int, int]]:
    found = []
    at = text.find(words)
    while at >= 0:
        found.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return found


def _choose(text: str, quote: Quote, hits: Sequence[tuple[int, int]]) -> Found | None:
    """Of the places where the very words stand, the one that was meant, if that can be told."""
    sides = {hit: _around(text, quote, *hit) for hit in hits}
    scored = sorted(((sum(around) / len(around), hit) for hit, around in sides.items()), reverse=True)
    likeness, (start, end) = scored[0]
    letters = _letters(quote.exact)
    floor = CONTEXT_FLOOR if letters >= SHORTEST else CONTEXT_OF_FEW
    is_sure = max(sides[start, end]) >= floor or (len(hits) == 1 and letters >= _ALONE)
    if not is_sure or (len(scored) > 1 and scored[1][0] > likeness - MARGIN):
        return None
    return Found(start, end, 100.0, is_exact=True)


def _around(text: str, quote: Quote, start: int, end: int) -> Sequence[float]:
    """How much of what stood before a quote, and after it, is before and after that place, of 100 each."""
    before, after = _tokens(quote.prefix), _tokens(quote.suffix)
    sides = []
    if before:
        sides.append(_kept(before, _tokens(text[max(0, start - 2 * CONTEXT) : start]), is_before=True))
    elif start == 0:
        sides.append(100.0)
    if after:
        sides.append(_kept(after, _tokens(text[end : end + 2 * CONTEXT]), is_before=False))
    elif end == len(text):
        sides.append(100.0)
    return sides or [0.0]


def _kept(wanted: Sequence[str], there: Sequence[str], *, is_before: bool) -> float:
    """How much of the words beside a quote are beside the place too; the nearest count most."""
    wanted = list(reversed(wanted)) if is_before else list(wanted)
    there = list(reversed(there)) if is_before else list(there)
    wanted, there = wanted[:8], there[:12]
    kept = set()
    for one in LCSseq.opcodes(wanted, there):
        if one.tag == "equal":
            kept |= set(range(one.src_start, one.src_end))
    weights = [1 / (place + 1) for place in range(len(wanted))]
    return 100 * sum(weights[place] for place in kept) / sum(weights)


def _best_alike(text: str, words: str, *, floor: float, context: Quote | None = None) -> tuple[int, int, float] | None:
    """The passage that is most like some words, from word to word, and how like, of 100; None below the floor."""
    rough = _rough(text, words, floor=floor - 25)
    if rough is None:
        return None
    slack = len(words) // 2 + 2 * CONTEXT
    low = max(0, rough[0] - slack)
    high = min(len(text), rough[1] + slack)
    there = _token_spans(text, low, high)
    if not there:
        return None
    tries = [_nearest_tokens(there, *rough)]
    aligned = _aligned(there, text, words, context)
    if aligned is not None:
        tries.append(aligned)
    best = max((_climbed(there, text, words, *one) for one in tries), key=lambda one: one[2])
    first, last, likeness = _trimmed(there, text, words, best[0], best[1])
    return (there[first][0], there[last][1], likeness) if likeness >= floor else None


def _rough(text: str, words: str, *, floor: float) -> tuple[int, int] | None:
    """About where the passage is; a long one by whole words, since letter by letter each takes a tenth of a second."""
    if len(words) <= _LONG:
        found = fuzz.partial_ratio_alignment(words, text)
        return (found.dest_start, found.dest_end) if found is not None and found.score >= floor else None
    spans = _token_spans(text, 0, len(text))
    signs: dict[str, str] = {}
    wanted, there = (
        "".join(signs.setdefault(one, chr(_FIRST_SIGN + len(signs))) for one in tokens)
        for tokens in (_tokens(words), [_bare(text[start:end]) for start, end in spans])
    )
    found = fuzz.partial_ratio_alignment(wanted, there)
    # Where most letters stayed, fewer words did: one changed letter makes another word.
    if found is None or found.score < floor / 2 or found.dest_start == found.dest_end:
        return None
    return spans[found.dest_start][0], spans[found.dest_end - 1][1]


def _trimmed(there: Sequence[tuple[int, int]], text: str, words: str, first: int, last: int) -> tuple[int, int, float]:
    """The passage from its first to its last word that stands in the quote too; what stands beyond may be anything."""
    inside = [_bare(text[start:end]) for start, end in there[first : last + 1]]
    same = [one for one in LCSseq.opcodes(_tokens(words), inside) if one.tag == "equal"]
    if not same:
        return first, last, 0.0
    first, last = first + same[0].dest_start, first + same[-1].dest_end - 1
    return first, last, 100 * Indel.normalized_similarity(words, text[there[first][0] : there[last][1]])


def _nearest_tokens(there: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    first = next((place for place, span in enumerate(there) if span[1] > start), len(there) - 1)
    last = next((place for place in range(len(there) - 1, -1, -1) if there[place][0] < end), 0)
    return first, max(first, last)


def _aligned(there: Sequence[tuple[int, int]], text: str, words: str, context: Quote | None) -> tuple[int, int] | None:
    """From the first to the last word of the quote that stands there, as words before and after it are matched too."""
    prefix = _tokens(context.prefix) if context else []
    suffix = _tokens(context.suffix) if context else []
    exact = _tokens(words)
    new = [_bare(text[start:end]) for start, end in there]
    inside = range(len(prefix), len(prefix) + len(exact))
    places = [
        one.dest_start + source - one.src_start
        for one in LCSseq.opcodes([*prefix, *exact, *suffix], new)
        if one.tag == "equal"
        for source in range(one.src_start, one.src_end)
        if source in inside
    ]
    return (places[0], places[-1]) if places else None


def _climbed(there: Sequence[tuple[int, int]], text: str, words: str, first: int, last: int) -> tuple[int, int, float]:
    """Move the ends of a passage from word to word as long as it gets more like."""

    def like(first: int, last: int) -> float:
        return 100 * Indel.normalized_similarity(words, text[there[first][0] : there[last][1]])

    best = like(first, last)
    while True:
        steps = [
            (first + by_first, last + by_last)
            for by_first in (-2, -1, 0, 1, 2)
            for by_last in (-2, -1, 0, 1, 2)
            if 0 <= first + by_first <= last + by_last < len(there)
        ]
        likeness, step = max((like(*step), step) for step in steps)
        if likeness <= best:
            return first, last, best
        best, (first, last) = likeness, step


def _second(text: str, words: str, start: int, end: int) -> float:
    """How like the passage is that comes second: the best one before or after that place."""
    sides = [side for side in (text[:start], text[end:]) if len(side) >= len(words) // 2]
    found = [_best_alike(side, words, floor=0) for side in sides]
    return max((one[2] for one in found if one is not None), default=0.0)


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _bare(token: str) -> str:
    """A word as it is compared: without the punctuation around it; what is punctuation alone stays."""
    return token.strip(".,;:!?()[]\"'“”‘’«»…").casefold() or token


def _tokens(text: str) -> list[str]:
    return [_bare(text[start:end]) for start, end in _token_spans(text, 0, len(text))]


def _token_spans(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """Where the words of a part of a text begin and end; in scripts without spaces each letter with its marks."""
    while 0 < low < len(text) and text[low - 1] != " " and text[low] != " " and _is_joined(text, low):
        low -= 1
    while 0 < high < len(text) and text[high] != " " and _is_joined(text, high):
        high += 1
    found: list[tuple[int, int]] = []
    for word in re.finditer(r"[^ ]+", text[low:high]):
        start, end = low + word.start(), low + word.end()
        if word[0].isascii() or not any(script_of(one) in UNSPACED for one in word[0]):
            found.append((start, end))
            continue
        begin = start
        for place in range(start + 1, end + 1):
            if place == end or unicodedata.category(text[place])[0] != "M":
                found.append((begin, place))
                begin = place
    return found
