"""A browser lent to the person beside, and forgetting on a shared device: afterwards nobody here opens anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.models import SignIn
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.web import lending
from consult.mail.models import OutgoingMail
from consult.submissions.models import Submission
from tests.integration.accounts.test_without_email import check, is_signed_in, sign_up, signed_up
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send
from tests.support.build import PASSWORD

BESIDE = "/en/account/beside"
FINISH = "/en/account/finish"
POINT = "/en/take-part/minerals/points/new"
START = "/en/take-part/minerals/"
BANNER = "You are writing for the person beside you."


@pytest.fixture
def facilitator(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of somebody signed in, beside an open round."""
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager)
        build.sign_in(client, build.person("Facilitator", email="facilitator@example.org"))
    return client


def write(client: FlaskClient, words: str = "The river is brown.") -> None:
    """Write a point; the form is whatever the page shows."""
    form = forms_in(client.get(POINT).text)[0]
    answer = client.post(form.action or POINT, data=fill_in(form, {"text": words, "language": "en"}))
    assert answer.status_code == 302, answer.text


def drafts(app: Flask) -> list[Submission]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Submission).order_by(Submission.id)))


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the cookie that this one has now."""
    copy = app.test_client()
    cookie = client.get_cookie("consult")
    assert cookie
    copy.set_cookie("consult", cookie.value)
    return copy


def later(monkeypatch: pytest.MonkeyPatch, passed: timedelta) -> None:
    """Let that much time pass for lent sessions."""
    monkeypatch.setattr(lending, "utc_now", lambda: utc_now() + passed)


def test_lending_signs_out_and_says_so_on_every_page(app: Flask, facilitator: FlaskClient) -> None:
    before = copy_of(app, facilitator)
    assert BANNER not in facilitator.get("/en/").text
    assert redirects_to(send(facilitator, f"{BESIDE}?next={START}"), START)
    assert not is_signed_in(facilitator)
    assert not is_signed_in(before)
    for page in ("/en/", START, "/en/consultations/minerals", "/en/account/sign-in"):
        assert BANNER in facilitator.get(page).text
    cookie = facilitator.get_cookie("consult")
    assert cookie
    assert cookie.expires is None
    assert redirects_to(build.post(app.test_client(), f"{BESIDE}?next=//evil.example", {}), "/en/")


def test_what_the_person_wrote_stays_theirs_and_the_facilitator_has_nothing(
    app: Flask, facilitator: FlaskClient
) -> None:
    send(facilitator, BESIDE)
    write(facilitator)
    cookie = facilitator.get_cookie("consult")
    assert cookie
    assert cookie.expires is None  # a draft's key does not outlive the window either
    with_keys = copy_of(app, facilitator)
    check(facilitator, sign_up(facilitator))
    assert BANNER in facilitator.get(START).text
    assert "The river is brown." in facilitator.get(f"{START}points").text
    signed_in = copy_of(app, facilitator)
    answer = send(facilitator, FINISH)
    assert redirects_to(answer, "/en/account/finished")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for browser in (facilitator, with_keys, signed_in):
        assert not is_signed_in(browser)
        assert "The river is brown." not in browser.get(f"{START}points").text
    assert facilitator.get_cookie("consult") is None
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0
    home = app.test_client()
    send(home, "/en/account/sign-in", {"email": "blue river", "password": PASSWORD})
    assert "The river is brown." in home.get(f"{START}points").text
    send(facilitator, "/en/account/sign-in", {"email": "facilitator@example.org", "password": PASSWORD})
    assert "The river is brown." not in facilitator.get(f"{START}points").text


def test_a_draft_that_nobody_took_is_deleted_with_the_finish(app: Flask, facilitator: FlaskClient) -> None:
    send(facilitator, BESIDE)
    write(facilitator)
    copied = copy_of(app, facilitator)
    assert "are in no account" in facilitator.get(FINISH).text
    send(facilitator, FINISH)
    assert drafts(app) == []
    assert "The river is brown." not in copied.get(f"{START}points").text


def test_a_lent_session_ends_by_itself(app: Flask, facilitator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    send(facilitator, BESIDE)
    signed_up(facilitator)
    write(facilitator)
    with app.app_context():
        (row,) = db.session.scalars(sa.select(SignIn).where(SignIn.ended_at.is_(None), SignIn.expires_at > utc_now()))
        assert row.expires_at < utc_now() + lending.LENT_LIFE + timedelta(minutes=1)
        row.expires_at = utc_now() + timedelta(minutes=10)
        db.session.commit()
    write(facilitator, "More words.")  # whoever goes on writing is not signed out
    with app.app_context():
        row = db.session.get_one(SignIn, row.id)
        assert row.expires_at > utc_now() + timedelta(minutes=100)
        row.expires_at = utc_now() - timedelta(seconds=1)
        db.session.commit()
    assert not is_signed_in(facilitator)


def test_a_lent_session_without_an_account_ends_too_also_for_a_copy(
    app: Flask, facilitator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(facilitator, BESIDE)
    write(facilitator)
    copied = copy_of(app, facilitator)
    later(monkeypatch, timedelta(minutes=119))
    assert "The river is brown." in facilitator.get(f"{START}points").text  # and this is use: two hours from here
    later(monkeypatch, timedelta(minutes=121))
    assert "The river is brown." not in copied.get(f"{START}points").text
    assert BANNER in facilitator.get("/en/").text
    later(monkeypatch, timedelta(minutes=240))
    assert BANNER not in facilitator.get("/en/").text
    assert "The river is brown." not in facilitator.get(f"{START}points").text


def test_drafts_of_the_facilitator_that_are_in_no_account_are_given_up_knowingly(
    app: Flask, facilitator: FlaskClient
) -> None:
    build.post(facilitator, "/en/account/sign-out")
    write(facilitator)
    assert "Drafts in this browser" in facilitator.get(BESIDE).text
    assert send(facilitator, BESIDE).status_code == 422
    assert len(drafts(app)) == 1
    assert redirects_to(send(facilitator, BESIDE, {"give_up": "y"}), "/en/")
    assert drafts(app) == []


def test_drafts_in_an_account_stay(app: Flask, facilitator: FlaskClient) -> None:
    write(facilitator)
    send(facilitator, BESIDE)
    assert len(drafts(app)) == 1


def test_signing_out_of_a_lent_browser_forgets(app: Flask, facilitator: FlaskClient) -> None:
    send(facilitator, BESIDE)
    signed_up(facilitator)
    answer = build.post(facilitator, "/en/account/sign-out")
    assert redirects_to(answer, "/en/account/finished")
    assert "Clear-Site-Data" in answer.headers
    assert BANNER not in facilitator.get("/en/").text


def test_nobody_ends_or_lends_for_others(app: Flask, facilitator: FlaskClient) -> None:
    """Neither by a link nor from another site."""
    for url in (BESIDE, FINISH):
        facilitator.get(url)
        assert facilitator.post(url).status_code == 400
        foreign = build.post(facilitator, url, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
    assert is_signed_in(facilitator)


def test_everybody_can_make_a_shared_device_forget(app: Flask, facilitator: FlaskClient) -> None:
    assert f'href="{FINISH}"' in facilitator.get("/en/").text
    assert f'href="{FINISH}"' not in app.test_client().get("/en/").text  # a page that caches keep
    assert forms_in(facilitator.get(FINISH).text)
    send(facilitator, FINISH)
    assert not is_signed_in(facilitator)
    page = facilitator.get("/en/account/finished").text
    assert "printer" in page
    assert "history of the browser" in page
