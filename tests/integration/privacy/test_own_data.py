"""Seeing and downloading everything that is held: with the password, by its owner, and nobody else's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.core.clock import utc_now
from consult.core.db import db
from consult.responses.acknowledging import acknowledge
from consult.responses.enums import Verdict
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission, SubmissionIdentity
from tests.support import build

PAGE = "/en/account/data"


@pytest.fixture
def author(app: Flask, client: FlaskClient) -> Person:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        who = build.person("Nadia Planted", email="planted@example.org")
        own = build.submit(round_, who, "Planted words.", setting=PublicationSetting.ANONYMOUS)
        build.draft(round_, who, "Drafted words.")
        build.submit(round_, build.person("Somebody Else", email="else@example.org"), "Words of somebody else.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        acknowledge(own.comments[0], verdict=Verdict.NO, words="Private words.", seen=1, actor=who, now=utc_now())
        build.sign_in(client, who)
        return who


def download(client: FlaskClient, kind: str, secret: str = build.PASSWORD, page: str = PAGE) -> Any:
    return build.post(client, page, {"kind": kind, "secret": secret})


def test_the_page_tells_all_and_nothing_of_others(author: Person, client: FlaskClient) -> None:
    text = client.get(PAGE).text
    for held in ("Nadia Planted", "planted@example.org", "Planted words.", "Drafted words.", "An answer.", "MIN-1"):
        assert held in text
    assert "Else" not in text
    assert "else@example.org" not in text
    assert "Words of somebody else." not in text
    # It is held: nothing says that it is public, and nothing is told closer than the day that is kept of it.
    assert text.count("<bdi>Read, not public yet</bdi>") == 2
    assert "<bdi>Published</bdi>" not in text
    for label in ("Received", "Decided", "Sent"):
        assert re.search(rf"<dt>{label}</dt><dd><bdi>[^<:]+</bdi>", text), label
        assert not re.search(rf"<dt>{label}</dt><dd><bdi>[^<]*:", text), label


def test_the_file_is_the_answer_and_nothing_keeps_it(author: Person, client: FlaskClient) -> None:
    answer = download(client, "json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    held = json.loads(answer.data)
    sections = {one["key"]: one["entries"] for one in held["sections"]}
    assert sections["account"][0]["email"] == "planted@example.org"
    assert sections["submissions"][0]["setting"] == "anonymous"
    assert sections["submissions"][0]["name"] == "Nadia Planted"
    assert sections["submissions"][0]["parts"][0]["text"] == "Planted words."
    assert sections["answers"][0]["text"] == "An answer."
    assert "Private words." not in str(sections["answers"])
    [said] = [one for one in held["sections"] if one["key"] == "verdicts"]
    assert (said["who_sees"], said["entries"][0]["verdict_words"]) == ("The secretariat alone.", "Private words.")
    assert sections["sign_ins"]


def test_the_readable_file_stands_alone(author: Person, client: FlaskClient) -> None:
    answer = download(client, "html", page="/ar/account/data")
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert '<div class="as-typed" lang="en" dir="ltr">Planted words.</div>' in answer.text
    assert not [part for part in ("<script", "src=", "href=", "url(") if part in answer.text]


def test_hole_replayable_export_link(app: Flask, author: Person, client: FlaskClient) -> None:
    assert download(client, "json").status_code == 200
    again = client.get(PAGE)  # the address alone gives the page, never the file
    assert again.mimetype == "text/html"
    assert "Content-Disposition" not in again.headers
    assert download(client, "json", secret="another password").status_code == 422
    assert download(client, "json", secret="").status_code == 422
    without_token = client.post(PAGE, data={"kind": "json", "secret": build.PASSWORD})
    assert without_token.status_code == 400
    assert download(app.test_client(), "json").status_code in {302, 403}


def test_hole_guessing_the_password_at_an_open_screen(author: Person, client: FlaskClient) -> None:
    answers = [download(client, "json", secret=f"a wrong guess {number}").status_code for number in range(12)]
    assert 429 in answers
    assert 200 not in answers


PAGE_QUERIES, CLOSE_QUERIES = 59, 61


def copies_of(first: Submission, number: int) -> None:
    """That many further submissions like this one, as rows: nothing but lists looks at them."""
    tables = (Submission.__table__, SubmissionIdentity.__table__, Comment.__table__)
    rows = {
        table: dict(
            db.session.execute(
                sa.select(table).where(
                    (table.c.id if table.name == "submission" else table.c.submission_id) == first.id
                )
            )
            .mappings()
            .one()
        )
        for table in tables
    }
    for place in range(number):
        made = {**rows[tables[0]], "key": f"key-{place}"}
        del made["id"]
        key = db.session.execute(sa.insert(tables[0]).values(made)).inserted_primary_key[0]
        db.session.execute(sa.insert(tables[1]).values({**rows[tables[1]], "submission_id": key}))
        point = {**rows[tables[2]], "submission_id": key, "key": f"key-{place}", "reference": f"MIN-1-{place:06}"}
        del point["id"]
        db.session.execute(sa.insert(tables[2]).values(point))


@pytest.mark.parametrize("number", [1, 3, 300])
def test_queries_do_not_grow_with_what_is_held(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        who = build.person("Many")
        round_ = build.open_consultation(staff.host, staff.manager)
        copies_of(build.submit(round_, who, "A point."), number - 1)
        build.sign_in(client, who)
    for path, expected in ((PAGE, PAGE_QUERIES), ("/en/account/close", CLOSE_QUERIES)):
        with build.count_queries(app) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) == expected, queries.statements
    each = {"step": "choose", "whole": "each"}
    assert build.post(client, "/en/account/close", each).text.count("<select") == number
