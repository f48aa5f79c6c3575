"""A locale in which every sentence is marked: what is not marked on a page was forgotten."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from consult.accounts.countries import COUNTRIES
from consult.app import create_app
from consult.core import locale as locales
from consult.core.clock import zone_names
from consult.core.settings import Settings
from consult.core.web import locales as web_locales
from consult.intake.enums import Column
from tests.integration.every_page.walk import build_world, open_as, pages
from tests.support.databases import Database

ROOT = Path(__file__).resolve().parents[3]
PSEUDO = "eo"  # a language that Babel knows and the instance does not
KEYWORDS = ["_l", "_p:1c,2", "lazy_gettext", "lazy_pgettext:1c,2", "lazy_ngettext:1,2"]
# Inside these, words are not ours: what people wrote, names, codes, dates and numbers as the locale writes them.
FOREIGN = {"bdi", "code", "script", "style", "time"}
# Lists of names: languages in themselves, zones, countries, hosts.
NAMES = {"language", "to", "zone", "time_zone", "country", "locale", "host", *Column}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path"}
NOT_WORDS = re.compile(r"^[\s\d\W_]*$")


@pytest.fixture(scope="module")
def marked_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue in which every sentence is ⟦itself⟧."""
    folder = tmp_path_factory.mktemp("translations")
    template = folder / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "extract",
        "--mapping",
        "babel.cfg",
        "--output",
        str(template),
    ]
    subprocess.run(
        [*command, *(part for word in KEYWORDS for part in ("--keyword", word)), "."],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    with template.open("rb") as file:
        catalogue = read_po(file, locale=PSEUDO)
    for message in catalogue:
        if message.id:
            singular = message.id[0] if isinstance(message.id, tuple) else message.id
            plural = message.id[1] if isinstance(message.id, tuple) else message.id
            marked = tuple(f"⟦{text}⟧" for text in (singular, plural))
            message.string = marked if message.pluralizable else marked[0]
    target = folder / PSEUDO / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder


@pytest.fixture
def marked_app(
    sqlite: Database, marked_catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The app with that locale beside English; on one database, since words do not depend on it."""
    database_url = sqlite.url
    for module in (locales, web_locales):
        monkeypatch.setattr(module, "translations_dir", lambda: marked_catalogue)
    locales.interface_locales.cache_clear()
    yield create_app(
        Settings(database_url=database_url, data_dir=tmp_path, environment="test", secret_key="for-tests-only-" * 3)
    )
    locales.interface_locales.cache_clear()
    sqlite.restore()


class Literals(HTMLParser):
    """Collects the words of a page that are neither marked nor somebody's own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.depth = 0
        self.of_names = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        foreign = tag in FOREIGN or values.get("lang", PSEUDO) != PSEUDO or values.get("dir") == "auto"
        if tag == "select":
            self.of_names = values.get("name") in NAMES
        foreign = foreign or (tag == "option" and self.of_names)
        if tag not in VOID:
            self.open.append((tag, foreign))
        for name in ("aria-label", "placeholder", "title", "alt", "data-saved", "data-select-all"):
            if values.get(name) and not foreign and not any(outer for _tag, outer in self.open):
                self._look(values[name] or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(foreign for _tag, foreign in self.open):
            self._look(data)

    def _look(self, text: str) -> None:
        rest, self.depth = "", self.depth
        for character in text:
            self.depth += {"⟦": 1, "⟧": -1}.get(character, 0)
            if self.depth == 0 and character not in "⟦⟧":
                rest += character
        if not NOT_WORDS.match(rest):
            self.found.append(" ".join(rest.split()))


# Words that are the same in every language, or that Babel and our list of countries give in the locale's own words.
KNOWN = re.compile(
    r"^(– )?(Consult|ILLUSTRATION|FPIC|CSV|JSON|UTC|SHA-256|BCP 47|[A-Z]+-\d(-[0-9A-Z]{6})?|https?://\S+)[.,:]?$"
)
MONTH = "januaro|februaro|marto|aprilo|majo|junio|julio|aŭgusto|septembro|oktobro|novembro|decembro"
DATE = re.compile(rf"^(\d{{4}}-({MONTH})-\d{{1,2}}|\d{{1,2}} ({MONTH}) \d{{4}}(, \d\d:\d\d)?)$", re.IGNORECASE)
# What the test's own world is called, in the titles of its pages.
CONTENT = re.compile(r"^(Title of \w+ in en – Consult|\d( ¶ \d+)? (Purpose|Scope))$")


def not_ours() -> set[str]:
    """Names that do not come from the catalogue."""
    languages = {
        locales.language_name(code, PSEUDO)
        for code in ("en", "fr", "ar", "eo", "es", "ru", "zh", "id", "th", "km", "my", "lo")
    }
    countries = {country.names["en"] for country in COUNTRIES.values()}
    return countries | languages | {"English", "Esperanto"} | {name.replace("_", " ") for name in zone_names()}


def is_ours(text: str, known: set[str]) -> bool:
    """Whether these words should have come from the catalogue."""
    text = text.removeprefix("· ")
    return not (KNOWN.match(text) or DATE.match(text) or CONTENT.match(text) or text in known)


def test_no_page_has_a_sentence_that_was_not_marked(marked_app: Flask) -> None:
    with marked_app.app_context():
        world = build_world()
    client = marked_app.test_client()
    forgotten: dict[str, set[str]] = {}
    known = not_ours()
    seen = 0
    for who in world.people.values():
        open_as(marked_app, client, who)
        for endpoint, address in pages(marked_app, world, PSEUDO):
            answer = client.get(address)
            if answer.mimetype != "text/html" or answer.status_code in {302, 303, 308}:
                continue
            if not address.startswith(f"/{PSEUDO}/"):  # without a language in its address: in the reader's own
                continue
            parser = Literals()
            parser.feed(answer.text)
            seen += "⟦" in answer.text
            words = {text for text in parser.found if is_ours(text, known)}
            if words:
                forgotten.setdefault(f"{endpoint} {answer.status_code}", set()).update(words)
    assert seen > 40
    lines = [f"{page}: {sorted(words)}" for page, words in sorted(forgotten.items())]
    assert not lines, "\n".join(lines)
