"""What the page beside the source says of a text: what was lost and where, pictures, footnotes, another language."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.queries import get_round
from consult.consultations.services import create_round, open_round
from consult.core.clock import utc_now
from consult.core.db import db
from tests.integration.documents.bringing import keep, paste, said, upload, work
from tests.support import build, files
from tests.support.browse import main_of, send
from tests.support.word import drawing, p, run, word

DESK = "/en/desk/minerals"
DOCUMENT = f"{DESK}/document"
LOOK = f"{DOCUMENT}/en/proposal"
KHMER = "# 1 គោលបំណង\n\nមនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងសេចក្ដីថ្លៃថ្នូរ និងសិទ្ធិ។"
FRENCH = "# 1 But\n\nTous les êtres humains naissent libres et égaux en dignité et en droits, et doivent agir ensemble."
ENGLISH = "# 1 Purpose\n\nAll human beings are born free and equal in dignity and rights, and should act together."


@pytest.mark.parametrize(("text", "language"), [(KHMER, "Khmer"), (FRENCH, "French"), (ENGLISH, "")])
def test_a_text_in_another_language_is_asked_about_and_can_be_kept(
    app: Flask, manager: FlaskClient, text: str, language: str
) -> None:
    paste(manager, DOCUMENT, "en", text)
    assert work(app) == 1
    page = said(manager.get(LOOK).text)
    assert ("Is this text in English?" in page) == bool(language)
    assert (f"It looks like {language}." in page) == bool(language)
    assert keep(manager, DOCUMENT, "en").status_code == 302


def test_a_wrong_file_is_asked_about_beside_the_authentic_text(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "fr", KHMER)
    work(app)
    page = said(manager.get(f"{DOCUMENT}/fr/proposal").text)
    assert "Is this text in French?" in page
    assert "It looks like Khmer." in page


def test_a_picture_is_described_beside_itself_and_is_then_found_no_more(app: Flask, manager: FlaskClient) -> None:
    body = p("A long paragraph with a picture behind it, and more words.") + p(drawing("a")) + p(drawing("b"))
    rels = (("a", "image", "media/a.png", False), ("b", "image", "media/b.png", False))
    parts = {"word/media/a.png": files.png(30, 20), "word/media/b.png": files.png(20, 30)}
    upload(manager, DOCUMENT, "en", word(body + p(run("The end.")), parts=parts, rels=rels), "draft.docx")
    assert work(app) == 1
    looked = manager.get(LOOK).text
    assert "2 pictures have no description." in said(looked)
    blocks = re.findall(r"/proposal/block/(\d+)", looked)
    page = main_of(manager.get(f"{LOOK}/block/{blocks[1]}"))
    picture = re.search(r'<img src="([^"]+)" width="30" height="20"', page)
    assert picture is not None
    assert manager.get(picture[1]).mimetype == "image/png"
    assert "Description for people who cannot see it" in page
    assert "Words</label>" not in page
    send(manager, f"{LOOK}/block/{blocks[1]}", {"act": "save", "text": "A map of the mines."})
    assert "One picture has no description." in said(manager.get(LOOK).text)
    send(manager, f"{LOOK}/block/{blocks[2]}", {"act": "delete"})
    assert "no description" not in said(manager.get(LOOK).text)


def test_what_was_lost_is_linked_by_its_words_and_footnotes_are_raised(app: Flask, manager: FlaskClient) -> None:
    paste(
        manager,
        DOCUMENT,
        "en",
        "# 1 Purpose\n\nThe words and all their <u>markup</u> ![](https://x.org/a.png)[^a]\n\n[^a]: A note.",
    )
    work(app)
    page = main_of(manager.get(LOOK))
    links = re.findall(r'<a href="[^"]*#(s\d+)"><bdi>([^<]+)</bdi></a>', page)
    assert links
    for place, words in links:
        assert f'id="{place}"' in page
        assert not words.isdigit()
    assert any(words.startswith("The words and all") for _place, words in links)
    assert "<sup>a</sup>" in page
    understood = page.partition('class="understood"')[2]
    assert "[^a]" not in understood.partition('class="source"')[0]


def test_marks_of_footnotes_are_raised_beside_the_source_too(app: Flask, manager: FlaskClient) -> None:
    noted = run("Words") + '<w:r><w:footnoteReference w:id="1"/></w:r>' + run(" <and> more.")
    notes = '<w:footnote w:id="1"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote>'
    upload(manager, DOCUMENT, "en", word(p(noted), parts={"footnotes": notes}), "draft.docx")
    work(app)
    page = main_of(manager.get(LOOK))
    assert page.count("Words<sup>1</sup> &lt;and&gt; more.") == 2
    assert "[^1]" not in page


def test_a_heading_without_a_number_is_numbered_from_one(app: Flask, manager: FlaskClient) -> None:
    paste(manager, DOCUMENT, "en", "# Purpose\n\nWords.\n\n## Scope\n\nWords.\n\n# End\n\nWords.")
    work(app)
    first = re.findall(r"/proposal/block/(\d+)", manager.get(LOOK).text)[0]
    typed = {"act": "renumber", "number": "", "unnumbered": "y"}
    assert send(manager, f"{LOOK}/block/{first}", typed).status_code == 302
    headings = re.findall(r'class="title"><bdi>([^<]+)</bdi> (\w+)', manager.get(LOOK).text)
    assert headings == [("1", "Purpose"), ("1.1", "Scope"), ("2", "End")]


def test_the_draft_in_preparation_is_found_from_the_round_before(
    app: Flask, staff: build.Desk, manager: FlaskClient
) -> None:
    assert "Drafts of all rounds" not in said(manager.get(DOCUMENT).text)
    with app.app_context():
        open_round(get_round("minerals"), actor=staff.manager, now=utc_now())
        build.close(get_round("minerals"))
        create_round(get_round("minerals").consultation, actor=staff.manager, now=utc_now())
        db.session.commit()
    coming = f'href="{DESK}/rounds/2/document"'
    assert coming in main_of(manager.get(DESK))
    page = manager.get(DOCUMENT)
    assert "The draft of round 2 is being prepared" in said(page.text)
    assert main_of(page).count(coming) == 2
    there = manager.get(f"{DESK}/rounds/2/document")
    assert "is being prepared" not in said(there.text)
    assert f'href="{DESK}/rounds/1/document"' in main_of(there)


def test_a_picture_is_seen_where_it_is_decided(app: Flask, staff: build.Desk, manager: FlaskClient) -> None:
    with app.app_context():
        open_round(get_round("minerals"), actor=staff.manager, now=utc_now())
        build.close(get_round("minerals"))
        create_round(get_round("minerals").consultation, actor=staff.manager, now=utc_now())
        db.session.commit()
    rels, parts = (("a", "image", "media/a.png", False),), {"word/media/a.png": files.png(30, 20)}
    there = f"{DESK}/rounds/2/document"
    text = word(p(run("Wholly other words.")) + p(drawing("a", "Bars.")), parts=parts, rels=rels)
    upload(manager, there, "en", text, "draft.docx")
    work(app)
    shown = "".join(manager.get(f"{there}/en/proposal/review?part={part}").text for part in ("open", "certain"))
    picture = re.search(r'<img src="([^"]+)" width="30" height="20" alt="Bars."', shown)
    assert picture is not None
    assert manager.get(picture[1]).mimetype == "image/png"
