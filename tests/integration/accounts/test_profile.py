"""The profile: what fills in the next submission, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.accounts.models import Account
from consult.accounts.queries import find_account
from consult.core.db import db
from tests.support import build
from tests.support.browse import forms_in, redirects_to, send

EMAIL = "rosa@example.org"
PROFILE = "/en/account/profile"


@pytest.fixture(autouse=True)
def rosa(app: Flask, client: FlaskClient) -> None:
    """Somebody signed in."""
    with app.app_context():
        build.sign_in(client, build.person("Rosa", email=EMAIL))


def stored(app: Flask, *names: str) -> list[Any]:
    with app.app_context():
        account = find_account(EMAIL)
        assert isinstance(account, Account)
        return [getattr(account, name) for name in names]


def test_what_is_saved_is_shown_again(app: Flask, client: FlaskClient) -> None:
    typed = {
        "name": "Rosa M.",
        "locale": "fr",
        "time_zone": "Asia/Kathmandu",
        "capacity": "organisation",
        "organisation": "Organisation A",
        "constituencies": ["academia", "womens_group"],
        "country": "IDN",
    }
    assert redirects_to(send(client, PROFILE, typed), PROFILE)
    names = ("name", "locale", "time_zone", "capacity", "organisation", "country", "constituencies")
    assert stored(app, *names) == [
        "Rosa M.",
        "fr",
        "Asia/Kathmandu",
        Capacity.ORGANISATION,
        "Organisation A",
        "IDN",
        ["academia", "womens_group"],
    ]
    page = client.get(PROFILE)
    assert "Your profile is saved." in page.text
    shown = forms_in(page.text)[0].values
    assert {name: sorted(shown[name]) for name in typed} == {
        name: sorted([value] if isinstance(value, str) else value) for name, value in typed.items()
    }


def test_preferring_not_to_say_is_kept_as_nothing(app: Flask, client: FlaskClient) -> None:
    send(client, PROFILE, {"capacity": "individual", "constituencies": ["industry"], "country": "IDN"})
    send(client, PROFILE, {"constituencies": ["none"], "country": ""})
    assert stored(app, "constituencies", "country") == [[], None]
    assert forms_in(client.get(PROFILE).text)[0].values["constituencies"] == ["none"]


def test_nothing_is_chosen_for_somebody_who_has_not_said(app: Flask, client: FlaskClient) -> None:
    shown = forms_in(client.get(PROFILE).text)[0].values
    assert "constituencies" not in shown
    assert "capacity" not in shown
    assert redirects_to(send(client, PROFILE, {"name": "Rosa"}), PROFILE)
    assert stored(app, "constituencies", "capacity", "country") == [[], None, None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "abc\u202ecba"}, "name"),
        ({"locale": "xx"}, "locale"),
        ({"capacity": "king"}, "capacity"),
        ({"country": "ZZZ"}, "country"),
        ({"constituencies": ["mountains"]}, "constituencies"),
        ({"constituencies": ["none", "industry"]}, "constituencies"),
        ({"organisation": "x" * 301}, "organisation"),
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_stays(
    app: Flask, client: FlaskClient, typed: dict[str, str | list[str]], field: str
) -> None:
    answer = send(client, PROFILE, {"organisation": "Organisation B", "name": "Rosa Typed", **typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(app, "name", "organisation") == ["Rosa", ""]
    kept = forms_in(answer.text)[0].values
    if field != "organisation":
        assert kept["organisation"] == ["Organisation B"]
    if field != "name":
        assert kept["name"] == ["Rosa Typed"]


def test_countries_are_named_in_the_language_of_the_page(client: FlaskClient) -> None:
    assert ">Türkiye<" in client.get(PROFILE).text
    assert ">Türkiye<" in client.get("/fr/account/profile").text
    assert ">تركيا<" in client.get("/ar/account/profile").text


def test_the_page_says_what_it_is_good_for(client: FlaskClient) -> None:
    page = client.get(PROFILE).text
    assert "only fills in the form of your next submission" in page
    assert all(str(constituency.message) in page for constituency in Constituency)


def test_a_replay_saves_nothing_a_second_time(app: Flask, client: FlaskClient) -> None:
    data = {**forms_in(client.get(PROFILE).text)[0].values, "name": ["Once"]}
    assert redirects_to(client.post(PROFILE, data=data), PROFILE)
    send(client, PROFILE, {"name": "Twice"})
    assert redirects_to(client.post(PROFILE, data=data), PROFILE)
    assert stored(app, "name") == ["Twice"]


@pytest.mark.parametrize("page", ["profile", "password", "sign-ins"])
def test_visitors_sign_in_first(app: Flask, page: str) -> None:
    answer = app.test_client().get(f"/en/account/{page}")
    assert redirects_to(answer, f"/en/account/sign-in?next=/en/account/{page}")


def test_the_profile_costs_a_constant_number_of_queries(app: Flask, client: FlaskClient) -> None:
    with build.count_queries(app) as queries:
        client.get(PROFILE)
    assert len(queries) == 2  # the sign-in with its account, the roles


def test_another_persons_account_is_out_of_reach(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        build.person("Other", email="other@example.org")
        db.session.commit()
    send(client, PROFILE, {"name": "Rosa", "email": "other@example.org", "id": "2", "is_administrator": "1"})
    with app.app_context():
        other, rosa = find_account("other@example.org"), find_account(EMAIL)
        assert other
        assert other.name == "Other"
        assert rosa
        assert not rosa.is_administrator
