"""The language of a point: named in any way, asked about once, never changed by itself; Zawgyi beside Unicode."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.consultations.enums import QuestionKind
from consult.consultations.services import save_question
from consult.core.changes import sequence_changes
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.models import Comment
from consult.submissions.queries import list_public_languages
from consult.submissions.services import submit_submission, withdraw_comment
from tests.integration.submissions.conftest import START, Opened, autosave_url, speak, write
from tests.support import build
from tests.support.browse import HtmlForm, fill_in, forms_in, redirects_to

KHMER = "ធូលីពីការរុករករ៉ែចូលក្នុងស្រូវរបស់យើង"
ZAWGYI = "ျပည္ေထာင္စု သတၱဳတူးေဖာ္ေရး ဥပေဒ"
UNICODE = "ပြည်ထောင်စု သတ္တုတူးဖော်ရေး ဥပဒေ"


def languages(app: Flask) -> list[tuple[str, str]]:
    """Code and words of each point, in the order in which they were begun."""
    with app.app_context():
        return [(row.language, row.language_words) for row in db.session.query(Comment).order_by(Comment.id)]


def asked(page: str) -> HtmlForm | None:
    """The form of a page that asks about a language, if it does."""
    found = [form for form in forms_in(page) if form.action.endswith("/language")]
    assert len(found) == page.count("This looks like") <= 1
    return found[0] if found else None


def say(client: FlaskClient, page: str, answer: str) -> TestResponse:
    """Answer the question of a page."""
    form = asked(page)
    assert form is not None
    return client.post(form.action, data=form.values | {"answer": [answer]})


def test_a_language_without_a_code_is_named_by_its_author(client: FlaskClient, opened: Opened, app: Flask) -> None:
    write(client, "كلمات", other_language="كافيت")
    write(client, "Words.", other_language="khmer")
    assert languages(app) == [("mis", "كافيت"), ("km", "")]
    page = client.get(START + "points").text
    assert '<p lang="mis" dir="auto">كلمات</p>' in page
    key = page.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    form = forms_in(client.get(f"{START}points/{key}").text)[0]
    assert form.values["other_language"] == ["كافيت"]
    client.post(form.action, data=fill_in(form, {"text": "كلمات أخرى"}))
    assert languages(app)[0] == ("mis", "كافيت")


def test_it_is_asked_once_beside_the_saved_point_and_kept(client: FlaskClient, opened: Opened, app: Flask) -> None:
    saved = write(client, KHMER, language="en", then="draft")
    assert saved.location.startswith(START + "points#")
    page = client.get(START + "points").text
    assert "This looks like Khmer. You said <bdi>English</bdi>." in page
    assert say(client, page, "keep").status_code == 302
    assert languages(app) == [("en", "")]
    page = client.get(START + "points").text
    assert asked(page) is None
    # Saved again with the same words it is not asked again; with other words it is.
    key = page.partition('href="/en/take-part/minerals/points/')[2].partition('"')[0]
    url = f"{START}points/{key}"
    edit = client.get(url).text
    client.post(autosave_url(edit), data=fill_in(forms_in(edit)[0], {"text": KHMER}))
    write(client, KHMER, url)
    assert asked(client.get(START + "points").text) is None
    write(client, f"{KHMER} ទៀត", url)
    assert asked(client.get(START + "points").text) is not None


def test_it_is_changed_only_where_its_author_says_so(client: FlaskClient, opened: Opened, app: Flask) -> None:
    write(client, KHMER, language="en")
    page = client.get(START + "points").text
    say(client, page, "change")
    assert languages(app) == [("km", "")]
    # The same question, answered in another window that was still open, changes nothing.
    late = asked(page)
    assert late is not None
    data = late.values | {"answer": ["keep"], "idempotency_key": ["of-another-window"]}
    assert "changed meanwhile, so nothing was done" in client.post(late.action, data=data, follow_redirects=True).text
    assert languages(app) == [("km", "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [(KHMER, {"language": "km"}), ("Too long.", {"language": "fr"}), (KHMER, {"other_language": "Brao"})],
)
def test_where_there_is_no_doubt_nothing_is_asked(
    client: FlaskClient, opened: Opened, text: str, said: dict[str, str]
) -> None:
    assert redirects_to(write(client, text, **said), START + "points")
    assert asked(client.get(START + "points").text) is None


def test_zawgyi_is_offered_in_unicode_beside_it(client: FlaskClient, opened: Opened, app: Flask) -> None:
    answer = write(client, ZAWGYI, language="my")
    page = client.get(answer.headers["Location"]).text
    assert f'<p lang="my-Qaag" dir="ltr">{ZAWGYI}</p>' in page
    assert f'<p lang="my" dir="ltr">{UNICODE}</p>' in page
    assert opened.comments()[0][0] == ZAWGYI  # nothing is changed by looking
    assert "Compare with Unicode" in client.get(START + "points").text
    form = forms_in(page)[0]
    client.post(answer.headers["Location"], data=form.values | {"answer": ["unicode"]})
    assert opened.comments()[0][0] == UNICODE
    assert languages(app) == [("my", "")]
    assert client.get(answer.headers["Location"]).status_code == 302  # nothing to ask any more


def test_zawgyi_that_is_kept_is_marked_and_readable_for_all(client: FlaskClient, opened: Opened, app: Flask) -> None:
    answer = write(client, ZAWGYI, language="my")
    form = forms_in(client.get(answer.headers["Location"]).text)[0]
    client.post(answer.headers["Location"], data=form.values | {"answer": ["keep"]})
    assert opened.comments()[0][0] == ZAWGYI
    assert languages(app) == [("my-Qaag", "")]
    page = client.get(START + "points").text
    assert "Compare with Unicode" not in page
    assert "Its author typed this for the Zawgyi font" in page
    assert f'<p lang="my" dir="ltr">{UNICODE}</p>' in page


def test_answers_to_questions_are_asked_about_on_their_page(client: FlaskClient, opened: Opened, app: Flask) -> None:
    form = forms_in(client.get(START + "questions").text)[0]
    field = next(name for name in form.values if name.startswith("text-"))
    answer = client.post(START + "questions", data=fill_in(form, {field: KHMER, "language": "en"}))
    assert redirects_to(answer, START + "questions")
    say(client, client.get(START + "questions").text, "change")
    assert languages(app) == [("km", "")]
    assert forms_in(client.get(START + "questions").text)[0].values["language"] == ["km"]


def test_nobody_answers_for_somebody_else(client: FlaskClient, opened: Opened, app: Flask) -> None:
    write(client, KHMER, language="en")
    form = asked(client.get(START + "points").text)
    assert form is not None
    stranger = app.test_client()
    assert build.post(stranger, form.action, {"proposed": "km", "answer": "change"}).status_code == 404
    assert stranger.get(form.action.replace("/language", "/encoding")).status_code == 404
    assert languages(app) == [("en", "")]


def test_what_hides_in_words_is_taken_out_and_told(client: FlaskClient, opened: Opened) -> None:
    write(client, "Pay the invoice gpj\u202e.exe now, Minis\u200btry.")
    assert opened.comments() == [("Pay the invoice gpj.exe now, Ministry.", "sec_1__para_1")]
    page = client.get(START + "points").text
    assert "An invisible character that shows words backwards was taken out. Place: after “" in page
    refused = write(client, "Nobody reads Z\u0300\u0301\u0302\u0303\u0304\u0305algo.")
    assert refused.status_code == 422
    assert "So many marks stand on one letter that nobody can read it." in refused.text
    assert "\u0305algo" in forms_in(refused.text)[0].values["text"][0]


def test_the_record_the_lists_and_the_api_name_it(app: Flask, opened: Opened, client: FlaskClient) -> None:
    with app.app_context():
        author = build.person("Author")
        draft = build.draft(opened.round(), author, "كلمات", "Words.")
        first = draft.comments[0]
        first.language, first.language_words, first.language_guess = "mis", "كافيت", "km"
        speak(draft, author)
        submit_submission(draft, actor=author, now=utc_now())
        build.publish(opened.round(), opened.staff.moderator)
        db.session.commit()
        reference = first.reference
        assert first.language_guess == ""  # what a machine thought is not put on record
        assert list(list_public_languages(opened.round())) == ["en", "mis"]
    page = client.get("/en/consultations/minerals/comments?language=mis").text
    assert "One point found" in page
    assert re.search(r'<option value="mis"[^>]* selected>كافيت<', page)
    assert '<p lang="mis" dir="auto">كلمات</p>' in page
    with app.app_context():
        sequence_changes()
        db.session.commit()
    told = json.loads(client.get("/api/v1/consultations/minerals/comments").text)
    item = next(row for row in told["data"] if row["reference"] == reference)
    assert (item["language"], item["language_words"]) == ("mis", "كافيت")
    with app.app_context():
        changed = sa.update(Comment).where(Comment.reference == reference).values(language_words="Brao")
        with pytest.raises(sa.exc.DBAPIError, match="insert-only"):
            db.session.execute(changed)
        db.session.rollback()
        found = db.session.query(Comment).filter_by(reference=reference).one()
        withdraw_comment(found, actor=author, now=utc_now())
        db.session.commit()
        assert found.language_words == ""


@pytest.mark.parametrize("page", ["points/new?paragraph=sec_1__para_1", "questions"])
def test_another_edition_of_the_consultation_keeps_what_was_typed(app: Flask, client: FlaskClient, page: str) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "km"))
        save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "Why?", "km": "ហេតុអ្វី?"}, options=[],
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        build.consultations.open_round(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
    shown = client.get(START + page).text
    row = shown.partition('<nav class="editions"')[2].partition("</nav>")[0]
    assert "<a " not in row
    form = forms_in(shown)[0]
    (address,) = [found for found in re.findall(r'formaction="([^"]+)"', unescape(row)) if "edition=km" in found]
    (button,) = set(re.findall(r'name="([^"]+)" value="1"', row))
    area = next(name for name in form.values if name.startswith("text"))
    answer = client.post(address, data=fill_in(form, {area: "Typed <b>", button: "1"}))
    assert answer.status_code == 200
    assert forms_in(answer.text)[0].values[area] == ["Typed <b>"]
    assert 'aria-current="true"><bdi lang="km"' in answer.text
    assert languages(app) == []
