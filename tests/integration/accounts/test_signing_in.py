"""Signing in and out: one answer to strangers, a new session for oneself, and an end wherever one wants it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.services import create_account
from consult.core.clock import utc_now
from consult.core.db import db
from tests.support import build
from tests.support.browse import forms_in, main_of, redirects_to, send
from tests.support.build import PASSWORD

EMAIL = "rosa@example.org"
SIGN_IN = "/en/account/sign-in"
PROFILE = "/en/account/profile"
MINE = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture(autouse=True)
def rosa(app: Flask) -> None:
    """Somebody with an account."""
    with app.app_context():
        build.person("Rosa", email=EMAIL)
        db.session.commit()


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("consult")
    assert found
    return found.value


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(PROFILE).status_code == 200


def test_the_right_password_opens_the_account(client: FlaskClient) -> None:
    assert redirects_to(send(client, SIGN_IN, {**MINE, "email": " Rosa@Example.ORG "}), "/en/")
    assert is_signed_in(client)


def test_staff_begin_at_their_desk(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        host = build.desk().host
        build.person("Boss", email="boss@example.org", roles={host: [StaffRole.MANAGER]})
        db.session.commit()
    assert redirects_to(send(client, SIGN_IN, {**MINE, "email": "boss@example.org"}), "/en/desk")
    assert redirects_to(client.get(SIGN_IN), "/en/desk")  # signed in already


def test_the_same_letters_from_another_keyboard_are_the_same_password(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        create_account(
            email="é@example.org", name="E", password="été à la mer", locale="fr", now=utc_now(), confirmed=True
        )
        db.session.commit()
    decomposed = "e\u0301te\u0301 a\u0300 la mer"
    assert redirects_to(send(client, SIGN_IN, {"email": "é@example.org", "password": decomposed}), "/en/")


def test_strangers_learn_nothing_from_the_answer(app: Flask) -> None:
    """The password is looked at in every case, a decoy where there is none: see `find_account_by_password`."""
    with app.app_context():
        create_account(email="waits@example.org", name="W", password=PASSWORD, locale="en", now=utc_now())
        create_account(email="nohash@example.org", name="N", password=None, locale="en", now=utc_now())
        db.session.commit()
    attempts = {
        EMAIL: "a wrong password",
        "unknown@example.org": PASSWORD,
        "waits@example.org": PASSWORD,
        "nohash@example.org": PASSWORD,
    }
    answers = {
        email: send(app.test_client(), SIGN_IN, {"email": email, "password": p}) for email, p in attempts.items()
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({main_of(answer).replace(email, "…") for email, answer in answers.items()}) == 1
    assert "is not right, or the address is not confirmed yet" in answers[EMAIL].text
    assert PASSWORD not in answers["unknown@example.org"].text


def test_an_empty_form_says_what_is_missing(client: FlaskClient) -> None:
    answer = send(client, SIGN_IN, {"email": "", "password": ""})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#password"' in answer.text


def test_after_signing_in_one_is_where_one_wanted_to_be(client: FlaskClient) -> None:
    to_sign_in = client.get(f"{PROFILE}?a=1")
    assert to_sign_in.location == "/en/account/sign-in?next=/en/account/profile?a%3D1"
    assert redirects_to(send(client, to_sign_in.location, MINE), f"{PROFILE}?a=1")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nLocation: https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_nobody_is_led_elsewhere(client: FlaskClient, target: str) -> None:
    page = client.get(SIGN_IN, query_string={"next": target})
    assert 'action="' not in page.text.partition("<main")[2].partition("</main>")[0]
    data = {"csrf_token": build.csrf_token(client), **MINE}
    assert redirects_to(client.post(SIGN_IN, query_string={"next": target}, data=data), "/en/")
    assert redirects_to(client.get(SIGN_IN, query_string={"next": target}), "/en/")


def test_the_session_from_before_opens_nothing(app: Flask, client: FlaskClient) -> None:
    client.get(SIGN_IN)
    planted = cookie(client)
    with client.session_transaction() as session:
        token = session["csrf_token"]
    send(client, SIGN_IN, MINE)
    assert cookie(client) != planted
    with client.session_transaction() as session:
        assert session.get("csrf_token") != token
    thief = app.test_client()
    thief.set_cookie("consult", planted)
    assert not is_signed_in(thief)


def test_nobody_signs_others_in(app: Flask, client: FlaskClient) -> None:
    """Login CSRF: without a token of this browser's own session, or from another site, nothing happens."""
    assert client.post(SIGN_IN, data=MINE).status_code == 400
    foreign = build.csrf_token(app.test_client())
    client.get(SIGN_IN)
    with client.session_transaction() as session:
        session["csrf_token"] = "1" * 40
    assert client.post(SIGN_IN, data={**MINE, "csrf_token": foreign}).status_code == 400
    mine = {**MINE, "csrf_token": build.csrf_token(client)}
    assert client.post(SIGN_IN, data=mine, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(SIGN_IN, data=mine, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not is_signed_in(client)
    assert redirects_to(client.post(SIGN_IN, data=mine), "/en/")


def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(app: Flask, client: FlaskClient) -> None:
    send(client, SIGN_IN, MINE)
    kept = cookie(client)
    page = client.get(PROFILE)
    assert 'action="/en/account/sign-out"' in page.text
    assert redirects_to(build.post(client, "/en/account/sign-out"), "/en/")
    assert not is_signed_in(client)
    thief = app.test_client()
    thief.set_cookie("consult", kept)
    assert not is_signed_in(thief)


def test_signing_out_is_a_post(client: FlaskClient) -> None:
    send(client, SIGN_IN, MINE)
    assert client.get("/en/account/sign-out").status_code == 405
    assert client.post("/en/account/sign-out").status_code == 400
    assert is_signed_in(client)


def test_signing_in_again_ends_what_was(app: Flask, client: FlaskClient) -> None:
    send(client, SIGN_IN, MINE)
    first = cookie(client)
    build.post(client, SIGN_IN, MINE)
    thief = app.test_client()
    thief.set_cookie("consult", first)
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_sign_in_ends_by_itself(app: Flask, client: FlaskClient) -> None:
    from consult.accounts.models import SignIn

    send(client, SIGN_IN, MINE)
    with app.app_context():
        row = db.session.query(SignIn).one()
        row.expires_at = utc_now() - timedelta(seconds=1)
        db.session.commit()
    assert not is_signed_in(client)


def test_somebody_signs_out_the_other_devices(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    for browser in (client, other):
        send(browser, SIGN_IN, MINE)
    page = client.get("/en/account/sign-ins")
    assert page.text.count("This device") == 1
    assert page.text.count('data-label="Signed in"') == 2
    answer = send(client, "/en/account/sign-ins", action="/en/account/sign-ins/end-others")
    assert redirects_to(answer, "/en/account/sign-ins")
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_somebody_signs_out_everywhere(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    for browser in (client, other):
        send(browser, SIGN_IN, MINE)
    send(client, "/en/account/sign-ins", action="/en/account/sign-out/everywhere")
    assert not is_signed_in(client)
    assert not is_signed_in(other)


@pytest.mark.parametrize("others", [0, 2, 299])
def test_the_list_of_sign_ins_costs_the_same_whatever_its_length(app: Flask, client: FlaskClient, others: int) -> None:
    from consult.accounts.queries import find_account
    from consult.accounts.services import create_sign_in

    send(client, SIGN_IN, MINE)
    with app.app_context():
        account = find_account(EMAIL)
        assert account
        for _ in range(others):
            create_sign_in(account, now=utc_now())
        db.session.commit()
    with build.count_queries(app) as queries:
        page = client.get("/en/account/sign-ins")
    assert len(queries) == 3  # the sign-in with its account, the roles, the page
    assert page.text.count('data-label="Signed in"') == min(others + 1, 25)


def test_drafts_in_this_browser_are_announced(client: FlaskClient) -> None:
    sentence = "What you have written in this browser comes with you."
    assert sentence not in client.get(SIGN_IN).text
    with client.session_transaction() as session:
        session["draft_keys"] = ["a-key"]
    assert sentence in client.get(SIGN_IN).text


def test_a_name_is_text_wherever_it_stands(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        build.person("<script>alert(1)</script>", email="xss@example.org")
        db.session.commit()
    send(client, SIGN_IN, {"email": "xss@example.org", "password": PASSWORD})
    page = client.get(PROFILE).text
    assert "<script>alert" not in page
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></a>" in page
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    assert forms_in(page)[0].values["name"] == ["<script>alert(1)</script>"]


@pytest.mark.parametrize("page", ["sign-in", "sign-up", "reset", "sign-up/mailed", "reset/mailed"])
def test_nobody_keeps_these_pages(client: FlaskClient, page: str) -> None:
    assert client.get(f"/en/account/{page}").headers["Cache-Control"] == "private, no-store"
