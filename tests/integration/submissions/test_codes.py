"""A single submission without an account: its code, submitting, and coming back with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.access.guard import CLAIM, CLAIM_IDLE_SECONDS
from consult.accounts.enums import Constituency
from consult.consultations.enums import Audience
from consult.core.clock import utc_now
from consult.core.codes import code_digest, new_code
from consult.core.db import db
from consult.core.idempotency import IdempotencyKey
from consult.jobs import sweep
from consult.ledger.models import LedgerEntry
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import ClaimOpening, Submission
from tests.integration.every_page.test_validity import faults
from tests.integration.submissions.conftest import START, Opened, write
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send

ABOUT = {"name": "Rosa", "capacity": "individual", "constituencies": ["local_community"]}
COME_BACK = "/en/come-back"
MINE = "/en/account/submissions"


def code_on(page: TestResponse) -> str:
    """The code that a page shows."""
    shown = re.search(r'code-shown"[^>]*>(.*?)</p>', page.text)
    assert shown, page.text
    return re.sub(r"<[^>]+>", "", shown[1])


def make_code(client: FlaskClient) -> str:
    page = client.get(START + "code")
    (form,) = (form for form in forms_in(page.text) if form.action.endswith("/code/new"))
    answer = client.post(form.action, data=form.values)
    assert answer.status_code == 200
    return code_on(answer)


def go_to_check(client: FlaskClient, **about: str | list[str]) -> str:
    """Write a point without an account, and everything up to the button "Submit"; returns the code."""
    write(client, "The water is not clean.")
    answer = send(client, START + "about?account=none", {**ABOUT, **about})
    assert redirects_to(answer, START + "who-sees-what")
    answer = send(client, START + "who-sees-what", {"setting": "named"})
    assert redirects_to(answer, START + "code")
    code = make_code(client)
    answer = send(client, START + "code", {"written_code": code.lower().replace("-", " ")}, action=START + "code")
    assert redirects_to(answer, START + "check")
    return code


def submit_from(client: FlaskClient) -> TestResponse:
    page = client.get(START + "check")
    (form,) = (form for form in forms_in(page.text) if "/submit/" in form.action)
    return client.post(form.action, data=form.values)


def submit_without_account(client: FlaskClient) -> tuple[str, str]:
    """The whole way; returns the code, and the address of the receipt."""
    code = go_to_check(client)
    answer = submit_from(client)
    assert answer.status_code == 302
    assert "/receipt/" in answer.location
    return code, answer.location


def come_back(client: FlaskClient, code: str) -> TestResponse:
    return send(client, COME_BACK, {"written_code": code}, action=COME_BACK)


def the_submission() -> Submission:
    return db.session.scalars(sa.select(Submission)).one()


def test_the_whole_way_without_an_account_and_back_again(app: Flask, client: FlaskClient, opened: Opened) -> None:
    code, receipt = submit_without_account(client)
    assert client.get(receipt).status_code == 200
    with app.app_context():
        found = the_submission()
        assert found.status is SubmissionStatus.SUBMITTED
        assert (found.account_id, found.draft_key_digest, found.claim_digest) == (None, None, code_digest(code))
        assert found.claim_checked_at is not None
        assert found.claim_checked_at.time().isoformat() == "00:00:00"
        (entry,) = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "account:submission:submit"))
        assert (entry.actor_kind, entry.actor_id) == ("respondent", None)
    with client.session_transaction() as session:
        assert "draft_keys" not in session  # whoever has the phone next keeps nothing of the draft
        assert not session.permanent
    build.post(client, "/en/come-back/leave")
    assert client.get(receipt).location.startswith("/en/account/sign-in")
    other = app.test_client()
    assert redirects_to(come_back(other, f"  {code.lower()} "), MINE)
    assert redirects_to(other.get(MINE), receipt)
    page = other.get(receipt)
    assert "The water is not clean." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    for path in ("", "/who-sees-what", "/withdraw", "/download"):
        assert other.get(receipt + path).status_code == 200, path


def test_a_code_is_in_no_address_cookie_log_or_table(
    app: Flask, client: FlaskClient, opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    write(client, "A point.")
    send(client, START + "about?account=none", ABOUT)
    send(client, START + "who-sees-what", {"setting": "anonymous"})
    page = client.get(START + "code")
    (form,) = (form for form in forms_in(page.text) if form.action.endswith("/code/new"))
    first = client.post(form.action, data=form.values)
    answer = client.post(form.action, data=form.values)  # a reload: another code, and the page says so
    assert ["This is a new code." in one.text for one in (first, answer)] == [False, True]
    code = code_on(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.location is None
    assert code not in client.get(START + "code").text
    answer = send(client, START + "code", {"written_code": code}, action=START + "code")
    plain = code.replace("-", "")
    with client.session_transaction() as session:
        assert plain not in str(dict(session)).replace("-", "")
    assert plain not in str(answer.headers).replace("-", "")
    logged = capsys.readouterr()
    assert plain not in (logged.out + logged.err).replace("-", "")
    with app.app_context():
        assert not db.session.scalars(sa.select(IdempotencyKey).where(IdempotencyKey.route.contains("/code"))).all()
        assert the_submission().claim_digest == code_digest(code)


def test_only_a_code_that_was_typed_back_can_be_submitted_with(client: FlaskClient, opened: Opened) -> None:
    write(client, "A point.")
    send(client, START + "about?account=none", ABOUT)
    send(client, START + "who-sees-what", {"setting": "named"})
    assert "/submit/" not in client.get(START + "check").text
    first = make_code(client)
    second = make_code(client)
    wrong = send(client, START + "code", {"written_code": first}, action=START + "code")
    assert wrong.status_code == 422
    assert "not the code that we showed you last" in wrong.text
    with opened.app.app_context():
        key = the_submission().key
    assert build.post(client, f"{START}submit/{key}").status_code == 409
    send(client, START + "code", {"written_code": second}, action=START + "code")
    third = make_code(client)  # lost after it was checked, and before submitting
    assert "/submit/" not in client.get(START + "check").text
    send(client, START + "code", {"written_code": third}, action=START + "code")
    assert submit_from(client).status_code == 302


def test_the_database_takes_nothing_without_an_account_or_a_checked_code(opened: Opened) -> None:
    with opened.app.app_context():
        build.draft(opened.round(), build.person(), "A point.")
        db.session.commit()
        values = {"status": "submitted", "account_id": None, "capacity": "individual", "language": "en"}
        values |= {"publication_setting": "named", "submitted_at": utc_now()}
        for code in ({}, {"claim_digest": "a digest"}):
            with pytest.raises(sa.exc.IntegrityError):
                db.session.execute(sa.update(Submission).values(values | code))
            db.session.rollback()


def test_the_second_press_of_submit_leads_to_the_same_receipt(app: Flask, client: FlaskClient, opened: Opened) -> None:
    go_to_check(client)
    page = client.get(START + "check")
    (form,) = (form for form in forms_in(page.text) if "/submit/" in form.action)
    cookie = client.get_cookie("consult")
    assert cookie is not None
    first = client.post(form.action, data=form.values)
    client.set_cookie("consult", cookie.value)  # pressed before the first answer had come
    again = client.post(form.action, data=form.values)
    anew = build.post(client, form.action)  # and with another key of the form
    assert first.location == again.location == anew.location
    assert client.get(anew.location).status_code == 200
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_a_code_opens_a_draft_that_was_not_submitted_yet(app: Flask, client: FlaskClient, opened: Opened) -> None:
    code = go_to_check(client)
    other = app.test_client()
    come_back(other, code)
    assert redirects_to(other.get(MINE), CITED_START)
    assert "The water is not clean." in other.get(START + "points").text
    assert submit_from(other).status_code == 302


CITED_START = "/en/take-part/minerals/rounds/1/"


def test_official_input_and_rounds_that_are_not_for_everybody_need_an_account(
    app: Flask, client: FlaskClient, opened: Opened
) -> None:
    write(client, "For a government.")
    official = {"capacity": "organisation", "organisation": "Ministry E", "constituencies": [Constituency.GOVERNMENT]}
    send(client, START + "about?account=none", ABOUT | official)
    send(client, START + "who-sees-what", {"setting": "named"})
    assert "That needs an account" in client.get(START + "check").text
    assert redirects_to(client.get(START + "code"), START)
    assert redirects_to(build.post(client, START + "code/new"), START)
    with app.app_context():
        key = the_submission().key
        assert the_submission().claim_digest is None
    assert "/account/sign-in" in build.post(client, f"{START}submit/{key}").location
    with app.app_context():
        guest, round_ = (
            build.person("Guest"),
            build.open_consultation(
                opened.staff.host, opened.staff.manager, slug="closed", code="CLOSED", audience=Audience.BY_INVITATION
            ),
        )
        build.admit(round_, guest, manager=opened.staff.manager)
        db.session.commit()
    assert client.get("/en/take-part/closed/about?account=none").status_code in {302, 403}


@pytest.mark.parametrize("code", ["never given", "withdrawn", "kept"])
def test_hole_enumeration_codes_that_open_nothing_are_answered_alike(
    app: Flask, client: FlaskClient, opened: Opened, code: str
) -> None:
    typed = new_code()
    if code != "never given":
        typed, receipt = submit_without_account(client)
        if code == "withdrawn":
            answer = send(client, receipt + "/withdraw")
            assert redirects_to(answer, "/en/consultations/minerals/rounds/1")
            assert client.get(receipt).location.startswith("/en/account/sign-in")
        else:
            keep(client, app, typed)
    other = app.test_client()
    with build.count_queries(app) as queries:
        answer = come_back(other, typed)
    assert answer.status_code == 422
    assert "This code opens nothing" in answer.text
    with other.session_transaction() as session:
        assert CLAIM not in session
    # The same work each time: the attempt is counted, one statement looks for the code.
    assert sum("claim_digest" in statement for statement in queries.statements) == 1
    assert len(queries) == 4


def keep(client: FlaskClient, app: Flask, code: str) -> None:
    with app.app_context():
        build.sign_in(client, build.person("Owner"))
    assert redirects_to(send(client, COME_BACK + "/keep", {"written_code": code}, action=COME_BACK + "/keep"), MINE)


def test_a_submission_is_kept_in_an_account_and_its_code_opens_nothing(
    app: Flask, client: FlaskClient, opened: Opened
) -> None:
    code, receipt = submit_without_account(client)
    still_open = app.test_client()
    come_back(still_open, code)
    keep(client, app, code)
    assert client.get(receipt).status_code == 200
    assert "The water is not clean." in client.get(MINE).text
    assert client.get(receipt + "/revise").status_code == 200
    assert still_open.get(receipt).location.startswith("/en/account/sign-in")
    with app.app_context():
        found = the_submission()
        assert found.account_id is not None
        assert found.claim_digest is None
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.update(Submission).values(claim_digest="another"))
        db.session.rollback()
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.update(Submission).values(account_id=build.person().actor_id))
        db.session.rollback()


def test_a_kept_draft_joins_the_draft_of_the_account(app: Flask, client: FlaskClient, opened: Opened) -> None:
    code = go_to_check(client)
    with app.app_context():
        owner = build.person("Owner")
        build.draft(opened.round(), owner, "On the account.")
        build.sign_in(client, owner)
    send(client, COME_BACK + "/keep", {"written_code": code}, action=COME_BACK + "/keep")
    assert sorted(words for words, _eid in opened.comments()) == ["On the account.", "The water is not clean."]


def test_whoever_came_with_a_code_reaches_nothing_of_others(app: Flask, client: FlaskClient, opened: Opened) -> None:
    _code, receipt = submit_without_account(client)
    other = app.test_client()
    _other_code, theirs = submit_without_account(other)
    with app.app_context():
        named = build.submit(opened.round(), build.person("Named"), "By an account.")
        db.session.commit()
        of_account = f"/en/take-part/minerals/receipt/{named.key}"
    for address in (theirs, of_account):
        for path in ("", "/download", "/who-sees-what", "/withdraw"):
            assert client.get(address + path).status_code == 404, path
            if path:
                assert build.post(client, address + path).status_code in {404, 405}
    assert client.get("/en/account/profile").location.startswith("/en/account/sign-in")
    assert client.get("/en/desk").location.startswith("/en/account/sign-in")
    assert client.get(receipt + "/revise").location.startswith("/en/account/sign-in")
    # Staff see the points at the desk, and nothing that opens a submission.
    with app.app_context():
        build.sign_in(client, opened.staff.manager)
    assert client.get(theirs).status_code in {403, 404}
    assert redirects_to(client.get(COME_BACK), COME_BACK + "/keep")


def test_an_opening_ends_when_idle_after_two_hours_and_with_the_session(
    app: Flask, client: FlaskClient, opened: Opened
) -> None:
    _code, receipt = submit_without_account(client)
    with client.session_transaction() as session:
        session[CLAIM] = [session[CLAIM][0], session[CLAIM][1] - 600]
    assert client.get(receipt).status_code == 200
    with client.session_transaction() as session:
        assert utc_now().timestamp() - session[CLAIM][1] < 60  # it was used, so it goes on
        stolen = session[CLAIM]
        session[CLAIM] = [stolen[0], stolen[1] - CLAIM_IDLE_SECONDS - 1]
    assert client.get(receipt).status_code == 302
    with client.session_transaction() as session:
        assert CLAIM not in session
        session[CLAIM] = stolen
    assert client.get(receipt).status_code == 200
    with app.app_context():
        who = build.person("Somebody")
        db.session.commit()
    send(client, "/en/account/sign-in", {"email": who.account.email, "password": build.PASSWORD})
    build.post(client, "/en/account/sign-out")
    with client.session_transaction() as session:
        session[CLAIM] = stolen  # a copy of the cookie
    assert client.get(receipt).status_code == 302
    with app.app_context():
        assert db.session.scalars(sa.select(ClaimOpening)).all() == []
    come_back(client, _code)
    with app.app_context():
        opening = db.session.scalars(sa.select(ClaimOpening)).one()
        assert timedelta(minutes=119) < opening.expires_at - utc_now() <= timedelta(hours=2)
        opening.expires_at = utc_now() - timedelta(seconds=1)
        db.session.commit()
    assert client.get(receipt).status_code == 302
    with app.app_context():
        sweep()
        assert db.session.scalars(sa.select(ClaimOpening)).all() == []


def test_guesses_from_one_network_are_limited(app: Flask, client: FlaskClient, opened: Opened) -> None:
    code, _receipt = submit_without_account(client)
    limit = app.extensions["consult.settings"].attempts_per_address
    page = client.get(COME_BACK)
    (form,) = forms_in(page.text)
    answers = [
        client.post(form.action, data=fill_in(form, {"written_code": new_code()})).status_code for _ in range(limit + 1)
    ]
    assert answers == [422] * limit + [429]
    assert client.post(form.action, data=fill_in(form, {"written_code": code})).status_code == 429


def test_the_pages_on_the_way_are_valid_in_both_directions(app: Flask, client: FlaskClient, opened: Opened) -> None:
    wrong = {}

    def look(address: str, endpoint: str, page: TestResponse | None = None) -> None:
        for locale in ("en", "ar") if page is None else ("en",):
            answer = page or client.get(address.replace("/en/", f"/{locale}/"))
            if found := faults(answer.text, locale, endpoint):
                wrong[f"{locale} {endpoint}"] = found

    write(client, "A point in en.")
    look(START + "about", "the choice")
    look(START + "about?account=none", "about")
    send(client, START + "about?account=none", ABOUT)
    send(client, START + "who-sees-what", {"setting": "named"})
    look(START + "code", "before the code")
    code = make_code(client)
    look("", "the code", build.post(client, START + "code/new"))
    look(START + "code", "typing it back")
    code = make_code(client)
    send(client, START + "code", {"written_code": code}, action=START + "code")
    look(START + "code", "after the code")
    receipt = submit_from(client).location
    look(receipt, "receipt")
    look(COME_BACK, "coming back")
    with app.app_context():
        build.sign_in(client, build.person())
    look(COME_BACK + "/keep", "keeping")
    assert wrong == {}


def test_looking_for_what_a_code_opened_takes_one_query_where_the_cookie_says_so(
    app: Flask, client: FlaskClient, opened: Opened
) -> None:
    with build.count_queries(app) as without:
        app.test_client().get(COME_BACK)
    _code, _receipt = submit_without_account(client)
    with build.count_queries(app) as queries:
        client.get(COME_BACK)
    assert len(queries) == len(without) + 1
