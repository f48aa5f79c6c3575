"""The development mailbox: what would have been sent, and never in production."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.app import create_app
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.settings import Settings
from consult.mail.services import deliver_mail, forget_deliveries, lease_mail, make_delivery, queue_mail
from tests.support.browse import main_of

MAILBOX = "/en/development/mail/"
BODY = "Good day,\n\nOpen this:\n\nhttp://127.0.0.1:8000/en/account/confirm/a-key_1\n\n(or not: <b>https://a.example/x</b>)."


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Iterator[Path]:
    """An empty folder for messages."""
    found = app.extensions["consult.settings"].data_dir / "mail"
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    yield found
    shutil.rmtree(found)


def queue(app: Flask, recipient: str = "a@example.org", subject: str = "Confirm", locale: str = "en") -> None:
    with app.app_context():
        queue_mail(recipient=recipient, locale=locale, subject=subject, body=BODY, now=utc_now())
        db.session.commit()


def deliver(app: Flask, minutes: int = 0) -> None:
    """What the worker does."""
    settings = app.extensions["consult.settings"]
    with app.app_context():
        now = utc_now() + timedelta(minutes=minutes)
        while (mail_id := lease_mail(now=now)) is not None:
            assert deliver_mail(mail_id, settings=settings, deliver=make_delivery(settings), now=now)


def test_an_empty_mailbox_says_what_will_come(client: FlaskClient) -> None:
    assert "No message yet" in client.get(MAILBOX).text


def test_what_the_worker_has_not_delivered_is_said_to_be_on_its_way(app: Flask, client: FlaskClient) -> None:
    queue(app)
    page = client.get(MAILBOX).text
    assert "1 message waits to be delivered. The worker delivers within a minute; reload this page." in page
    assert "No message yet" not in page
    deliver(app)
    assert "waits to be delivered" not in client.get(MAILBOX).text


def test_messages_are_listed_newest_first_and_open_with_their_links(app: Flask, client: FlaskClient) -> None:
    queue(app, subject="Older")
    deliver(app)
    queue(app, subject="تأكيد <العنوان>", recipient="b@example.org", locale="ar")
    deliver(app, minutes=1)
    page = client.get(MAILBOX).text
    assert page.index("تأكيد &lt;العنوان&gt;") < page.index("Older")
    assert 'lang="ar" dir="rtl"' in page
    path = page.partition('<th scope="row"><a href="')[2].partition('"')[0]
    message = main_of(client.get(path))
    assert 'href="http://127.0.0.1:8000/en/account/confirm/a-key_1"' in message
    assert 'href="https://a.example/x"' in message
    assert "&lt;b&gt;<a" in message
    assert "b@example.org" in message


def test_words_find_a_message(app: Flask, client: FlaskClient) -> None:
    queue(app, recipient="one@example.org")
    queue(app, recipient="two@example.org")
    deliver(app)
    page = client.get(f"{MAILBOX}?words=TWO@").text
    assert "two@example.org" in page
    assert "one@example.org" not in page
    assert "Nothing found" in client.get(f"{MAILBOX}?words=three").text


@pytest.mark.parametrize("name", ["none", "..%2F..%2Fconsult", "..", "%00", "*"])
def test_no_other_file_is_read(app: Flask, client: FlaskClient, folder: Path, name: str) -> None:
    (folder.parent / "consult.eml").write_text("Subject: secret\n\nsecret")
    queue(app)
    deliver(app)
    answer = client.get(MAILBOX + name, follow_redirects=True)
    assert "secret" not in answer.text
    assert answer.status_code == 404 or "Development mailbox</h1>" in answer.text or name == ".."


def test_production_has_no_mailbox(app: Flask) -> None:
    settings: Settings = app.extensions["consult.settings"]
    production = create_app(settings.model_copy(update={"environment": "production"}))
    try:
        client = production.test_client()
        assert client.get(MAILBOX).status_code == 404
        assert "development" not in client.get("/en/account/sign-up/mailed").text
        assert "development" not in client.get("/en/account/reset/mailed").text
    finally:
        with production.app_context():
            db.engine.dispose()


def test_names_of_messages_count_nothing_and_stay_when_one_is_tried_again(app: Flask, folder: Path) -> None:
    settings = app.extensions["consult.settings"]
    made: list[EmailMessage] = []

    def fails(message: EmailMessage) -> None:
        made.append(message)
        raise OSError

    for _ in range(2):
        queue(app)
    with app.app_context():
        for minutes in (0, 0, 9, 9):
            now = utc_now() + timedelta(minutes=minutes)
            assert not deliver_mail(lease_mail(now=now) or 0, settings=settings, deliver=fails, now=now)
    names = [message["Message-ID"] for message in made]
    assert set(names[:2]) == set(names[2:])
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"<[0-9a-f]{32}@127\.0\.0\.1>", name) for name in names), names
    deliver(app, minutes=99)
    assert {f"<{path.stem}@127.0.0.1>" for path in folder.glob("*.eml")} == set(names)


def test_what_was_delivered_goes_with_the_record_of_it(app: Flask, folder: Path) -> None:
    """Also what no row tells of any more, such as the last message to a closed account."""
    queue(app)
    deliver(app)
    (folder / "0.eml").write_text("Subject: Your account is closed\n\n")
    with app.app_context():
        assert forget_deliveries(utc_now() - timedelta(days=1), limit=9) == 0
        assert len(list(folder.iterdir())) == 2
        assert forget_deliveries(utc_now() + timedelta(days=1), limit=9) == 1
        assert list(folder.iterdir()) == []
