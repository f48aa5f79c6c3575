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
UNSPACED = frozenset({"Bali", "Bopo", "Cham", "Hani", "Hira", "Java", "Kana", "Khmr", "Lana", "Laoo", "Mymr", "Tale",
                      "Talu", "Tavt", "Thai", "Tibt", "Yiii"})  # fmt: skip
"""Scripts that are written without spaces between words; there a space of no width says where a line may break."""
UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19FF), (0x1A20, 0x1AAF), (0x1B00, 0x1B7F),
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3041, 0x30FF),
    (0x3105, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF),
    (0xA980, 0xA9FF), (0xAA00, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Where their letters, marks and digits stand; but for Tibetan, in which a mark parts syllables as a space would."""
UNSPACED_SET = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED_BLOCKS)
"""The same as the inside of a set of characters in a regular expression."""
_UNSPACED = re.compile(f"[{UNSPACED_SET}\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]")
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


def is_unspaced(character: str) -> bool:
    """Whether no space stands between this and its like: a letter, mark or digit of such a script, or a wide sign."""
    return _UNSPACED.match(character) is not None


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
