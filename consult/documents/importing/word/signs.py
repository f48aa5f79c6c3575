"""Signs of special fonts and formulas as plain text."""

from __future__ import annotations

from collections.abc import Callable

from consult.documents.importing.word.package import Element, M

UNKNOWN = "□"
_GREEK = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywVJj",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωςϑϕ",
        strict=True,
    )
)
_SYMBOL = {
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″",
    0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…",
    0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD2: "®", 0xD3: "©", 0xD4: "™",
    0xD5: "∏", 0xD6: "√", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫", 0x22: "∀",
    0x24: "∃", 0x40: "≅", 0x5E: "⊥", 0x7E: "∼", 0xA2: "′", 0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA7: "▪",
    0xA8: "◻", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑", 0x4A: "☺", 0x4C: "☹", 0x46: "☞", 0x28: "☎", 0x2A: "✉", 0x6D: "❍", 0xA1: "○", 0xAB: "★",
}  # fmt: skip
_WINGDINGS_2 = {0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "◻", 0x4F: "✗", 0x97: "●"}


def sign(font: str, code: int) -> str:
    """A sign of a font by its code, or `UNKNOWN`."""
    low = code & 0xFF if 0xF000 <= code <= 0xF0FF else code
    name = font.strip().lower()
    if name == "symbol":
        character = chr(low)
        return _SYMBOL.get(low) or _GREEK.get(character) or (character if 0x20 <= low < 0x7F else UNKNOWN)
    if name == "wingdings 2":
        return _WINGDINGS_2.get(low, UNKNOWN)
    if name.startswith("wingdings"):
        return _WINGDINGS.get(low, UNKNOWN)
    is_private = 0xE000 <= code <= 0xF8FF or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code < 0x20
    return UNKNOWN if is_private else chr(code)


def without_private(text: str, font: str) -> str:
    """A text in which the signs that only a special font knows are those of Unicode."""
    if not any("\uf000" <= character <= "\uf0ff" for character in text):
        return text
    return "".join(sign(font or "symbol", ord(c)) if "\uf000" <= c <= "\uf0ff" else c for c in text)


def formula(element: Element) -> str:
    """A formula in one line: (a+b)/c, x^(n+1), √(2)."""
    return " ".join(_math(element).split())


def _math(element: Element) -> str:
    name = element.tag[len(M) :] if isinstance(element.tag, str) and element.tag.startswith(M) else ""
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    make = _MADE.get(name)
    if make is not None:
        return make(element)
    if not name:
        return element.text or "" if str(element.tag).endswith("}t") else "".join(_math(child) for child in element)
    return "".join(_math(child) for child in element)


def _of(element: Element, name: str) -> str:
    child = element.find(f"{M}{name}")
    return _math(child) if child is not None else ""


def _group(words: str) -> str:
    bare = words.strip()
    return bare if len(bare) < 2 or bare.isalnum() else f"({bare})"


def _nary(element: Element) -> str:
    properties = element.find(f"{M}naryPr")
    sign_ = properties.find(f"{M}chr") if properties is not None else None
    shown = sign_.get(f"{M}val", "∫") if sign_ is not None else "∫"
    below, above = _of(element, "sub"), _of(element, "sup")
    return f"{shown}{f'_{_group(below)}' if below else ''}{f'^{_group(above)}' if above else ''} {_of(element, 'e')}"


def _delimited(element: Element) -> str:
    properties = element.find(f"{M}dPr")

    def said(name: str, otherwise: str) -> str:
        child = properties.find(f"{M}{name}") if properties is not None else None
        return str(child.get(f"{M}val", otherwise)) if child is not None else otherwise

    inner = said("sepChr", "|").join(_math(child) for child in element.iterfind(f"{M}e"))
    return f"{said('begChr', '(')}{inner}{said('endChr', ')')}"


def _root(element: Element) -> str:
    degree = _of(element, "deg").strip()
    return f"{f'{degree}√' if degree else '√'}({_of(element, 'e')})"


def _matrix(element: Element) -> str:
    rows = ("; ".join(", ".join(_math(cell) for cell in row.iterfind(f"{M}e")) for row in element.iterfind(f"{M}mr")),)
    return f"[{rows[0]}]"


_MADE: dict[str, Callable[[Element], str]] = {
    "f": lambda e: f"{_group(_of(e, 'num'))}/{_group(_of(e, 'den'))}",
    "sSup": lambda e: f"{_of(e, 'e')}^{_group(_of(e, 'sup'))}",
    "sSub": lambda e: f"{_of(e, 'e')}_{_group(_of(e, 'sub'))}",
    "sSubSup": lambda e: f"{_of(e, 'e')}_{_group(_of(e, 'sub'))}^{_group(_of(e, 'sup'))}",
    "rad": _root,
    "nary": _nary,
    "d": _delimited,
    "m": _matrix,
    "func": lambda e: f"{_of(e, 'fName')} {_of(e, 'e')}",
    "limLow": lambda e: f"{_of(e, 'e')}_{_group(_of(e, 'lim'))}",
    "limUpp": lambda e: f"{_of(e, 'e')}^{_group(_of(e, 'lim'))}",
    "eqArr": lambda e: "; ".join(_math(row) for row in e.iterfind(f"{M}e")),
}
