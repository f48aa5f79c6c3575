"""Creating an account: confirmed through the mailbox, and telling strangers nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import SYSTEM
from consult.accounts.models import Account
from consult.accounts.queries import get_account
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.models import Submission
from consult.submissions.services import begin_draft
from tests.support import build, race
from tests.support.browse import link_in, mails_to, main_of, redirects_to, send
from tests.support.build import PASSWORD

EMAIL = "new@example.org"
SIGN_UP = "/en/account/sign-up"
MINE = {"name": "Rosa", "email": EMAIL, "password": PASSWORD}
THEIRS = {"name": "Mallory", "email": EMAIL, "password": "the words of another"}


def sign_up(app: Flask, client: FlaskClient, typed: dict[str, str] = MINE, url: str = SIGN_UP) -> str:
    """Sign up, and return the path of the link that was mailed."""
    assert redirects_to(send(client, url, typed), "/en/account/sign-up/mailed")
    return link_in(mails_to(app, typed["email"])[-1])


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account/profile").status_code == 200


def test_the_browser_that_signed_up_confirms_with_a_button(app: Flask, client: FlaskClient) -> None:
    link = sign_up(app, client)
    assert "password" not in main_of(client.get(link))
    assert not is_signed_in(client)
    assert redirects_to(send(client, link), "/en/")
    assert is_signed_in(client)


def test_opening_the_link_confirms_nothing_since_programs_open_links_too(app: Flask, client: FlaskClient) -> None:
    link = sign_up(app, client)
    for _ in range(2):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert not redirects_to(send(client, "/en/account/sign-in", {"email": EMAIL, "password": PASSWORD}), "/en/")


def test_another_browser_asks_for_the_password_chosen_at_sign_up(app: Flask, client: FlaskClient) -> None:
    link = sign_up(app, client)
    other = app.test_client()
    wrong = send(other, link, {"password": "not what was chosen"})
    assert wrong.status_code == 422
    assert "This is not the password chosen at sign-up." in wrong.text
    assert not is_signed_in(other)
    assert redirects_to(send(other, link, {"password": PASSWORD}), "/en/")
    assert is_signed_in(other)


def test_the_link_works_once(app: Flask, client: FlaskClient) -> None:
    link = sign_up(app, client)
    send(client, link)
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "If you have used it, sign in" in again.text


def test_nobody_registers_somebody_elses_address_with_a_password_of_theirs(app: Flask, client: FlaskClient) -> None:
    """Whoever typed the address first, or last: its owner's click never puts another's password in force."""
    sign_up(app, client)
    mallory = app.test_client()
    link = sign_up(app, mallory, THEIRS)
    owners_page = client.get(link)
    assert "The password that you chose" in owners_page.text
    assert send(client, link, {"password": PASSWORD}).status_code == 422
    assert not is_signed_in(client)
    assert not is_signed_in(mallory)


def test_after_confirming_one_is_back_where_one_was(app: Flask, client: FlaskClient) -> None:
    link = sign_up(app, client, url=f"{SIGN_UP}?next=/en/how-it-works?a=1")
    assert redirects_to(send(client, link), "/en/how-it-works?a=1")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\tx"])
def test_after_confirming_nobody_is_led_elsewhere(app: Flask, client: FlaskClient, target: str) -> None:
    page = client.get(SIGN_UP, query_string={"next": target})
    assert page.status_code == 200
    data = {"csrf_token": build.csrf_token(client), **MINE}
    client.post(SIGN_UP, query_string={"next": target}, data=data)
    assert redirects_to(send(client, link_in(mails_to(app, EMAIL)[-1])), "/en/")


def test_drafts_begun_before_belong_to_the_account(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        draft, key = begin_draft(build.open_consultation(staff.host, staff.manager), actor=SYSTEM, now=build.utc_now())
        db.session.commit()
        draft_id = draft.id
    with client.session_transaction() as session:
        session["draft_keys"] = [key]
    send(client, sign_up(app, client))
    with app.app_context():
        account = get_account(db.session.get_one(Submission, draft_id).account_id or 0)
        assert account.email == EMAIL
    with client.session_transaction() as session:
        assert "draft_keys" not in session


def test_the_answer_is_the_same_for_an_address_that_has_an_account(app: Flask) -> None:
    with app.app_context():
        build.person("Known", email="known@example.org")
        db.session.commit()
    answers, pages = [], []
    for email in ("known@example.org", "fresh@example.org"):
        client = app.test_client()
        answers.append(send(client, SIGN_UP, {**MINE, "email": email}))
        pages.append(main_of(client.get(answers[-1].location)).replace(email, "…"))
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].data == answers[1].data
    assert pages[0] == pages[1]
    assert "sign-in" in link_in(mails_to(app, "known@example.org")[0])
    assert "confirm" in link_in(mails_to(app, "fresh@example.org")[0])


def test_signing_up_again_changes_nothing_of_a_confirmed_account(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        before = build.person("Known", email=EMAIL).account
        db.session.commit()
        kept = (before.name, before.password_hash)
    assert "sign-in" in sign_up(app, client, THEIRS)
    with app.app_context():
        after = db.session.scalars(sa.select(Account)).one()
        assert (after.name, after.password_hash) == kept


def test_the_message_repeats_nothing_that_was_typed(app: Flask, client: FlaskClient) -> None:
    sign_up(app, client, {**MINE, "name": "You have won: http://evil.example/"})
    assert "evil" not in mails_to(app, EMAIL)[0].body


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "Use at least 10 characters."),
        ("x" * 201, "Use at most 200 characters."),
        ("aaaaaaaaaaaa", "easy to guess"),
        (EMAIL, "easy to guess"),
    ],
)
def test_a_poor_password_is_refused_next_to_its_field(client: FlaskClient, password: str, sentence: str) -> None:
    answer = send(client, SIGN_UP, {**MINE, "password": password})
    assert answer.status_code == 422
    assert sentence in answer.text.partition('id="password-error"')[2].partition("</p>")[0]
    assert 'value="Rosa"' in answer.text
    assert f'value="{EMAIL}"' in answer.text


@pytest.mark.parametrize("email", ["", "no-at-sign", "@example.org", "a@b", "a b@example.org", "a@ex..org"])
def test_what_cannot_be_an_address_is_refused(client: FlaskClient, email: str) -> None:
    answer = send(client, SIGN_UP, {**MINE, "email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


def test_two_clicks_at_once_make_one_account(app: Flask, client: FlaskClient) -> None:
    """The first click has made the account and not committed it yet when the second looks for one."""
    data = {"csrf_token": build.csrf_token(client), **MINE}
    with race.transaction(app) as first:
        account = {"email": EMAIL, "name": "Rosa", "locale": "en", "created_at": utc_now()}
        first.execute(sa.insert(Account).values(account))
        second = race.in_thread(lambda: client.post(SIGN_UP, data=data))
        race.until_blocked(app, second)
        first.commit()
    assert redirects_to(second.result(10), "/en/account/sign-up/mailed")
    with app.app_context():
        assert len(db.session.scalars(sa.select(Account)).all()) == 1
    assert redirects_to(send(client, link_in(mails_to(app, EMAIL)[0])), "/en/")
