"""What one or several older texts became: each newer one compared with its own share of them; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from unicodedata import category

from consult.documents.comparing.cutting import cut, spaced, weight
from consult.documents.comparing.words import ISLAND, MOST_RUNS, Change, Piece, compare_words, longest_run, sign_of

# What ends a sentence.
_ENDS = frozenset(".;:!?。；！？។၊။؟۔")
# What belongs to the word that it stands behind, as a bracket that closes does.
_STOPS = frozenset(".,;:" + "。，、；：" + "،؛۔" + "។" + "၊။" + "।")

# So many characters that stand in both texts tell where a part comes from.
_WINDOW = 24


def compare(befores: Sequence[str], afters: Sequence[str], language: str) -> list[list[Piece]]:
    """What older texts became: for each of the newer ones the way to it from its own share of them.

    One that was edited, one that was split, several that were merged, or both: in whichever order more of their words
    stayed. Nothing is told as removed that stands in another of the newer texts. What went for good is told once, where
    it stood.

    Args:
        befores: plain words of each, in the order of the older text; they may have changed places.
        afters: the same of everything that they became, in the order of the newer text.
        language: its code.
    """
    olds = [words for before in befores if (words := spaced(before))]
    news = {place: words for place, after in enumerate(afters) if (words := spaced(after))}
    tried = []
    for was, order in product(_orders(olds, list(news.values())), _orders(list(news.values()), olds)):
        places = [list(news)[place] for place in order]
        older, newer = "\n".join(olds[place] for place in was), "\n".join(news[place] for place in places)
        tried.append((places or [0], compare_words(older, newer, language)))
    places, pieces = max(tried, key=lambda one: _stayed(one[1]))
    if len(afters) == 1:
        return [pieces]
    cut_up = _cut_at_lines(pieces, [len(news.get(place, "")) for place in places])
    told = dict(zip(places, _carried_over(cut_up, language), strict=True))
    return [_at_its_best(told.get(place, []), language) for place in range(len(afters))]


def _orders(texts: Sequence[str], others: Sequence[str]) -> list[tuple[int, ...]]:
    """As they come, and as they begin in the others."""
    there = "\n".join(others)
    as_they_come = range(len(texts))
    as_there = sorted(as_they_come, key=lambda place: _place_in(there, texts[place]))
    return list(dict.fromkeys((tuple(as_they_come), tuple(as_there))))


def _at_its_best(pieces: list[Piece], language: str) -> list[Piece]:
    """The same, or told anew from a part's own share alone, where more of it stayed then."""
    older, newer = (
        "".join(piece.text for piece in pieces if piece.kind is not other) for other in (Change.ADDED, Change.REMOVED)
    )
    return max(pieces, compare_words(older, newer, language), key=_stayed)


def _stayed(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.kind is Change.SAME)


