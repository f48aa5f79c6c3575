"""Words as they are looked for: one way to cut text into tokens, for both databases, in every script.

Text is folded first: NFKC, case, digits of any script, and marks that people leave out (accents, points, harakat), so
that a word finds itself however it was typed. What makes another word of it stays: vowel signs and tones of Indic
scripts, of Thai, Lao, Khmer and Burmese, the dots of Japanese.

Scripts that part words by spaces give words. The others give pairs of code points at every place of an unspaced run,
and its last one alone: what occurs in the run is a row of neighbouring pairs, and one character begins a pair or is
the last. Words joined by a hyphen, an apostrophe or a full stop count apart, side by side, and once more as one; Arabic
words with the article count once more without it. What counts once more stands behind the text, parted by ``|``.

Burmese that is encoded for Zawgyi is cut as its Unicode form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from consult.core.burmese import to_unicode_burmese
from consult.core.scripts import UNSPACED_BLOCKS
from consult.core.text import WORDS_MOST

RULES = 4
"""Which rules the tokens in an index were made by: raise it with every change here, and indexes are made anew."""
TOKEN_MAX = 64
ROW_TOKENS = 3_000
PHRASE_TOKENS = 200
BREAK = "|"
AS_IT_IS = "shn"
"""A language in which nothing is taken for Zawgyi: for words that were judged before."""
_OPEN_FROM, _STEM_FROM = 3, 2
_ZERO_WIDTH = "\u200b\u200c"

# Marks that are left out, by block: general ones, Cyrillic, Hebrew points, Arabic harakat and signs, Syriac points,
# and what chooses between shapes of one letter (Khmer, Mongolian, of all scripts).
_LEFT_OUT = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x08CA, 0x08FF), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
)  # fmt: skip
# Letters that Unicode does not take apart, as people type them who lack the key; and the tatweel, which is no letter.
_LETTERS: dict[int, str | None] = {
    **{ord(one): other for one, other in zip("đıłøħɓɗƙƴŧ", "dilohbdkyt", strict=True)},
    **{ord(one): other for one, other in zip("ىیېکةہۃٱ", "يييكههها", strict=True)},
    **{ord(letter): words for letter, words in {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}.items()},
    **dict.fromkeys([0x0640, 0x07FA, 0x115F, 0x1160, 0x3164]),
}
_JOINERS = frozenset("-\u2010\u2012\u2013'’‘ʼʻ՚׳״.·\u2027\uff07")
_SCAN = re.compile(r"w+(?:[jz]w+)*|u+(?:z+u+)*")
# Where an alef carried a hamza: no letter, and left out of every token; it tells ألوان from what has the article.
_HAMZA = "\ufdd0"
_CARRIED = re.compile("\u0627[\u064b-\u0652\u0656-\u065f\u0670]*[\u0653-\u0655]")
# The article, alone or behind و, ف, ب and ك; of ل and the article its لل is left.
_ARTICLE = re.compile("[وف]?(?:[بك]?ال|(لل))(..+)")
_LOOKS_LIKE_ONE = re.compile("[وف]?(?:[بك]?ال|لل)")
# What is another word without it: of God, of now, of the relative pronouns.
_INSEPARABLE = frozenset({"له", "ان", "ذي", "تي", "ذين", "لذان", "لذين", "لتان", "لتين", "لاتي", "لواتي", "لاءي"})


def _is_in(code: int, blocks: Iterable[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in blocks)


class _Folding(dict[int, str | None]):
    """What becomes of a character once it is taken apart; worked out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        folded: str | None = char
        is_left_out = category in {"Mn", "Me"} and _is_in(code, _LEFT_OUT)
        if is_left_out or code == 0x034F or (category == "Cf" and char not in _ZERO_WIDTH):
            folded = None
        elif category == "Nd":
            folded = str(unicodedata.digit(char))
        self[code] = folded
        return folded


class _Kinds(dict[int, str]):
    """What a folded character is: of a word, of an unspaced run, a joiner, of no width, or nothing of the kind."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = " "
        if char in _ZERO_WIDTH:
            kind = "z"
        elif char in _JOINERS:
            kind = "j"
        elif char == _HAMZA:
            kind = "w"
        elif unicodedata.category(char)[0] in "LMN":
            kind = "u" if _is_in(code, UNSPACED_BLOCKS) else "w"
        self[code] = kind
        return kind


_folding, _kinds = _Folding(_LETTERS), _Kinds()


def fold(text: str) -> str:
    """Text as it is compared: the same for every way of typing it."""
    return prepare(text).replace(_HAMZA, "")


def prepare(text: str) -> str:
    """Text folded for `scan`, which is told besides where an alef carried a hamza."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.replace(_HAMZA, "")).casefold())
    apart = _CARRIED.sub(f"\u0627{_HAMZA}", unicodedata.normalize("NFD", plain))
    return unicodedata.normalize("NFC", apart.translate(_folding))


@dataclass(frozen=True)
class Token:
    """A token, and where in the prepared text it stands.

    Args:
        text: the token.
        start: place of its first character.
        end: place behind its last one.
        is_extra: made of joined words, or of one with the article, and standing beside them.
        is_stem: the word without its article.
    """

    text: str
    start: int
    end: int
    is_extra: bool = False
    is_stem: bool = False


