"""A browser without scripts for tests: it fills in the forms that a page really shows, and reads its mail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.core.db import db
from consult.mail.models import OutgoingMail

Values = Mapping[str, str | Sequence[str] | None]


@dataclass
class HtmlForm:
    """A form with the values that it would send as it stands."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._inside: HtmlForm | None = None
        self._select = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = HtmlForm(given.get("action") or "", given.get("method") or "get")
            self.forms.append(self._inside)
        if self._inside is None:
            return
        name, value = given.get("name"), given.get("value") or ""
        kind = given.get("type")
        if tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            self._inside.values.setdefault(name, []).append(value)
        elif tag == "select":
            self._select = name or ""
        elif tag == "option" and "selected" in given:
            self._inside.values[self._select] = [value]
        elif tag == "textarea" and name:
            self._area = name
            self._inside.values[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area and self._inside:
            self._inside.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea":
            if self._area and self._inside:  # as browsers do: a line end right after the tag is no part of the words
                self._inside.values[self._area] = [re.sub(r"\A\r?\n", "", self._inside.values[self._area][0])]
            self._area = None


def forms_in(page: str) -> list[HtmlForm]:
    """The forms inside a page's main part that are sent by POST."""
    parser = _Forms()
    parser.feed(page.partition("<main")[2].partition("</main>")[0])
    return [form for form in parser.forms if form.method == "post"]


def fill_in(form: HtmlForm, typed: Values) -> dict[str, list[str]]:
    """What the form sends once these fields are filled in; None empties a field."""
    data = dict(form.values)
    for name, value in typed.items():
        data[name] = [] if value is None else [value] if isinstance(value, str) else list(value)
    return data


def send(
    client: FlaskClient, url: str, typed: Values | None = None, *, action: str = "", **options: Any
) -> TestResponse:
    """Open a page, fill in its form, and send it.

    Args:
        client: the browser.
        url: of the page.
        typed: values by field; the others go as the page shows them.
        action: which form, by where it is sent, if the page has several.
        options: of the request, such as ``headers``.
    """
    page = client.get(url, **options)
    assert page.status_code == 200, f"{url}: {page.status_code}"
    form = next(form for form in forms_in(page.text) if form.action == action)
    return client.post(form.action or url, data=fill_in(form, typed or {}), **options)


def main_of(page: TestResponse) -> str:
    """The main part of a page, without what differs each time it is drawn."""
    words = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="(csrf_token|idempotency_key)" value="[^"]*"', "", words)


def mails_to(app: Flask, recipient: str) -> list[OutgoingMail]:
    """The messages to an address, oldest first."""
    with app.app_context():
        statement = sa.select(OutgoingMail).where(OutgoingMail.recipient == recipient).order_by(OutgoingMail.id)
        return list(db.session.scalars(statement))


def link_in(mail: OutgoingMail) -> str:
    """The path of the link in a message."""
    found = re.search(r"https?://\S+", mail.body)
    assert found, mail.body
    return urlsplit(found[0]).path


def redirects_to(answer: TestResponse, path: str) -> bool:
    """Whether an answer sends the browser to that path."""
    return answer.status_code == 302 and answer.location == path
