"""Withdrawing, and showing the public less."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.core.counters import read_counts
from consult.core.db import db
from consult.ledger.models import LedgerEntry
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import Choice, PublicationChange, Submission, SubmissionIdentity
from consult.submissions.queries import exact_progress, get_submission
from tests.integration.submissions.conftest import CITED, START, Opened
from tests.support import build
from tests.support.browse import forms_in, main_of, redirects_to, send


@dataclass(frozen=True)
class Sent:
    """A published submission of three points, and its author's browser."""

    key: str
    references: list[str]
    author: build.Person
    opened: Opened

    @property
    def receipt(self) -> str:
        return f"{CITED}receipt/{self.key}"

    def withdraw(self, place: int) -> str:
        return f"{self.receipt}/points/{self.references[place]}/withdraw"


@pytest.fixture
def sent(app: Flask, client: FlaskClient, opened: Opened) -> Sent:
    with app.app_context():
        author = build.person("Rosa")
        submission = build.submit(opened.round(), author, "First point.", "Second point.", "Third point.")
        build.publish(opened.round(), opened.staff.moderator)
        references = [str(row.reference) for row in submission.comments]
        build.sign_in(client, author)
        return Sent(submission.key, references, author, opened)


def test_one_point_is_withdrawn_after_a_page_that_says_what_remains(
    client: FlaskClient, sent: Sent, app: Flask
) -> None:
    page = client.get(sent.withdraw(0)).text
    assert "No reason is asked." in page
    assert "The reference alone:" in page
    assert sent.references[0] in page
    assert "textarea" not in main_of(client.get(sent.withdraw(0)))
    assert redirects_to(send(client, sent.withdraw(0)), sent.receipt)
    with app.app_context():
        submission = get_submission(sent.key)
        first = submission.comments[0]
        assert (first.text, first.proposed_change, first.is_withdrawn) == ("", "", True)
        assert submission.status is SubmissionStatus.SUBMITTED
        entries = db.session.query(LedgerEntry).filter_by(subject="comment", subject_id=first.id).order_by("id").all()
        assert entries[-1].act == "account:comment:withdraw"
        assert all(entry.salt is None for entry in entries[:-1])
        assert exact_progress(submission.round).published == 2
        assert read_counts([f"round:{submission.round_id}:published"]).popitem()[1] == 2
    receipt = client.get(sent.receipt).text
    assert "First point." not in receipt
    assert sent.references[0] in receipt
    assert client.get(sent.withdraw(0)).status_code == 409


def test_with_the_last_point_everything_is_withdrawn(client: FlaskClient, sent: Sent, app: Flask) -> None:
    for place in range(3):
        send(client, sent.withdraw(place))
    with app.app_context():
        assert get_submission(sent.key).status is SubmissionStatus.WITHDRAWN
        assert db.session.query(SubmissionIdentity).count() == 0


def test_a_choice_outlives_the_last_point(client: FlaskClient, sent: Sent, app: Flask) -> None:
    with app.app_context():
        submission = get_submission(sent.key)
        db.session.add(
            Choice(submission_id=submission.id, question_id=sent.opened.choice, option_id=sent.opened.option)
        )
        db.session.commit()
    for place in range(3):
        send(client, sent.withdraw(place))
    with app.app_context():
        assert get_submission(sent.key).status is SubmissionStatus.SUBMITTED
        assert db.session.query(Choice).count() == 1
    send(client, sent.receipt + "/withdraw")
    with app.app_context():
        assert get_submission(sent.key).status is SubmissionStatus.WITHDRAWN
        assert db.session.query(Choice).count() == 0


def test_everything_is_withdrawn_and_the_references_remain(client: FlaskClient, sent: Sent, app: Flask) -> None:
    page = client.get(sent.receipt + "/withdraw").text
    assert "Withdraw everything?" in page
    assert all(reference in page for reference in sent.references)
    assert "that something with this reference was withdrawn" in page
    assert redirects_to(send(client, sent.receipt + "/withdraw"), sent.receipt)
    with app.app_context():
        submission = get_submission(sent.key)
        assert submission.status is SubmissionStatus.WITHDRAWN
        assert submission.constituencies == []
        assert db.session.query(SubmissionIdentity).count() == 0
    receipt = client.get(sent.receipt).text
    assert "Only the references remain." in receipt
    assert "point." not in main_of(client.get(sent.receipt)).replace("your points", "")
    assert all(reference in receipt for reference in sent.references)
    assert client.get(sent.receipt + "/withdraw").status_code == 409
    assert build.post(client, sent.receipt + "/withdraw").status_code == 409