def _place_in(before: str, part: str) -> int:
    """About where in the older text a part began: where some of its words stand there as they were."""
    for start in range(0, max(1, len(part) - _WINDOW), _WINDOW // 2):
        place = before.find(part[start : start + _WINDOW])
        if place >= 0:
            return place - start
    return 0


def _cut_at_lines(pieces: Sequence[Piece], lengths: Sequence[int]) -> list[list[Piece]]:
    """The pieces of a text that was put together of parts of these lengths, each part's for itself.

    What was removed stays with the part before it; the beginning of a sentence that goes on in the next one, with that.
    """
    found: list[list[Piece]] = [[] for _length in lengths]
    at, left = 0, lengths[0]
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.kind is Change.REMOVED:
            came = pieces[place + 1] if place + 1 < len(pieces) else piece
            is_last_here = came.kind is Change.ADDED and len(came.text) > left and at + 1 < len(lengths)
            begins = not found[at] or found[at][-1].text.rstrip()[-1:] in _ENDS
            goes_on = is_last_here and begins and text.rstrip()[-1:] not in _ENDS
            if text.strip():
                found[at + goes_on].append(piece)
            continue
        while text:
            if not left and at + 1 < len(lengths):  # the line end between two parts
                text = text[1:]
                at, left = at + 1, lengths[at + 1]
                continue
            taken, text = text[:left], text[left:]
            left -= len(taken)
            if taken:
                found[at].append(Piece(piece.kind, taken))
    return found


@dataclass
class _Bit:
    """A piece, cut: what became of it, its words, and one character for each, the same for what looks the same.

    ``was`` has the place of each in the older texts; of what came it is -1.
    """

    kind: Change
    tokens: list[str]
    signs: str
    was: list[int]

    def cut(self, start: int, end: int) -> _Bit:
        """A part of it."""
        return _Bit(self.kind, self.tokens[start:end], self.signs[start:end], self.was[start:end])


@dataclass(frozen=True)
class _Shared:
    """A run that was removed in one part and added in another: which bits, from where in each, how long."""

    weight: int
    gone: tuple[int, int, int]
    came: tuple[int, int, int]
    length: int


def _carried_over(told: Sequence[Sequence[Piece]], language: str) -> list[list[Piece]]:
    """The parts of a split text told anew: what is removed in one of them and added in another stayed, in the other.

    Args:
        told: of each part, what stayed, came and went; in the order of the older text.
        language: its code.
    """
    signs: dict[str, str] = {}
    olds: list[str] = []
    parts = [[_bit(piece, language, signs, olds) for piece in pieces] for pieces in told]
    gone, came = (
        sum(len(bit.tokens) for bits in parts for bit in bits if bit.kind is kind)
        for kind in (Change.REMOVED, Change.ADDED)
    )
    # Of very long ones it stays said that words went here and came there.
    while gone * came <= MOST_RUNS and (best := _longest(parts)) is not None:
        was = _take_out(parts[best.gone[0]], best.gone[1], best.gone[2], best.length)
        _put_in(parts[best.came[0]], best.came[1], best.came[2], was)
    return [_pieces(one) for one in _at_their_words(parts, olds)]


def _bit(piece: Piece, language: str, signs: dict[str, str], olds: list[str]) -> _Bit:
    """A piece, cut; its words are noted among the older ones, unless they came."""
    tokens = cut(piece.text, language)
    was = [-1] * len(tokens)
    if piece.kind is not Change.ADDED:
        was = list(range(len(olds), len(olds) + len(tokens)))
        olds += tokens
    return _Bit(piece.kind, tokens, "".join(sign_of(token, signs) for token in tokens), was)


def _longest(parts: Sequence[Sequence[_Bit]]) -> _Shared | None:
    """The run that weighs most of all that one part loses and another gains."""
    best: _Shared | None = None
    for lost_in, losing in enumerate(parts):
        for gone_at, gone in enumerate(losing):
            if gone.kind is not Change.REMOVED or _weight(gone.tokens) < ISLAND:
                continue
            for won_in, winning in enumerate(parts):
                for came_at, came in enumerate(winning if won_in != lost_in else ()):
                    if came.kind is not Change.ADDED or _weight(came.tokens) < ISLAND:
                        continue
                    from_gone, from_came, length = longest_run(gone.signs, came.signs)
                    size = _weight(gone.tokens[from_gone : from_gone + length])
                    if size >= ISLAND and (best is None or size > best.weight):
                        best = _Shared(size, (lost_in, gone_at, from_gone), (won_in, came_at, from_came), length)
    return best


def _take_out(bits: list[_Bit], at: int, start: int, length: int) -> list[int]:
    """Leave out a run of what was removed; where its words stood."""
    bit, end = bits[at], start + length
    bits[at : at + 1] = [bit.cut(0, start), bit.cut(end, len(bit.tokens))]
    return bit.was[start:end]


def _put_in(bits: list[_Bit], at: int, start: int, was: list[int]) -> None:
    """Tell a run of what was added as what stayed, with white space that is left over beside it."""
    bit, end = bits[at], start + len(was)
    first, run, last = bit.cut(0, start), bit.cut(start, end), bit.cut(end, len(bit.tokens))
    run.kind, run.was = Change.SAME, was
    for one in (first, last):
        one.kind = Change.SAME if all(map(str.isspace, one.tokens)) else one.kind
    bits[at : at + 1] = [first, run, last]


@dataclass
class _Word:
    """One of the words or signs of a part."""

    kind: Change
    text: str
    was: int


def _at_their_words(parts: Sequence[Sequence[_Bit]], olds: Sequence[str]) -> list[list[_Word]]:
    """The parts with each bracket and stop of the older texts at the word that it stood at, wherever that stands now.

    There it stayed or was removed. One that stands at another word was added there: a bracket says of other words then
    that they are not agreed.
    """
    told = [[_Word(bit.kind, *one) for bit in bits for one in zip(bit.tokens, bit.was, strict=True)] for bits in parts]
    lives = {word.was for words in told for word in words if word.kind is Change.SAME and weight(word.text)}
    held: dict[int, list[_Word]] = defaultdict(list)
    kept: list[list[_Word]] = []
    for words in told:
        newer = [word for word in words if word.kind is not Change.REMOVED]
        texts = [word.text for word in newer]
        stands_at = {
            word.was: newer[there].was
            for place, word in enumerate(newer)
            if (there := _beside(texts, place)) is not None
        }
        kept.append([])
        for word in words:
            owner = _beside(olds, word.was) if word.kind is not Change.ADDED else None
            if owner is None or owner not in lives or owner == stands_at.get(word.was):
                kept[-1].append(word)
                continue
            held[owner].append(_Word(Change.REMOVED, word.text, word.was))
            if word.kind is Change.SAME:
                kept[-1].append(_Word(Change.ADDED, word.text, -1))
    return [_with_held(words, held) for words in kept]


def _with_held(words: Sequence[_Word], held: Mapping[int, Sequence[_Word]]) -> list[_Word]:
    """The words with the signs that were removed around them, in the order in which they stood."""
    found: list[_Word] = []
    behind: list[_Word] = []
    for word in words:
        while behind and not -1 < word.was < behind[0].was:
            found.append(behind.pop(0))
        around = held.get(word.was, ()) if word.kind is Change.SAME else ()
        found += [*(one for one in around if one.was < word.was), word]
        behind += [one for one in around if one.was > word.was]
    return found + behind


def _beside(tokens: Sequence[str], place: int) -> int | None:
    """Where the word stands that a bracket opens before, or closes behind, or a stop ends; None for anything else."""
    token = tokens[place]
    sort = category(token[0])
    if sort in {"Ps", "Pi"}:
        there = range(place + 1, len(tokens))
    elif sort in {"Pe", "Pf"} or token in _STOPS:
        there = range(place - 1, -1, -1)
    else:
        return None
    return next((one for one in there if weight(tokens[one])), None)


def _weight(tokens: Sequence[str]) -> int:
    return sum(map(weight, tokens))


def _pieces(words: Sequence[_Word]) -> list[Piece]:
    """The words as pieces; white space that was removed is no change."""
    found: list[Piece] = []
    for kind, same in groupby(words, key=lambda word: word.kind):
        text = "".join(word.text for word in same)
        if kind is Change.REMOVED and text.isspace():
            continue
        if found and found[-1].kind is kind:
            text = found.pop().text + text
        found.append(Piece(kind, text))
    return found
