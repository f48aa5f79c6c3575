"""The public page of a draft: every block addressed, in its own language, with what was said about it."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience, Visibility
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.counters import fold_counters
from consult.core.db import db
from consult.documents.services import import_document
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import withdraw_submission
from tests.support import build
from tests.support.browse import main_of

DRAFT = "/en/consultations/minerals/draft"
CONTENT = Path(__file__).parents[3] / "consult/demonstration/content/apsmd-guideline"
SOURCE = """Before it.

# 1 Purpose <b>of</b> it

One with [a link](https://x.example), [another](#sec_1-1) and <script>alert(1)</script>.

- two
- three

### 1.1 Scope & more

| a | b |
|---|---|
| 1 | 2 |

> quoted

# Annex A. [Forms](https://x.example/forms)

Last.
"""


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        made = build.desk()
        db.session.commit()
        return made


class Blocks(HTMLParser):
    """Ids and languages on a page, and the levels of its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.languages: dict[str, tuple[str | None, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if given.get("class", "") and (given["class"] or "").startswith("para") and given.get("id"):
            self.ids.append(given["id"] or "")
        elif self.ids and self.ids[-1] not in self.languages and given.get("lang"):
            self.languages[self.ids[-1]] = (given["lang"], given.get("dir"))


def margin(page: str, eid: str) -> dict[str, str]:
    """The links beside a block: words to address."""
    part = page.partition(f'id="{eid}"')[2].partition('class="para-margin">')[2].partition("</p>")[0]
    return {
        words: href.replace("&amp;", "&") for href, words in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', part)
    }


def write(app: Flask, staff: build.Desk, source: str, *, opened: bool = True, **options: object) -> None:
    """A consultation with that draft; several languages get the same words."""
    with app.app_context():
        round_ = build.consultation_in_setup(staff.host, staff.manager, **options)  # type: ignore[arg-type]
        for language in round_.consultation.languages:
            import_document(round_, source, language=language, actor=staff.manager, now=utc_now())
        if opened:
            build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
        db.session.commit()


def test_every_block_has_its_address_and_headings_are_nested(
    app: Flask, staff: build.Desk, client: FlaskClient
) -> None:
    write(app, staff, SOURCE)
    page = client.get(DRAFT).text
    found = Blocks(main_of(client.get(DRAFT)))
    assert found.ids == [
        "preamble__para_1", "sec_1", "sec_1__para_1", "sec_1__para_2", "sec_1__para_3", "sec_1-1", "sec_1-1__para_1",
        "sec_1-1__para_2", "annex_A", "annex_A__para_1",
    ]  # fmt: skip
    assert found.levels == [1, 2, 3, 2]
    assert re.search(r"<h2[^>]*><bdi>1</bdi> Purpose <strong>of</strong> it</h2>", page)
    contents = page.partition('<nav aria-label="Contents">')[2].partition("</nav>")[0]
    assert re.findall(r'<a href="#([^"]+)">(.*?)</a>', contents) == [
        ("sec_1", "<bdi>1</bdi> Purpose of it"),
        ("sec_1-1", "<bdi>1.1</bdi> Scope &amp; more"),
        ("annex_A", "Annex A. Forms"),
    ]
    assert contents.count("<ol>") == 2
    assert "<script>alert" not in page
    assert page.count('<ul class="items"') == 1


def test_tables_scroll_in_a_box_that_the_keyboard_reaches(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    write(app, staff, SOURCE)
    assert (
        '<div class="scroll" role="region" tabindex="0" aria-label="Table in 1.1 ¶ 1"><table>' in client.get(DRAFT).text
    )


def test_visitors_get_what_caches_may_keep(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    write(app, staff, SOURCE)
    answer = client.get(DRAFT)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    assert 'method="post"' not in answer.text
    assert client.get(DRAFT, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_edition_follows_the_page_unless_one_is_asked_for(
    app: Flask, staff: build.Desk, client: FlaskClient
) -> None:
    with app.app_context():
        build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        db.session.commit()
    english, arabic = "Paragraph 1 in en.", "فقرة 1 in ar."
    for url, here, not_here, language in (
        (DRAFT, english, arabic, ("en", "ltr")),
        (f"{DRAFT}?edition=ar", arabic, english, ("ar", "rtl")),
        (DRAFT.replace("/en/", "/ar/"), arabic, english, ("ar", "rtl")),
        (DRAFT.replace("/en/", "/ar/") + "?edition=en", english, arabic, ("en", "ltr")),
        (DRAFT.replace("/en/", "/fr/"), english, arabic, ("en", "ltr")),
        (f"{DRAFT}?edition=<script>", english, arabic, ("en", "ltr")),
    ):
        page = client.get(url).text
        assert here in page, url
        assert not_here not in page, url
        assert set(Blocks(page).languages.values()) == {language}, url
        assert "<script>" not in page
    assert "You read a translation: Arabic." in client.get(f"{DRAFT}?edition=ar").text
    assert "You read a translation" not in client.get(DRAFT).text
    switch = main_of(client.get(DRAFT)).partition('class="editions"')[2].partition("</nav>")[0]
    assert re.findall(r'href="[^"]+edition=(\w+)"[^>]*?( aria-current="true")?>', switch) == [
        ("en", ' aria-current="true"'),
        ("ar", ""),
    ]


def test_points_are_counted_and_led_to(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        author = build.person("Author")
        build.submit(round_, author, "One.", "Two.")
        build.submit(round_, build.person("Other"), "Three.", paragraph=1)
        hidden = build.submit(round_, build.person("Hidden"), "Four.", setting=PublicationSetting.NOT_PUBLISHED)
        gone = build.submit(round_, build.person("Gone"), "Five.")
        build.publish(round_, staff.moderator)
        build.submit(round_, build.person("Waiting"), "Six.")
        withdraw_submission(gone, actor=build.person("x"), now=utc_now())
        assert hidden
        db.session.commit()
    page = client.get(DRAFT).text
    lists = "/en/consultations/minerals/comments?section="
    write_ = "/en/take-part/minerals/points/new?paragraph="
    past = "/en/consultations/minerals/draft/paragraphs/"
    for eid, points in (("sec_1__para_1", "2 points"), ("sec_1__para_2", "1 point")):
        links = {points: f"{lists}{eid}", "History": f"{past}{eid}", "Comment": f"{write_}{eid}"}
        assert margin(page, eid) == links
    assert margin(page, "sec_1__para_3") == {"Comment": f"{write_}sec_1__para_3"}
    assert margin(page, "sec_1") == {"Comment": f"{write_}sec_1"}
    contents = page.partition('<nav aria-label="Contents">')[2].partition("</nav>")[0]
    assert re.findall(r'href="#(\w+)">[^"]*<span class="count"[^>]*>([^<]+)<', contents) == [("sec_1", "3 points")]
    assert client.get(f"{lists}sec_1__para_1").status_code == 200
    assert client.get(f"{write_}sec_1__para_1").status_code == 200
    with app.app_context():
        fold_counters()
        db.session.commit()
    assert app.test_client().get(DRAFT).text == page


def test_nothing_is_counted_before_its_time(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager, visibility=Visibility.AFTER_CLOSING)
        author = build.person("Author")
        build.submit(round_, author, "One.")
        build.publish(round_, staff.moderator)
        db.session.commit()
    for who in (None, author, staff.manager):
        browser = app.test_client()
        if who is not None:
            with app.app_context():
                build.sign_in(browser, who)
        page = main_of(browser.get(DRAFT))
        assert "1 point" not in page
        assert "Comment" in page
    with app.app_context():
        build.close(get_round("minerals"))
        db.session.commit()
    page = main_of(client.get(DRAFT))
    assert list(margin(page, "sec_1__para_1")) == ["1 point", "History"]


def test_the_clock_decides_what_can_be_done(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager, opens_in=timedelta(days=2))
        db.session.commit()
    page = main_of(client.get(DRAFT))
    assert "Opens on" in page
    assert "Comment" not in page
    with app.app_context():
        round_ = get_round("minerals")
        build.set_dates(round_, utc_now() - timedelta(days=1), utc_now() + timedelta(days=1))
        build.submit(round_, build.person("Author"), "One.")
        db.session.commit()
    page = main_of(client.get(DRAFT))
    assert "Open until" in page
    assert 'href="/en/take-part/minerals/"' in page
    with app.app_context():
        build.close(get_round("minerals"))
        db.session.commit()
    page = main_of(client.get(DRAFT))
    assert "The response is promised by" in page
    assert "Comment" not in page
    assert "/take-part/" not in page
    with app.app_context():
        round_ = get_round("minerals")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        db.session.commit()
    assert "Every point was answered." in main_of(client.get(DRAFT))


def test_an_invited_round_is_for_the_invited(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    with app.app_context():
        build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        nobody = build.person("Nobody")
        db.session.commit()
    for who, status in ((None, 403), (nobody, 403), (staff.moderator, 200)):
        browser = app.test_client()
        if who is not None:
            with app.app_context():
                build.sign_in(browser, who)
        answer = browser.get(DRAFT)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "private, no-store" or status == 200
        if status == 403:
            assert "This draft is for those who may take part" in answer.text
            assert "Paragraph 1" not in answer.text


def test_a_consultation_in_setup_is_not_there(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    write(app, staff, SOURCE, opened=False)
    assert client.get(DRAFT).status_code == 404
    assert client.get("/en/consultations/nothing/draft").status_code == 404


@pytest.mark.parametrize(
    ("path", "closed", "queries"),
    [
        (DRAFT, False, 13),
        (f"{DRAFT}?edition=fr", False, 15),
        ("/fr/consultations/minerals/draft", False, 15),
        (DRAFT, True, 14),
    ],
)
def test_a_visitor_s_page_asks_the_same_number_of_queries(
    app: Flask, staff: build.Desk, client: FlaskClient, path: str, closed: bool, queries: int
) -> None:
    asked = []
    for wanted in (1, 3, 300):
        slug = f"minerals{wanted}"
        with app.app_context():
            round_ = build.open_consultation(
                staff.host, staff.manager, slug=slug, code=f"MIN{wanted}", paragraphs=wanted, languages=("en", "fr")
            )
            build.submit(round_, build.person("Author"), *["A point."] * min(wanted, 100))
            build.publish(round_, staff.moderator)
            if closed:
                build.close(round_)
            db.session.commit()
        with build.count_queries(app) as found:
            page = client.get(path.replace("minerals", slug))
        assert page.status_code == 200
        assert len(Blocks(main_of(page)).ids) == wanted + 3
        asked.append(len(found))
    assert asked == [queries] * 3


def test_the_illustrated_draft_is_small_over_the_wire(app: Flask, staff: build.Desk, client: FlaskClient) -> None:
    write(app, staff, (CONTENT / "draft.en.md").read_text(), slug="apsmd", code="APSMD", languages=("en", "fr", "ar"))
    for locale in ("en", "ar"):
        answer = client.get(f"/{locale}/consultations/apsmd/draft", headers={"Accept-Encoding": "br"})
        assert answer.headers["Content-Encoding"] == "br"
        assert len(Blocks(brotli.decompress(answer.data).decode()).ids) > 50
        assert len(answer.data) < 12_000
