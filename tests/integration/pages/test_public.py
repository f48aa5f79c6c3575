"""The first page, lists of consultations, one consultation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience, RoundState
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.locale import in_locale
from consult.pages.queries import list_shelves, state_of
from tests.support import build

HOME_QUERIES = 7
LIST_QUERIES = 6
CONSULTATION_QUERIES = 18


def consultations(number: int) -> build.Desk:
    staff = build.desk()
    round_ = build.open_consultation(staff.host, staff.manager, slug="minerals", code="MIN")
    build.copies_of(round_, number - 1)
    db.session.commit()
    return staff


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_first_page_asks_as_much_for_one_as_for_many(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        consultations(number)
    for path, expected in (("/en/", HOME_QUERIES), ("/en/consultations?state=open", LIST_QUERIES)):
        with build.count_queries(app) as queries:
            answer = client.get(path)
        assert answer.status_code == 200
        assert len(queries) == expected, queries.statements
        assert "Title of minerals" in answer.text
        assert f">{number}</span>" in answer.text or "consultation" in answer.text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_one_consultation_asks_as_much_with_many_points(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), *[f"Point {n}" for n in range(number)])
        build.publish(round_, staff.moderator)
        db.session.commit()
    with build.count_queries(app) as queries:
        answer = client.get("/en/consultations/minerals")
    assert answer.status_code == 200
    assert len(queries) == CONSULTATION_QUERIES, queries.statements


def test_a_consultation_goes_from_shelf_to_shelf(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, opens_in=timedelta(days=2))
        now = utc_now()

        def shelf() -> RoundState:
            with in_locale("en"):
                (found,) = [s.state for s in list_shelves("en", words="", now=now) if s.total]
            return found

        assert (shelf(), state_of(round_, now)) == (RoundState.UPCOMING, RoundState.UPCOMING)
        build.set_dates(round_, now - timedelta(days=1), now + timedelta(days=1))
        assert (shelf(), state_of(round_, now)) == (RoundState.OPEN, RoundState.OPEN)
        build.submit(round_, build.person("Author"), "A point.")
        build.close(round_)
        assert (shelf(), state_of(round_, now)) == (RoundState.AWAITING, RoundState.AWAITING)
        round_.response_due = (now - timedelta(days=1)).date()
        db.session.flush()
        assert (shelf(), state_of(round_, now)) == (RoundState.AWAITING, RoundState.OVERDUE)
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        assert (shelf(), state_of(round_, now)) == (RoundState.ANSWERED, RoundState.ANSWERED)


def test_what_is_being_set_up_is_nobodys_business(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager)
        db.session.commit()
    assert "minerals" not in client.get("/en/").text
    assert "minerals" not in client.get("/en/consultations").text
    assert client.get("/en/consultations/minerals").status_code == 404


@pytest.mark.parametrize(
    ("words", "found"), [("minerals", True), ("TITLE minerals", True), ("copper", False), ("%", False)]
)
def test_finding_by_words(app: Flask, client: FlaskClient, words: str, found: bool) -> None:
    with app.app_context():
        consultations(1)
    for path in ("/en/", "/en/consultations"):
        answer = client.get(path, query_string={"words": words})
        assert ("/en/consultations/minerals" in answer.text) is found, path


def test_a_title_is_found_in_each_of_its_languages(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        db.session.commit()
    answer = client.get("/ar/", query_string={"words": "in ar"})
    assert "Title of minerals in ar" in answer.text
    assert 'lang="ar" dir="rtl"' in answer.text


def test_a_consultation_page_says_everything_that_its_set_up_asked_for(app: Flask, client: FlaskClient) -> None:
    from consult.consultations.models import LOCALIZED_FIELDS

    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, member_driven=True)
        db.session.commit()
    page = client.get("/en/consultations/minerals").text
    for name in set(LOCALIZED_FIELDS) - {"title"}:
        assert f"{name.replace('_', ' ')} in en" in page, name
    assert "Taking part is not consent (FPIC) and not agreement." in page
    assert "Jakarta time" in page
    assert "16 years" in page


def test_a_round_by_invitation_says_so_and_keeps_its_draft(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        db.session.commit()
    page = client.get("/en/consultations/minerals").text
    assert "This round is for those who were invited" in page
    assert "/en/consultations/minerals/draft" in page  # the tab says what is behind it
    assert client.get("/en/consultations/minerals/draft").status_code == 403


def test_keys_of_lists_that_are_not_ours_are_no_page(client: FlaskClient) -> None:
    for key in ("x", "W10", "WzEsMl0", "WyJhIl0' OR 1=1", "bnVsbA", "WzFlOTk5XQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"):
        assert client.get("/en/consultations", query_string={"after": key}).status_code in {404, 422}, key
