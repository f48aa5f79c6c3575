"""Every page of the product: valid HTML, a title, one first heading, no doubled ids, labelled fields, no inline code."""

from __future__ import annotations

import re
from collections import Counter

import html5lib
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.every_page.walk import build_world, open_as, pages

# What html5lib calls an error although HTML allows it today.
TOLERATED: set[str] = set()

# Parsing is slow, and the locales share their templates: each page is parsed in both, not for everybody in both.
LOCALE_OF = {"visitor": "en", "author": "ar", "everything": "ar"}


def faults(text: str) -> list[str]:
    """What is wrong with a page."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    found = [f"{code} at {place}" for place, code, _values in parser.errors if code not in TOLERATED]
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
            if found := faults(answer.text):
                wrong[f"{name}: {address} ({answer.status_code})"] = found
    assert wrong == {}
    everything = {endpoint for endpoint, _address in pages(app, world, "en")}
    assert len(opened) > 40, sorted(everything - opened)
