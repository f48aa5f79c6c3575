"""Writing points: begun before signing in, saved as one types, never twice, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import get_identity
from consult.submissions.services import update_publication, update_speaker
from tests.integration.submissions.conftest import POINT, START, Opened, autosave_url, write
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to

PAGES = [
    "",
    "points",
    "points/new",
    "points/new?paragraph=sec_1__para_1",
    "questions",
    "about",
    "about?account=none",
    "who-sees-what",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_reads_every_step_and_leaves_no_row(client: FlaskClient, opened: Opened, page: str) -> None:
    answer = client.get(START + page)
    assert answer.status_code == 200
    assert "Taking part is not consent (FPIC) and not agreement." in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert opened.count() == 0


def test_the_first_point_begins_a_draft_that_this_browser_finds_again(client: FlaskClient, opened: Opened) -> None:
    assert redirects_to(write(client, "One.\n\nTwo."), START + "points")
    page = client.get(START + "points").text
    assert "One point in your draft" in page
    assert '<p lang="en" dir="ltr">Two.</p>' in page
    assert "not submitted yet" in page
    assert "One drafted" in client.get(START).text
    assert "Saved" in client.get(START).text
    assert opened.comments() == [("One.\n\nTwo.", "sec_1__para_1")]


def test_the_paragraph_is_shown_in_the_readers_language(client: FlaskClient, opened: Opened) -> None:
    page = client.get("/ar/take-part/minerals/points/new?paragraph=sec_1__para_1").text
    assert '<blockquote class="quote serif" lang="ar" dir="rtl"><p>فقرة 1 in ar.</p>' in page
    assert '<option selected value="ar">' in page


def test_a_point_in_general_is_about_no_paragraph(client: FlaskClient, opened: Opened) -> None:
    form = forms_in(client.get(START + "points/new").text)[0]
    assert form.values["comment_type"] == ["general"]
    client.post(form.action, data=fill_in(form, {"text": "Too long."}))
    assert opened.comments() == [("Too long.", "")]
    assert "The text in general" in client.get(START + "points").text


def test_a_point_may_be_only_a_proposed_change(client: FlaskClient, opened: Opened) -> None:
    assert write(client, "", proposed_change="Say it shorter.").status_code == 302
    assert "Say it shorter." in client.get(START + "points").text


def test_any_language_of_the_world_by_its_code(client: FlaskClient, opened: Opened, app: Flask) -> None:
    write(client, "Mbote.", other_language="KTU")
    write(client, "您好。", other_language="zh-hant-tw")
    refused = write(client, "x", other_language="i-klingon")
    assert refused.status_code == 422
    assert "is an old code that is not used any more" in refused.text
    assert forms_in(refused.text)[0].values["other_language"] == ["i-klingon"]
    with app.app_context():
        assert [row.language for row in db.session.query(Comment).order_by(Comment.id)] == ["ktu", "zh-Hant-TW"]


def test_one_goes_back_to_the_paragraph_in_the_draft(client: FlaskClient, opened: Opened) -> None:
    answer = write(client, "A point.", then="draft")
    assert redirects_to(answer, "/en/consultations/minerals/draft?at=sec_1__para_1#sec_1__para_1")


def test_a_point_is_changed_and_deleted(client: FlaskClient, opened: Opened) -> None:
    write(client, "First words.")
    page = client.get(START + "points").text
    edit = page.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    url = f"{START}points/{edit}"
    assert redirects_to(write(client, "Second words.", url), START + "points")
    assert opened.comments() == [("Second words.", "sec_1__para_1")]
    asked = client.get(url + "/delete")
    assert "Second words." in asked.text
    assert "Nothing else in your draft changes" in asked.text
    form = forms_in(asked.text)[0]
    assert redirects_to(client.post(url + "/delete", data=form.values), START + "points")
    assert opened.comments() == []
    assert client.get(url).status_code == 404


def test_saving_as_one_types_and_pressing_the_button_make_one_point(client: FlaskClient, opened: Opened) -> None:
    page = client.get(POINT).text
    form = forms_in(page)[0]
    typed = fill_in(form, {"text": "Half a sen"})
    del typed["idempotency_key"]  # as the script does
    saved = client.post(autosave_url(page), data=typed, headers={"Accept": "application/json"})
    assert saved.status_code == 200
    assert saved.json
    assert saved.json["saved_at"].startswith("Saved on ")
    typed["text"] = ["Half a sentence"]
    client.post(autosave_url(page), data=typed)
    assert redirects_to(client.post(form.action, data=fill_in(form, {"text": "A sentence."})), START + "points")
    assert opened.comments() == [("A sentence.", "sec_1__para_1")]
    assert opened.count() == 1


def test_sending_a_form_twice_or_going_back_to_it_makes_one_point(client: FlaskClient, opened: Opened) -> None:
    form = forms_in(client.get(POINT).text)[0]
    for words in ("Pressed twice.", "Pressed twice.", "Then changed after going back."):
        assert client.post(form.action, data=fill_in(form, {"text": words})).status_code == 302
    assert opened.comments() == [("Then changed after going back.", "sec_1__para_1")]


def test_a_saved_point_is_saved_again_where_it_is_edited(client: FlaskClient, opened: Opened) -> None:
    write(client, "First words.")
    edit = client.get(START + "points").text.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    page = client.get(f"{START}points/{edit}").text
    form = forms_in(page)[0]
    assert client.post(autosave_url(page), data=fill_in(form, {"text": "More words."})).status_code == 200
    assert opened.comments() == [("More words.", "sec_1__para_1")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write your point, or the change that you propose."),
        ("long " * 5_000, "This is 4,999 characters over the limit of 20,000."),
        ("nul \x00 inside", "This text holds a character that cannot be stored."),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence_and_is_not_lost(
    client: FlaskClient, opened: Opened, text: str, sentence: str
) -> None:
    answer = write(client, text)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#text"' in answer.text
    assert forms_in(answer.text)[0].values["text"][0].strip() == text.strip()
    assert opened.count() == 0
    page = client.get(POINT).text
    failed = client.post(autosave_url(page), data=fill_in(forms_in(page)[0], {"text": text}))
    assert failed.status_code == 422
    assert failed.json
    assert "saved_at" not in failed.json


def test_raw_bytes_that_are_no_text_do_no_harm(client: FlaskClient, opened: Opened) -> None:
    form = forms_in(client.get(POINT).text)[0]
    pairs = {name: value[0] for name, value in form.values.items() if name != "text"}
    body = "text=before%ED%A0%80after%FF&" + "&".join(f"{name}={value}" for name, value in pairs.items())
    answer = client.post(form.action, data=body.encode(), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    kept = opened.comments()[0][0]
    assert kept.startswith("before")
    assert "after" in kept
    assert client.get(START + "points").status_code == 200


@pytest.mark.parametrize("paragraph", ["%00", "sec_9__para_9", "a'b", "%ED%A0%80"])
def test_a_paragraph_that_is_not_there(client: FlaskClient, opened: Opened, paragraph: str) -> None:
    assert client.get(f"{START}points/new?paragraph={paragraph}").status_code == 404


def test_ten_megabytes_are_refused_and_the_draft_survives(client: FlaskClient, opened: Opened) -> None:
    write(client, "Kept.")
    form = forms_in(client.get(POINT).text)[0]
    answer = client.post(form.action, data=fill_in(form, {"text": "x" * 10_000_000}))
    assert answer.status_code == 413
    assert "What was saved before is still there." in answer.text
    assert opened.comments() == [("Kept.", "sec_1__para_1")]
    assert "Kept." in client.get(START + "points").text


def test_a_closed_round_keeps_the_typed_words_on_the_page(client: FlaskClient, opened: Opened, app: Flask) -> None:
    form = forms_in(client.get(POINT).text)[0]
    with app.app_context():
        build.close(opened.round())
        db.session.commit()
    answer = client.post(form.action, data=fill_in(form, {"text": "Written too late."}))
    assert answer.status_code == 409
    assert "This round is closed, so it takes no new points." in answer.text
    assert forms_in(answer.text)[0].values["text"][0].strip() == "Written too late."
    page = client.get(START).text
    assert "takes no new points" in page
    assert "Write a point" not in page


def test_within_the_grace_a_draft_goes_on_and_a_new_one_does_not_begin(app: Flask, opened: Opened) -> None:
    early, late = app.test_client(), app.test_client()
    write(early, "Begun in time.")
    with app.app_context():
        round_ = opened.round()
        now = utc_now()
        for draft in db.session.query(Submission):
            draft.begun_at = now - timedelta(hours=2)
        build.set_dates(round_, now - timedelta(days=9), now - timedelta(minutes=5))
        db.session.commit()
    assert "You began your draft before that, so you can still submit it until" in early.get(START).text
    assert write(early, "One more.").status_code == 302
    assert late.get(POINT).text.count("takes no new points") == 1
    assert 'class="button"' not in main_of(late.get(POINT))
    with app.app_context():
        build.set_dates(opened.round(), utc_now() - timedelta(days=9), utc_now() - timedelta(hours=2))
        db.session.commit()
    page = early.get(START + "points").text
    assert "it can no longer be submitted" in page
    assert "Begun in time." in page
    assert ">Change<" not in page


def test_before_the_opening_nothing_is_taken(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        build.set_dates(opened.round(), utc_now() + timedelta(days=2), utc_now() + timedelta(days=60))
        db.session.commit()
    assert "This round has not opened yet." in client.get(START).text
    answer = write(client, "Too early.")
    assert answer.status_code == 409
    assert "has not opened yet" in answer.text


def test_nobody_reaches_the_draft_of_somebody_else(client: FlaskClient, opened: Opened, app: Flask) -> None:
    write(client, "Mine.")
    key = client.get(START + "points").text.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    stranger, thief = app.test_client(), app.test_client()
    with thief.session_transaction() as session:
        session["draft_keys"] = ["a-wrong-key"]
    signed_in = app.test_client()
    with app.app_context():
        build.sign_in(signed_in, build.person("Somebody"))
    for other in (stranger, thief, signed_in):
        assert "Mine." not in other.get(START + "points").text
        for page in ("", "/delete"):
            assert other.get(f"{START}points/{key}{page}").status_code == 404
        assert build.post(other, f"{START}points/{key}/delete").status_code == 404
        # Sent to the same address, words go into the sender's own draft.
        assert build.post(other, f"{START}points/{key}", {"text": "Theirs.", "language": "en"}).status_code in {
            302,
            422,
        }
    assert opened.comments()[0] == ("Mine.", "sec_1__para_1")
    assert "Theirs." not in client.get(START + "points").text


def test_unpublished_consultations_are_not_there(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        build.consultation_in_setup(opened.staff.host, opened.staff.manager, slug="secret", code="SEC")
        db.session.commit()
    for page in PAGES:
        assert client.get("/en/take-part/secret/" + page).status_code == 404


def test_a_page_of_points_asks_the_database_as_often_for_300(app: Flask, opened: Opened) -> None:
    counted = []
    for number in (1, 3, 300):
        client = app.test_client()
        with app.app_context():
            author = build.person("Author")
            build.draft(opened.round(), author, *[f"Point {n}" for n in range(number)])
            build.sign_in(client, author)
        with build.count_queries(app) as queries:
            assert client.get(START + "points").status_code == 200
        counted.append(len(queries))
    assert counted == [12, 12, 12]


TAKE_OUT = START + "about/without-name"


def draft_with_name(
    opened: Opened, client: FlaskClient, setting: PublicationSetting, *, whose: str = "Rosa"
) -> Submission:
    """A draft that is complete, whose author gave a name; the client is signed in as its author."""
    author, now = build.person(whose), utc_now()
    draft = build.draft(opened.round(), author, "Words.")
    update_speaker(
        draft, name=whose, capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, setting, pseudonym="", now=now)
    build.sign_in(client, author)
    return draft


def name_in(draft: Submission) -> str:
    db.session.expire_all()
    identity = get_identity(draft)
    assert identity is not None
    return identity.name


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_name_that_is_not_needed_is_taken_out(app: Flask, client: FlaskClient, opened: Opened, accept: str) -> None:
    """With a page and with what a script asks for alike; of one's own draft alone, since no address names another."""
    with app.app_context():
        others = draft_with_name(opened, client, PublicationSetting.ANONYMOUS, whose="Ana")
        draft = draft_with_name(opened, client, PublicationSetting.ANONYMOUS)
        (form,) = [one for one in forms_in(client.get(START + "check").text) if one.action.endswith("without-name")]
        answer = client.post(form.action, data=fill_in(form, {}), headers={"Accept": accept})
        assert redirects_to(answer, START + "check")
        assert (name_in(draft), name_in(others)) == ("", "Ana")
        page = client.get(START + "check").text
        assert "Your name is taken out." in page
        assert "without-name" not in page
        assert f'action="/en/take-part/minerals/submit/{draft.key}"' in page  # nothing is missing now


