"""Which language an answer is in, and another language without losing what was typed."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.queries import find_account
from consult.core.db import db
from consult.core.idempotency import IdempotencyKey
from consult.core.web.switching import MARKER
from tests.support import build
from tests.support.browse import fill_in, forms_in, send

EMAIL = "rosa@example.org"
PROFILE = "/en/account/profile"
SWITCH = {MARKER: ["1"]}


@pytest.fixture
def rosa(app: Flask, client: FlaskClient) -> None:
    """Somebody signed in, who reads French."""
    with app.app_context():
        build.sign_in(client, build.person("Rosa", email=EMAIL, locale="fr"))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ar-EG, fr;q=0.9", "ar"),
        ("fr;q=0.3, ar;q=0.9", "ar"),
        ("zh-Hant-TW, zh;q=0.9, fr;q=0.2", "fr"),
        ("de, *;q=0.1", "en"),
        ("fr;q=0, de", "en"),
        ("*, fr", "fr"),
        ("FR-ca", "fr"),
        ("fr;q=nan, ar;q=0.1", "ar"),
        (";;;q=,,, \x7f, -, ../../etc", "en"),
        ("x" * 4000, "en"),
        (",".join(f"x{number:05d}" for number in range(500)) + ",fr", "fr"),
    ],
)
def test_the_browser_is_asked_where_nobody_else_says(client: FlaskClient, accepted: str, language: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepted})
    assert answer.location == f"/{language}/"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("rosa")
def test_the_address_goes_before_the_account_and_the_account_before_the_browser(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        staff = build.desk()
        released = build.released_round(staff, "An answered point.", slug="released", code="REL")
        reference = build.points_of(released)[0].reference
        db.session.commit()
    headers = {"Accept-Language": "ar"}
    assert client.get("/", headers=headers).location == "/fr/"
    assert client.get(f"/r/{reference}", headers=headers).location.startswith("/fr/")
    assert client.get("/nowhere", headers=headers).text.startswith('<!doctype html>\n<html lang="fr"')
    page = client.get("/en/", headers=headers)
    assert '<html lang="en"' in page.text
    assert "Accept-Language" not in page.vary
    # What is the same for all looks at no account.
    api = client.get("/api/v1/consultations/none", headers=headers)
    assert "Cookie" not in api.vary


def test_the_alternates_name_one_for_everybody_else(client: FlaskClient) -> None:
    page = client.get("/fr/consultations?words=x").text
    assert '<link rel="alternate" hreflang="x-default" href="http://127.0.0.1:8000/en/consultations?words=x">' in page
    assert '<link rel="alternate" hreflang="ar" href="http://127.0.0.1:8000/ar/consultations?words=x">' in page
    assert '<a href="/ar/consultations?words=x" lang="ar"' in page


@pytest.mark.usefixtures("rosa")
def test_a_page_with_errors_keeps_what_was_typed_too(app: Flask, client: FlaskClient) -> None:
    refused = send(client, PROFILE, {"name": "", "organisation": "Words <b>&amp;"})
    assert refused.status_code == 422
    assert 'formaction="/fr/account/profile" name="_language"' in refused.text
    data = fill_in(forms_in(refused.text)[0], SWITCH)
    answer = client.post("/fr/account/profile", data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "error" not in answer.text.partition("<main")[2]
    form = forms_in(answer.text)[0]
    assert form.values["organisation"] == ["Words <b>&amp;"]
    assert form.values["name"] == [""]
    with app.app_context():
        account = find_account(EMAIL)
        assert account is not None
        assert (account.name, account.organisation) == ("Rosa", "")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0


@pytest.mark.usefixtures("rosa")
def test_it_asks_for_the_token_like_every_form(client: FlaskClient) -> None:
    data = fill_in(forms_in(client.get(PROFILE).text)[0], {**SWITCH, "organisation": "Planted"})
    data.pop("csrf_token")
    answer = client.post("/fr/account/profile", data=data)
    assert answer.status_code == 400
    resent = forms_in(answer.text)[0]
    assert resent.values[MARKER] == ["1"]
    # Also where the page itself takes no form: the route is found first, so that the token is looked at.
    queue = client.post("/fr/consultations", data={MARKER: "1", "words": "planted"})
    assert queue.status_code == 400
    assert client.post("/fr/consultations", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_sign_in_that_ended_meanwhile_loses_no_words(app: Flask, client: FlaskClient, rosa: None) -> None:
    data = fill_in(forms_in(client.get(PROFILE).text)[0], {**SWITCH, "organisation": "Several words"})
    with client.session_transaction() as session:
        session["_user_id"] = "ended"
    answer = client.post("/fr/account/profile", data=data)
    assert answer.status_code == 403
    assert forms_in(answer.text)[0].values["organisation"] == ["Several words"]


def test_chosen_rows_are_kept_where_another_view_takes_the_form(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        point = build.submit(round_, build.person(), "A point.").comments[0].reference
        build.sign_in(client, staff.moderator)
    refused = send(client, "/en/desk/minerals/queue", action="/en/desk/minerals/queue")
    assert refused.status_code == 422
    data = fill_in(forms_in(refused.text)[0], {**SWITCH, "point": point})
    answer = client.post("/ar/desk/minerals/queue", data=data)
    assert answer.status_code == 200
    assert forms_in(answer.text)[0].values["point"] == [point]
    # What a reading page is asked in this way is nobody else's either.
    page = client.post("/fr/consultations", data={"csrf_token": _token(client), **SWITCH})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"


def _token(client: FlaskClient) -> str:
    return forms_in(client.get("/en/account/profile").text)[0].values["csrf_token"][0]


def test_a_chosen_file_is_asked_for_again(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager, slug="setup", code="SETUP")
        build.sign_in(client, staff.manager)
    address = "/desk/setup/document/en"
    page = client.get(f"/en{address}")
    assert page.status_code == 200, page.text
    data = fill_in(forms_in(page.text)[0], SWITCH)
    answer = client.post(f"/fr{address}", data={**data, "file": (io.BytesIO(b"words"), "draft.md")})
    assert answer.status_code == 200
    assert "notice-attention" in answer.text.partition("<main")[0]


def test_a_page_on_which_all_is_looked_at_is_looked_at_in_another_language(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.released_round(staff, "An answered point.", slug="released", code="REL")
        db.session.commit()
        build.sign_in(client, staff.manager)
    url = "/en/desk/released/outcome"
    typed = {"kind": "adopted", "body-en": "A body", "decided_on": build.utc_now().date().isoformat()}
    looking = send(client, url, typed)
    assert looking.status_code == 200, looking.text
    assert 'value="confirm"' in looking.text
    assert 'formaction="/fr/desk/released/outcome" name="step" value="look"' in looking.text
    answer = client.post(url.replace("/en/", "/fr/"), data={**fill_in(forms_in(looking.text)[0], {}), "step": "look"})
    assert answer.status_code == 200
    assert 'value="confirm"' in answer.text
    assert forms_in(answer.text)[0].values["body-en"] == ["A body"]
