"""Every page of the product: valid HTML, a title, one first heading, no doubled ids, labelled fields, no inline code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient

from consult.core.locale import native_name
from tests.integration.every_page.walk import build_world, open_as, pages

# What html5lib calls an error although HTML allows it today.
TOLERATED: set[str] = set()

# Parsing is slow, and the locales share their templates: each page is parsed in both, not for everybody in both.
LOCALE_OF = {"visitor": "en", "author": "ar", "everything": "ar"}


# Words of content in the walk's world, by what betrays their language.
WORDS = {
    "en": re.compile(r"\bin en\b"),
    "ar": re.compile(r"[\u0621-\u064a]{2}"),
    "km": re.compile(r"[\u1780-\u17b3]"),
    "my": re.compile(r"[\u1000-\u102a]"),
}
RTL = {"ar"}
# What languages are called in themselves, in a hint that says what may be written.
NAMES = re.compile("|".join(native_name(code) for code in WORDS if code != "en"))
# Words that a translator has left as they are, so that the import asks whether they are meant.
SAME = {"terms support in en"}
# Shows whatever a point says as Burmese, in two encodings; the walk opens it for words that are not.
AS_BURMESE = "take_part.point_encoding"


def unmarked(element: Any, language: str, direction: str, page: str) -> Iterator[str]:
    """Words of content in another language than the page's whose nearest `lang` or `dir` says something else.

    Words whose language nobody knows carry an empty `lang`. Names that people typed stand in `bdi`; what is being
    written in a form is in the language that its writer chooses there.
    """
    if not isinstance(element.tag, str) or element.tag in {"head", "script", "bdi", "code", "textarea"}:
        return
    language, direction = element.get("lang", language), element.get("dir", direction)
    if element.tag == "select" and "language" in element.get("name", ""):
        return  # languages by their own names
    for words in (NAMES.sub("", text or "") for text in (element.text, *(child.tail for child in element))):
        for code, shape in WORDS.items():
            right = "rtl" if code in RTL else "ltr"
            if code == page or words.strip() in SAME or not shape.search(words):
                continue
            if language.partition("-")[0] not in {code, ""} or direction not in {right, "auto"}:
                yield f"{words.strip()[:60]!r} in {element.tag}: lang {language!r}, dir {direction!r}"
    for child in element:
        yield from unmarked(child, language, direction, page)


def faults(text: str, locale: str, endpoint: str) -> list[str]:
    """What is wrong with a page."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=False, namespaceHTMLElements=False)
    tree = parser.parse(text)
    found = list(unmarked(tree, "", "", locale)) if endpoint != AS_BURMESE else []
    found += [f"{code} at {place}" for place, code, _values in parser.errors if code not in TOLERATED]
    ids = Counter(re.findall(r'\sid="([^"]*)"', text))
    found += [f"id {name!r} {count} times" for name, count in ids.items() if count > 1]
    if len(re.findall(r"<h1[\s>]", text)) != 1:
        found.append("not one h1")
    title = re.search(r"<title>\s*(\S.*?)\s+– ", text)
    if not title:
        found.append("no title")
    if re.search(r"<(script|style)>|\sstyle=|\son\w+=\"", text):
        found.append("inline code or style")
    for target in re.findall(r'\sfor="([^"]*)"', text) + [
        one for many in re.findall(r'aria-(?:describedby|labelledby)="([^"]*)"', text) for one in many.split()
    ]:
        if target not in ids:
            found.append(f"a label for {target!r}, which is not there")
    return found


def test_every_page_in_english_and_arabic(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        world = build_world()
    wrong: dict[str, list[str]] = {}
    opened = set()
    for name, who in world.people.items():
        open_as(app, client, who)
        for endpoint, address in pages(app, world, LOCALE_OF[name]):
            answer = client.get(address)
            assert answer.status_code < 500, address
            if answer.mimetype != "text/html" or answer.status_code in {302, 303, 308}:
                continue
            if answer.status_code == 200:
                opened.add(endpoint)
            if found := faults(answer.text, LOCALE_OF[name], endpoint):
                wrong[f"{name}: {address} ({answer.status_code})"] = found
    assert wrong == {}
    everything = {endpoint for endpoint, _address in pages(app, world, "en")}
    assert len(opened) > 40, sorted(everything - opened)
