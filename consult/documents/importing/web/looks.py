"""What elements and their styles say of the words in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Element = Any
"""An element of lxml, which has no types of its own."""
_DECLARATION = re.compile(r"([\w-]{2,40})\s*:\s*([^;]{0,200})")
_BOLD = re.compile(r"bold(?:er)?|[6-9]00")
_PLAIN_COLOURS = {"black", "#000", "#000000", "windowtext", "inherit", "initial", "currentcolor", "rgb(0,0,0)", "auto"}
_PLAIN_GROUNDS = {"none", "transparent", "white", "#fff", "#ffffff", "inherit", "initial"}
STRONG = {"b", "strong"}
STRESSED = {"i", "em", "cite", "dfn", "var"}
STRUCK = {"s", "strike"}


@dataclass(frozen=True)
class Look:
    """How words are."""

    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    raised: int = 0
    link: str = ""


def styles_of(element: Element) -> Mapping[str, str]:
    """The declarations of an element's own style, in lower case."""
    said = element.get("style")
    if not said:
        return {}
    return {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(said[:4000])}


def look_of(element: Element, look: Look) -> Look:
    """How the words of an element are, in words that are so."""
    tag = element.tag
    if tag in STRONG:
        look = replace(look, is_bold=True)
    elif tag in STRESSED:
        look = replace(look, is_italic=True)
    elif tag in STRUCK:
        look = replace(look, is_struck=True)
    elif tag in {"sup", "sub"}:
        look = replace(look, raised=1 if tag == "sup" else -1)
    styles = styles_of(element)
    if styles:
        look = _styled(styles, look)
    return look


def _styled(styles: Mapping[str, str], look: Look) -> Look:
    weight = styles.get("font-weight", "")
    if weight:
        look = replace(look, is_bold=bool(_BOLD.match(weight)))
    if "font-style" in styles:
        look = replace(look, is_italic=styles["font-style"].startswith(("italic", "oblique")))
    if "line-through" in styles.get("text-decoration", "") + styles.get("text-decoration-line", ""):
        look = replace(look, is_struck=True)
    place = styles.get("vertical-align", "")
    if place in {"super", "sub"}:
        look = replace(look, raised=1 if place == "super" else -1)
    return look


def is_underlined(element: Element, styles: Mapping[str, str]) -> bool:
    """Whether an element underlines its words."""
    return element.tag == "u" or "underline" in styles.get("text-decoration", "") + styles.get("text-underline", "")


def is_highlighted(element: Element, styles: Mapping[str, str]) -> bool:
    """Whether an element gives its words a ground of another colour."""
    ground = styles.get("background-color") or styles.get("background") or styles.get("mso-highlight") or "none"
    return element.tag == "mark" or ground.replace(" ", "") not in _PLAIN_GROUNDS


def is_coloured(element: Element, styles: Mapping[str, str]) -> bool:
    """Whether an element gives its words a colour."""
    colour = styles.get("color") or (element.get("color") if element.tag == "font" else "") or "black"
    return colour.replace(" ", "").lower() not in _PLAIN_COLOURS


def is_hidden(element: Element, styles: Mapping[str, str]) -> bool:
    """Whether an element is not seen."""
    return (
        element.get("hidden") is not None
        or styles.get("display") == "none"
        or styles.get("visibility") == "hidden"
        or styles.get("mso-hide") == "all"
    )
