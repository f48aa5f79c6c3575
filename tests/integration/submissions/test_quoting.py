"""Pointing at exact words: typed, pasted or selected; kept with the point wherever it goes, and erased with it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person, Visitor
from consult.consultations.enums import Audience
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.secrets import key_digest
from consult.documents.anchoring import Quote, make_quote, quote_at
from consult.privacy.exporting import as_json
from consult.privacy.queries import list_held, owner_of
from consult.submissions.models import Quotation, Submission
from consult.submissions.services import (
    begin_revision,
    claim_drafts,
    delete_draft,
    save_quote,
    submit_submission,
    withdraw_comment,
)
from consult.submissions.services.submitting import comment_content
from tests.integration.submissions.conftest import POINT, START, Opened, autosave_url, speak, write
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to
from tests.support.record import assert_refused

TEXT, ARABIC = "Paragraph 1 in en.", "فقرة 1 in ar."


def kept(app: Flask) -> list[tuple[str, str, int, int]]:
    """(language, words, start, end) of every quotation there is."""
    with app.app_context():
        rows = db.session.scalars(sa.select(Quotation).order_by(Quotation.comment_id))
        return [(row.language, row.exact, row.start, row.end) for row in rows]


def test_typed_words_are_found_kept_shown_and_taken_away(client: FlaskClient, opened: Opened, app: Flask) -> None:
    assert redirects_to(write(client, "Why one?", quote="  ¶ 1 “paragraph\n1 IN” "), START + "points")
    assert kept(app) == [("en", "Paragraph 1 in", 0, 14)]
    page = client.get(START + "points").text
    assert "Paragraph 1 in</p></blockquote>" in page
    change = page.partition('aria-label="Change point 1"')[0].rpartition('href="')[2].partition('"')[0]
    form = forms_in(client.get(change).text)[0]
    assert form.values["quote"] == ["Paragraph 1 in"]
    client.post(form.action, data=fill_in(form, {"text": "Other words.", "quote": ""}))
    assert kept(app) == []
    assert opened.comments() == [("Other words.", "sec_1__para_1")]


def test_words_that_are_not_there_are_refused_kept_and_the_nearest_is_offered(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    answer = write(client, "A point.", quote="Paragraph 7 in eng")
    assert answer.status_code == 422
    assert "do not stand in the paragraph above" in answer.text
    form = forms_in(answer.text)[0]
    assert form.values["quote"] == ["Paragraph 7 in eng"]
    assert form.values["text"] == ["A point."]
    assert 'name="quote_place" value="0-' in answer.text
    assert opened.count() == 0
    place = answer.text.partition('name="quote_place" value="')[2].partition('"')[0]
    client.post(form.action, data=fill_in(form, {"quote_place": place}))
    assert [words for _language, words, *_place in kept(app)] == [TEXT[: int(place.partition("-")[2])]]


def test_of_several_places_one_is_asked_for(client: FlaskClient, opened: Opened, app: Flask) -> None:
    answer = write(client, "Which?", quote="n")  # inside words only, and therefore anywhere
    assert answer.status_code == 422
    assert "stand in several places" in answer.text
    form = forms_in(answer.text)[0]
    client.post(form.action, data=fill_in(form, {"quote_place": "16-17"}))
    assert kept(app) == [("en", "n", 16, 17)]


def test_a_place_that_is_made_up_is_not_taken(client: FlaskClient, opened: Opened, app: Flask) -> None:
    form = forms_in(client.get(POINT).text)[0]
    client.post(form.action, data=fill_in(form, {"text": "A point.", "quote": "1 in", "quote_place": "0-9"}))
    assert kept(app) == [("en", "1 in", 10, 14)]


def test_what_was_selected_in_an_edition_comes_with_the_address(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    url = f"{POINT}&edition=ar&place=0-4&length={len(ARABIC)}"
    page = client.get(url).text
    assert '<blockquote class="quote serif" lang="ar" dir="rtl">' in page
    form = forms_in(page)[0]
    assert form.values["quote"] == ["فقرة"]
    client.post(form.action, data=fill_in(form, {"text": "About the translation."}))
    assert kept(app) == [("ar", "فقرة", 0, 4)]


@pytest.mark.parametrize(
    "query", ["place=0-4", "place=0-4&length=17", "place=4-4&length=18", "place=9-99999&length=18", "place=x&length=18"]
)
def test_an_address_that_makes_no_sense_still_opens_with_no_words(
    client: FlaskClient, opened: Opened, query: str
) -> None:
    assert len(TEXT) == 18
    answer = client.get(f"{POINT}&{query}")
    assert answer.status_code == 200
    assert forms_in(answer.text)[0].values["quote"] == [""]
    there = client.get(f"{POINT}&place=0-11&length=18").text
    assert forms_in(there)[0].values["quote"] == ["Paragraph 1"]


def test_saving_while_one_types_keeps_the_words_and_waits_for_a_quote_that_fits(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    page = client.get(POINT).text
    form, url = forms_in(page)[0], autosave_url(page)
    client.post(url, data=fill_in(form, {"text": "One.", "quote": "Paragraph 1"}))
    assert kept(app) == [("en", "Paragraph 1", 0, 11)]
    assert client.post(url, data=fill_in(form, {"text": "Two.", "quote": "Paragr nothing"})).status_code == 200
    assert kept(app) == [("en", "Paragraph 1", 0, 11)]
    assert opened.comments() == [("Two.", "sec_1__para_1")]


def quoted_draft(opened: Opened, author: Person | Visitor, *texts: str) -> Submission:
    """A draft whose first point is about the words "in en" of the first paragraph."""
    draft = build.draft(opened.round(), author, *(texts or ["A point."]))
    quote = make_quote(TEXT, "in en").quote
    save_quote(draft, draft.comments[0], quote, language="en", now=utc_now())
    db.session.flush()
    return draft


@pytest.mark.parametrize(
    ("quote", "language"),
    [
        (Quote("Paragraph 2", "", "", 0, 11), "en"),  # of another paragraph
        (Quote("in en", "", "", 12, 17), "en"),  # with nothing around it
        (quote_at(TEXT, 12, 17), "ar"),  # of another edition
        (Quote("", "", "", 0, 0), "en"),
    ],
)
def test_no_point_quotes_what_does_not_stand_there(opened: Opened, app: Flask, quote: Quote, language: str) -> None:
    with app.app_context():
        draft = build.draft(opened.round(), build.person(), "A point.")
        with pytest.raises(BadInput, match="do not stand"):
            save_quote(draft, draft.comments[0], quote, language=language, now=utc_now())


def test_a_quote_is_on_record_with_its_point_goes_into_its_revision_and_goes_with_its_words(
    opened: Opened, app: Flask
) -> None:
    with app.app_context():
        author = build.person()
        draft = quoted_draft(opened, author, "One.", "Two.")
        speak(draft, author)
        submitted = submit_submission(draft, actor=author, now=utc_now())
        db.session.commit()
        first, second = submitted.comments
        assert_refused(
            "UPDATE quotation SET exact = 'other'",
            "DELETE FROM quotation",
            'INSERT INTO quotation (comment_id, language, exact, prefix, suffix, start, "end") '
            f"VALUES ({second.id}, 'en', 'x', '', '', 0, 1)",
        )
        assert comment_content(first)["quote"] == "in en"
        assert "quote" not in comment_content(second)
        copy = begin_revision(submitted, actor=author, now=utc_now())
        assert [c.quotation.exact if c.quotation else "" for c in copy.comments] == ["in en", ""]
        db.session.commit()
        taken = as_json(list_held(owner_of(author.account)), instance="", language="en", made_on=utc_now().date())
        assert b'"quote": "in en"' in taken
        withdraw_comment(first, actor=author, now=utc_now())
        db.session.commit()
        assert db.session.scalars(sa.select(Quotation.comment_id)).all() == [copy.comments[0].id]


def test_a_quote_goes_over_to_the_account_that_signs_in(opened: Opened, app: Flask) -> None:
    with app.app_context():
        key = "k" * 40
        draft = quoted_draft(opened, Visitor())
        draft.draft_key_digest = key_digest(key)
        later = build.person()
        mine = build.draft(opened.round(), later, "Mine.")
        db.session.flush()
        claim_drafts(later.account, [key], now=utc_now())
        db.session.expire(mine)
        assert {c.text: c.quotation.exact if c.quotation else "" for c in mine.comments} == {
            "Mine.": "", "A point.": "in en",
        }  # fmt: skip
        delete_draft(mine)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Quotation)) == 0


def test_words_of_a_draft_are_for_those_who_may_read_it(app: Flask, client: FlaskClient) -> None:
    """The input of a round by invitation may be public while its draft is not."""
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        guest, now = build.person("Guest"), utc_now()
        build.admit(round_, guest, manager=staff.manager)
        draft = build.draft(round_, guest, "A point about it.")
        save_quote(draft, draft.comments[0], quote_at("Paragraph 1 in en.", 0, 18), language="en", now=now)
        build.submit(round_, guest)
        build.publish(round_, staff.moderator)
        reference = build.points_of(round_)[0].reference
        db.session.commit()
        signed_in = app.test_client()
        build.sign_in(signed_in, guest)
    for address in ("/en/consultations/minerals/comments", f"/en/consultations/minerals/comments/{reference}"):
        assert "A point about it." in client.get(address).text
        assert "Paragraph 1 in en." not in client.get(address).text
        assert "Paragraph 1 in en." in signed_in.get(address).text
