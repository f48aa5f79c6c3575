"""Messages in two forms: plain text, and the same as HTML with its languages, its direction and links of ours alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.locale import in_locale
from consult.core.marking import in_language
from consult.mail.services import deliver_mail, lease_mail, make_delivery, queue_mail
from consult.texts.values import LocalizedText

BURMESE = "လူတိုင်းသည် တူညီလွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း မွေးဖွားလာသူများ ဖြစ်သည်။ " * 40
OURS = "http://127.0.0.1:8000/ar/account/confirm/a-key_1"


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Iterator[None]:
    """Leaves no message to other tests."""
    yield
    for path in (app.extensions["consult.settings"].data_dir / "mail").glob("*.eml"):
        path.unlink()


def delivered(app: Flask, body: str, locale: str = "ar") -> tuple[EmailMessage, bytes, Path]:
    """The message as a mail server would get it."""
    settings = app.extensions["consult.settings"]
    folder = settings.data_dir / "mail"
    with app.app_context():
        now = utc_now()
        queue_mail(recipient="a@example.org", locale=locale, subject="موضوع <b>", body=body, now=now)
        db.session.commit()
        while (key := lease_mail(now=now)) is not None:
            assert deliver_mail(key, settings=settings, deliver=make_delivery(settings), now=now)
    path = next(folder.glob("*.eml"))
    raw = path.read_bytes()
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)
    return message, raw, path


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def body_with(app: Flask, *values: object) -> str:
    with app.app_context(), in_locale("ar"):
        return "\n\n".join(in_language(value, "my") for value in values)


def test_a_message_has_both_forms_in_its_language_and_direction(app: Flask) -> None:
    body = f"السلام عليكم،\n\nافتح:\n{OURS}.\n\n<script>alert(1)</script> https://evil.example/x & more\n"
    message, raw, _path = delivered(app, body)
    assert message.get_content_type() == "multipart/alternative"
    assert message["Content-Language"] == "ar"
    plain, html = parts(message)
    assert plain == body
    assert html.count('lang="ar" dir="rtl"') == 2
    assert f'<a href="{OURS}"><bdi dir="ltr">{OURS}</bdi></a>.' in html
    assert html.count("<a ") == 1
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://evil.example/x &amp; more" in html
    assert not re.search(r"<img|<link|url\(|http-equiv|color:", html)
    assert "<title>موضوع &lt;b&gt;</title>" in html
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    assert parser.errors == []
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\n")) <= 998


def test_words_in_another_language_are_marked_in_html_and_bare_in_text(app: Flask) -> None:
    answer = LocalizedText(text=f"One <i>{BURMESE}</i>\n\nTwo.\x02en\x03forged\x04", language="my", is_fallback=True)
    body = body_with(app, answer, "ဟုတ်ကဲ့", LocalizedText(text="بالعربية", language="ar", is_fallback=False))
    message, raw, _path = delivered(app, body)
    plain, html = parts(message)
    assert plain.strip() == f"One <i>{BURMESE}</i>\n\nTwo.enforged\n\nဟုတ်ကဲ့\n\nبالعربية".strip()
    assert '<p><span lang="my" dir="ltr" style="display:block">One &lt;i&gt;' in html
    assert '<p><span lang="my" dir="ltr" style="display:block">Two.enforged</span></p>' in html
    assert '<span lang="my" dir="ltr">ဟုတ်ကဲ့</span>' in html
    assert "<p>بالعربية</p>" in html
    assert max(len(line) for line in raw.split(b"\n")) <= 998


def test_the_mailbox_shows_both(app: Flask, client: FlaskClient) -> None:
    _message, _raw, path = delivered(app, f"{OURS}\n")
    page = client.get(f"/en/development/mail/{path.stem}").text
    assert f'href="/en/development/mail/{path.stem}/html"' in page
    shown = client.get(f"/en/development/mail/{path.stem}/html")
    assert '<html lang="ar" dir="rtl">' in shown.text
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.get("/en/development/mail/none/html").status_code == 404


@pytest.mark.parametrize("body", ["x" * 5000, "ก" * 5000, "\n\n\n"])
def test_odd_bodies_go(app: Flask, body: str) -> None:
    message, raw, _path = delivered(app, body, "en")
    assert max(len(line) for line in raw.split(b"\n")) <= 998
    assert parts(message)[0].strip() == body.strip()