def test_a_name_that_is_to_be_shown_stays(app: Flask, client: FlaskClient, opened: Opened) -> None:
    with app.app_context():
        draft = draft_with_name(opened, client, PublicationSetting.NAMED)
        assert "without-name" not in client.get(START + "check").text
        assert redirects_to(build.post(client, TAKE_OUT), START + "check")
        assert "You chose “With my name”" in client.get(START + "check").text
        assert name_in(draft) == "Rosa"


def test_nobody_takes_the_name_out_of_somebody_elses_draft(app: Flask, client: FlaskClient, opened: Opened) -> None:
    with app.app_context():
        draft = draft_with_name(opened, client, PublicationSetting.ANONYMOUS)
        build.sign_in(client, build.person("Ana"))
        assert redirects_to(build.post(client, TAKE_OUT), START)
        client.delete_cookie("consult")
        assert redirects_to(build.post(client, TAKE_OUT), START)
        assert name_in(draft) == "Rosa"


def test_after_the_closing_no_name_is_taken_out(app: Flask, client: FlaskClient, opened: Opened) -> None:
    with app.app_context():
        draft = draft_with_name(opened, client, PublicationSetting.ANONYMOUS)
        build.close(opened.round())
        db.session.commit()
        assert redirects_to(build.post(client, TAKE_OUT), START + "check")
        assert "Your name is taken out." not in client.get(START + "check").text
        assert name_in(draft) == "Rosa"
