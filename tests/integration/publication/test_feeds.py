"""Atom feeds: what happened, by the day, as every visitor may know it; valid whatever people type."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Visibility
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.atom import ATOM, Feed, FeedEntry, to_atom
from consult.publication.services import request_release
from tests.support import build

NAMES = {"a": ATOM}
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT00:00:00Z$")
FEEDS = ("consultations", "consultations/minerals", "commitments")


def read(client: FlaskClient, name: str, locale: str = "en") -> ET.Element:
    """A feed that has everything RFC 4287 requires (4.1.1, 4.1.2)."""
    answer = client.get(f"/{locale}/feeds/{name}.atom")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = ET.fromstring(answer.data)
    assert root.tag == f"{{{ATOM}}}feed"
    ids = []
    for element in (root, *root.findall("a:entry", NAMES)):
        for required in ("id", "title", "updated", "author/a:name"):
            found = element.findall(f"a:{required}", NAMES)
            assert len(found) == 1, required
            assert found[0].text, required
        assert MOMENT.match(element.findtext("a:updated", "", NAMES))
        assert element.find("a:link[@rel='alternate']", NAMES) is not None
        ids.append(element.findtext("a:id", "", NAMES))
    assert len(set(ids)) == len(ids)
    assert all(re.match(r"^tag:[\w.-]+,2026:[\w/.-]+$", one) for one in ids), ids
    link = root.find("a:link[@rel='self']", NAMES)
    assert link is not None
    assert link.attrib["href"].endswith(f"/{locale}/feeds/{name}.atom")
    return root


def titles(root: ET.Element) -> list[str]:
    return [entry.findtext("a:title", "", NAMES) for entry in root.findall("a:entry", NAMES)]


def released(app: Flask, **options: object) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.released_round(staff, "One.", "Two.", "Three.", **options)
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()


def test_what_happened_in_a_consultation(app: Flask, client: FlaskClient) -> None:
    released(app)
    assert read(client, "commitments").findall("a:entry", NAMES) == []
    found = read(client, "consultations/minerals")
    assert sorted(title.partition(" ")[0] for title in titles(found)) == ["3", "Release", "Round", "Round"]
    assert "3 points were answered." in titles(found)
    assert found.findtext("a:title", "", NAMES) == "Title of minerals in en"
    everywhere = titles(read(client, "consultations"))
    assert all(title.startswith("Title of minerals in en: ") for title in everywhere)
    assert len(everywhere) == 3
    days = [entry.findtext("a:updated", "", NAMES) for entry in found.findall("a:entry", NAMES)]
    assert days == sorted(days, reverse=True)
    for name in FEEDS:
        read(client, name, "ar")
    page = client.get("/en/consultations/minerals").text
    assert '<link rel="alternate" type="application/atom+xml"' in page


def test_numbers_of_input_that_is_not_public_are_not_told(app: Flask, client: FlaskClient) -> None:
    released(app)
    with app.app_context():
        get_round("minerals").visibility = Visibility.PARTICIPANTS_ONLY
        db.session.commit()
    assert [title.partition(" ")[0] for title in titles(read(client, "consultations/minerals"))] == ["Round", "Round"]


def test_only_what_is_public_and_has_begun(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager, slug="secret", code="SEC")
        build.open_consultation(staff.host, staff.manager, slug="later", code="LAT", opens_in=timedelta(days=3))
        db.session.commit()
    assert titles(read(client, "consultations")) == titles(read(client, "consultations/later")) == []
    assert client.get("/en/feeds/consultations/secret.atom").status_code == 404
    assert client.get("/en/feeds/consultations/nothing.atom").status_code == 404


def test_feeds_are_kept_and_asked_about(app: Flask, client: FlaskClient) -> None:
    released(app)
    for name in FEEDS:
        first = client.get(f"/en/feeds/{name}.atom")
        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert first.headers["Vary"] == "Accept-Encoding"
        again = client.get(f"/en/feeds/{name}.atom", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_number_of_queries_does_not_grow(app: Flask, client: FlaskClient, number: int) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        round_ = build.released_round(staff, *[f"Point {place}." for place in range(number)])
        build.copies_of(round_, number)
        db.session.commit()
    found = []
    for name in FEEDS:
        with build.count_queries(app) as queries:
            read(client, name)
        found.append(len(queries))
    assert found == [5, 10, 3]


def test_whatever_is_typed_stays_text(app: Flask) -> None:
    typed = '</title><script>&amp; "quoted" ]]> عربي'
    entry = FeedEntry("a/b", date(2026, 11, 22), typed, typed, "https://example.org/?a=1&b=2", "en", typed)
    with app.test_request_context("/en/"):
        xml = to_atom(Feed("f", typed, "", "https://example.org/f", "https://example.org/", "en", [entry], entry.day))
    assert b"<script>" not in xml
    root = ET.fromstring(xml)
    assert titles(root) == [typed]
    assert root.findtext("a:entry/a:author/a:name", "", NAMES) == typed
