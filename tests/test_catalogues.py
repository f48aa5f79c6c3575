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
OF_SCRIPTS = re.compile(r"\{\w+\}")
TAG = re.compile(r"</?[a-z][^>]*>")
# What turns the words around it and is never closed by itself: only whole isolates may stand in a sentence.
OVERRIDE = re.compile("[\u202a-\u202e]")
ENDS = re.compile(r"^\s|\s$")


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
    everywhere = set(PLACEHOLDER.findall(" ".join(translations))) if len(translations) > 1 else set()
    found = []
    for text in translations:
        names = set(PLACEHOLDER.findall(text))
        if names - allowed:
            found.append(f"unknown {sorted(names - allowed)}")
        # A form may say its number as a word; the name of the number is not always "num".
        if needed - names and (len(needed - names) > 1 or not needed <= everywhere):
            found.append(f"lacks {sorted(needed - names)}")
        if re.search(r"%(?!\(\w+\)[sd]|%)", text) and PLACEHOLDER.search(" ".join(sources)):
            found.append("a loose percent sign")
        found += faults_of_form(text, sources[-1])
    return found


def faults_of_form(text: str, source: str) -> list[str]:
    """What is wrong with one form of a translation, whatever its number."""
    isolates = len(re.findall("[\u2066-\u2068]", text))
    wrong = {
        "other tags": sorted(TAG.findall(text)) != sorted(TAG.findall(source)),
        "other placeholders of scripts": sorted(OF_SCRIPTS.findall(text)) != sorted(OF_SCRIPTS.findall(source)),
        "an open mark of direction": bool(OVERRIDE.search(text)) or isolates != text.count("\u2069"),
        "spaces at an end": bool(ENDS.search(text)) != bool(ENDS.search(source)),
        "markup of its own": "<" in TAG.sub("", text) and "<" not in source,
    }
    return [name for name, is_so in wrong.items() if is_so]


def message(source: str | tuple[str, str], *texts_: str) -> Message:
    return Message(source, string=texts_[0] if isinstance(source, str) else texts_)


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        (message("%(n)s left", "il en reste"), "lacks"),
        (message("%(n)s left", "%(m)s reste"), "unknown"),
        (message(("%(num)s day", "%(num)s days"), "un jour", "%(num)s jours", "%(other)s jours"), "unknown"),
        (message(("%(a)s: %(num)s day", "%(a)s: %(num)s days"), "un", "%(num)s"), "lacks"),
        (message(("<b>%(num)s</b> day", "<b>%(num)s</b> days"), "<b>un</b>", "%(num)s"), "other tags"),
        (message('<a href="%(link)s">Here</a>', '<a href="%(link)s" onclick="x">Ici</a>'), "other tags"),
        (message("Saved at {time}", "Enregistré à {heure}"), "other placeholders of scripts"),
        (message("Saved", "\u202eEnregistré"), "an open mark of direction"),
        (message("Saved", "\u2068Enregistré"), "an open mark of direction"),
        (message("Saved", "Enregistré "), "spaces at an end"),
        (message("Saved", ""), "missing"),
        (message("%(n)s of it", "50 % de %(n)s"), "a loose percent sign"),
    ],
)
def test_the_check_finds(one: Message, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(one)), faults(one)


@pytest.mark.parametrize(
    "one",
    [
        message("%(n)s left", "\u2068%(n)s\u2069 متبق"),
        message(("%(num)s day", "%(num)s days"), "يوم", "يومان", "%(num)s أيام"),
        message("Begins with https://", "يبدأ بـ https://\u200e"),
    ],
)
def test_the_check_lets_pass(one: Message) -> None:
    assert faults(one) == []


def test_there_are_catalogues() -> None:
    assert {"ar", "fr"} <= set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_is_complete_and_fits(locale: str) -> None:
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    assert len(catalogue) > 1000
    plural = [one for one in catalogue if one.id and one.pluralizable]
    assert all(len(one.string) == catalogue.num_plurals for one in plural), "a plural form is missing"
    wrong = [f"{message.id!r}: {found}" for message in catalogue if message.id and (found := faults(message))]
    assert not wrong, "\n".join(wrong)
