"""Accounts without e-mail: a name, a password, and a code on paper that is shown once and asked back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from consult.accounts.actors import SYSTEM
from consult.accounts.models import Account, Attempt, SignIn
from consult.accounts.recovering import recover, sign_up_by_name
from consult.accounts.services import find_account_by_password
from consult.core.clock import utc_now
from consult.core.codes import new_code
from consult.core.db import db, unit_of_work
from consult.core.errors import BadInput, Conflict
from consult.core.idempotency import IdempotencyKey
from consult.submissions.models import Submission
from consult.submissions.services import begin_draft
from tests.support import build
from tests.support.browse import forms_in, main_of, redirects_to, send
from tests.support.build import PASSWORD

SIGN_UP = "/en/account/sign-up/without-email"
SIGN_IN = "/en/account/sign-in"
CODE = "/en/account/code"
CHECK = "/en/account/code/check"
RECOVER = "/en/account/recover"
PROFILE = "/en/account/profile"
NAME = "Blue River"
MINE = {"sign_in_name": NAME, "password": PASSWORD}
SHOWN = re.compile(r'code-shown" translate="no">(.*?)</p>')


def code_on(page: str) -> str:
    """The code that a page shows."""
    found = SHOWN.search(page)
    assert found, page.partition("<main")[2]
    return re.sub(r"<[^>]*>", "", found[1])


def sign_up(client: FlaskClient, typed: dict[str, str] = MINE, url: str = SIGN_UP) -> str:
    """Sign up, and return the code that was shown."""
    answer = send(client, url, typed)
    assert answer.status_code == 200
    return code_on(answer.text)


def check(client: FlaskClient, code: str) -> TestResponse:
    answer: TestResponse = build.post(client, CHECK, {"written_code": code})
    return answer


def account_of(app: Flask, name: str = "blueriver") -> Account:
    with app.app_context():
        account = db.session.scalar(sa.select(Account).where(Account.sign_in_name == name))
        assert account is not None
        return account


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(PROFILE).status_code == 200


def signed_up(client: FlaskClient, typed: dict[str, str] = MINE) -> str:
    """Somebody who signed up and checked the code."""
    code = sign_up(client, typed)
    assert redirects_to(check(client, code), "/en/")
    return code


def test_a_name_a_password_and_a_code_make_an_account(app: Flask, client: FlaskClient) -> None:
    answer = send(client, SIGN_UP, MINE)
    code = code_on(answer.text)
    assert f"<bdi>{NAME}</bdi>" in answer.text  # as it was typed, for the paper
    assert "This is a new code." not in answer.text
    account = account_of(app)
    assert (account.email, account.name, account.confirmed_at, account.recovery_checked_at) == (None, "", None, None)
    assert not is_signed_in(client)
    typed_badly = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert redirects_to(check(client, typed_badly), "/en/")
    assert is_signed_in(client)
    account = account_of(app)
    assert account.confirmed_at is not None
    assert account.has_checked_code
    assert account.active_on == utc_now().date()
    page = client.get(PROFILE)
    assert ">Your account</a>" in page.text
    assert "None" not in main_of(page)


def test_the_code_is_in_one_answer_and_nowhere_else(app: Flask, client: FlaskClient) -> None:
    with capture_logs() as lines:
        answer = send(client, SIGN_UP, MINE)
        code = code_on(answer.text)
        cookie = client.get_cookie("consult")
        again = [client.get(url).text for url in (SIGN_UP, CODE, CHECK)]
        checked = check(client, code)
        sent = send(app.test_client(), SIGN_IN, {"email": NAME, "password": PASSWORD})
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Location" not in answer.headers
    everywhere = [*map(str, lines), cookie.value if cookie else "", str(checked.headers), str(sent.headers), *again]
    with app.app_context():
        for table in Account.metadata.sorted_tables:
            everywhere += [str(row) for row in db.session.execute(sa.select(table))]
    for secret in (code, code.replace("-", ""), code.split("-")[1]):
        assert not [place for place in everywhere if secret in place]
    for named in ("Blue River", "blueriver"):
        assert not [line for line in (*map(str, lines), cookie.value if cookie else "") if named in line]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0


def test_a_wrong_code_confirms_nothing_and_a_new_one_ends_the_first(app: Flask, client: FlaskClient) -> None:
    first = sign_up(client)
    wrong = check(client, new_code())
    assert wrong.status_code == 422
    assert "not the code that we showed you last" in wrong.text
    assert check(client, "ABC").status_code == 422
    second = code_on(send(client, CODE, action=CODE).text)
    assert check(client, first).status_code == 422
    assert not is_signed_in(client)
    assert redirects_to(check(client, second), "/en/")


def test_whose_browser_died_signs_in_and_gets_a_new_code(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    other = app.test_client()
    answer = send(other, f"{SIGN_IN}?next=/en/how-it-works", {"email": "blue-RIVER", "password": PASSWORD})
    assert redirects_to(answer, f"{CODE}?next=/en/how-it-works")
    assert not is_signed_in(other)
    page = other.get(answer.location)
    assert "not typed it in yet" in page.text
    code = code_on(send(other, answer.location, action=answer.location).text)
    form = forms_in(other.get(answer.location).text)[0]
    assert redirects_to(other.post(form.action, data=form.values | {"written_code": [code]}), "/en/how-it-works")
    assert is_signed_in(other)


def test_a_half_finished_sign_in_opens_nothing_but_the_code(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    with client.session_transaction() as session:
        session["_user_id"] = session["unchecked"]  # what no browser can do, since the cookie is signed
    assert not is_signed_in(client)


def test_drafts_of_this_browser_come_along_once_the_code_is_checked(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        draft, key = begin_draft(round_, actor=SYSTEM, now=utc_now())
        db.session.commit()
        draft_id = draft.id
    with client.session_transaction() as session:
        session["draft_keys"] = [key]
    code = sign_up(client)
    assert _owner(app, draft_id) is None
    check(client, code)
    assert _owner(app, draft_id) == account_of(app).id


def _owner(app: Flask, submission_id: int) -> int | None:
    with app.app_context():
        return db.session.scalar(sa.select(Submission.account_id).where(Submission.id == submission_id))


def test_a_session_from_before_is_not_the_one_after(app: Flask, client: FlaskClient) -> None:
    """Session fixation: neither the cookie of before nor that of the half-way opens the account afterwards."""
    client.get(SIGN_UP)
    planted = client.get_cookie("consult")
    code = sign_up(client)
    halfway = client.get_cookie("consult")
    check(client, code)
    for cookie in (planted, halfway):
        thief = app.test_client()
        assert cookie
        thief.set_cookie("consult", cookie.value)
        assert not is_signed_in(thief)
        assert thief.get(CODE).status_code == 302


def test_a_name_is_taken_however_it_is_typed_and_one_person_is_not_two(app: Flask, client: FlaskClient) -> None:
    first = sign_up(client)
    again = code_on(build.post(client, SIGN_UP, MINE).text)  # a double click
    assert again != first
    other = send(app.test_client(), SIGN_UP, {"sign_in_name": "BLUE-river", "password": "the words of another"})
    assert other.status_code == 422
    assert "Somebody else has this name" in other.text
    check(client, again)
    replayed = build.post(app.test_client(), SIGN_UP, MINE)  # once it is confirmed, a sign-up opens nothing
    assert replayed.status_code == 422
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


@pytest.mark.parametrize("typed", ["rosa@example.org", "ab", "0812 345"])
def test_what_cannot_be_a_name_is_refused(client: FlaskClient, typed: str) -> None:
    answer = send(client, SIGN_UP, {"sign_in_name": typed, "password": PASSWORD})
    assert answer.status_code == 422
    assert 'href="#sign_in_name"' in answer.text


def test_the_name_is_no_password(client: FlaskClient) -> None:
    answer = send(client, SIGN_UP, {"sign_in_name": "four words make sense", "password": "Four-Words-Make-Sense"})
    assert answer.status_code == 422
    assert "easy to guess" in answer.text


def test_two_who_want_one_name_at_one_moment(app: Flask) -> None:
    def take(number: int) -> str:
        with app.test_request_context("/en/"):
            try:
                with unit_of_work():
                    sign_up_by_name(sign_in_name=NAME, password=f"words of number {number}", locale="en", now=utc_now())
            except Conflict:
                return "taken"
            return "made"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == ["made", "taken", "taken", "taken"]


def test_names_and_addresses_sign_in_by_one_field_with_one_answer(app: Flask, client: FlaskClient) -> None:
    """User enumeration: nobody learns which names there are, by words or by what the database is asked."""
    signed_up(client)
    with app.app_context():
        build.person("Rosa", email="rosa@example.org")
        db.session.commit()
    answers, queries = set(), set()
    for who in (NAME, "green river", "rosa@example.org", "nobody@example.org", "--", "x"):
        browser = app.test_client()
        answer = send(browser, SIGN_IN, {"email": who, "password": "not the password"})
        assert answer.status_code == 422
        answers.add(main_of(answer).replace(f'value="{who}"', ""))
        with app.app_context(), build.count_queries(app) as counted:
            find_account_by_password(email=who, password="not the password")
        queries.add(len(counted))
    assert len(answers) == 1
    assert queries == {1}
    assert redirects_to(send(app.test_client(), SIGN_IN, {"email": " blue river", "password": PASSWORD}), "/en/")


def test_the_code_opens_the_account_once_and_ends_every_sign_in(app: Flask, client: FlaskClient) -> None:
    code = signed_up(client)
    browser = app.test_client()
    typed = {"sign_in_name": "blue river", "written_code": code.lower(), "password": "five new words for me"}
    answer = send(browser, RECOVER, typed)
    assert answer.status_code == 200
    following = code_on(answer.text)
    assert following != code
    assert not is_signed_in(client)
    assert not is_signed_in(browser)
    assert "This is a new code." in answer.text
    assert build.post(app.test_client(), RECOVER, typed).status_code == 422  # a replay
    assert redirects_to(build.post(browser, RECOVER, typed), CODE)  # a reload
    assert "This password is set already" in browser.get(CODE).text
    assert redirects_to(check(browser, following), "/en/")
    assert is_signed_in(browser)
    assert send(app.test_client(), SIGN_IN, {"email": NAME, "password": PASSWORD}).status_code == 422


def test_whose_next_code_was_not_checked_is_shown_another(app: Flask, client: FlaskClient) -> None:
    code = signed_up(client)
    typed = {"sign_in_name": NAME, "written_code": code, "password": "five new words for me"}
    send(app.test_client(), RECOVER, typed)
    browser = app.test_client()
    assert redirects_to(send(browser, SIGN_IN, {"email": NAME, "password": typed["password"]}), CODE)
    assert not is_signed_in(browser)


def test_an_unknown_name_and_a_wrong_code_are_answered_alike(app: Flask, client: FlaskClient) -> None:
    signed_up(client)
    answers, queries = set(), set()
    for who in (NAME, "green river", "nobody@example.org"):
        typed = {"sign_in_name": who, "written_code": new_code(), "password": "five new words for me"}
        answer = send(app.test_client(), RECOVER, typed)
        assert answer.status_code == 422
        words = main_of(answer).replace(f'value="{who}"', "").replace(typed["written_code"], "")
        answers.add(words)
        with app.app_context(), build.count_queries(app) as counted, pytest.raises(BadInput):
            recover(identifier=who, code=new_code(), password=typed["password"], now=utc_now())
        queries.add(len(counted))
    assert len(answers) == 1
    assert queries == {1}


def test_two_who_recover_with_one_code(app: Flask, client: FlaskClient) -> None:
    code = signed_up(client)

    def take(number: int) -> bool:
        with app.test_request_context("/en/"):
            try:
                with unit_of_work():
                    recover(identifier=NAME, code=code, password=f"words of number {number}", now=utc_now())
            except BadInput:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_guesses_are_counted_by_name_and_by_network(app: Flask, client: FlaskClient) -> None:
    signed_up(client)
    most = app.extensions["consult.settings"].attempts_per_account
    guess = {"written_code": new_code(), "password": "five new words for me"}

    def tries(name: str, number: int) -> list[int]:
        return [build.post(client, RECOVER, {"sign_in_name": name, **guess}).status_code for _ in range(number)]

    client = app.test_client()
    assert tries("Blue River", most // 2) + tries("blue-river", most - most // 2) == [422] * most
    assert tries("BLUERIVER", 1) == [429]
    assert tries("green river", 1) == [422]
    with app.app_context():
        kept = " ".join(db.session.scalars(sa.select(Attempt.key_digest)))
    assert "river" not in kept


def test_who_is_signed_in_makes_a_new_code_with_the_password(app: Flask, client: FlaskClient) -> None:
    code = signed_up(client)
    assert send(client, CODE, {"present_password": "wrong words here"}, action=CODE).status_code == 422
    assert account_of(app).has_checked_code
    following = code_on(send(client, CODE, {"present_password": PASSWORD}, action=CODE).text)
    assert "nobody can open your account again" in client.get("/en/account/ways").text
    typed = {"sign_in_name": NAME, "written_code": code, "password": "five new words for me"}
    assert send(app.test_client(), RECOVER, typed).status_code == 422
    assert redirects_to(check(client, following), "/en/account/ways")
    assert "nobody can open your account again" not in client.get("/en/account/ways").text
    assert is_signed_in(client)


def test_an_expired_page_hands_neither_name_nor_code_back(client: FlaskClient) -> None:
    code = new_code()
    answer = client.post(RECOVER, data={"sign_in_name": NAME, "written_code": code})
    assert answer.status_code == 400
    assert code not in answer.text
    assert NAME not in answer.text


def test_sign_ins_of_the_half_way_end(app: Flask, client: FlaskClient) -> None:
    code = sign_up(client)
    check(client, code)
    with app.app_context():
        open_ = db.session.scalars(sa.select(SignIn).where(SignIn.ended_at.is_(None))).all()
    assert len(open_) == 1


def test_the_day_of_use_is_written_once_a_day(app: Flask, client: FlaskClient) -> None:
    signed_up(client)
    with app.app_context():
        account = db.session.scalars(sa.select(Account)).one()
        account.active_on = None
        db.session.commit()
    client.get(PROFILE)
    assert account_of(app).active_on is None  # GET never writes
    for expected in (1, 0):
        with app.app_context(), build.count_queries(app) as queries:
            send(client, PROFILE, {"name": "Rosa"})
        assert sum("active_on=" in statement for statement in queries.statements) == expected
    assert account_of(app).active_on == utc_now().date()
