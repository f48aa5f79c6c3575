"""The catalogues: complete, and with the placeholders and tags of the sentences they translate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "translations"
LOCALES = sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"</?[a-z][^>]*>")


def texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def faults(message: Message) -> list[str]:
    """What is wrong with a translation."""
    sources, translations = texts(message.id), texts(message.string)
    if not all(translations) or message.fuzzy:
        return ["missing"]
    allowed = set(PLACEHOLDER.findall(" ".join(sources)))
    # Every form may leave out the number (as Arabic does for one and two), and nothing else.
    needed = set(PLACEHOLDER.findall(sources[0])) & set(PLACEHOLDER.findall(sources[-1]))
    needed -= {"%(num)s", "%(count)s"} if len(translations) > 1 else set()
    found = []
    for text in translations:
        names = set(PLACEHOLDER.findall(text))
        if names - allowed:
            found.append(f"unknown {sorted(names - allowed)}")
        if len(translations) == 1 and needed - names:
            found.append(f"lacks {sorted(needed - names)}")
        if sorted(TAG.findall(text)) != sorted(TAG.findall(sources[-1])):
            found.append("other tags")
        if re.search(r"%(?!\(\w+\)[sd]|%)", text) and PLACEHOLDER.search(" ".join(sources)):
            found.append("a loose percent sign")
    return found


def test_there_are_catalogues() -> None:
    assert {"ar", "fr"} <= set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_is_complete_and_fits(locale: str) -> None:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    assert len(catalogue) > 1000
    wrong = [f"{message.id!r}: {found}" for message in catalogue if message.id and (found := faults(message))]
    assert not wrong, "\n".join(wrong)
