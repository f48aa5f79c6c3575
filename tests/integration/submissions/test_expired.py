"""What is typed survives a lost cookie, a sign-in that ended, and the way through the sign-in page."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.services import end_sign_ins
from consult.consultations.enums import Audience
from consult.consultations.models import Invitation
from consult.consultations.services import accept_invitation, invite
from consult.core.clock import utc_now
from consult.core.db import db
from tests.integration.submissions.conftest import POINT, START, Opened, write
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send
from tests.support.build import PASSWORD

SIGN_IN = "/en/account/sign-in?next=" + START + "about"


def sign_out_everywhere(app: Flask, who: object) -> None:
    with app.app_context():
        end_sign_ins(db.session.merge(who.account), now=utc_now())  # type: ignore[attr-defined]
        db.session.commit()


def test_a_lost_cookie_loses_no_words(client: FlaskClient, opened: Opened) -> None:
    write(client, "Saved before.")
    form = forms_in(client.get(POINT).text)[0]
    client.delete_cookie("consult")
    answer = client.post(form.action, data=fill_in(form, {"text": "Typed when\nthe cookie was gone."}))
    assert answer.status_code == 400
    assert "Nothing is lost" in answer.text
    kept = forms_in(answer.text)[0]
    assert redirects_to(client.post(kept.action, data=kept.values), START + "points")
    assert "the cookie was gone." in client.get(START + "points").text
    assert opened.count() == 2  # nobody holds the key of the first one; it is forgotten in time


def test_a_draft_comes_along_when_its_author_signs_in(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa")
        email = author.account.email
        db.session.commit()
    write(client, "Written before signing in.")
    send(client, START + "who-sees-what", {"setting": "anonymous"})
    page = client.get(START + "about").text
    assert "What you have written is kept" in page
    assert "/en/account/sign-in?next=%2Fen%2Ftake-part%2Fminerals%2Fabout" in page or SIGN_IN in page
    assert redirects_to(send(client, SIGN_IN, {"email": email, "password": PASSWORD}), START + "about")
    assert forms_in(client.get(START + "about").text)[0].values["name"] == ["Rosa"]
    assert "Written before signing in." in client.get(START + "points").text
    assert "Done" in client.get(START).text
    elsewhere = app.test_client()
    with app.app_context():
        build.sign_in(elsewhere, author)
    assert "Written before signing in." in elsewhere.get(START + "points").text
    assert opened.count() == 1


def test_two_drafts_become_one(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa")
        build.draft(opened.round(), author, "On the other device.")
        email = author.account.email
        db.session.commit()
    write(client, "On this device.")
    answers = {f"text-{opened.words}": "The price.", f"choice-{opened.choice}": str(opened.option)}
    send(client, START + "questions", answers)
    send(client, SIGN_IN, {"email": email, "password": PASSWORD})
    page = client.get(START + "points").text
    assert "On the other device." in page
    assert "On this device." in page
    assert "2 of 2 answered" in client.get(START).text
    assert opened.count() == 1


def test_words_sent_after_the_sign_in_ended_are_one_point_with_the_later_words(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        author = build.person("Rosa")
        build.sign_in(client, author)
        email = author.account.email
    write(client, "First words.")
    key = client.get(START + "points").text.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    form = forms_in(client.get(f"{START}points/{key}").text)[0]
    sign_out_everywhere(app, author)
    assert redirects_to(client.post(form.action, data=fill_in(form, {"text": "Later words."})), START + "points")
    assert "Later words." in client.get(START + "points").text
    send(client, SIGN_IN, {"email": email, "password": PASSWORD})
    assert opened.comments() == [("Later words.", "sec_1__para_1")]
    assert opened.count() == 1


def test_the_form_about_oneself_comes_back_after_signing_in(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa")
        build.sign_in(client, author)
    form = forms_in(client.get(START + "about").text)[0]
    sign_out_everywhere(app, author)
    answer = client.post(START + "about", data=fill_in(form, {"name": "Rosa of the river", "capacity": "individual"}))
    assert answer.status_code == 403
    assert forms_in(answer.text)[0].values["name"] == ["Rosa of the river"]


def test_somebody_invited_whose_sign_in_ended_keeps_the_words(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        guest = build.person("Guest", email="guest@example.org")
        round_ = build.open_consultation(
            opened.staff.host, opened.staff.manager, slug="invited", code="INV", audience=Audience.BY_INVITATION
        )
        invite(round_, ["guest@example.org"], locale="en", actor=opened.staff.manager, now=utc_now())
        accept_invitation(db.session.query(Invitation).one(), actor=guest, now=utc_now())
        build.sign_in(client, guest)
    url = "/en/take-part/invited/points/new"
    form = forms_in(client.get(url).text)[0]
    sign_out_everywhere(app, guest)
    assert client.get(url).status_code == 403
    answer = client.post(url, data=fill_in(form, {"text": "Words of an invited person."}))
    assert answer.status_code == 403
    assert forms_in(answer.text)[0].values["text"][0].strip() == "Words of an invited person."
    assert opened.comments() == []
