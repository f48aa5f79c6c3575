"""The edges of the API: errors, caches, other origins, limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from consult.app import create_app
from consult.core.db import db
from consult.core.settings import Settings
from tests.integration.api.conftest import ROOT, Api
from tests.support import build


@pytest.fixture(autouse=True)
def world(api: Api, staff: build.Desk) -> None:
    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Respondent"), *[f"Point {number}." for number in range(20)])
        build.publish(round_, staff.moderator)

    api.act(act)


BAD = {
    "unknown=1": ["unknown"],
    "limit=0": ["limit"],
    "limit=501": ["limit"],
    "limit=99999999999999999999": ["limit"],
    "limit=ten&after=-1": ["after", "limit"],
    "limit=2&limit=3": ["limit"],
    "after=1%27%20OR%201=1": ["after"],
    "after=9999999999999999999": ["after"],
    "after=%0d%0aSet-Cookie:%20a=b": ["after"],
    "words=a%00b": ["words"],
    "words=": ["words"],
    "type=rant": ["type"],
    "constituency=secret": ["constituency"],
    "section=../etc": ["section"],
    "moderation=waiting": ["moderation"],
    "country=KEN": ["country"],
}


def test_bad_parameters_are_named(api: Api) -> None:
    for query, wrong in BAD.items():
        answer = api.client.get(f"{ROOT}/minerals/comments?{query}")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), query
        assert sorted(item["parameter"] for item in answer.json["errors"]) == wrong, query
        assert answer.json["status"] == 400
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-store"


ERRORS: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/api/v1/nothing", {}, 404),
    ("GET", "/api/", {}, 404),
    ("GET", f"{ROOT}/minerals/comments/", {}, 404),
    ("GET", f"{ROOT}/a%00b", {}, 404),
    ("GET", f"{ROOT}/%F0%9F%8C%8D", {}, 404),
    ("POST", ROOT, {}, 405),
    ("DELETE", f"{ROOT}/minerals", {}, 405),
    ("GET", ROOT, {"Accept": "text/html"}, 406),
]


def test_errors_are_problems(api: Api) -> None:
    for method, path, headers, status in ERRORS:
        answer = api.client.open(path, method=method, headers=headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), path
        assert set(answer.json) == {"type", "title", "status", "detail", "request_id"}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        if status == 405:
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_problems_speak_the_language_of_the_reader(api: Api) -> None:
    english = api.client.get(f"{ROOT}/nothing").json
    french = api.client.get(f"{ROOT}/nothing", headers={"Accept-Language": "fr"}).json
    assert english["title"] == "There is no such page"
    assert french["title"] != english["title"]


def test_caches_and_conditions(app: Flask, api: Api, staff: build.Desk) -> None:
    path = f"{ROOT}/minerals/comments"
    first = api.client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Vary"] == "Accept-Encoding"
    again = api.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    head = api.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    small = api.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(first.data) / 4

    # Whoever is signed in, staff too, reads what a visitor reads, and gets no cookie.
    with app.app_context():
        build.sign_in(api.client, staff.moderator)
        db.session.commit()
    signed_in = api.client.get(path)
    assert signed_in.data == first.data
    assert signed_in.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in signed_in.headers


def test_other_origins_may_read(api: Api) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    asked = api.client.options(f"{ROOT}/minerals", headers={**headers, "Access-Control-Request-Headers": "x-a"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    read = api.client.get(f"{ROOT}/minerals", headers={"Origin": "https://elsewhere.example"})
    for answer in (asked, read):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    assert "RateLimit" in read.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in api.client.get("/en/").headers


def test_the_limit(database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    limited = create_app(
        Settings(
            database_url=database_url, data_dir=tmp_path, secret_key="for-tests-only-" * 3, environment="test",
            api_requests_per_minute=3, trusted_proxies=1,
        )
    )  # fmt: skip
    try:
        client = limited.test_client()

        def ask(address: str, path: str = ROOT) -> tuple[int, str | None]:
            answer = client.get(path, headers={"X-Forwarded-For": address})
            if answer.status_code == 429:
                assert answer.mimetype == "application/problem+json"
                assert 1 <= int(answer.headers["Retry-After"]) <= 60
                assert "Retry-After" in answer.json["detail"]
            if path == ROOT:
                assert answer.headers["RateLimit-Policy"] == '"api";q=3;w=60'
            return answer.status_code, (answer.headers.get("RateLimit") or "").partition(";t=")[0]

        one = "192.0.2.77"
        assert [ask(one) for _ in range(4)] == [
            (200, '"api";r=2'), (200, '"api";r=1'), (200, '"api";r=0'), (429, '"api";r=0'),
        ]  # fmt: skip
        assert ask(one, f"{ROOT}/minerals") == (429, '"api";r=0')  # one count for all of it
        assert ask("192.0.2.78")[0] == 200
        networks = ["2001:db8::1", "2001:db8::2:1", "2001:db8::3", "2001:db8::4", "2001:db8:0:1::1"]
        assert [ask(address)[0] for address in networks] == [200, 200, 200, 429, 200]  # 64 bits are one subscriber
        assert ask("203.0.113.9, 192.0.2.77")[0] == 429  # what a visitor writes into the header is not believed
        assert client.get("/en/", headers={"X-Forwarded-For": one}).status_code == 200
        assert one not in "".join(capfd.readouterr())
    finally:
        with limited.app_context():
            db.engine.dispose()
