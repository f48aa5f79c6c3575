"""Answering the questions of a round."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from consult.submissions.models import Choice, Comment
from tests.integration.submissions.conftest import START, Opened, autosave_url
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send

QUESTIONS = START + "questions"


def test_answers_are_kept_changed_and_taken_back(client: FlaskClient, opened: Opened, app: Flask) -> None:
    words, choice = f"text-{opened.words}", f"choice-{opened.choice}"
    assert redirects_to(send(client, QUESTIONS, {words: "The price.", choice: str(opened.option)}), START)
    assert "2 of 2 answered" in client.get(START).text
    form = forms_in(client.get(QUESTIONS).text)[0]
    assert form.values[words][0].strip() == "The price."
    assert form.values[choice] == [str(opened.option)]
    send(client, QUESTIONS, {words: "The price, and the distance."})
    assert opened.comments() == [("The price, and the distance.", "")]
    assert "None yet" in client.get(START).text  # an answer is no point of one's own
    send(client, QUESTIONS, {words: "", choice: ""})
    assert "0 of 2 answered" in client.get(START).text
    assert opened.count(Comment) == opened.count(Choice) == 0
    assert opened.count() == 1


def test_answers_are_saved_as_one_types(client: FlaskClient, opened: Opened) -> None:
    page = client.get(QUESTIONS).text
    form = forms_in(page)[0]
    for typed in ("The", "The price"):
        answer = client.post(autosave_url(page), data=fill_in(form, {f"text-{opened.words}": typed}))
        assert answer.status_code == 200
    assert client.post(QUESTIONS, data=fill_in(form, {f"text-{opened.words}": "The price."})).status_code == 302
    assert opened.comments() == [("The price.", "")]


def test_questions_and_options_in_the_readers_language(client: FlaskClient, opened: Opened) -> None:
    page = client.get("/ar/take-part/minerals/questions").text
    assert '<label for="text-' in page
    assert 'lang="ar" dir="rtl">ما الذي يعيقك؟</label>' in page
    assert '<span lang="ar" dir="rtl">أؤيد</span>' in page
    french = client.get("/fr/take-part/minerals/questions").text
    assert 'lang="en" dir="ltr">What hinders you?</label>' in french
    assert '<span lang="en" dir="ltr">Support</span>' in french


def test_an_option_of_nobody_and_an_answer_too_long(client: FlaskClient, opened: Opened) -> None:
    answer = send(client, QUESTIONS, {f"choice-{opened.choice}": "999999", f"text-{opened.words}": "long " * 9_000})
    assert answer.status_code == 422
    assert "characters over the limit" in answer.text
    assert forms_in(answer.text)[0].values[f"text-{opened.words}"][0].strip().startswith("long long")
    assert opened.count() == 0


def test_a_round_without_questions_has_no_such_page(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        build.open_consultation(opened.staff.host, opened.staff.manager, slug="plain", code="PLAIN")
        db.session.commit()
    assert client.get("/en/take-part/plain/questions").status_code == 404
    assert "Questions" not in client.get("/en/take-part/plain/").text


def test_a_closed_round_keeps_the_typed_answer(client: FlaskClient, opened: Opened, app: Flask) -> None:
    form = forms_in(client.get(QUESTIONS).text)[0]
    with app.app_context():
        build.close(opened.round())
        db.session.commit()
    answer = client.post(QUESTIONS, data=fill_in(form, {f"text-{opened.words}": "Too late."}))
    assert answer.status_code == 409
    assert forms_in(answer.text)[0].values[f"text-{opened.words}"][0].strip() == "Too late."
