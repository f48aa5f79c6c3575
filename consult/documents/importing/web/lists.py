"""The markers of the items of a list, as a browser counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from consult.documents.importing.web.looks import Element, styles_of
from consult.documents.importing.word.numbering import in_format

_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
_STYLES = {
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
}  # fmt: skip
_WHOLE = re.compile(r"-?\d{1,9}")


def markers_of(element: Element) -> Iterator[tuple[str, Element]]:
    """What stands in a list, each with its marker."""
    items = [child for child in element if isinstance(child.tag, str)]
    if element.tag != "ol":
        for item in items:
            yield "–", item
        return
    form = _TYPES.get(element.get("type") or "", "decimal")
    form = _STYLES.get(styles_of(element).get("list-style-type", ""), form)
    is_reversed = element.get("reversed") is not None
    start = _number(element.get("start"))
    count = sum(1 for item in items if item.tag == "li")
    number = start if start is not None else (count if is_reversed else 1)
    for item in items:
        if item.tag != "li":
            yield "", item
            continue
        said = _number(item.get("value"))
        number = said if said is not None else number
        own = _TYPES.get(item.get("type") or "", form)
        yield f"{in_format(number, own)[0] if number > 0 else number}.", item
        number += -1 if is_reversed else 1


def _number(said: str | None) -> int | None:
    return int(said) if said and _WHOLE.fullmatch(said.strip()) else None
