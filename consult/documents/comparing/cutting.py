"""Cutting text into the smallest pieces that a person sees as changed: words, or the letters of unspaced scripts; pure.

A letter of an unspaced script is what one would write as one: with its vowel signs, its tones and what is stacked
below it; in Burmese with the final consonant that closes the syllable; in Thai and Lao with the vowel before it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from consult.core.scripts import UNSPACED, script_of

# In Tibetan every syllable ends in a mark that parts it from the next, as a space would.
_BY_LETTER = UNSPACED - {"Tibt"}
_BEFORE = frozenset("เแโใไ" + "ເແໂໃໄ")
_STACKING = frozenset("\u17d2\u1039\u1a60\u1b44\ua9c0")
_ASAT = "\u103a"
# Vowels of Thai and Lao that Unicode calls letters and that stand behind theirs.
_BEHIND = frozenset("ะาำๅ" + "ະາຳ")
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
# Marks of footnotes: none is a part of the word before it.
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_APOSTROPHES = frozenset("'’ʼ׳״")

_MEMBERS = (
    (_UNSEEN | _BEHIND, "m"), (_BEFORE, "b"), (_STACKING, "k"), (_APOSTROPHES, "q"), (_RAISED, "x"),
    (frozenset({_ASAT}), "a"), (frozenset(".,٫٬"), "c"),
)  # fmt: skip

# w: letter of a spaced script, d: digit, u: letter of an unspaced one, b: vowel written before its letter, k: stacks
# the next letter below, a: closes a syllable, m: mark, or not seen, q: apostrophe, c: comma or full stop, n: line end,
# s: space, x: anything else.
_TOKEN = re.compile(
    r"[wd][wdm]*(?:[wdm]|(?:q|(?<=d)c(?=d)|(?<=d)cm*(?=d))(?=[wd]))*"
    r"|b?m*um*a?m*(?:kum*a?m*)*(?:um?am*)*"
    r"|bm*|s[sm]*|n[nsm]*|[uxqcka]m*a?|m+"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


class _Kinds(dict[int, str]):
    """What a character is, worked out when it is first met."""

    def __init__(self, by_letter: frozenset[str]) -> None:
        self.by_letter = by_letter

    def __missing__(self, code: int) -> str:
        kind = self[code] = self._kind_of(chr(code))
        return kind

    def _kind_of(self, char: str) -> str:
        if char == "\n":
            return "n"
        if char.isspace():
            return "s"
        for members, kind in _MEMBERS:
            if char in members:
                return kind
        category = unicodedata.category(char)
        if category[0] == "M":
            return "m"
        if category[0] == "N":
            return "d"
        if category[0] != "L":
            return "x"
        return "u" if script_of(char) in self.by_letter else "w"


_kinds, _kinds_of_korean = _Kinds(_BY_LETTER), _Kinds(_BY_LETTER - {"Hani"})
_without = dict.fromkeys(map(ord, _UNSEEN))


def spaced(text: str) -> str:
    """Text as it is compared: one form of each letter, one space for several, no spaces at the ends of lines."""
    return _LINES.sub("\n", _SPACES.sub(" ", unicodedata.normalize("NFC", text))).strip()


def cut(text: str, language: str) -> list[str]:
    """The words, letters, signs and spaces of a text that `spaced` has made, in their order; nothing is left out.

    Args:
        text: plain words.
        language: its code. In Korean, Chinese characters stand within words.
    """
    kinds = text.translate(_kinds_of_korean if language.partition("-")[0] == "ko" else _kinds)
    return [text[found.start() : found.end()] for found in _TOKEN.finditer(kinds)]


def seen(token: str) -> str:
    """What is seen of a piece: two that differ in signs of no width alone look the same."""
    return token if token.isascii() else token.translate(_without)


@lru_cache(maxsize=32_768)
def weight(token: str) -> int:
    """How much of a text a piece is: its letters, those of unspaced scripts counting as the two or three they tell."""
    first = token[0]
    if first.isspace() or not (first.isalnum() or first in _BEFORE):
        return 0
    return 3 if _kinds[ord(first)] in "ub" else len(token)
