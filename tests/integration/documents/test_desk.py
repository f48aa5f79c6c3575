"""The draft at the desk, from bringing it to the preview for all roles."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.consultations.queries import get_round
from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.models import Paragraph
from consult.documents.queries import find_version, list_paragraphs, paragraph_texts, text_of
from consult.documents.services import import_document
from consult.texts.models import Translation
from tests.integration.documents.bringing import bring, keep, paste, upload, work
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

DOCUMENT = "/en/desk/minerals/document"
ENGLISH = "# 1 Purpose\n\nOne.\n\n- two\n\n## 1.1 Scope\n\nThree."
LONG = 1_500
FRENCH = "# 1 But\n\nUn.\n\n- deux\n\n## 1.1 Champ\n\nTrois."


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """A consultation in English and French whose draft is not imported."""
    with app.app_context():
        made = build.desk()
        round_ = build.consultation_in_setup(made.host, made.manager, languages=("en", "fr"))
        version = find_version(round_)
        assert version is not None
        db.session.execute(sa.delete(Translation).where(Translation.subject == "paragraph"))
        db.session.delete(version)
        db.session.commit()
        return made


def browser(app: Flask, who: Person | None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        with app.app_context():
            build.sign_in(client, who)
    return client


@pytest.fixture
def manager(app: Flask, staff: build.Desk) -> FlaskClient:
    return browser(app, staff.manager)


def stored(app: Flask, language: str = "en") -> list[tuple[str, str]]:
    """(eId, words) of every block in one language; words of another one are marked."""
    with app.app_context():
        version = find_version(get_round("minerals"))
        if version is None:
            return []
        paragraphs = list_paragraphs(version)
        texts = paragraph_texts(paragraphs, language)
        found = [(p.eid, text_of(p, texts, version.language)) for p in paragraphs]
        return [(eid, f"({text})" if text.is_fallback else text.text) for eid, text in found]


def states(client: FlaskClient) -> list[str]:
    return re.findall(r'<strong class="tag[^>]*>([^<]+)<', main_of(client.get(DOCUMENT)))


def said(page: str) -> str:
    """The text of a page, on one line, without marks of direction."""
    words = re.sub(r"<[^>]+>", " ", page.partition("<main")[2])
    return re.sub(r"\s+", " ", words.replace("\u2068", "").replace("\u2069", ""))


def test_a_pasted_text_and_an_uploaded_edition(app: Flask, manager: FlaskClient) -> None:
    assert states(manager) == ["Missing", "Missing"]
    assert "The authentic text comes first." in said(manager.get(DOCUMENT).text)
    assert "Bring the authentic text first." in said(manager.get(f"{DOCUMENT}/fr").text)
    answer = bring(app, manager, DOCUMENT, "en", ENGLISH.replace("\n", "\r\n"))
    assert redirects_to(answer, f"{DOCUMENT}/preview?edition=en")
    assert states(manager) == ["Imported", "Missing"]
    assert "5 blocks" in said(manager.get(DOCUMENT).text)
    upload(manager, DOCUMENT, "fr", FRENCH.encode())
    work(app)
    assert redirects_to(keep(manager, DOCUMENT, "fr"), f"{DOCUMENT}/preview?edition=fr")
    assert states(manager) == ["Imported", "Imported"]
    assert stored(app) == [
        ("sec_1", "Purpose"), ("sec_1__para_1", "One."), ("sec_1__para_2", "two"), ("sec_1-1", "Scope"),
        ("sec_1-1__para_1", "Three."),
    ]  # fmt: skip
    assert [words for _eid, words in stored(app, "fr")] == ["But", "Un.", "deux", "Champ", "Trois."]


def test_replacing_the_authentic_text_warns_and_takes_the_others_back(app: Flask, manager: FlaskClient) -> None:
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    bring(app, manager, DOCUMENT, "fr", FRENCH)
    paste(manager, DOCUMENT, "en", ENGLISH)
    work(app)
    assert "These editions are taken back until what is new is translated: French" in said(
        manager.get(f"{DOCUMENT}/en/proposal/keep").text
    )
    send(manager, f"{DOCUMENT}/en/proposal/drop")
    bring(app, manager, DOCUMENT, "en", ENGLISH + "\n\nFour.")
    assert states(manager) == ["Imported", "Incomplete"]
    assert stored(app, "fr")[-1] == ("sec_1-1__para_2", "(Four.)")
    with app.app_context():
        kept = sa.select(sa.func.count()).where(Translation.subject == "paragraph")
        assert db.session.scalar(kept) == 5  # of every block but the new one


def test_an_edition_can_be_replaced_by_itself(app: Flask, manager: FlaskClient) -> None:
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    bring(app, manager, DOCUMENT, "fr", FRENCH)
    bring(app, manager, DOCUMENT, "fr", FRENCH.replace("Trois.", "Quatre moins un."))
    assert stored(app, "fr")[-1] == ("sec_1-1__para_1", "Quatre moins un.")
    assert stored(app)[-1] == ("sec_1-1__para_1", "Three.")


def test_a_long_draft_in_two_languages(app: Flask, manager: FlaskClient) -> None:
    source = "\n\n".join(f"## {n} Heading" if n % 25 == 1 else f"Paragraph {n}." for n in range(1, LONG + 1))
    assert bring(app, manager, DOCUMENT, "en", source).status_code == 302
    paste(manager, DOCUMENT, "fr", source.replace("Paragraph", "Paragraphe"))
    with build.count_queries(app) as found:
        work(app)
    assert len(found) < 60
    with build.count_queries(app) as found:
        assert keep(manager, DOCUMENT, "fr").status_code == 302
    assert len(found) < 90  # a page and an act, of which the most look for other names of the file
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Paragraph)) == LONG
    page = manager.get(f"{DOCUMENT}/preview?edition=fr")
    assert "Paragraphe 1500." in page.text


def test_an_opened_draft_no_longer_changes(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    bring(app, manager, DOCUMENT, "fr", FRENCH)
    with app.app_context():
        open_round(get_round("minerals"), actor=staff.manager, now=utc_now())
        db.session.commit()
    for url in (DOCUMENT, f"{DOCUMENT}/en", f"{DOCUMENT}/fr"):
        page = main_of(manager.get(url))
        assert "its draft no longer changes" in page
        assert "<form" not in page
    for language in ("en", "fr"):
        assert build.post(manager, f"{DOCUMENT}/{language}/paste", {"text": "# 1 Other"}).status_code == 422
        assert upload(manager, DOCUMENT, language, b"# 1 Other").status_code == 422
    assert stored(app)[0] == ("sec_1", "Purpose")


def test_only_managers_import_and_all_of_the_desk_preview(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    with app.app_context():
        stranger = build.person("Stranger", roles={build.host(): [StaffRole.MANAGER]})
        db.session.commit()
    assert "No draft yet" in said(manager.get(f"{DOCUMENT}/preview").text)
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    for who in (staff.moderator, staff.responder, staff.approver):
        client = browser(app, who)
        assert client.get(DOCUMENT).status_code == 200
        assert "Bring" not in main_of(client.get(DOCUMENT)).partition("<table")[2]
        assert client.get(f"{DOCUMENT}/en").status_code == 403
        assert upload(client, DOCUMENT, "en", b"# Other").status_code == 403
        assert "Preview" in said(client.get(f"{DOCUMENT}/preview").text)
    for path in ("", "/en", "/preview"):
        assert browser(app, stranger).get(DOCUMENT + path).status_code == 404
        assert browser(app, None).get(DOCUMENT + path).status_code == 302
    assert upload(browser(app, stranger), DOCUMENT, "en", b"# Other").status_code == 404
    assert upload(browser(app, None), DOCUMENT, "en", b"# Other").status_code in {302, 403}
    assert stored(app)[0] == ("sec_1", "Purpose")
    assert manager.get(f"{DOCUMENT}/de").status_code == 404


def test_the_preview_is_what_readers_will_get(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    bring(app, manager, DOCUMENT, "en", ENGLISH)
    bring(app, manager, DOCUMENT, "fr", FRENCH)
    preview = main_of(manager.get(f"{DOCUMENT}/preview?edition=fr"))
    with app.app_context():
        round_ = get_round("minerals")
        open_round(round_, actor=staff.manager, now=utc_now())
        build.close(round_)
        db.session.commit()
    public = main_of(browser(app, None).get("/en/consultations/minerals/draft?edition=fr"))

    def reader(page: str) -> str:
        return page.partition('<div class="reader">')[2]

    assert reader(preview) == reader(public) != ""


def test_the_list_of_editions_asks_the_same_number_of_queries(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    asked = []
    for wanted in (1, 3, 300):
        with app.app_context():
            source = "\n\n".join(f"Paragraph {n}." for n in range(wanted))
            import_document(get_round("minerals"), source, language="en", actor=staff.manager, now=utc_now())
            db.session.commit()
        with build.count_queries(app) as found:
            assert manager.get(DOCUMENT).status_code == 200
        asked.append(len(found))
    assert asked == [13] * 3
