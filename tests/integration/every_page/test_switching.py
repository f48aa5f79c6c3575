"""Every form, sent to its own page in another language: the same page, with what was typed, and nothing else done."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.integration.every_page.test_access import rows
from tests.integration.every_page.walk import build_world, open_as, pages

SECRET = {"csrf_token", "idempotency_key"}
WORDS = "Typed <b>words</b> in 2 lines\nສະບາຍດີ"
TYPABLE = {"text", "search", "email", "url", "date", "datetime-local", "number"}
SAMPLES = {"date": "2027-03-04", "datetime-local": "2027-03-04T05:06", "number": "7", "email": "no address"}


class Controls(HTMLParser):
    """The controls of the form that the languages' buttons belong to, and those buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.form = ""
        self.actions: dict[str, dict[str, str | None]] = {}
        self.kinds: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "button" and "formaction" in given and "lang" in given:
            self.form = given["form"] or ""
            self.actions[given["lang"] or ""] = given
        if tag == "form":
            self._inside = bool(self.form) and given.get("id") == self.form
        name, value, kind = given.get("name") or "", given.get("value") or "", given.get("type") or "text"
        if tag == "option" and self._select:
            self.options[self._select].append(value)
            if "selected" in given:
                self.values[self._select] = [value]
        if not self._inside or not name or tag not in {"input", "select", "textarea"}:
            return
        self.kinds[name] = kind if tag == "input" else tag
        if tag == "select":
            self._select = name
            self.options[name] = []
        elif tag == "textarea":
            self._area = name
            self.values[name] = [""]
        elif kind in {"checkbox", "radio"}:
            self.options.setdefault(name, []).append(value)
            if "checked" in given:
                self.values.setdefault(name, []).append(value)
        else:
            self.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            words = self.values[self._area][0]
            self.values[self._area] = [words.removeprefix("\r").removeprefix("\n")]
            self._area = ""


def read(page: str) -> Controls:
    controls = Controls()
    controls.feed(page)
    return controls


def typed_into(controls: Controls) -> dict[str, Any]:
    """What somebody sends who has changed everything that can be changed."""
    data: dict[str, Any] = {name: list(values) for name, values in controls.values.items()}
    for name, kind in controls.kinds.items():
        if kind == "textarea":
            data[name] = [WORDS]
        elif kind in TYPABLE:
            data[name] = [SAMPLES.get(kind, "TYPED WORDS")]
        elif kind == "password":
            data[name] = ["a secret that nobody shows"]
        elif kind in {"select", "radio"} and controls.options[name]:
            data[name] = [controls.options[name][-1]]
        elif kind == "checkbox":
            data[name] = controls.options[name][-1:]
        elif kind == "file":
            data.pop(name, None)
    return data


def kept(controls: Controls) -> dict[str, list[str]]:
    """What the form would send again, in any order; passwords and marks apart."""
    return {
        name: [value.replace("\r\n", "\n") for value in values]
        for name, values in controls.values.items()
        if name not in SECRET and controls.kinds.get(name) not in {"password", "file"}
    }


def test_every_form_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        world = build_world()
    before, lost, tried = rows_in(app), {}, set()
    for who in world.people.values():
        open_as(app, client, who)
        before = rows_in(app)
        for endpoint, address in dict.fromkeys(pages(app, world, "en")):
            page = client.get(address)
            controls = read(page.text) if page.mimetype == "text/html" and page.status_code == 200 else Controls()
            if "ar" not in controls.actions:
                continue
            button, data = controls.actions["ar"], typed_into(controls)
            answer = client.post(button["formaction"], data={**data, str(button["name"]): str(button["value"])})
            tried.add(endpoint)
            after = read(answer.text)
            sent = {name: values for name, values in data.items() if values}
            sent = {
                name: values
                for name, values in sent.items()
                if name not in SECRET and controls.kinds[name] != "password"
            }
            if answer.status_code != 200 or '<html lang="ar" dir="rtl">' not in answer.text:
                lost[address] = f"{answer.status_code} {answer.location}"
            elif "error-summary" in answer.text or "has-error" in answer.text or "a secret that" in answer.text:
                lost[address] = "checked, or a password shown"
            elif kept(after) != sent:
                got = kept(after)
                lost[address] = {n: (sent.get(n), got.get(n)) for n in sent | got if sent.get(n) != got.get(n)}
            assert answer.headers["Cache-Control"] == "private, no-store"
        assert rows_in(app) == before
    assert lost == {}
    assert len(tried) > 30, tried


def rows_in(app: Flask) -> dict[str, int]:
    with app.app_context():
        return rows()
