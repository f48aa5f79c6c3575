"""What became of a text that was split: each of its parts compared with its own share of the older text; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from consult.documents.comparing.cutting import cut, spaced, weight
from consult.documents.comparing.words import ISLAND, MOST_RUNS, Change, Piece, compare_words, longest_run, sign_of

# What ends a sentence.
_ENDS = frozenset(".;:!?。；！？។၊။؟۔")

# So many characters that stand in both texts tell where a part comes from.
_WINDOW = 24


def compare_parts(before: str, parts: Sequence[str], language: str) -> list[list[Piece]]:
    """What became of a text that was split: for each of its parts the way to it from its own share of the older text.

    Nothing is told as removed that stands in another part. What went for good is told once, where it stood.

    Args:
        before: plain words of the older text.
        parts: the same of everything that it was split into, in the order of the newer text; they may have changed
            places.
        language: its code.
    """
    if len(parts) == 1:
        return [compare_words(before, parts[0], language)]
    news = {place: words for place, part in enumerate(parts) if (words := spaced(part))}
    if not news:
        return [compare_words(before, "", language), *([] for _part in parts[1:])]
    old, tried = spaced(before), []
    for order in dict.fromkeys((tuple(news), tuple(sorted(news, key=lambda place: _place_in(old, news[place]))))):
        pieces = compare_words(before, "\n".join(news[place] for place in order), language)
        tried.append((order, pieces))
    order, pieces = max(tried, key=lambda one: _stayed(one[1]))
    told = dict(zip(order, _cut_at_lines(pieces, [len(news[place]) for place in order]), strict=True))
    carried = _carried_over([told.get(place, []) for place in range(len(parts))], language)
    return [_at_its_best(pieces, language) for pieces in carried]


def compare_merged(befores: Sequence[str], after: str, language: str) -> list[Piece]:
    """What became of several texts that are one now, in whichever order more of their words stayed.

    Args:
        befores: plain words of each, in the order of the older text; they may have changed places.
        after: the same of what they became.
        language: its code.
    """
    olds = [words for before in befores if (words := spaced(before))]
    orders = dict.fromkeys((tuple(olds), tuple(sorted(olds, key=lambda one: _place_in(after, one)))))
    return max((compare_words("\n".join(order), after, language) for order in orders), key=_stayed)


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
    """A piece, cut: what became of it, its words, and one character for each, the same for what looks the same."""

    kind: Change
    tokens: list[str]
    signs: str


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
        told: of each part, what stayed, came and went.
        language: its code.
    """
    signs: dict[str, str] = {}
    parts = [[_bit(piece, language, signs) for piece in pieces] for pieces in told]
    gone, came = (
        sum(len(bit.tokens) for bits in parts for bit in bits if bit.kind is kind)
        for kind in (Change.REMOVED, Change.ADDED)
    )
    # Of very long ones it stays said that words went here and came there.
    while gone * came <= MOST_RUNS and (best := _longest(parts)) is not None:
        _cut_out(parts[best.gone[0]], best.gone[1], best.gone[2], best.length, None)
        _cut_out(parts[best.came[0]], best.came[1], best.came[2], best.length, Change.SAME)
    return [_pieces(bits) for bits in parts]


def _bit(piece: Piece, language: str, signs: dict[str, str]) -> _Bit:
    tokens = cut(piece.text, language)
    return _Bit(piece.kind, tokens, "".join(sign_of(token, signs) for token in tokens))


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


def _cut_out(bits: list[_Bit], at: int, start: int, length: int, becomes: Change | None) -> None:
    """Tell a run of a bit as something else, or leave it out; signs that are left over beside it go with it."""
    bit, end = bits[at], start + length
    cuts = [(bit.kind, 0, start), (becomes, start, end), (bit.kind, end, len(bit.tokens))]
    told = [(kind if _weight(bit.tokens[one:other]) else becomes, one, other) for kind, one, other in cuts]
    bits[at : at + 1] = [
        _Bit(kind, bit.tokens[one:other], bit.signs[one:other])
        for kind, one, other in told
        if kind is not None and other > one
    ]


def _weight(tokens: Sequence[str]) -> int:
    return sum(map(weight, tokens))


def _pieces(bits: Sequence[_Bit]) -> list[Piece]:
    return [
        Piece(kind, "".join(token for bit in same for token in bit.tokens))
        for kind, same in groupby(bits, key=lambda bit: bit.kind)
    ]
