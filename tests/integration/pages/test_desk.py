"""The desk's start and overview."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from tests.support import build

DESK_QUERIES = 13
OVERVIEW_QUERIES = 14


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_desk_asks_as_much_for_one_as_for_many(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        for place in range(min(number, 30)):
            round_ = build.open_consultation(staff.host, staff.manager, slug=f"minerals-{place}", code=f"MIN{place}")
        build.submit(round_, build.person("Author"), *[f"Point {n}" for n in range(number)])
        build.sign_in(client, staff.moderator)
    with build.count_queries(app) as queries:
        answer = client.get("/en/desk")
    assert answer.status_code == 200
    assert len(queries) == DESK_QUERIES, queries.statements
    with build.count_queries(app) as queries:
        assert client.get(f"/en/desk/{round_.consultation.slug}").status_code == 200
    assert len(queries) == OVERVIEW_QUERIES, queries.statements


def test_everybody_sees_the_work_of_their_own_roles(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), "One", "Two")
        build.sign_in(client, staff.moderator)
    assert "2 points to screen" in client.get("/en/desk").text
    with app.app_context():
        build.sign_in(client, staff.responder)
    page = client.get("/en/desk").text
    assert "to screen" not in page
    assert "Nothing waits for you here" in page


def test_another_hosts_desk_is_not_there(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        mine, theirs = build.desk(), build.desk()
        build.open_consultation(theirs.host, theirs.manager, slug="theirs", code="THEIRS")
        build.sign_in(client, mine.manager)
    assert "theirs" not in client.get("/en/desk").text
    assert client.get("/en/desk/theirs").status_code == 404


def test_a_visitor_is_sent_to_sign_in_whether_or_not_the_desk_exists(client: FlaskClient) -> None:
    for slug in ("minerals", "no-such-thing"):
        answer = client.get(f"/en/desk/{slug}")
        assert answer.status_code == 302
        assert answer.location == f"/en/account/sign-in?next=/en/desk/{slug}"


def test_somebody_without_a_role_has_no_desk(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        build.sign_in(client, build.person("Respondent"))
        db.session.commit()
    assert client.get("/en/desk").status_code == 403


def test_titles_at_the_desk_are_in_the_readers_language_or_marked(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        build.open_consultation(staff.host, staff.manager, slug="other", code="OTHER")
        build.sign_in(client, staff.moderator)
    start = client.get("/ar/desk").text
    arabic = '<bdi lang="ar" dir="rtl">Title of minerals in ar</bdi>'
    assert arabic in start
    assert "Title of minerals in en" not in start
    assert start.count('<small class="original">') == 1
    assert arabic in client.get("/ar/desk/minerals").text
    other = client.get("/ar/desk/other").text
    assert '<bdi lang="en" dir="ltr">Title of other in en</bdi> <small class="original">' in other
