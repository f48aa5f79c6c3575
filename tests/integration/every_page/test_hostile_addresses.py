"""Whatever somebody writes into an address, the answer is a page: never an error of ours, on either database."""

from __future__ import annotations

import base64
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.every_page.walk import build_world, open_as, pages


def key(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


NESTED = base64.urlsafe_b64encode(b"[" * 5_000).decode()
HOSTILE = [
    *({"after": value} for value in (key("a", 1, 1), key(1, "\x00"), key("a", 1), NESTED)),
    {"before": key(2**31), "words": "a " * 100, "state": "\x00", "status": "\x00", "disposition": "\x00"},
    {"words": "a\x00b", "section": "\x00", "paragraph": "\x00", "edition": "\x00", "language": "\x00", "point": "\x00"},
]
PARTS = ["a%00", "9" * 30, "%FF"]


@pytest.fixture
def strict_app(app: Flask) -> Flask:
    """The application that raises in a test what it would answer with 500."""
    assert app.testing
    return app


def test_arguments_of_every_page(strict_app: Flask, client: FlaskClient) -> None:
    with strict_app.app_context():
        world = build_world()
    opened = 0
    open_as(strict_app, client, world.people["everything"])
    first: dict[str, str] = {}
    for endpoint, address in pages(strict_app, world, "en"):
        if endpoint not in first and client.get(address).status_code == 200:
            first[endpoint] = address
    for address in first.values():
        for arguments in HOSTILE:
            answer = client.get(address, query_string=arguments)
            assert answer.status_code < 500, (address, arguments)
            opened += 1
    assert opened > 200


def test_parts_of_every_path(strict_app: Flask, client: FlaskClient) -> None:
    with strict_app.app_context():
        world = build_world()
    open_as(strict_app, client, world.people["everything"])
    addresses: dict[str, str] = {}
    for endpoint, address in pages(strict_app, world, "en"):
        addresses.setdefault(endpoint, address)
    for address in addresses.values():
        pieces = address.split("/")
        for place in range(3, len(pieces)):
            for part in PARTS:
                hostile = "/".join([*pieces[:place], part, *pieces[place + 1 :]])
                assert client.get(hostile).status_code < 500, hostile


def test_an_address_that_is_no_utf8(client: FlaskClient) -> None:
    answer = client.get("/en/", environ_overrides={"QUERY_STRING": "words=\xff"})
    assert answer.status_code == 400
    assert "We could not read that" in answer.text


def test_a_missing_slash_does_not_lead_to_another_host(client: FlaskClient) -> None:
    answer = client.get("/en?a=b", headers={"Host": "evil.example"})
    assert answer.status_code == 308
    assert answer.location == "/en/?a=b"


def test_a_form_of_too_many_fields_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/en/account/sign-in", data="a&" * 1_000, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert "too large" in answer.text
