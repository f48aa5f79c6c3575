"""Numbers of headings and lists, counted as an office program counts them: they do not stand in the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from consult.documents.importing.word.package import Element, W, is_on, value
from consult.documents.importing.word.styles import Styles, number_of

LEVELS = 9
LARGEST = 100_000
BULLETS = ("–", "◦", "▪")
_PLACE = re.compile(r"%([1-9])")


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    style: str = ""
    is_legal: bool = False


@dataclass
class _Abstract:
    levels: list[_Level] = field(default_factory=lambda: [_Level() for _ in range(LEVELS)])
    link: str = ""


@dataclass
class _Number:
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """The number of one paragraph.

    Args:
        text: as it is shown; a dash or a dot for bullets; may be empty.
        level: how deep its list is, from 0.
        is_bullet: whether it counts nothing.
        is_known: whether its signs are those that the file asks for.
    """

    text: str
    level: int
    is_bullet: bool
    is_known: bool


class Numbering:
    """Counts the numbers of a file, in the order of its paragraphs.

    Args:
        tree: of the part of numbering, or None.
        styles: of the file.
    """

    def __init__(self, tree: Element | None, styles: Styles) -> None:
        self.styles = styles
        self._abstracts: dict[str, _Abstract] = {}
        self._numbers: dict[str, _Number] = {}
        self._by_style: dict[str, str] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        for element in tree.iterfind(f"{W}abstractNum") if tree is not None else ():
            key = value(element, "abstractNumId")
            self._abstracts[key] = _abstract(element)
            linked = value(element.find(f"{W}styleLink"))
            if linked:
                self._by_style[linked] = key
        for element in tree.iterfind(f"{W}num") if tree is not None else ():
            self._numbers[value(element, "numId")] = _number(element)

    def label(self, paragraph: Element | None, style: str) -> Label | None:
        """The number of the next paragraph, or None where it has none.

        Args:
            paragraph: its properties.
            style: the id of its style.
        """
        key, level = self._of(paragraph, style)
        number = self._numbers.get(key)
        if number is None or not 0 <= level < LEVELS:
            return None
        abstract = self._resolved(number.abstract)
        levels = [number.levels.get(place, one) for place, one in enumerate(abstract.levels)]
        counters = self._counters.setdefault(number.abstract, [None] * LEVELS)
        self._count(key, number, levels, counters, level)
        return _shown(levels, counters, level)

    def _of(self, paragraph: Element | None, style: str) -> tuple[str, int]:
        """Which numbering a paragraph has and at which level: its own, or that of its style."""
        numbers = paragraph.find(f"{W}numPr") if paragraph is not None else None
        own = value(numbers.find(f"{W}numId")) if numbers is not None else ""
        level = number_of(value(numbers.find(f"{W}ilvl"))) if numbers is not None else None
        if own:
            return own, level or 0
        for one in self.styles.chain(style):
            if one.num_id is not None:
                at = level if level is not None else one.num_level
                return one.num_id, at if at is not None else self._level_of(one.num_id, style)
        return "", 0

    def _level_of(self, key: str, style: str) -> int:
        """The level that a list keeps for a style, or one that it is based on."""
        number = self._numbers.get(key)
        ids = [one.id for one in self.styles.chain(style)]
        levels = self._resolved(number.abstract).levels if number else []
        return next((place for id_ in ids for place, one in enumerate(levels) if one.style == id_), 0)

    def _resolved(self, key: str) -> _Abstract:
        """The definition behind a key; one may only name the style that holds it."""
        abstract = self._abstracts.get(key, _Abstract())
        if abstract.link:
            other = self._by_style.get(abstract.link)
            if other is None:
                chain = self.styles.chain(abstract.link)
                number = self._numbers.get(next((one.num_id for one in chain if one.num_id), ""))
                other = number.abstract if number else None
            abstract = self._abstracts.get(other or "", abstract)
        return abstract

    def _count(self, key: str, number: _Number, levels: list[_Level], counters: list[int | None], level: int) -> None:
        if level in number.starts and (key, level) not in self._begun:
            counters[level] = number.starts[level] - 1
        self._begun.add((key, level))
        for above in range(level):
            if counters[above] is None:
                counters[above] = number.starts.get(above, levels[above].start)
        now = counters[level]
        counters[level] = levels[level].start if now is None else min(now + 1, LARGEST)
        for below in range(level + 1, LEVELS):
            restart = levels[below].restart
            if restart is None or restart > level:
                counters[below] = None
            # 0 says that it goes on whatever comes between


def _shown(levels: list[_Level], counters: list[int | None], level: int) -> Label | None:
    one = levels[level]
    if one.format == "bullet":
        return Label(BULLETS[min(level, 2)], level, is_bullet=True, is_known=True)
    is_known = True

    def put(found: re.Match[str]) -> str:
        nonlocal is_known
        place = int(found[1]) - 1
        number = counters[place] if place <= level else None
        if number is None:
            return ""
        kind = "decimal" if one.is_legal and levels[place].format != "none" else levels[place].format
        said, known = in_format(number, kind)
        is_known = is_known and known
        return said

    text = " ".join(_PLACE.sub(put, one.text).split()) if one.format != "none" or "%" not in one.text else ""
    return Label(text, level, is_bullet=False, is_known=is_known) if text else None


def _abstract(element: Element) -> _Abstract:
    made = _Abstract(link=value(element.find(f"{W}numStyleLink")))
    for level in element.iterfind(f"{W}lvl"):
        place = number_of(value(level, "ilvl"))
        if place is not None and 0 <= place < LEVELS:
            made.levels[place] = _level(level)
    return made


def _level(element: Element) -> _Level:
    restart = number_of(value(element.find(f"{W}lvlRestart")))
    form = element.find(f"{W}numFmt")
    if form is None:  # newer forms stand beside one that older programs know
        form = next(element.iter(f"{W}numFmt"), None)
    return _Level(
        start=min(number_of(value(element.find(f"{W}start"))) or 0, LARGEST)
        if element.find(f"{W}start") is not None
        else 0,
        format=value(form, default="decimal"),
        text=value(element.find(f"{W}lvlText"))[:100],
        restart=restart,
        style=value(element.find(f"{W}pStyle")),
        is_legal=bool(is_on(element.find(f"{W}isLgl"))),
    )


def _number(element: Element) -> _Number:
    made = _Number(value(element.find(f"{W}abstractNumId")))
    for override in element.iterfind(f"{W}lvlOverride"):
        place = number_of(value(override, "ilvl"))
        if place is None or not 0 <= place < LEVELS:
            continue
        level = override.find(f"{W}lvl")
        if level is not None:
            made.levels[place] = _level(level)
        start = number_of(value(override.find(f"{W}startOverride")))
        if start is not None:
            made.starts[place] = min(start, LARGEST)
    return made


def in_format(number: int, form: str) -> tuple[str, bool]:
    """A number in the signs of a format, and whether the format is known here."""
    make = _FORMATS.get(form)
    if make is None or number < 0:
        return str(number), make is not None or form == "decimal"
    return make(number), True


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    out = ""
    for amount, sign in _ROMAN:
        while number >= amount:
            out, number = out + sign, number - amount
    return out


_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def _letters(alphabet: str) -> Callable[[int], str]:
    """A to Z, then AA, BB: office programs repeat the letter."""

    def made(number: int) -> str:
        if not 0 < number <= 20 * len(alphabet):
            return str(number)
        times, place = divmod(number - 1, len(alphabet))
        return alphabet[place] * (times + 1)

    return made


def _digits(signs: str) -> Callable[[int], str]:
    return lambda number: str(number).translate(str.maketrans("0123456789", signs))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _chinese(number: int) -> str:
    signs = "〇一二三四五六七八九"
    if not 0 < number < 100:
        return "".join(signs[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{signs[tens]}十") + (signs[ones] if ones else "")


_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters(_LATIN.upper()),
    "lowerLetter": _letters(_LATIN),
    "ordinal": _ordinal,
    "none": lambda _number: "",
    "russianLower": _letters(_RUSSIAN),
    "russianUpper": _letters(_RUSSIAN.upper()),
    "arabicAlpha": _letters("أبتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    "arabicAbjad": _letters("أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"),
    "hebrew2": _letters("אבגדהוזחטיכלמנסעפצקרשת"),
    "hindiNumbers": _digits("०१२३४५६७८९"),
    "thaiNumbers": _digits("๐๑๒๓๔๕๖๗๘๙"),
    "thaiLetters": _letters("กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "ideographDigital": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "koreanDigital": _chinese,
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalHalfWidth": str,
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": lambda number: chr(0x245F + number) if 0 < number <= 20 else str(number),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
}