def scan(folded: str) -> Iterator[Token]:
    """The tokens of a text that `prepare` has folded, in their order."""
    kinds = folded.translate(_kinds)
    for found in _SCAN.finditer(kinds):
        start, end = found.span()
        places = [place for place in range(start, end) if kinds[place] in "uw"]
        if kinds[start] == "u":
            for place, following in zip(places, [*places[1:], None], strict=True):
                last = place if following is None else following
                yield Token(folded[place] + (folded[last] if last != place else ""), place, last + 1)
            continue
        parts = list(_words(kinds, start, end))
        for first, last in parts:
            word = folded[first:last]
            yield Token(_cut(word), first, last)
            for stem in _without_article(word):
                yield Token(_cut(stem), first, last, is_extra=True, is_stem=True)
        if len(parts) > 1 and not all(folded[first:last].isdigit() for first, last in parts):
            yield Token(_cut("".join(folded[place] for place in places)), start, end, is_extra=True)


def _cut(word: str) -> str:
    return word.replace(_HAMZA, "")[:TOKEN_MAX]


def _without_article(word: str) -> Iterator[str]:
    """What a word with the article is without it; of لل nobody can tell whether its second letter is the word's own."""
    found = _ARTICLE.fullmatch(word)
    if found is None:
        return
    double, rest = found.groups()
    if len(_cut(rest)) < _STEM_FROM or _cut(rest) in _INSEPARABLE:
        return
    yield rest
    if double:
        yield f"ل{rest}"


def _words(kinds: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in re.finditer("w+", kinds[start:end]):
        yield start + found.start(), start + found.end()


def token_rows(text: str, language: str = "") -> list[str]:
    """The tokens of a text for the index, parted and framed by spaces: one row, or several for a long text.

    Rows overlap by as many tokens as a phrase may have, so that every phrase stands wholly in one of them.

    Args:
        text: the words.
        language: that they are in, where it is known; it tells Zawgyi from what looks like it.
    """
    tokens = list(scan(prepare(to_unicode_burmese(text, language))))
    words = [token.text for token in tokens if not token.is_extra]
    for extra in dict.fromkeys(token.text for token in tokens if token.is_extra):
        words += [BREAK, extra]
    step = ROW_TOKENS - PHRASE_TOKENS
    starts = range(0, max(1, len(words) - PHRASE_TOKENS), step)
    return [f" {' '.join(words[start : start + ROW_TOKENS])} " for start in starts] if words else []


@dataclass(frozen=True)
class Phrase:
    """What one typed word asks for.

    Args:
        tokens: that stand side by side.
        is_open: whether the last of them may go on: "mineral" finds "minerals".
        singles: each may stand for the tokens: joined words without what joins them, a word without its article.
        as_typed: the tokens before Zawgyi was put into Unicode, for languages that are written with its shapes.
    """

    tokens: tuple[str, ...]
    is_open: bool
    singles: tuple[str, ...] = ()
    as_typed: tuple[str, ...] = ()

    @property
    def alternatives(self) -> list[tuple[str, ...]]:
        """The rows of tokens of which one must be there."""
        return [self.tokens, *((single,) for single in self.singles)]

    def in_a_row(self, tokens: tuple[str, ...]) -> str:
        """How one of the alternatives is written in a row of the index."""
        return f" {' '.join(tokens)}{'' if self.is_open else ' '}"

    def is_in(self, row: str) -> bool:
        """Whether a row of the index holds it."""
        asked = [*self.alternatives, *([self.as_typed] if self.as_typed else [])]
        return any(self.in_a_row(tokens) in row for tokens in asked)


def phrases(typed: str) -> list[Phrase]:
    """What is asked for by words that were typed: each must be there; what holds no letter or digit asks for nothing.

    A word of three letters or more, its article not counted, may go on; a number may not, nor may what ends in an
    unspaced run of two or more.
    """
    words = to_unicode_burmese(typed).split()
    as_typed = typed.split()
    found = [_phrase(word) for word in words[:WORDS_MOST]]
    if len(words) == len(as_typed):
        found = [_besides(phrase, word) for phrase, word in zip(found, as_typed[:WORDS_MOST], strict=True)]
    return list(dict.fromkeys(phrase for phrase in found if phrase is not None))


def _besides(phrase: Phrase | None, word: str) -> Phrase | None:
    """A phrase with the word as it was typed, where that was put into Unicode."""
    typed = _phrase(word) if phrase is not None else None
    if phrase is None or typed is None or typed.tokens == phrase.tokens:
        return phrase
    return replace(phrase, as_typed=typed.tokens)


def _phrase(word: str) -> Phrase | None:
    tokens = list(scan(prepare(word)))
    parts = [token for token in tokens if not token.is_extra]
    if not parts:
        return None
    is_run = _kinds[ord(parts[-1].text[0])] == "u"
    if is_run and len(parts) > 1 and parts[-2].end == parts[-1].end:
        parts.pop()  # the last character alone says no more than the pair that it ends
        return Phrase(tuple(token.text for token in parts[:PHRASE_TOKENS]), is_open=False)
    last = parts[-1].text
    wholes = [token for token in tokens if token.is_extra and not token.is_stem]
    is_one = len(wholes) == 1 and (wholes[0].start, wholes[0].end) == (parts[0].start, parts[-1].end)
    stems = [token for token in tokens if token.is_stem] if len(parts) == 1 else []
    # Most words begin with the article: one that is hardly more than what looks like it would go on to all of them.
    length = len(_LOOKS_LIKE_ONE.sub("", last, count=1)) if _LOOKS_LIKE_ONE.match(last) else len(last)
    return Phrase(
        tuple(token.text for token in parts[:PHRASE_TOKENS]),
        is_open=is_run or len(parts) > PHRASE_TOKENS or (length >= _OPEN_FROM and not last.isdigit()),
        singles=tuple(dict.fromkeys(token.text for token in (stems or (wholes if is_one else [])))),
    )
