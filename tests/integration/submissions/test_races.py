"""Two at the same moment: one draft, one point, one submission, one withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.core.counters import read_counts
from consult.core.db import db
from consult.submissions.models import Choice, Comment, Submission
from tests.integration.submissions.conftest import POINT, START, Opened, speak
from tests.support import build
from tests.support.browse import fill_in, forms_in, mails_to


def together(acts: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all of it at once, each in a thread of its own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], TestResponse]) -> TestResponse:
        barrier.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def two_browsers(app: Flask) -> tuple[Any, list[FlaskClient]]:
    """Two browsers of one person."""
    browsers = [app.test_client(), app.test_client()]
    with app.app_context():
        author = build.person("Author")
        for browser in browsers:
            build.sign_in(browser, author)
    return author, browsers


def test_the_first_saving_and_the_button_at_once(app: Flask, opened: Opened) -> None:
    _author, browsers = two_browsers(app)
    forms = [forms_in(browser.get(POINT).text)[0] for browser in browsers]
    key = forms[0].values["key"][0]
    bodies = [fill_in(form, {"text": "Said once.", "key": key}) for form in forms]
    answers = together(
        [
            lambda: browsers[0].post(f"{START}points/{key}/autosave?paragraph=sec_1__para_1", data=bodies[0]),
            lambda: browsers[1].post(POINT, data=bodies[1]),
        ]
    )
    assert [answer.status_code for answer in answers] == [200, 302]
    assert opened.comments() == [("Said once.", "sec_1__para_1")]
    assert opened.count() == 1


def test_answers_from_two_devices_at_once(app: Flask, opened: Opened) -> None:
    _author, browsers = two_browsers(app)
    url = START + "questions"
    typed = {f"text-{opened.words}": "The price.", f"choice-{opened.choice}": str(opened.option)}
    bodies = [fill_in(forms_in(browser.get(url).text)[0], typed) for browser in browsers]
    answers = together([lambda: browsers[0].post(url, data=bodies[0]), lambda: browsers[1].post(url, data=bodies[1])])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert opened.count(Choice) == opened.count(Comment) == opened.count() == 1


def test_submitting_twice_at_once(app: Flask, opened: Opened) -> None:
    author, browsers = two_browsers(app)
    with app.app_context():
        draft = build.draft(opened.round(), author, "One.", "Two.")
        speak(draft, author)
        action, email = f"{START}submit/{draft.key}", author.account.email
        db.session.commit()
    bodies = [{"csrf_token": build.csrf_token(browser)} for browser in browsers]
    answers = together(
        [lambda: browsers[0].post(action, data=bodies[0]), lambda: browsers[1].post(action, data=bodies[1])]
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert db.session.query(Submission).count() == 1
        references = {row.reference for row in db.session.query(Comment)}
        assert len(references) == 2
        assert None not in references
        assert read_counts([f"round:{opened.round().id}:submitted"]).popitem()[1] == 2
    assert len(mails_to(app, email)) == 1


def test_pressing_submit_twice_on_one_page(app: Flask, opened: Opened) -> None:
    author, browsers = two_browsers(app)
    with app.app_context():
        draft = build.draft(opened.round(), author, "One.")
        speak(draft, author)
        db.session.commit()
    form = forms_in(browsers[0].get(START + "check").text)[0]
    second = app.test_client()
    second.set_cookie("consult", browsers[0].get_cookie("consult").value)  # type: ignore[union-attr]
    answers = together(
        [lambda: browsers[0].post(form.action, data=form.values), lambda: second.post(form.action, data=form.values)]
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert opened.count() == 1


def test_withdrawing_twice_at_once_counts_once(app: Flask, opened: Opened) -> None:
    author, browsers = two_browsers(app)
    with app.app_context():
        submission = build.submit(opened.round(), author, "One.", "Two.")
        action = f"{START}receipt/{submission.key}/points/{submission.comments[0].reference}/withdraw"
        db.session.commit()
    bodies = [{"csrf_token": build.csrf_token(browser)} for browser in browsers]
    answers = together(
        [lambda: browsers[0].post(action, data=bodies[0]), lambda: browsers[1].post(action, data=bodies[1])]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    with app.app_context():
        assert read_counts([f"round:{opened.round().id}:submitted"]).popitem()[1] == 1
