"""What every answer has: headers, caching, compression, ids; and errors as pages."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.app import create_app
from consult.core.db import db
from consult.core.settings import Settings
from consult.core.web.assets import asset
from consult.core.web.logs import safe_path
from tests.support import build


def test_security_headers_are_on_pages_errors_and_static_files(client: FlaskClient) -> None:
    for path in ("/en/", "/en/no-such-page", "/healthz"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'; base-uri 'none'"), path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert len(headers["X-Request-Id"]) == 16


def test_a_visitor_reading_gets_no_cookie_and_an_answer_that_may_be_kept(client: FlaskClient) -> None:
    answer = client.get("/en/")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in answer.headers["Vary"].split(",")}
    assert "csrf_token" not in answer.text
    again = client.get("/en/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_somebody_signed_in_gets_answers_that_nobody_keeps(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        build.sign_in(client, build.person("Reader"))
    answer = client.get("/en/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_pages_are_compressed_and_the_same(client: FlaskClient) -> None:
    plain = client.get("/en/").data
    zipped = client.get("/en/", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain
    assert client.get("/en/", headers={"Accept-Encoding": "gzip, br"}).headers["Content-Encoding"] == "br"


@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
def test_errors_are_pages_in_the_language_of_the_path(client: FlaskClient, locale: str) -> None:
    answer = client.get(f"/{locale}/no-such-page")
    assert answer.status_code == 404
    assert f'lang="{locale}"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_errors_without_a_language_follow_the_browser(client: FlaskClient) -> None:
    answer = client.get("/no-such-page", headers={"Accept-Language": "ar, en;q=0.5"})
    assert 'lang="ar"' in answer.text
    assert 'dir="rtl"' in answer.text


def test_programs_get_errors_as_json(client: FlaskClient) -> None:
    answer = client.get("/en/no-such-page", headers={"Accept": "application/json"})
    assert answer.json
    assert answer.json["status"] == 404
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_the_root_sends_people_to_their_language(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "fr-CA, en;q=0.5"})
    assert answer.location == "/fr/"
    assert "Accept-Language" in answer.headers["Vary"]
    assert client.get("/", headers={"Accept-Language": "xx"}).location == "/en/"


def test_an_unknown_language_in_the_path_is_no_page(client: FlaskClient) -> None:
    assert client.get("/xx/").status_code == 404


def test_health_and_readiness(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_a_form_from_another_site_is_refused(client: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = build.post(client, "/en/account/sign-in", {"email": "a@example.org", "password": "x"}, headers=headers)
        assert answer.status_code == 403, headers


def test_a_form_without_a_token_changes_nothing(client: FlaskClient) -> None:
    assert client.post("/en/account/sign-in", data={"email": "a@example.org", "password": "x"}).status_code == 400


def test_a_token_looks_different_each_time(client: FlaskClient) -> None:
    client.get("/en/account/sign-in")
    assert build.csrf_token(client) != build.csrf_token(client)


def test_too_large_a_request_is_refused_in_words(client: FlaskClient) -> None:
    answer = build.post(client, "/en/account/sign-in", {"email": "a" * 5_000_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_get_never_commits(app: Flask, client: FlaskClient) -> None:
    from consult.accounts.models import Account

    with app.app_context():
        who = build.person("Reader", email="reader@example.org")
        build.sign_in(client, who)
    client.get("/en/account/profile?name=Changed")
    with app.app_context():
        assert db.session.query(Account).filter_by(email="reader@example.org").one().name == "Reader"


def test_the_data_folder_is_for_one_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    create_app(Settings(data_dir=folder, environment="test"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_static_files_say_what_they_may_do(client: FlaskClient) -> None:
    with client.get(asset("favicon.svg")) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_key_that_opens_something_is_logged(app: Flask) -> None:
    named = {"key", "file_key", "point_key", "table_key", "reference", "code", "protected_code", "digest", "written_in"}
    rules = [rule for rule in app.url_map.iter_rules() if named & rule.arguments]
    assert len(rules) > 30
    for rule in rules:
        if "/translations/<language>/files/" in rule.rule or rule.endpoint.startswith("commitments."):
            continue  # what everybody at the desk translates, and what everybody reads
        path = "/".join("SECRET" if piece.strip("<>") in named else piece for piece in rule.rule.split("/"))
        assert "SECRET" not in safe_path(path), rule.rule
    path = "/en/take-part/apsmd/points/new"
    assert safe_path(path) == path
    for reference in ("MP-1-3T2K9M", "mp-1-3t2k9m"):
        assert safe_path(f"/en/anything/{reference}/else") == "/en/anything/…/else"


@pytest.mark.parametrize(
    "path", ["/en/come-back/{}", "/{}", "/R/{}", "/en/consultations/{}", "/en/consultations/minerals/Comments/{}"]
)
def test_what_is_typed_into_the_address_bar_is_not_logged(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """A code or a reference behind an address that is none of ours."""
    for secret in ("K7Q2M-4TZ8X-9RW3B-VHN6P", "min-1-3t2k9m"):
        assert client.get(path.format(secret)).status_code == 404
        line = capsys.readouterr().out
        assert "status=404" in line
        assert secret not in line
