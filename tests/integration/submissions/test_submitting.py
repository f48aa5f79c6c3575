"""About you, who sees what, check, submit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity
from consult.core.clock import utc_now
from consult.core.db import db
from consult.ledger.models import LedgerEntry
from consult.submissions.enums import CredentialStatus, PublicationSetting, SubmissionStatus
from consult.submissions.models import Comment, Submission, SubmissionIdentity
from tests.integration.submissions.conftest import CITED, START, Opened, speak, write
from tests.support import build
from tests.support.browse import forms_in, link_in, mails_to, redirects_to, send

ABOUT: Mapping[str, Any] = {
    "name": "Rosa",
    "capacity": "organisation",
    "organisation": "River <b>People</b>",
    "constituencies": ["indigenous_peoples", "local_community"],
    "country": "PHL",
    "language": "fr",
}


@pytest.fixture
def rosa(app: Flask, client: FlaskClient, opened: Opened) -> Person:
    """Somebody signed in, with a confirmed account and an empty profile."""
    with app.app_context():
        who = build.person("Rosa", email="rosa@example.org")
        build.sign_in(client, who)
    return who


def ready(client: FlaskClient, setting: str = "named", **about: Any) -> str:
    """Draft everything that submitting needs; returns where the check page submits to."""
    write(client, "Our point.")
    assert send(client, START + "about", {**ABOUT, **about}).status_code == 302
    assert send(client, START + "who-sees-what", {"setting": setting, "pseudonym": "The river"}).status_code == 302
    return forms_in(client.get(START + "check").text)[0].action


def the_submission() -> Submission:
    return db.session.query(Submission).one()


def test_who_speaks_is_kept_and_shown_again(client: FlaskClient, rosa: Person, app: Flask) -> None:
    assert redirects_to(send(client, START + "about", ABOUT), START + "who-sees-what")
    values = forms_in(client.get(START + "about").text)[0].values
    assert {name: values[name] for name in ("name", "capacity", "organisation", "country", "language")} == {
        name: [ABOUT[name]] for name in ("name", "capacity", "organisation", "country", "language")
    }
    assert values["constituencies"] == ABOUT["constituencies"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"constituencies": []}, "Choose at least one, or “Prefer not to say”."),
        ({"constituencies": ["industry", "none"]}, "not both."),
        (
            {"organisation": "", "capacity": "state_delegation"},
            "Write the name of the organisation, community or State that you speak for.",
        ),
        ({"name": "a\u202eb"}, "invisible character"),
        ({"country": "ZZZ"}, "Choose one of these."),
        ({"capacity": "emperor"}, "Choose one of these."),
    ],
)
def test_a_wrong_form_keeps_everything_typed(
    client: FlaskClient, rosa: Person, typed: dict[str, Any], sentence: str
) -> None:
    answer = send(client, START + "about", {**ABOUT, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    expected = typed.get("organisation", ABOUT["organisation"])
    assert forms_in(answer.text)[0].values["organisation"] == [expected]
    assert "<b>People</b>" not in answer.text


def test_preferring_not_to_say_is_an_answer(client: FlaskClient, rosa: Person, app: Flask) -> None:
    send(client, START + "about", {**ABOUT, "constituencies": ["none"]})
    with app.app_context():
        assert the_submission().constituencies == []
    assert forms_in(client.get(START + "about").text)[0].values["constituencies"] == ["none"]


def test_settings_that_do_not_fit_are_not_offered_and_the_page_says_why(client: FlaskClient, rosa: Person) -> None:
    send(client, START + "about", {**ABOUT, "capacity": "individual", "organisation": ""})
    page = client.get(START + "who-sees-what").text
    assert 'value="organisation_only"' not in page
    assert "is for those who speak for an organisation" in page
    send(client, START + "about", {**ABOUT, "capacity": "state_delegation"})
    page = client.get(START + "who-sees-what").text
    assert [f'value="{s.value}"' in page for s in PublicationSetting] == [True, True, False, False, False, False]
    assert "must be able to check your credential" in page
    answer = send(client, START + "who-sees-what", {"setting": "anonymous"})
    assert answer.status_code == 422


def test_the_page_promises_no_more_than_can_be_kept(client: FlaskClient, opened: Opened) -> None:
    page = client.get(START + "who-sees-what").text
    for words in (
        "Your words may identify you",
        "network provider",
        "Your phone or computer",
        "A court may order",
        "A server may be seized",
        "Published copies cannot be recalled",
        "no staff account sees who you are",
        "safety contact",
        "/safety",
    ):
        assert words in page


def test_a_pseudonym_needs_a_name(client: FlaskClient, rosa: Person) -> None:
    answer = send(client, START + "who-sees-what", {"setting": "pseudonym"})
    assert answer.status_code == 422
    assert "Write the pseudonym that is to be shown." in answer.text
    nothing = send(client, START + "who-sees-what")
    assert nothing.status_code == 422
    assert "Choose one of these." in nothing.text


def test_a_setting_that_no_longer_fits_is_asked_again(client: FlaskClient, rosa: Person, app: Flask) -> None:
    ready(client, "anonymous")
    send(client, START + "about", {**ABOUT, "capacity": "state_delegation"})
    page = client.get(START + "check").text
    assert "Choose who sees what." in page
    assert forms_in(page) == []


def test_the_check_page_says_what_is_missing(client: FlaskClient, rosa: Person) -> None:
    assert redirects_to(client.get(START + "check"), START)
    send(client, START + "who-sees-what", {"setting": "named"})
    page = client.get(START + "check").text
    assert "Write at least one point, or answer a question." in page
    assert "Say who you are." in page
    assert "Choose who sees what." not in page
    assert forms_in(page) == []


def test_the_check_page_shows_everything_and_who_will_see_it(client: FlaskClient, rosa: Person, opened: Opened) -> None:
    ready(client)
    answers = {f"text-{opened.words}": "The price.", f"choice-{opened.choice}": str(opened.option)}
    send(client, START + "questions", answers)
    page = client.get(START + "check").text
    for words in ("Our point.", "The price.", "Support", "Rosa", "River &lt;b&gt;People&lt;/b&gt;", "Philippines",
                  "Indigenous Peoples, Local or affected community", "français", "With my name"):  # fmt: skip
        assert words in page or words.lower() in page.lower(), words
    assert "<b>People</b>" not in page
    assert 'data-label="The public">Yes, once a moderator has read them</td>' in page
    assert page.count('type="submit"') == 2  # sign out, submit


def test_submitting_leads_to_the_receipt_and_a_message(client: FlaskClient, rosa: Person, app: Flask) -> None:
    form = forms_in((ready(client), client.get(START + "check").text)[1])[0]
    answer = client.post(form.action, data=form.values)
    with app.app_context():
        submission = the_submission()
        assert submission.status is SubmissionStatus.SUBMITTED
        assert submission.comments[0].reference
        assert submission.comments[0].reference.startswith("MIN-1-")
        reference, key = submission.comments[0].reference, submission.key
        assert {row.act for row in db.session.query(LedgerEntry)} >= {
            "account:submission:submit", "account:comment:submit",
        }  # fmt: skip
    receipt = f"{CITED}receipt/{key}"
    assert redirects_to(answer, receipt)
    page = client.get(receipt).text
    assert reference in page
    assert "Thank you. Received on" in page
    mail = mails_to(app, "rosa@example.org")[-1]
    assert reference in mail.body
    assert link_in(mail) == receipt
    assert client.get(START + "points").text.count(reference) == 0
    assert "You have submitted input in this round already." in client.get(START).text


def test_submitting_again_leads_to_the_same_receipt(client: FlaskClient, rosa: Person, app: Flask) -> None:
    action = ready(client)
    form = forms_in(client.get(START + "check").text)[0]
    first = client.post(action, data=form.values)
    replayed = client.post(action, data=form.values)
    from_another_page = build.post(client, action)
    assert first.location == replayed.location == from_another_page.location
    with app.app_context():
        assert db.session.query(Submission).count() == 1
        assert db.session.query(Comment).count() == 1
    assert len(mails_to(app, "rosa@example.org")) == 1


def test_what_is_missing_and_a_closed_round_are_told_on_the_page(
    client: FlaskClient, rosa: Person, app: Flask, opened: Opened
) -> None:
    action = ready(client)
    with app.app_context():
        the_submission().publication_setting = None
        db.session.commit()
    answer = build.post(client, action)
    assert answer.status_code == 409
    assert "Something is still missing." in answer.text
    with app.app_context():
        the_submission().publication_setting = PublicationSetting.NAMED
        round_ = opened.round()
        round_.grace_minutes = 0
        build.close(round_)
        db.session.commit()
    answer = build.post(client, action)
    assert answer.status_code == 409
    assert "This round has closed." in answer.text
    assert "Our point." in answer.text


def test_within_the_grace_it_is_submitted(client: FlaskClient, rosa: Person, app: Flask, opened: Opened) -> None:
    action = ready(client)
    with app.app_context():
        now = utc_now()
        the_submission().begun_at = now - timedelta(days=3)
        build.close(opened.round())
        opened.round().grace_minutes = 10_080
        db.session.commit()
    assert "/receipt/" in build.post(client, action).location


def test_nobody_submits_for_somebody_else(client: FlaskClient, rosa: Person, app: Flask) -> None:
    action = ready(client)
    stranger, signed_in, staff = app.test_client(), app.test_client(), app.test_client()
    with app.app_context():
        build.sign_in(signed_in, build.person("Somebody"))
        at = the_submission().round.consultation.host
        build.sign_in(staff, build.person("Staff", roles={at: list(build.StaffRole)}))
    for other, status in ((stranger, 404), (signed_in, 404), (staff, 403)):
        assert build.post(other, action).status_code == status
    assert build.post(client, action.replace("minerals", "others")).status_code == 404
    with app.app_context():
        assert the_submission().status is SubmissionStatus.DRAFT


@pytest.mark.parametrize("about", [{"capacity": "state_delegation"}, {"constituencies": ["government"]}])
def test_official_input_waits_for_its_credential(
    client: FlaskClient, rosa: Person, app: Flask, about: dict[str, Any]
) -> None:
    action = ready(client, **about)
    assert "Your input waits, unpublished" in client.get(START + "check").text
    receipt = build.post(client, action).location
    assert "Your input waits, unpublished" in client.get(receipt).text
    assert "Waits for your credential" in client.get(receipt).text
    with app.app_context():
        assert the_submission().credential_status is CredentialStatus.AWAITED


def test_who_spoke_is_frozen(client: FlaskClient, rosa: Person, app: Flask) -> None:
    build.post(client, ready(client))
    send(client, "/en/account/profile", {"name": "Another name", "capacity": "individual"})
    with app.app_context():
        assert db.session.query(SubmissionIdentity).one().name == "Rosa"
        assert the_submission().capacity is Capacity.ORGANISATION


def test_a_second_submission_begins_anew(client: FlaskClient, rosa: Person, app: Flask) -> None:
    build.post(client, ready(client))
    build.post(client, ready(client, "anonymous"))
    with app.app_context():
        assert db.session.query(Submission).count() == 2


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_check_page_asks_the_database_as_often_for_300(
    client: FlaskClient, app: Flask, opened: Opened, number: int
) -> None:
    with app.app_context():
        author = build.person("Author")
        draft = build.draft(opened.round(), author, *[f"Point {n}." for n in range(number)])
        speak(draft, author)
        build.sign_in(client, author)
    with build.count_queries(app) as queries:
        answer = client.get(START + "check")
    assert answer.text.count('<article class="point"') == number
    assert "You answered none of the questions." in answer.text
    assert len(queries) == 18, queries.statements  # no words of questions: none is answered
