"""Corrections to an open draft stand beside the text, which stays, in the reader's language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.actors import Person
from consult.consultations.enums import Audience
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.documents.models import ProposedBlock
from consult.documents.queries import (
    get_version,
    list_not_taken_up,
    list_paragraphs,
    occurs_in,
    paragraph_texts,
    text_of,
)
from consult.documents.queries.proposals import find_in_hand
from consult.documents.services import issue_corrigendum
from consult.documents.services.keeping import keep_proposal
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to, send
from tests.support.versions import decide_all, following, proposed

URL = "/en/desk/open/document/corrigendum"
WORDS = {"en": "The year was wrong.", "ar": "كانت السنة خاطئة."}


def open_round(app: Flask, **options: Any) -> build.Desk:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager, slug="open", code="OPEN", languages=("en", "ar"), **options)
        db.session.commit()
    return staff


def signed_in(app: Flask, who: Person) -> Any:
    client = app.test_client()
    with app.app_context():
        build.sign_in(client, who)
    return client


def issue(client: Any, typed: dict[str, str], url: str = URL) -> Any:
    """Fill in the form, look at what will happen, and confirm it."""
    look = send(client, url, typed)
    assert look.status_code == 200, main_of(look)
    assert "Issue this corrigendum?" in main_of(look)
    return client.post(URL, data=fill_in(forms_in(look.text)[0], {"step": "confirm"}))


def test_it_is_issued_at_the_desk_and_stands_beside_the_text_in_both_languages(app: Flask) -> None:
    staff = open_round(app)
    manager = signed_in(app, staff.manager)
    before = app.test_client().get("/en/consultations/open/draft").text
    assert f'href="{URL}?paragraph=sec_1__para_2"' in manager.get("/en/desk/open/document/preview").text
    typed = {
        "paragraph": "sec_1__para_2", "words-en": WORDS["en"], "words-ar": WORDS["ar"],
        "reads": "Paragraph 2", "should_read": "Paragraph two",
    }  # fmt: skip
    half = send(manager, URL, {**typed, "should_read": ""})
    assert half.status_code == 422
    assert "Fill in both, or neither." in half.text
    look = send(manager, URL, typed)  # looked at, nothing is issued, and what was typed comes back to be changed
    assert WORDS["ar"] in main_of(look)
    again = manager.post(URL, data=fill_in(forms_in(look.text)[0], {"step": "change"}))
    kept = forms_in(again.text)[0].values
    assert {name: kept[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert app.test_client().get("/en/consultations/open/draft").text.count("orrigendum") == 0
    assert redirects_to(issue(manager, typed, f"{URL}?paragraph=sec_1__para_2"), "/en/desk/open/document")
    assert redirects_to(
        issue(manager, {"words-en": "About the whole text.", "edition": "ar"}), "/en/desk/open/document"
    )
    assert WORDS["en"] in main_of(manager.get("/en/desk/open/document"))

    page = app.test_client().get("/en/consultations/open/draft").text
    block = page.partition('id="sec_1__para_2"')[2].partition('class="para"')[0]
    assert "Paragraph 2 in en." in block  # the text stays
    assert WORDS["en"] in block
    assert "Corrigendum of" in block
    assert 'id="corrigendum-1"' in block
    assert 'href="#corrigendum-1"' in page.partition('id="sec_1"')[0]
    assert "About the whole text." in page.partition('id="sec_1"')[0]
    assert "(Arabic text only)" in page
    assert "orrigendum" not in before
    arabic = app.test_client().get("/ar/consultations/open/draft").text
    assert WORDS["ar"] in arabic
    assert "About the whole text." in arabic
    timeline = app.test_client().get("/en/consultations/open").text
    assert "Corrigendum to the draft" in timeline
    assert WORDS["en"] in timeline


def test_what_the_text_says_must_occur_there(app: Flask) -> None:
    staff = open_round(app)
    manager = signed_in(app, staff.manager)
    typed = {"paragraph": "sec_1__para_2", "words-en": WORDS["en"], "should_read": "Better."}
    refused = send(manager, URL, {**typed, "reads": "Paragraph 3"})
    assert refused.status_code == 422
    assert "do not occur in this place of the draft (English)" in main_of(refused)
    assert forms_in(refused.text)[0].values["reads"] == ["Paragraph 3"]
    with app.test_request_context("/en/"), db.session.no_autoflush:  # the record would refuse other words
        version = get_version(get_round("open"))
        heading, first, second, third = list_paragraphs(version)[:4]
        first.text = "At *least*  [three](https://example.org/)\nmines & one pit."
        second.text = "| Year | Mines |\n| --- | --- |\n| 2024 | 12 |"
        arabic = text_of(third, paragraph_texts([third], "ar"), "en").text
        for paragraph, quoted, language, occurs in (
            (first, "least three\n mines & one", "en", True),  # as it is seen
            (first, "[three](https://example.org/)", "en", True),  # as it was imported
            (first, "four mines", "en", False),
            (second, "Mines\t2024\n12", "en", True),
            (third, arabic, "ar", True),
            (third, arabic, "en", False),
            (first, arabic, "ar", False),
            (heading, f"{heading.number} {heading.text}", "en", True),
            (None, "one pit. Year", "en", True),
            (None, "two pits", "en", False),
            (None, arabic, "ar", True),
        ):
            assert occurs_in(version, paragraph, quoted, language=language) is occurs, (quoted, language)


def test_only_for_an_open_draft_and_only_by_its_manager(app: Flask) -> None:
    staff = open_round(app)
    with app.test_request_context("/en/"):
        other = build.open_consultation(staff.host, staff.manager, slug="other", code="OTHER")
        version = get_version(get_round("open"))
        common: dict[str, Any] = {"reads": "", "should_read": "", "actor": staff.manager, "now": utc_now()}
        stranger = list_paragraphs(get_version(other))[0]
        for wrong, field in (
            ({"words": {"ar": "فقط"}, "language": None}, "words-en"),
            ({"words": WORDS, "language": "fr"}, "edition"),
            ({"words": WORDS, "language": None, "paragraph": stranger}, "paragraph"),
            ({"words": WORDS, "language": None, "reads": "Never said.", "should_read": "Said."}, "reads"),
        ):
            with pytest.raises(BadInput) as refusal:
                issue_corrigendum(version, **{"paragraph": None, **common, **wrong})
            assert refusal.value.field == field
        now = utc_now()
        for opens, closes in ((1, 9), (-30, -2)):
            build.set_dates(version.round, now + timedelta(days=opens), now + timedelta(days=closes))
            with pytest.raises(InvalidTransition):
                issue_corrigendum(version, None, words=WORDS, language=None, **common)
    for who in (staff.moderator, staff.responder, staff.approver):
        assert signed_in(app, who).get(URL).status_code in {403, 404}
        assert "orrigendum" not in signed_in(app, who).get("/en/desk/open/document/preview").text


def test_words_on_a_draft_that_is_not_for_everybody_are_not_on_public_pages(app: Flask) -> None:
    staff = open_round(app, audience=Audience.BY_INVITATION)
    with app.app_context():
        issue_corrigendum(
            get_version(get_round("open")), None, words=WORDS, reads="", should_read="", language=None,
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    page = app.test_client().get("/en/consultations/open").text
    assert "Corrigendum to the draft" in page
    assert WORDS["en"] not in page


def test_what_was_put_right_and_comes_back_wrong_in_the_next_version_is_listed(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff = build.desk()
        first = build.open_consultation(
            staff.host, staff.manager, slug="open", code="OPEN", languages=("en", "fr"), paragraphs=3
        )
        version = get_version(first)
        blocks = list_paragraphs(version)
        french = [text_of(one, paragraph_texts(blocks, "fr"), "en").text for one in blocks]
        common: dict[str, Any] = {"words": {"en": "It was wrong."}, "actor": staff.manager, "now": utc_now()}
        for paragraph, reads, should_read, language in (
            (blocks[2], "Paragraph 2", "Paragraph 2 and a half", None),
            (blocks[3], "Paragraph 3", "Section 3", None),
            (None, "Paragraph 1", "Section 1", None),
            (blocks[1], french[1], "Alinéa.", "fr"),
        ):
            issue_corrigendum(version, paragraph, reads=reads, should_read=should_read, language=language, **common)
        second = following(staff, first)
        wrong = "\n\n".join([f"# 1 {blocks[0].text}", *(one.text for one in blocks[1:])])
        proposal = proposed(staff, second, wrong)

        def listed() -> list[tuple[str, int]]:
            return [(one.said.row.reads, one.position) for one in list_not_taken_up(proposal, "en")]

        assert listed() == [("Paragraph 2", 3), ("Paragraph 3", 4), ("Paragraph 1", 0)]
        block = db.session.scalars(sa.select(ProposedBlock).where(ProposedBlock.position == 3)).one()
        block.text = block.text.replace("Paragraph 2", "Paragraph 2 and a half")
        db.session.commit()
        assert listed() == [("Paragraph 3", 4), ("Paragraph 1", 0)], "the right words stand there now"
        key, address = second.id, second.address
    manager = signed_in(app, staff.manager)
    for page in ("proposal", "proposal/review"):
        shown = main_of(manager.get(f"/en/desk/{address}/document/en/{page}"))
        assert "2 corrigenda to the version before are not taken up in this text" in shown
        assert "Change block 4" in shown
    with app.test_request_context("/en/"):
        round_ = db.session.get_one(Round, key)
        mine = find_in_hand(round_.consultation, round_, "en")
        assert mine is not None
        decide_all(staff, mine)
        keep_proposal(mine, actor=staff.manager, now=utc_now())
        edition = proposed(staff, round_, "\n\n".join([f"# 1 {french[0]}", *french[1:]]), language="fr")
        assert [one.said.row.reads for one in list_not_taken_up(edition, "fr")] == [french[1]]
