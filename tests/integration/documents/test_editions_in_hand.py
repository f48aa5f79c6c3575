"""A language edition beside the authentic text: misalignments are shown, mended, and kept only when confirmed."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.queries import get_round
from consult.consultations.services import open_round
from consult.core.db import db
from consult.documents.enums import SourceFormat
from consult.documents.models import Edition, ProposedBlock
from consult.documents.queries import find_version, list_paragraphs, paragraph_texts, text_of
from consult.documents.reading import editions_of
from consult.documents.services import import_document
from consult.documents.services.editions import fit_of, keep_edition
from consult.documents.services.keeping import keep_proposal
from consult.texts.services import update_translations
from tests.integration.documents.bringing import bring, keep, paste, upload, work
from tests.support import build, files
from tests.support.browse import redirects_to, send
from tests.support.versions import decide_all, following, proposed
from tests.support.word import drawing, p, run, word

DOCUMENT = "/en/desk/minerals/document"
LOOK = f"{DOCUMENT}/fr/proposal"
ENGLISH = (
    "# 1 Purpose\n\nThe first paragraph is rather long, for what it says.\n\nShort.\n\n- item\n\n# 2 Scope\n\nLast."
)
FRENCH = (
    "# 1 But\n\nLe premier paragraphe est assez long, pour ce qu’il dit.\n\nCourt.\n\n- élément\n\n# 2 Champ\n\nFin."
)


@pytest.fixture
def manager(app: Flask, client: FlaskClient) -> FlaskClient:
    """A manager of a consultation in English and French, with its English draft."""
    with app.app_context():
        made = build.desk()
        round_ = build.consultation_in_setup(made.host, made.manager, languages=("en", "fr"))
        import_document(round_, ENGLISH, language="en", actor=made.manager, now=build.utc_now())
        build.sign_in(client, made.manager)
        db.session.commit()
    return client


def said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def french(app: Flask) -> list[str]:
    """The words of the draft in French; those that fall back are in brackets."""
    with app.app_context():
        version = find_version(get_round("minerals"))
        assert version is not None
        paragraphs = list_paragraphs(version)
        texts = paragraph_texts(paragraphs, "fr")
        found = [text_of(p, texts, "en") for p in paragraphs]
        return [f"({one.text})" if one.is_fallback else one.text for one in found]


def editions(app: Flask) -> list[str]:
    with app.app_context():
        version = find_version(get_round("minerals"))
        assert version is not None
        return editions_of(version)


def key_of(app: Flask, text: str) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(ProposedBlock.id).where(ProposedBlock.text == text)).one()


def test_a_complete_edition_is_one_at_once(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "fr", FRENCH)
    work(app)
    page = manager.get(LOOK).text
    assert "Every paragraph has its counterpart." in said(page)
    assert page.index("Court.") < page.index("Short.")
    assert "Ligne" not in page
    assert "In the file" in manager.get(f"{LOOK}?beside=source").text
    assert redirects_to(keep(manager, DOCUMENT, "fr"), f"{DOCUMENT}/preview?edition=fr")
    assert editions(app) == ["en", "fr"]
    assert french(app)[2] == "Court."
    with app.app_context():
        kept = db.session.scalars(sa.select(Edition).where(Edition.language == "fr")).one()
        assert kept.source_format is SourceFormat.MARKDOWN
        assert len(kept.source_digest) == 64


def test_what_is_cut_in_two_is_shown_and_joined(app: Flask, manager: FlaskClient) -> None:
    cut = FRENCH.replace("est assez long,", "est assez long,\n\n")
    paste(manager, DOCUMENT, "fr", cut)
    work(app)
    assert "1 block here belongs to no paragraph." in said(manager.get(LOOK).text)
    first = key_of(app, "Le premier paragraphe est assez long,")
    answer = send(manager, f"{LOOK}/block/{first}", {"act": "merge"})
    assert answer.status_code == 302
    assert f"block={first}" in answer.location
    assert "Every paragraph has its counterpart." in said(manager.get(LOOK).text)
    send(manager, LOOK, {}, action=f"{LOOK}/undo")
    assert "1 block here belongs to no paragraph." in said(manager.get(LOOK).text)


def test_a_gap_is_kept_only_when_that_is_confirmed(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "fr", FRENCH.replace("\n\nCourt.", ""))
    work(app)
    page = said(manager.get(LOOK).text)
    assert "1 paragraph has no words here." in page
    assert "No words in this language" in page
    asked = keep(manager, DOCUMENT, "fr")
    assert asked.status_code == 422
    assert "This edition has gaps" in said(asked.text)
    assert french(app)[0] != "But"
    assert keep(manager, DOCUMENT, "fr", with_gaps=True).status_code == 302
    assert french(app) == ["But", "Le premier paragraphe est assez long, pour ce qu’il dit.", "(Short.)", "élément",
                           "Champ", "Fin."]  # fmt: skip
    assert editions(app) == ["en"], "people read it once nothing is missing"


def test_words_are_written_where_they_are_missing(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "fr", FRENCH.replace("\n\n- élément", ""))
    work(app)
    link = re.search(r'href="([^"]*/insert[^"]*)"', manager.get(LOOK).text)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert "English (authentic) – item" in said(manager.get(address).text), "what is to be translated"
    assert send(manager, address, {"text": "chose"}).status_code == 302
    assert "Every paragraph has its counterpart." in said(manager.get(LOOK).text), "kind and mark are those beside it"
    keep(manager, DOCUMENT, "fr")
    assert french(app)[3] == "chose"


def test_a_manager_says_which_paragraph_a_block_is(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "fr", FRENCH.replace("\n\nCourt.", "").replace("- élément", "élément"))
    work(app)
    block = key_of(app, "élément")
    page = manager.get(LOOK).text
    offered = re.findall(r'name="paragraph" value="(\d+)"', page)
    assert offered, said(page)
    with app.app_context():
        version = find_version(get_round("minerals"))
        assert version is not None
        item = next(p.id for p in list_paragraphs(version) if p.text == "item")
    assert build.post(manager, f"{LOOK}/pair", {"block": str(block), "paragraph": str(item)}).status_code == 302
    assert "Match it anew" in manager.get(LOOK).text
    build.post(manager, f"{LOOK}/pair", {"block": str(block), "paragraph": "999999"})
    assert keep(manager, DOCUMENT, "fr", with_gaps=True).status_code == 302
    assert french(app)[2:4] == ["(Short.)", "élément"]


def test_an_edition_of_a_text_that_was_replaced_is_not_kept_beside_the_wrong_words(
    app: Flask, manager: FlaskClient
) -> None:
    paste(manager, DOCUMENT, "fr", FRENCH)
    work(app)
    with app.app_context():
        manager_id = db.session.scalars(sa.select(Edition)).first()
        assert manager_id is not None
    paste(manager, DOCUMENT, "en", ENGLISH.replace("Short.", "Short and new.\n\nQuite another one, that is new."))
    work(app)
    keep(manager, DOCUMENT, "en")
    page = said(manager.get(LOOK).text)
    assert "paragraph has no words here" in page, page
    assert keep(manager, DOCUMENT, "fr").status_code == 422


def test_the_page_asks_the_same_number_of_queries(app: Flask, manager: FlaskClient) -> None:
    asked = []
    for wanted in (1, 3, 300):
        for language in ("en", "fr"):
            paste(manager, DOCUMENT, language, "\n\n".join(f"Paragraph {n}." for n in range(wanted)))
            work(app)
            if language == "en":
                keep(manager, DOCUMENT, "en")
        with build.count_queries(app) as found:
            assert manager.get(LOOK).status_code == 200
        asked.append(len(found))
        send(manager, f"{LOOK}/drop")
    assert asked[0] == asked[1] == asked[2] <= 22


CHANGED = ENGLISH.replace("is rather long", "is twice as long")


def test_words_of_before_stay_marked_beside_a_source_that_changed(app: Flask, manager: FlaskClient) -> None:
    for language, text in (("en", ENGLISH), ("fr", FRENCH), ("en", CHANGED)):
        assert bring(app, manager, DOCUMENT, language, text).status_code == 302
    assert editions(app) == ["en"]
    paste(manager, DOCUMENT, "fr", FRENCH)
    work(app)
    page = said(manager.get(LOOK).text)
    assert "Every paragraph has its counterpart." not in page
    assert "The source of 1 paragraph has changed, and these words have not." in page
    assert "The source has changed, these words have not" in page
    assert keep(manager, DOCUMENT, "fr").status_code == 422
    assert redirects_to(keep(manager, DOCUMENT, "fr", with_gaps=True), DOCUMENT)
    assert editions(app) == ["en"], "what is said in French is of other words"
    listed = manager.get(DOCUMENT)
    assert "1 of 6 paragraphs are not translated from the present words." in said(listed.text)
    assert "French Missing" not in said(listed.text)
    translations = "/en/desk/minerals/translations/fr"
    assert f'href="{translations}"' in listed.text
    assert f'href="{translations}"' in manager.get(f"{DOCUMENT}/preview").text
    kept = re.findall(r'name="(keep-[^"]+)"', manager.get(translations).text)[0]
    send(manager, translations, {kept: "y"}, action=translations)
    assert editions(app) == ["en", "fr"], "now somebody says that they hold"


def test_words_of_the_version_before_are_known_even_where_better_ones_stand_now(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        first = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "fr"))
        for language, text in (("en", ENGLISH), ("fr", FRENCH)):
            import_document(first, text, language=language, actor=staff.manager, now=build.utc_now())
        open_round(first, actor=staff.manager, now=build.utc_now())
        second = following(staff, first)
        authentic = proposed(staff, second, CHANGED)
        decide_all(staff, authentic)
        version = keep_proposal(authentic, actor=staff.manager, now=build.utc_now())
        changed = list_paragraphs(version)[1]
        update_translations(
            "paragraph", changed.id, language="fr", fields={"text": (changed.text, "Deux fois plus long.")},
            actor=staff.manager, now=build.utc_now(),
        )  # fmt: skip
        old = proposed(staff, second, FRENCH, language="fr")
        assert fit_of(old).outdated == 1
        keep_edition(old, actor=staff.manager, now=build.utc_now(), with_gaps=True)
        now = text_of(changed, paragraph_texts([changed], "fr"), "en")
        assert (now.text[:10], now.is_stale) == ("Le premier", True)
        new = proposed(staff, second, FRENCH.replace("est assez long", "est deux fois plus long"), language="fr")
        assert fit_of(new).is_complete
        keep_edition(new, actor=staff.manager, now=build.utc_now())
        assert editions_of(version) == ["en", "fr"]
        again = import_document(second, FRENCH, language="fr", actor=staff.manager, now=build.utc_now())
        assert text_of(changed, paragraph_texts([changed], "fr"), "en").is_stale
        assert again.id == version.id


def test_a_picture_that_nobody_described_leaves_the_description_that_is_there(app: Flask, manager: FlaskClient) -> None:
    words = {"en": ("Before it stand words.", "Bars."), "fr": ("Des mots avant.", "Barres.")}
    for language, (before, alt) in words.items():
        upload(manager, DOCUMENT, language, pictured(before, alt), "draft.docx")
        work(app)
        assert keep(manager, DOCUMENT, language).status_code == 302
    assert editions(app) == ["en", "fr"]
    upload(manager, DOCUMENT, "fr", pictured("D’autres mots avant.", ""), "draft.docx")
    work(app)
    page = said(manager.get(LOOK).text)
    assert "Every paragraph has its counterpart." not in page
    assert "One picture has no description." in page
    assert "No words in this language" in page
    assert len(re.findall(r'<img src="[^"]+" width="30"', manager.get(LOOK).text)) == 2, "both are seen"
    asked = keep(manager, DOCUMENT, "fr")
    assert asked.status_code == 422
    assert "1 paragraph has no words in this language." in said(asked.text)
    assert redirects_to(keep(manager, DOCUMENT, "fr", with_gaps=True), f"{DOCUMENT}/preview?edition=fr")
    assert french(app) == ["D’autres mots avant.", "Barres."]
    assert editions(app) == ["en", "fr"]


def pictured(before: str, alt: str) -> bytes:
    """A Word file with a paragraph and a picture."""
    rels, parts = (("a", "image", "media/a.png", False),), {"word/media/a.png": files.png(30, 20)}
    return word(p(run(before)) + p(drawing("a", alt)), parts=parts, rels=rels)
