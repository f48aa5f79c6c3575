"""Burmese in the encoding of the Zawgyi font: recognised, and put into Unicode.

Zawgyi uses the code points of the Myanmar block, and those of other languages in it, for shapes in the order in which
they are printed; Unicode writes a syllable in the order in which it is spoken. The shapes are those of Zawgyi-One;
the order within a syllable is that of Unicode Technical Note 11 (Hosken, "Representing Myanmar in Unicode").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from myanmartools import ZawgyiDetector

SURE = 0.95
"""From this probability on a text is taken for Zawgyi; the authors of the model advise it."""
SURELY_UNICODE = 0.05
# Languages that are written with letters of the Myanmar block which the model, trained on Burmese, takes for Zawgyi.
OTHERS_IN_THE_SCRIPT = frozenset({
    "aio", "blk", "csh", "kht", "khb", "kjp", "ksw", "kyu", "mnw", "phk", "pi", "pwo", "pww", "rki", "rmz", "sa", "shn",
    "tdd",
})  # fmt: skip

_LETTERS = re.compile("[\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9fe]")
_KINZI, _STACK, _ASAT, _E = "\u1004\u103a\u1039", "\u1039", "\u103a", "\u1031"
_YA, _RA, _WA, _HA = "\u103b", "\u103c", "\u103d", "\u103e"
# What stands where a letter does: itself, another shape of it, or a letter with what is stacked below it.
_BASES = {
    "\u106a": "\u1009", "\u106b": "\u100a", "\u106e": "\u100d\u1039\u100d", "\u106f": "\u100d\u1039\u100e",
    "\u1086": "\u103f", "\u108f": "\u1014", "\u1090": "\u101b", "\u1091": "\u100f\u1039\u100d",
    "\u1092": "\u100b\u1039\u100c", "\u1097": "\u100b\u1039\u100b",
}  # fmt: skip
# What stands around a letter: the parts of the syllable that it is.
_MARKS = {
    "\u1033": "\u102f", "\u1034": "\u1030", "\u1039": _ASAT, "\u103a": _YA, "\u103b": _RA, "\u103c": _WA, "\u103d": _HA,
    "\u105a": "\u102b" + _ASAT, "\u107d": _YA, "\u1087": _HA, "\u1088": _HA + "\u102f", "\u1089": _HA + "\u1030",
    "\u108a": _WA + _HA, "\u108e": "\u102d\u1036", "\u1094": "\u1037", "\u1095": "\u1037",
    **dict.fromkeys("\u107e\u107f\u1080\u1081\u1082\u1083\u1084", _RA),
    **{mark: mark for mark in "\u102b\u102c\u102d\u102e\u102f\u1030\u1032\u1036\u1037\u1038"},
}  # fmt: skip
_KINZIS = {"\u1064": "", "\u108b": "\u102d", "\u108c": "\u102e", "\u108d": "\u1036"}
# What is stacked below a letter; Zawgyi has one or two shapes of each.
_STACKED = {
    "\u1060": "\u1000", "\u1061": "\u1001", "\u1062": "\u1002", "\u1063": "\u1003", "\u1065": "\u1005",
    "\u1066": "\u1006", "\u1067": "\u1006", "\u1068": "\u1007", "\u1069": "\u1008", "\u106c": "\u100b",
    "\u106d": "\u100c", "\u1070": "\u100f", "\u1071": "\u1010", "\u1072": "\u1010", "\u1073": "\u1011",
    "\u1074": "\u1011", "\u1075": "\u1012", "\u1076": "\u1013", "\u1077": "\u1014", "\u1078": "\u1015",
    "\u1079": "\u1016", "\u107a": "\u1017", "\u107b": "\u1018", "\u107c": "\u1019", "\u1085": "\u101c",
    "\u1093": "\u1018", "\u1096": "\u1010",
}  # fmt: skip
# The order of the parts of a syllable after its letter and what is stacked below it; the asat is placed by itself.
_ORDER = f"{_YA}{_RA}{_WA}{_HA}{_E}\u102d\u102e\u1032\u102f\u1030\u102b\u102c\u1036\u1037\u1038"
_BEFORE = f"{_E}\u103b\u107e-\u1084"
_AFTER = (
    "\u102b-\u1030\u1032-\u1034\u1036-\u1039\u103a\u103c\u103d\u105a\u1060-\u1069\u106c\u106d\u1070-\u107d"
    "\u1085\u1087-\u108e\u1093-\u1096"
)
_SYLLABLE = re.compile(f"([{_BEFORE}]*)([\u1000-\u102a\u103f\u1040\u1044\u104e\u106a\u106b\u106e\u106f\u1086\u108f-\u1092\u1097])([{_AFTER}]*)")  # fmt: skip  # noqa: E501
# Two shapes that together are one letter.
_LIGATURES = (
    (re.compile("\u1005\u103b(?!\u103c)"), "\u1008"),
    (re.compile("\u101e\u103c\u1031\u102c\u103a"), "\u102a"),
    (re.compile("\u101e\u103c(?!\u103d)"), "\u1029"),
    (re.compile("\u1025\u102e"), "\u1026"),
    (re.compile("\u1025(?=[\u1039\u103a\u102c])"), "\u1009"),
    (re.compile("\u104e(?!\u1004\u103a\u1038)"), "\u104e\u1004\u103a\u1038"),
)
_DIGITS = "\u1040-\u1049"
# Zero and four as the letter and the sign that look the same: where no digit stands before, and a letter follows.
_ZERO_AS_WA = re.compile(f"(?<![{_DIGITS}.,/-])\u1040(?=[\u1000-\u1021\u102b-\u103e\u105a-\u1097])(?![{_DIGITS}])|(?<=[{_BEFORE}])\u1040")  # fmt: skip  # noqa: E501
# People put a space between a letter and what stands over or under it, which Zawgyi's font does not mind.
_TORN = re.compile(f"(?<=[\u1000-\u1097])[ \u00a0\u200b\u2060]+(?=[{_AFTER}])")
_FOUR_AS_SIGN = re.compile(f"(?<![{_DIGITS}])\u1044(?=\u1004\u1039\u1038)")


@lru_cache(maxsize=1)
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()  # 12 ms, less than a megabyte


def zawgyi_probability(text: str) -> float:
    """How likely Burmese words are encoded for Zawgyi, from 0 to 1; 0 for a text without letters of that script."""
    if not _LETTERS.search(text):
        return 0.0
    return max(0.0, float(_detector().get_zawgyi_probability(text)))


def is_zawgyi(text: str, language: str = "my") -> bool:
    """Whether a text is surely encoded for Zawgyi, as far as its letters tell.

    Args:
        text: the words.
        language: that its author says it is in; Shan, Mon, Karen and others share letters with Zawgyi's shapes.
    """
    return language.partition("-")[0] not in OTHERS_IN_THE_SCRIPT and zawgyi_probability(text) >= SURE


def to_unicode_burmese(text: str, language: str = "my") -> str:
    """The same words in Unicode where they are encoded for Zawgyi; everything else as it is.

    Each line is judged by itself, since people paste both; one that is too short to tell goes with the whole.

    Args:
        text: the words.
        language: that its author says it is in, as for `is_zawgyi`.
    """
    return "\n".join(converted(line) if is_one else line for line, is_one in lines_told(text, language))


def lines_told(text: str, language: str = "my") -> list[tuple[str, bool]]:
    """The lines of a text, and of each whether it is encoded for Zawgyi; arguments as for `to_unicode_burmese`."""
    if not _LETTERS.search(text) or language.partition("-")[0] in OTHERS_IN_THE_SCRIPT:
        return [(text, False)]
    whole = zawgyi_probability(text) >= SURE or language.endswith("-Qaag")
    told = []
    for line in text.split("\n"):
        probability = zawgyi_probability(line)
        told.append((line, probability >= SURE or (whole and probability > SURELY_UNICODE)))
    return told


def syllables(text: str) -> Iterator[str]:
    """The parts of a Zawgyi text that can be put into Unicode each by itself, in their order."""
    at = 0
    for found in _SYLLABLE.finditer(text):
        yield from text[at : found.start()]
        yield found.group()
        at = found.end()
    yield from text[at:]


def converted(text: str) -> str:
    """Zawgyi to Unicode, without asking whether it is Zawgyi; the result is in Unicode NFC."""
    text = _FOUR_AS_SIGN.sub("\u104e", _ZERO_AS_WA.sub("\u101d", _TORN.sub("", text)))
    text = _SYLLABLE.sub(_syllable, text)
    for pattern, letter in _LIGATURES:
        text = pattern.sub(letter, text)
    return unicodedata.normalize("NFC", text)


def _syllable(found: re.Match[str]) -> str:
    before, letter, after = found.groups()
    kinzi, stacked, parts = "", "", ""
    for shape in before + after:
        if shape in _KINZIS:
            kinzi, parts = _KINZI, parts + _KINZIS[shape]
        elif shape in _STACKED:
            stacked += _STACK + _STACKED[shape]
            parts += _WA if shape == "\u1096" else ""
        else:
            parts += _E if shape == _E else _MARKS[shape]
    kept = "".join(sorted(set(parts) - {_ASAT}, key=_ORDER.index))
    if _ASAT in parts:
        # After the vowel that it ends, as in ော်; else at the letter, as in ယောက်ျား, where more is said after it.
        is_of_vowel = 0 <= max(parts.rfind("\u102b"), parts.rfind("\u102c")) < parts.index(_ASAT)
        place = max(kept.rfind("\u102b"), kept.rfind("\u102c")) + 1 if is_of_vowel else 0
        kept = kept[:place] + _ASAT + kept[place:]
    return kinzi + _BASES.get(letter, letter) + stacked + kept
