"""Scripts of characters: which one a letter belongs to, which way it reads, which letters are mixed that look alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from babel import Locale as BabelLocale

# The first word of a character's name in the Unicode Character Database tells its script, with these exceptions.
_BY_NAME = {
    "ARABIC": "Arab", "ARMENIAN": "Armn", "BALINESE": "Bali", "BENGALI": "Beng", "BOPOMOFO": "Bopo",
    "CHAM": "Cham", "CHEROKEE": "Cher", "CJK": "Hani", "COPTIC": "Copt", "CYRILLIC": "Cyrl", "DEVANAGARI": "Deva",
    "ETHIOPIC": "Ethi", "GEORGIAN": "Geor", "GREEK": "Grek", "GUJARATI": "Gujr", "GURMUKHI": "Guru", "HANGUL": "Hang",
    "HEBREW": "Hebr", "HIRAGANA": "Hira", "JAVANESE": "Java", "KANNADA": "Knda", "KATAKANA": "Kana", "KHMER": "Khmr",
    "LAO": "Laoo", "LATIN": "Latn", "LISU": "Lisu", "MALAYALAM": "Mlym", "MANDAIC": "Mand", "MONGOLIAN": "Mong",
    "MYANMAR": "Mymr", "NKO": "Nkoo", "ORIYA": "Orya", "SAMARITAN": "Samr", "SINHALA": "Sinh", "SUNDANESE": "Sund",
    "SYRIAC": "Syrc", "TAMIL": "Taml", "TELUGU": "Telu", "THAANA": "Thaa", "THAI": "Thai", "TIBETAN": "Tibt",
    "TIFINAGH": "Tfng", "VAI": "Vaii", "ADLAM": "Adlm", "HANIFI": "Rohg", "CANADIAN": "Cans", "BUGINESE": "Bugi",
}  # fmt: skip
_BY_START = {
    "NEW TAI LUE": "Talu", "TAI LE": "Tale", "TAI THAM": "Lana", "TAI VIET": "Tavt", "HALFWIDTH KATAKANA": "Kana",
    "HALFWIDTH HANGUL": "Hang", "FULLWIDTH LATIN": "Latn", "MEETEI MAYEK": "Mtei", "OL CHIKI": "Olck",
    "SYLOTI NAGRI": "Sylo", "KAYAH LI": "Kali", "YI ": "Yiii",
}  # fmt: skip
RTL_SCRIPTS = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
UNSPACED = frozenset({"Bali", "Cham", "Hani", "Hira", "Java", "Kana", "Khmr", "Lana", "Laoo", "Mymr", "Tale", "Talu",
                      "Tavt", "Thai", "Tibt", "Yiii"})  # fmt: skip
"""Scripts that are written without spaces between words; there a space of no width says where a line may break."""
ALIKE = ("Latn", "Cyrl", "Grek", "Armn", "Cher")
"""Scripts some of whose letters cannot be told from those of another one among them."""


@lru_cache(maxsize=20_000)
def script_of(character: str) -> str:
    """The ISO 15924 code of the script of a letter or a mark; nothing for what belongs to none, such as digits."""
    if character < "\x80":
        return "Latn" if character.isalpha() else ""
    if unicodedata.category(character)[0] not in "LM":
        return ""
    name = unicodedata.name(character, "")
    for start, code in _BY_START.items():
        if name.startswith(start):
            return code
    return _BY_NAME.get(name.partition(" ")[0], "")


def scripts_in(text: str) -> Counter[str]:
    """How many letters and marks of each script a text holds, the most frequent first."""
    found = Counter({code: number for code, number in _count(text).items() if code})
    return Counter(dict(found.most_common()))


def _count(text: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for character, number in Counter(text).items():
        counted[script_of(character)] += number
    return counted


@lru_cache(maxsize=4096)
def mixed_in_a_word(text: str) -> tuple[str, ...]:
    """The scripts of letters that look alike and are mixed within one word, such as a Cyrillic letter in "Mіnistry".

    Words of different scripts beside each other are what many names are made of, and are not meant.
    """
    if text.isascii():
        return ()
    for word in re.split(r"[^\w\u0300-\u036f]+|_", text):
        found = {script_of(character) for character in word if character.isalpha()}
        mixed = tuple(code for code in ALIKE if code in found)
        if len(mixed) > 1:
            return mixed
    return ()


def script_name(code: str, babel: BabelLocale) -> str:
    """The name of a script in a language, such as Cyrillic; the code where nobody knows it."""
    return str(babel.scripts.get(code, code))
