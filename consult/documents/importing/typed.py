"""Numbers and dashes that somebody typed before the words of a list item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from consult.documents.importing.cleaning import western
from consult.documents.importing.composing import Run

_TYPED = re.compile(
    r"(?P<number>\d{1,3}(?:[.٫]\d{1,3})*[.)]|\d{1,3}(?:[.٫]\d{1,3}){0,4}(?=\t)|\(\d{1,3}\)|\(?[a-z]\)|\([A-Z]\)|\(?(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})\)"
    r"|(?P<bullet>[•◦▪‣·●○–—-]))[ \t\u00a0]+(?=\S)"
)


def split_number(text: str) -> tuple[str, str]:
    """The number or mark that a text begins with as a list item does, and the text without it."""
    found = _TYPED.match(text)
    if not found:
        return "", text
    return ("–" if found["bullet"] else western(found["number"])), text[found.end() :]


def typed_number(runs: Sequence[Run]) -> tuple[str, list[Run]]:
    """The same for words of several looks, whose number may stand in the first ones."""
    words = "".join(run.text for run in runs[:4])[:80]
    number, rest = split_number(words.lstrip())
    if not number or any(run.raised for run in runs[:1]):
        return "", list(runs)
    gone = len(words) - len(rest)
    left: list[Run] = []
    for run in runs:
        cut = min(gone, len(run.text))
        gone -= cut
        if run.text[cut:]:
            left.append(replace(run, text=run.text[cut:]))
    return number, left
