"""Adding a language is adding a folder: everything that lists languages finds it there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from consult.accounts.countries import country_choices
from consult.app import create_app
from consult.core import locale as locales
from consult.core.paths import translations_dir
from consult.core.settings import Settings
from consult.core.web import locales as web_locales
from tests.support import build
from tests.support.databases import Database

KHMER = "ចូល"


@pytest.fixture
def khmer_app(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app with one more folder, in which one sentence is translated."""
    folder = tmp_path / "translations"
    for code in ("fr", "ar"):
        shutil.copytree(translations_dir() / code, folder / code)
    target = folder / "km" / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalogue = Catalog(locale="km")
    catalogue.add("Sign in", KHMER)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    for module in (locales, web_locales):
        monkeypatch.setattr(module, "translations_dir", lambda: folder)
    locales.interface_locales.cache_clear()
    yield create_app(
        Settings(database_url=sqlite.url, data_dir=tmp_path, environment="test", secret_key="for-tests-only-" * 3)
    )
    locales.interface_locales.cache_clear()
    sqlite.restore()


def test_a_folder_is_a_language(khmer_app: Flask) -> None:
    client = khmer_app.test_client()
    page = client.get("/km/").text
    assert '<html lang="km" dir="ltr">' in page
    assert f">{KHMER}</a>" in page
    assert "How it works" in page  # what is not translated yet is in English
    english = client.get("/en/").text
    assert '<a href="/km/" lang="km" hreflang="km" dir="ltr">ខ្មែរ</a>' in english
    assert '<link rel="alternate" hreflang="km"' in english
    assert client.get("/", headers={"Accept-Language": "km-KH, fr;q=0.9"}).location == "/km/"
    assert client.get("/th/").status_code == 404
    with khmer_app.app_context():
        build.sign_in(client, build.person())
    assert '<option value="km">ខ្មែរ</option>' in client.get("/en/account/profile").text
    assert ("KHM", "Cambodia") in country_choices("km")  # until the list has a column for it
