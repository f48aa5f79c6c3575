"""A form whose session ended: what was typed comes back, to be sent again; a password does not."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.queries import find_account
from consult.accounts.services import end_sign_ins
from consult.core.clock import utc_now
from consult.core.db import db
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to
from tests.support.build import PASSWORD

EMAIL = "rosa@example.org"
PROFILE = "/en/account/profile"
NAME = 'Rosa "the <b>first</b>" & only'
TYPED = {"name": NAME, "organisation": "Words of\ntwo lines", "constituencies": ["academia", "industry"]}


@pytest.fixture(autouse=True)
def rosa(app: Flask, client: FlaskClient) -> None:
    """Somebody signed in."""
    with app.app_context():
        build.sign_in(client, build.person("Rosa", email=EMAIL))


def name_of(app: Flask) -> str:
    with app.app_context():
        account = find_account(EMAIL)
        assert account
        return account.name


def test_an_expired_form_comes_back_and_goes_on_with_one_press(app: Flask, client: FlaskClient) -> None:
    data = fill_in(forms_in(client.get(PROFILE).text)[0], TYPED)
    with client.session_transaction() as session:
        session["csrf_token"] = "2" * 40
    answer = client.post(PROFILE, data=data)
    assert answer.status_code == 400
    assert "Nothing is lost" in answer.text
    assert "<b>first</b>" not in answer.text
    assert 'dir="auto">Words of\ntwo lines</p>' in answer.text
    form = forms_in(answer.text)[0]
    assert form.action == PROFILE
    assert form.values["constituencies"] == ["academia", "industry"]
    assert form.values["idempotency_key"] != data["idempotency_key"]
    assert redirects_to(client.post(form.action, data=form.values), PROFILE)
    assert name_of(app) == NAME


def test_the_address_with_its_query_is_kept(client: FlaskClient) -> None:
    answer = client.post(f'{PROFILE}?a=1&b="><script>', data={"name": "x"})
    assert forms_in(answer.text)[0].action.startswith(f"{PROFILE}?a=1&b=")
    assert "<script>" not in answer.text.partition("<main")[2]


def test_a_sign_in_that_ended_meanwhile_loses_no_words(app: Flask, client: FlaskClient) -> None:
    data = fill_in(forms_in(client.get(PROFILE).text)[0], TYPED)
    with app.app_context():
        account = find_account(EMAIL)
        assert account
        end_sign_ins(account, now=utc_now())
        db.session.commit()
    answer = client.post(PROFILE, data=data)
    assert answer.status_code == 403
    assert 'href="/en/account/sign-in" target="_blank"' in answer.text
    kept = forms_in(answer.text)[0]
    signed_in = build.post(client, "/en/account/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert redirects_to(signed_in, "/en/")
    once_more = client.post(kept.action, data=kept.values)  # signing in began a new session, with new tokens
    assert redirects_to(client.post(PROFILE, data=forms_in(once_more.text)[0].values), PROFILE)
    assert name_of(app) == NAME


def test_a_visitor_who_typed_nothing_just_signs_in(app: Flask) -> None:
    answer = build.post(app.test_client(), "/en/account/sign-ins/end-others")
    assert redirects_to(answer, "/en/account/sign-in")


@pytest.mark.parametrize("page", ["sign-in", "sign-up", "password"])
def test_a_password_is_never_handed_back(app: Flask, client: FlaskClient, page: str) -> None:
    typed = {"email": EMAIL, "name": NAME, "password": PASSWORD, "present_password": PASSWORD}
    for browser in (client, app.test_client()):
        answer = browser.post(f"/en/account/{page}", data=typed)
        assert answer.status_code == 400
        assert PASSWORD not in answer.text
        assert forms_in(answer.text) == []
        assert "please begin again" in answer.text


def test_another_site_gets_no_form_to_press_on(client: FlaskClient) -> None:
    answer = client.post(PROFILE, data={"name": "Mallory"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Mallory" not in answer.text


def test_programs_are_told_in_their_way(client: FlaskClient) -> None:
    answer = client.post(PROFILE, data={"name": "x"}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json
    assert answer.json["status"] == 400