def test_the_setting_only_becomes_stricter(client: FlaskClient, sent: Sent, app: Flask) -> None:
    url = sent.receipt + "/who-sees-what"
    page = client.get(url).text
    offered = [f'value="{s.value}"' in page for s in PublicationSetting]
    assert offered == [False, False, True, True, True, True]  # an individual has no organisation's name
    assert send(client, url, {"setting": "pseudonym"}).status_code == 422
    assert redirects_to(send(client, url, {"setting": "pseudonym", "pseudonym": "The river"}), sent.receipt)
    assert "The river" in client.get(sent.receipt).text
    assert redirects_to(send(client, url, {"setting": "not_published"}), sent.receipt)
    assert "The public reads no word of it" in client.get(sent.receipt).text
    assert "No stricter setting fits" in client.get(url).text
    assert build.post(client, url, {"setting": "named"}).status_code == 422
    with app.app_context():
        submission = get_submission(sent.key)
        assert submission.publication_setting is PublicationSetting.NOT_PUBLISHED
        assert submission.pseudonym == ""
        changes = db.session.query(PublicationChange).order_by(PublicationChange.id)
        assert [(row.setting_before.value, row.setting_after.value) for row in changes] == [
            ("named", "pseudonym"),
            ("pseudonym", "not_published"),
        ]
        assert exact_progress(submission.round).published == 0
        assert read_counts([f"round:{submission.round_id}:published"]).popitem()[1] == 0


@pytest.mark.parametrize("page", ["", "/withdraw", "/who-sees-what", "/download", "/points/{}/withdraw"])
def test_only_its_author_reaches_a_receipt(client: FlaskClient, sent: Sent, app: Flask, page: str) -> None:
    url = sent.receipt + page.format(sent.references[0])
    assert client.get(url).status_code == 200
    visitor, stranger, staff = app.test_client(), app.test_client(), app.test_client()
    with app.app_context():
        build.sign_in(stranger, build.person("Stranger"))
        build.sign_in(staff, sent.opened.staff.moderator)
    assert visitor.get(url).location == "/en/account/sign-in?next=" + url
    assert stranger.get(url).status_code == 404
    assert staff.get(url).status_code == 403
    assert client.get(url.replace("minerals", "others")).status_code == 404
    assert client.get(url.replace(sent.key, "x" * 22)).status_code == 404
    if page and page != "/download":
        assert build.post(stranger, url, {"setting": "not_published"}).status_code == 404
        assert build.post(staff, url, {"setting": "not_published"}).status_code == 403
        assert build.post(visitor, url).status_code == 302
    with app.app_context():
        submission = get_submission(sent.key)
        assert submission.status is SubmissionStatus.SUBMITTED
        assert submission.publication_setting is PublicationSetting.NAMED


def test_a_point_of_another_submission_is_not_withdrawn(client: FlaskClient, sent: Sent, app: Flask) -> None:
    with app.app_context():
        other = build.submit(sent.opened.round(), build.person("Other"), "Other point.").comments[0].reference
        db.session.commit()
    url = f"{sent.receipt}/points/{other}/withdraw"
    assert client.get(url).status_code == 404
    assert build.post(client, url).status_code == 404
    assert ("Other point.", "sec_1__para_1") in sent.opened.comments()


def test_a_draft_has_no_receipt(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Rosa")
        key = build.draft(opened.round(), author, "A point.").key
        build.sign_in(client, author)
    for page in ("", "/withdraw", "/who-sees-what", "/download"):
        assert client.get(f"{START}receipt/{key}{page}").status_code == 404
    with app.app_context():
        assert db.session.query(Submission).one().status is SubmissionStatus.DRAFT


def test_withdrawing_is_possible_after_the_round_closed(client: FlaskClient, sent: Sent, app: Flask) -> None:
    with app.app_context():
        build.close(sent.opened.round())
        db.session.commit()
    assert redirects_to(send(client, sent.withdraw(1)), sent.receipt)
    assert forms_in(client.get(sent.receipt + "/withdraw").text)


def test_before_the_last_point_goes_it_is_said_what_goes_with_it(client: FlaskClient, sent: Sent) -> None:
    warning = "This is the last point of your submission."
    assert "Who you said you are" in client.get(sent.receipt).text
    for place in (0, 1):
        assert warning not in client.get(sent.withdraw(place)).text
        send(client, sent.withdraw(place))
    page = client.get(sent.withdraw(2)).text
    assert warning in page
    assert "All files that came with it." in page
    send(client, sent.withdraw(2))
    assert "Who you said you are is erased with it." in client.get(sent.receipt).text
