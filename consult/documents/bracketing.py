"""Square brackets as marks on words: a text without them, and a passage with the halves that belong to it; pure."""

from __future__ import annotations

from collections.abc import Sequence

_OPENING, _CLOSING = "[［", "]］"


def has_brackets(text: str) -> bool:
    """Whether any square bracket stands in a text."""
    return any(sign in text for sign in _OPENING + _CLOSING)


def count_brackets(text: str) -> int:
    """How many square brackets stand in a text."""
    return sum(text.count(sign) for sign in _OPENING + _CLOSING)


def unbracketed(text: str) -> tuple[str, Sequence[int]]:
    """A text without its brackets and the spaces that they leave; and where in it each character stood."""
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in _OPENING + _CLOSING or (sign == " " and places and text[places[-1]] == " "):
            continue
        places.append(place)
    return "".join(text[place] for place in places), places


def with_halves(text: str, start: int, end: int) -> tuple[int, int]:
    """A passage with the other halves of its brackets, where these stand right beside it."""
    depth = lowest = 0
    for sign in text[start:end]:
        depth += (sign in _OPENING) - (sign in _CLOSING)
        lowest = min(lowest, depth)
    while lowest < 0 and start > 0 and text[start - 1] in _OPENING:
        start, lowest, depth = start - 1, lowest + 1, depth + 1
    while depth > 0 and end < len(text) and text[end] in _CLOSING:
        end, depth = end + 1, depth - 1
    return start, end
