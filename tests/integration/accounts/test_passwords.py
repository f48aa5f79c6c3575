"""Choosing a new password through the mailbox, and changing it while signed in."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.models import Account
from consult.accounts.queries import find_account
from consult.accounts.services import create_account, invite_to_choose_password
from consult.core.clock import utc_now
from consult.core.db import db
from tests.support import build
from tests.support.browse import link_in, mails_to, main_of, redirects_to, send
from tests.support.build import PASSWORD

EMAIL = "rosa@example.org"
ASK = "/en/account/reset"
CHANGE = "/en/account/password"
NEW = "five new words for me"


@pytest.fixture(autouse=True)
def rosa(app: Flask, client: FlaskClient) -> None:
    """Somebody with an account, signed in."""
    with app.app_context():
        build.sign_in(client, build.person("Rosa", email=EMAIL))


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account/profile").status_code == 200


def opens(app: Flask, password: str) -> bool:
    answer = send(app.test_client(), "/en/account/sign-in", {"email": EMAIL, "password": password})
    return redirects_to(answer, "/en/")


def ask(app: Flask) -> str:
    """Ask for a link in another browser; its path."""
    assert redirects_to(send(app.test_client(), ASK, {"email": EMAIL}), "/en/account/reset/mailed")
    return link_in(mails_to(app, EMAIL)[-1])


def test_the_link_sets_a_new_password_and_ends_every_sign_in(app: Flask, client: FlaskClient) -> None:
    link = ask(app)
    assert is_signed_in(client)
    other = app.test_client()
    assert redirects_to(send(other, link, {"password": NEW}), "/en/")
    assert is_signed_in(other)
    assert not is_signed_in(client)
    assert opens(app, NEW)
    assert not opens(app, PASSWORD)


def test_the_link_works_once_and_a_later_one_replaces_it(app: Flask) -> None:
    first, second = ask(app), ask(app)
    browser = app.test_client()
    assert browser.get(first).status_code == 410
    send(browser, second, {"password": NEW})
    assert browser.get(second).status_code == 410
    assert browser.get("/en/account/reset/no-such-key").status_code == 410


def test_opening_the_link_changes_nothing(app: Flask) -> None:
    link = ask(app)
    assert EMAIL in app.test_client().get(link).text
    assert opens(app, PASSWORD)


def test_a_poor_password_is_refused_and_the_link_still_works(app: Flask) -> None:
    link = ask(app)
    browser = app.test_client()
    refused = send(browser, link, {"password": "short"})
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    assert redirects_to(send(browser, link, {"password": NEW}), "/en/")


def test_the_answer_is_the_same_for_an_address_without_account(app: Flask) -> None:
    answers, pages = [], []
    for email in (EMAIL, "unknown@example.org"):
        browser = app.test_client()
        answers.append(send(browser, ASK, {"email": email}))
        pages.append(main_of(browser.get(answers[-1].location)).replace(email, "…"))
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].data == answers[1].data
    assert pages[0] == pages[1]
    assert len(mails_to(app, EMAIL)) == 1
    assert mails_to(app, "unknown@example.org") == []


def test_the_address_in_the_answer_is_text(client: FlaskClient) -> None:
    answer = send(client, ASK, {"email": "a&lt;b@example.org"})
    assert answer.status_code == 422  # a semicolon parts the addresses of a message
    answer = send(client, ASK, {"email": "a&b@example.org"})
    assert "a&amp;b@example.org" in client.get(answer.location).text
    answer = send(client, ASK, {"email": "<b>x</b>@example.org"})
    assert answer.status_code == 422
    assert "<b>x" not in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;@example.org" in answer.text


def test_a_link_for_one_purpose_is_no_good_for_another(app: Flask) -> None:
    key = ask(app).rpartition("/")[2]
    assert app.test_client().get(f"/en/account/confirm/{key}").status_code == 410


def test_somebody_whose_account_was_made_for_them_chooses_a_password(app: Flask) -> None:
    with app.app_context():
        account = create_account(email="staff@example.org", name="S", password=None, locale="fr", now=utc_now())
        invite_to_choose_password(account, now=utc_now())
        db.session.commit()
    link = link_in(mails_to(app, "staff@example.org")[0])
    assert link.startswith("/fr/account/reset/")
    browser = app.test_client()
    assert redirects_to(send(browser, link, {"password": NEW}), "/fr/")
    assert is_signed_in(browser)


def test_changing_the_password_signs_out_the_others(app: Flask, client: FlaskClient) -> None:
    other = app.test_client()
    send(other, "/en/account/sign-in", {"email": EMAIL, "password": PASSWORD})
    answer = send(client, CHANGE, {"present_password": PASSWORD, "password": NEW})
    assert redirects_to(answer, "/en/account/profile")
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert opens(app, NEW)


@pytest.mark.parametrize(
    ("present", "new", "field"), [("not the one", NEW, "present_password"), (PASSWORD, "short", "password")]
)
def test_a_wrong_or_poor_password_changes_nothing(
    app: Flask, client: FlaskClient, present: str, new: str, field: str
) -> None:
    answer = send(client, CHANGE, {"present_password": present, "password": new})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert present not in answer.text
    assert opens(app, PASSWORD)


def test_the_present_password_cannot_be_guessed_at_an_unattended_screen(app: Flask, client: FlaskClient) -> None:
    limit = app.extensions["consult.settings"].attempts_per_account
    wrong = {"present_password": "guess", "password": NEW}
    assert [send(client, CHANGE, wrong).status_code for _ in range(limit + 1)] == [422] * limit + [429]
    assert send(client, CHANGE, {"present_password": PASSWORD, "password": NEW}).status_code == 429


def test_passwords_are_kept_as_argon2_alone(app: Flask) -> None:
    with app.app_context():
        account = find_account(EMAIL)
        assert account
        assert str(account.password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert PASSWORD not in str(db.session.execute(sa.select(*Account.__table__.columns)).all())
