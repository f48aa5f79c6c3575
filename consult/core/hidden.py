"""Characters that nobody sees, or that make a text look like another: kept where a language needs them.

Sources: Unicode Standard Annex #9 (directions), #31 and Technical Report #36 (identifiers, security), chapter 23 of the
standard (joiners, selectors, tags, fillers).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from consult.core.locale import format_number
from consult.core.locale import gettext as _
from consult.core.scripts import UNSPACED, script_of

DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
"""Embeddings, overrides and isolates: all that turns the direction of what stands after it."""
_MARKS_OF_DIRECTION = "\u200e\u200f\u061c"
_JOINERS, _BREAKS = "\u200c\u200d", "\u200b\u2060"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f"
_TAGS = "\U000e0001\U000e0020-\U000e007f"
# What no living language needs in its text: soft hyphens, byte order marks, invisible operators, deprecated formats,
# annotations, fillers, music; the fillers of conjoining jamo are needed beside those.
# Unicode's default-ignorable ones, those without a character yet included: they show nothing and make another word.
_NEVER = (
    "\u00ad\ufeff\u2061-\u2065\u206a-\u206f\ufff0-\ufffb\u3164\uffa0\u17b4\u17b5\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000\U000e0002-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_JAMO_FILLERS = "\u115f\u1160"
_INVISIBLE = f"{_MARKS_OF_DIRECTION}{_JOINERS}{_BREAKS}{_SELECTORS}{_TAGS}{_NEVER}{_JAMO_FILLERS}\u034f"
_RUN = re.compile(f"[{_INVISIBLE}]+")
_ONE = re.compile(f"[{_INVISIBLE}{DIRECTIONS}]")
_FLAG = re.compile("[\U000e0020-\U000e007e]{1,10}\U000e007f")  # of England, Scotland and Wales, in emoji
# Scripts whose letters neither join nor stack, so that a joiner between them only hides.
_UNJOINED = frozenset({"Latn", "Cyrl", "Grek", "Armn", "Geor", "Cher", "Hebr", "Hani", "Hira", "Kana", "Hang", "Ethi"})
_DIRECTION = re.compile(f"[{DIRECTIONS}]")
_OVERRIDE = re.compile("[\u202d\u202e]")
_PARAGRAPHS = re.compile("([\n\r\u0085\u2028\u2029\x1c-\x1e]+)")
_DEEPEST = 40
GENERIC_MOST = 4
"""Marks that any letter can carry, on one letter: phoneticians write three or four."""
MARKS_MOST = 10
"""Marks of any kind on one letter: Tibetan stacks eight."""
SAME_MOST = 3
"""The same mark, again and again."""


def place_in_words(text: str, index: int) -> str:
    """Where in a text something stands: its line, where there are several, and the words before it."""
    line_start = text.rfind("\n", 0, index) + 1
    number = text.count("\n", 0, index) + 1
    before = _ONE.sub("", text[max(line_start, index - 60) : index]).split()
    shown = " ".join(before[-4:])[-30:].strip()
    words = f"\u2068{shown}\u2069"
    if "\n" in text.strip("\n"):
        line = format_number(number)
        if shown:
            return _("Place: line %(line)s, after “%(words)s”.", line=line, words=words)
        return _("Place: at the beginning of line %(line)s.", line=line)
    return _("Place: after “%(words)s”.", words=words) if shown else _("Place: at the beginning.")


def without_hidden(text: str, *, is_line: bool = False) -> str:
    """A text without the invisible characters that its language does not need; what is left looks the same.

    Args:
        text: what was typed.
        is_line: a name, a title or an address, in which marks of direction are left out too.
    """
    if text.isascii():
        return text

    def needed(run: re.Match[str]) -> str:
        before = text[run.start() - 1 : run.start()]
        after = text[run.end() : run.end() + 1]
        if before == "\U0001f3f4" and _FLAG.fullmatch(run.group()):
            return run.group()
        kept = (one for one in dict.fromkeys(run.group()) if _is_needed(one, before, after, is_line=is_line))
        return "".join(kept)

    return _RUN.sub(needed, text)


def _is_needed(one: str, before: str, after: str, *, is_line: bool) -> bool:
    script = script_of(before) if before else ""
    if one in _MARKS_OF_DIRECTION:
        return not is_line
    if one in _JOINERS:
        is_emoji = one == "\u200d" and _is_symbol(before) and _is_symbol(after)
        return is_emoji or bool(script and script not in _UNJOINED)
    if one in _BREAKS:
        return bool(before and after) and (script in UNSPACED or script_of(after) in UNSPACED)
    if "\ufe00" <= one <= "\ufe0f":
        return bool(before) and (before in "#*0123456789" or not (before.isascii() or before.isspace()))
    if "\u180b" <= one <= "\u180f":
        return script == "Mong"
    if "\U000e0100" <= one <= "\U000e01ef":
        return script == "Hani"
    if one in _JAMO_FILLERS:
        return any("\u1100" <= beside <= "\u11ff" for beside in (before, after) if beside)
    return one == "\u034f" and not is_line and bool(script)


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}


def balanced(text: str, notes: list[str] | None = None) -> str:
    """A text whose directions end where its paragraphs end, so that they turn nothing that stands after it.

    Overrides, which show a word backwards, are taken out; embeddings and isolates that are left open are closed, and
    what closes nothing goes.

    Args:
        text: what was typed.
        notes: gets a sentence for its author where something was taken out.
    """
    if not _DIRECTION.search(text):
        return text
    override = _OVERRIDE.search(text)
    if override and notes is not None:
        sentence = _("An invisible character that shows words backwards was taken out.")
        notes.append(f"{sentence} {place_in_words(text, override.start())}")
    return "".join(_balanced(part) for part in _PARAGRAPHS.split(text))


def _balanced(paragraph: str) -> str:
    parts: list[str] = []
    opened: list[str] = []  # what would close them; nothing for an override
    for character in paragraph:
        if character in "\u202d\u202e":
            opened.append("")
        elif character in "\u202a\u202b\u2066\u2067\u2068":
            is_too_deep = len(opened) >= _DEEPEST
            opened.append("" if is_too_deep else "\u202c" if character in "\u202a\u202b" else "\u2069")
            parts.append("" if is_too_deep else character)
        elif character == "\u202c":
            if opened and opened[-1] != "\u2069":
                parts.append(opened.pop())
        elif character == "\u2069":
            if "\u2069" in opened:
                while (closing := opened.pop()) != "\u2069":
                    parts.append(closing)
                parts.append("\u2069")
        else:
            parts.append(character)
    return "".join([*parts, *reversed(opened)])


@lru_cache(maxsize=2)
def _runs(end: int) -> re.Pattern[str]:
    """As many marks in a row as a flood has at least; compiled when the first text comes that is not plain ASCII.

    Args:
        end: of the code points that the text holds: within the first plane the search is ten times as fast.
    """
    marks = [chr(code) for code in range(0x300, end) if unicodedata.category(chr(code))[0] == "M"]
    ranges: list[str] = []
    for mark in marks:
        if ranges and ord(ranges[-1][-1]) == ord(mark) - 1:
            ranges[-1] = f"{ranges[-1][0]}-{mark}"
        else:
            ranges.append(mark)
    return re.compile(f"[{''.join(ranges)}]{{{min(GENERIC_MOST, SAME_MOST) + 1},}}")


_GENERIC = re.compile(f"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{GENERIC_MOST + 1}}}")
_SAME = re.compile(f"([^\ufe00-\ufe0f])\\1{{{SAME_MOST}}}")


def find_flood(text: str) -> int | None:
    """Where more marks stand on one letter than any language writes; None where they do not."""
    if text.isascii():
        return None
    for run in _runs(0x10000 if max(text) < "\U00010000" else 0x1F000).finditer(text):
        same = _SAME.search(run[0])
        is_same = same is not None and unicodedata.category(same[1]) != "Mc"  # vowels are drawn out in Indic scripts
        if len(run[0]) > MARKS_MOST or is_same or _GENERIC.search(run[0]):
            return run.start()
    return None


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    return all(one == "\u2800" or unicodedata.category(one)[0] in "ZCM" for one in text)
