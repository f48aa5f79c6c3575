"""Limits: for one account, for one address, behind a stated number of proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.models import Attempt
from consult.accounts.throttling import reserve_attempt
from consult.app import create_app
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import TooManyAttempts
from consult.core.settings import Settings
from tests.support import build
from tests.support.browse import link_in, mails_to, redirects_to, send
from tests.support.build import PASSWORD

EMAIL = "rosa@example.org"
SIGN_IN = "/en/account/sign-in"
MINE = {"email": EMAIL, "password": PASSWORD}
WRONG = {"email": EMAIL, "password": "a wrong password"}
Make = Callable[..., Flask]


@pytest.fixture
def make(app: Flask) -> Iterator[Make]:
    """Makes apps on the same database with low limits and other settings."""
    made: list[Flask] = []

    def make_one(**changed: int) -> Flask:
        settings: Settings = app.extensions["consult.settings"]
        limits = {"attempts_per_account": 3, "attempts_per_address": 5}
        made.append(create_app(settings.model_copy(update=limits | changed)))
        return made[-1]

    with app.app_context():
        build.person("Rosa", email=EMAIL)
        db.session.commit()
    yield make_one
    for other in made:
        with other.app_context():
            db.engine.dispose()


def statuses(client: FlaskClient, number: int, typed: dict[str, str], **options: object) -> list[int]:
    return [send(client, SIGN_IN, typed, **options).status_code for _ in range(number)]


def test_an_account_is_tried_only_so_often(make: Make) -> None:
    client = make().test_client()
    assert statuses(client, 3, WRONG) == [422] * 3
    refused = send(client, SIGN_IN, MINE)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert "Wait 15 minutes" in refused.text
    assert send(client, SIGN_IN, {**WRONG, "email": "other@example.org"}).status_code == 422


def test_an_address_without_account_is_counted_alike(make: Make) -> None:
    client = make().test_client()
    assert statuses(client, 4, {**WRONG, "email": "unknown@example.org"}) == [422, 422, 422, 429]


def test_changing_case_does_not_pass_the_limit(make: Make) -> None:
    client = make().test_client()
    found = [
        send(client, SIGN_IN, {**WRONG, "email": e}).status_code for e in (EMAIL, EMAIL.upper(), f" {EMAIL}", EMAIL)
    ]
    assert found == [422, 422, 422, 429]


def test_successes_are_given_back(make: Make) -> None:
    """Somebody who signs in often is not locked out; failures in between go on counting."""
    app = make()
    for _ in range(7):
        assert redirects_to(send(app.test_client(), SIGN_IN, MINE), "/en/")
    client = app.test_client()
    assert statuses(client, 2, WRONG) == [422] * 2
    send(app.test_client(), SIGN_IN, MINE)
    assert statuses(client, 2, WRONG) == [422, 429]


def test_the_limit_passes_with_time(make: Make) -> None:
    app = make()
    client = app.test_client()
    statuses(client, 4, WRONG)
    with app.app_context():
        db.session.execute(sa.update(Attempt).values(at=utc_now() - timedelta(minutes=16)))
        db.session.commit()
    assert redirects_to(send(client, SIGN_IN, MINE), "/en/")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0


def test_whoever_is_locked_out_by_others_can_still_choose_a_new_password(make: Make) -> None:
    app = make(attempts_per_address=50)
    statuses(app.test_client(), 4, WRONG)
    client = app.test_client()
    send(client, "/en/account/reset", {"email": EMAIL})
    assert redirects_to(send(client, link_in(mails_to(app, EMAIL)[0]), {"password": "five new words for me"}), "/en/")


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("sign-in", {"password": PASSWORD}),
        ("sign-up", {"name": "N", "password": PASSWORD}),
        ("reset", {}),
    ],
)
def test_one_address_tries_only_so_often_whatever_it_types(make: Make, page: str, typed: dict[str, str]) -> None:
    client = make().test_client()
    url = f"/en/account/{page}"
    found = [send(client, url, {"email": f"n{number}@example.org", **typed}).status_code for number in range(6)]
    assert found[-1] == 429
    assert 429 not in found[:-1]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.9"}}
    assert send(client, url, {"email": "n9@example.org", **typed}, **elsewhere).status_code != 429


def test_one_mailbox_is_written_to_only_so_often(make: Make) -> None:
    app = make(attempts_per_address=50)
    client = app.test_client()
    found = [send(client, "/en/account/reset", {"email": EMAIL}).status_code for _ in range(4)]
    assert found == [302, 302, 302, 429]
    assert len(mails_to(app, EMAIL)) == 3


def test_forwarded_addresses_are_not_believed_without_a_proxy(make: Make) -> None:
    client = make(attempts_per_account=50).test_client()
    found = [
        send(client, SIGN_IN, WRONG, headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(6)
    ]
    assert found == [422] * 5 + [429]


def test_behind_one_proxy_its_word_counts_and_the_clients_own_does_not(make: Make) -> None:
    client = make(attempts_per_account=50, trusted_proxies=1).test_client()

    def attempt(forwarded: str) -> int:
        return send(client, SIGN_IN, WRONG, headers={"X-Forwarded-For": forwarded}).status_code

    # The proxy appends the address it sees; what stands before it, the client wrote.
    assert [attempt(f"10.0.0.{number}, 198.51.100.1") for number in range(6)] == [422] * 5 + [429]
    assert attempt("198.51.100.1, 198.51.100.2") == 422


def test_one_subscriber_has_a_network_of_ipv6_addresses(app: Flask, make: Make) -> None:
    client = make(attempts_per_account=50).test_client()

    def attempt(address: str) -> int:
        return send(client, SIGN_IN, WRONG, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [attempt(f"2001:db8:1:2::{number:x}") for number in range(6)] == [422] * 5 + [429]
    assert attempt("2001:db8:1:3::1") == 422


def test_a_race_does_not_pass_the_limit(make: Make) -> None:
    app = make(attempts_per_address=100)

    def attempt(_number: int) -> bool:
        with app.app_context():
            try:
                reserve_attempt(email=EMAIL, address="192.0.2.1", now=utc_now())
            except TooManyAttempts:
                return False
            finally:
                db.session.rollback()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) <= 3


def test_no_address_is_kept(make: Make) -> None:
    app = make()
    statuses(app.test_client(), 1, WRONG)
    with app.app_context():
        kept = " ".join(db.session.scalars(sa.select(Attempt.key_digest)))
    assert kept
    assert EMAIL not in kept
    assert "127.0.0.1" not in kept
