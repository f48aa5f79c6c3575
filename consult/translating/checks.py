"""What a source says in figures, links and marks, and its translation does not; pure. It warns, and refuses nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"“”]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PLACEHOLDER = re.compile(r"\{[^{}\s][^{}\n]{0,60}\}|\[\^[^\]\s]+\]|%\(\w+\)s")
# Digits of any script, with what stands between groups of three, or before decimals, in any of them.
_NUMBER = re.compile(r"\d+(?:[.,:/\u066b\u066c'’]\d+|[\u00a0\u202f\u2009 ]\d{3}(?!\d))*")
_NOT_DIGIT = re.compile(r"\D+")
_TRAILING = ".,;:!?،。؟"


def list_missing(source: str, translation: str) -> list[str]:
    """The links, placeholders and numbers of the source that the translation lacks, as the source writes them.

    Numbers are compared by their digits alone, whatever script and separators they are written with: "1,500" is found
    again as "1 500" and as "១៥០០".

    Args:
        source: the words that are translated.
        translation: in another language; where it is empty nothing is missing of it yet.
    """
    if not translation:
        return []
    missing = [link for link in _links(source) if link not in translation]
    missing += [one for one in dict.fromkeys(_PLACEHOLDER.findall(source)) if one not in translation]
    there = {_digits(number) for number in _numbers(translation)}
    missing += [number for number in dict.fromkeys(_numbers(source)) if _digits(number) not in there]
    return missing


def _links(text: str) -> list[str]:
    return list(dict.fromkeys(link.rstrip(_TRAILING) for link in _LINK.findall(text)))


def _numbers(text: str) -> Iterator[str]:
    """What counts as a number: with its digits and what parts them, without links and placeholders."""
    return (found.group() for found in _NUMBER.finditer(_PLACEHOLDER.sub(" ", _LINK.sub(" ", text))))


def _digits(number: str) -> str:
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in number)
    return _NOT_DIGIT.sub("", plain)
