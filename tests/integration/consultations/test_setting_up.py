"""The sections of the set-up: entered per language, saved by one at a time, frozen by the opening."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Constituency
from consult.consultations.enums import Body, QuestionKind
from consult.consultations.models import Question, QuestionOption, Round
from consult.consultations.queries import get_round, list_questions, stored_question, stored_texts
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to, send

SETUP = "/en/desk/bare/setup"
SECTIONS = ["basics", "summary", "decision", "terms", "contact", "privacy", "round", "questions"]


def texts(desk: Desk, *names: str, slug: str = "bare") -> dict[str, str]:
    return dict(desk.read(slug, lambda c: stored_texts(c, names)))


def summary_of(page: str) -> str:
    """The words of the error summary."""
    found = re.search(r'<div class="error-summary".*?</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[0]) if found else ""


def test_the_list_says_what_is_missing_where(desk: Desk, manager: FlaskClient) -> None:
    page = main_of(manager.get(SETUP)).partition('class="tasks"')[2]
    tasks = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>.*?<strong class="tag[^>]*>([^<]+)<', page, re.DOTALL)
    assert tasks[:9] == [
        (f"{SETUP}/basics", "The basics", "1 part missing"),
        (f"{SETUP}/summary", "Plain summary", "6 parts missing"),
        (f"{SETUP}/decision", "What is decided, and by whom", "12 parts missing"),
        (f"{SETUP}/terms", "Terms of engagement", "12 parts missing"),
        (f"{SETUP}/contact", "Contact", "3 parts missing"),
        (f"{SETUP}/privacy", "Privacy", "11 parts missing"),
        (f"{SETUP}/round", "Dates and openness", "3 parts missing"),
        (f"{SETUP}/questions", "Questions", "None: they are optional"),
        ("/en/desk/bare/document", "The draft", "2 parts missing"),
    ]


def test_texts_are_kept_in_each_language(desk: Desk, manager: FlaskClient) -> None:
    typed = {
        "summary_changes-en": "What?\r\n\r\nThis.",
        "summary_changes-fr": "Quoi ?",
        "summary_asked-en": "<b>You</b>",
    }
    assert redirects_to(send(manager, f"{SETUP}/summary", typed), f"{SETUP}/decision")
    assert texts(desk, "summary_changes", "summary_asked") == {
        "summary_changes-en": "What?\n\nThis.",
        "summary_changes-fr": "Quoi ?",
        "summary_asked-en": "<b>You</b>",
        "summary_asked-fr": "",
    }
    page = manager.get(f"{SETUP}/summary").text
    assert "&lt;b&gt;You&lt;/b&gt;" in page
    assert '<textarea lang="fr"' in page.replace("  ", " ") or 'lang="fr"' in page
    assert redirects_to(send(manager, f"{SETUP}/summary", {"summary_changes-fr": "", "then": "list"}), SETUP)
    assert texts(desk, "summary_changes")["summary_changes-fr"] == ""


def test_seats_contact_and_age(desk: Desk, manager: FlaskClient) -> None:
    send(manager, f"{SETUP}/decision", {"seats-drafting-government": "8", "seats-deciding-civil_society": "2"})
    send(manager, f"{SETUP}/decision", {"seats-drafting-government": "9", "seats-deciding-civil_society": ""})
    seats = desk.read("bare", lambda c: {(row.body, row.constituency): row.seats for row in c.seats})
    assert seats == {(Body.DRAFTING, Constituency.GOVERNMENT): 9}
    send(manager, f"{SETUP}/contact", {"contact_email": "us@example.org", "contact-en": "We"})
    send(manager, f"{SETUP}/privacy", {"privacy_minimum_age": "16"})
    assert desk.read("bare", lambda c: (c.contact_email, c.contact, c.privacy_minimum_age)) == (
        "us@example.org",
        "We",
        16,
    )


def test_dates_are_wall_time_in_a_zone(desk: Desk, manager: FlaskClient) -> None:
    typed = {
        "audience": "by_invitation", "visibility": "after_closing", "zone": "Asia/Jakarta", "opens_wall": "2027-01-04T09:00",
        "closes_wall": "2027-03-14T23:59", "grace_minutes": "30", "response_due": "2027-06-03",
    }  # fmt: skip
    assert redirects_to(send(manager, f"{SETUP}/round", typed), f"{SETUP}/questions")
    found = desk.read("bare", lambda c: (c.rounds[0].opens_at.isoformat(), c.rounds[0].closes_at.isoformat()))
    assert found == ("2027-01-04T02:00:00+00:00", "2027-03-14T16:59:00+00:00")
    values = forms_in(manager.get(f"{SETUP}/round").text)[0].values
    assert {name: values[name] for name in typed} == {name: [value] for name, value in typed.items()}


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("summary", {"summary_changes-fr": "x" * 2_001}, "one character over the limit of 2,000"),
    ("summary", {"summary_changes-en": "a\x00b"}, "cannot be stored"),
    ("decision", {"seats-drafting-government": "many"}, "Write a whole number."),
    ("decision", {"seats-drafting-government": "-1"}, "Write a number from 0 to 10000."),
    ("contact", {"contact_email": "nowhere"}, "Write an address like name@example.org."),
    ("privacy", {"privacy_minimum_age": "200"}, "Write a number from 0 to 99."),
    ("round", {"opens_wall": "2027-01-04T09:00", "closes_wall": "2027-01-04T09:00"}, "must close after it opens"),
    (
        "round",
        {"closes_wall": "2027-01-04T09:00", "response_due": "2027-01-03"},
        "on or after the day the round closes",
    ),
    (
        "round",
        {"zone": "Europe/Paris", "opens_wall": "2027-03-28T02:30"},
        "clocks in this time zone skip that time",
    ),
    ("round", {"opens_wall": "soon"}, "Write a day and a time, such as"),
    ("round", {"grace_minutes": "20000"}, "Write a number from 0 to 10080."),
    ("round", {"grace_minutes": ""}, "Fill this in."),
    ("round", {"audience": "nobody"}, "Choose one of these."),
    ("round", {"visibility": "never"}, "Choose one of these."),
    ("basics", {"title-en": ""}, "Fill this in."),
    ("basics", {"code": "1"}, "Use 2 to 12 capital letters"),
]


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Desk, manager: FlaskClient) -> None:
    before = desk.read("bare", lambda c: c.version)
    for section, typed, sentence in WRONG:
        answer = send(manager, f"{SETUP}/{section}", typed)
        assert answer.status_code == 422, typed
        assert sentence in summary_of(answer.text), typed
        kept = forms_in(answer.text)[0].values
        for name, value in typed.items():
            if name not in {"audience", "visibility"}:
                assert kept[name] == [value]
    assert desk.read("bare", lambda c: c.version) == before


def test_who_saves_second_sees_what_the_first_has_saved(desk: Desk, manager: FlaskClient, browse: Browse) -> None:
    colleague = browse(desk.staff.manager)
    for section, name, first, second in (
        ("basics", "title-fr", "Premier", "Second"),
        ("summary", "summary_asked-fr", "Premier", "Second"),
        ("decision", "seats-drafting-other", "7", "8"),
        ("privacy", "privacy_minimum_age", "12", "13"),
        ("round", "grace_minutes", "12", "13"),
    ):
        url = f"{SETUP}/{section}"
        form = forms_in(manager.get(url).text)[0]
        assert send(colleague, url, {name: first}).status_code == 302
        answer = manager.post(url, data=fill_in(form, {name: second}))
        assert answer.status_code == 422
        assert "Somebody else saved this page meanwhile." in summary_of(answer.text)
        shown = forms_in(answer.text)[0]
        assert shown.values[name] == [second]
        meanwhile = re.search(r"Saved meanwhile:</strong></p>\s*<p[^>]*>([^<]*)</p>", answer.text)
        assert meanwhile is not None
        assert meanwhile[1] == first
        assert manager.post(url, data=shown.values).status_code == 302
        assert forms_in(manager.get(url).text)[0].values[name] == [second]


def test_another_authentic_language_takes_its_words_along(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    with app.app_context():
        round_ = build.consultation_in_setup(desk.staff.host, desk.staff.manager, slug="swap", languages=("en", "fr"))
        save_question(
            round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Which?", "fr": "Lequel ?"},
            options=[{"en": "One", "fr": "Un"}, {"en": "Two"}], actor=desk.staff.manager, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    assert send(manager, "/en/desk/swap/setup/basics", {"authentic_language": "fr"}).status_code == 302
    assert desk.read("swap", lambda c: (c.authentic_language, c.languages, c.title)) == (
        "fr",
        ["fr", "en"],
        "Title of swap in fr",
    )
    found = texts(desk, "contact", "title", slug="swap")
    assert found["contact-fr"] == "contact in fr"
    assert found["contact-en"] == "contact in en"
    with app.app_context():
        stored = stored_question(list_questions(get_round("swap"))[0])
    assert stored == {
        "text-fr": "Lequel ?", "text-en": "Which?", "option_1-fr": "Un", "option_1-en": "One", "option_2-fr": "",
        "option_2-en": "Two",
    }  # fmt: skip
    assert "A question or one of its options" in main_of(manager.get("/en/desk/swap/open"))
    # The draft was imported in the old authentic language, and is missing now.
    assert "The draft" in main_of(manager.get("/en/desk/swap/open"))


QUESTION = {"text-en": "Do you support it?", "text-fr": "L’appuyez-vous ?", "kind": "single_choice"}
OPTIONS = {"option_1-en": "Yes", "option_1-fr": "Oui", "option_3-en": "No", "option_3-fr": "Non"}


def questions(app: Flask, slug: str = "bare") -> list[dict[str, str]]:
    with app.app_context():
        return [stored_question(question) for question in list_questions(get_round(slug))]


def test_questions_are_added_changed_and_deleted(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    url = f"{SETUP}/questions"
    assert "No questions" in manager.get(url).text
    assert redirects_to(send(manager, f"{url}/new", {**QUESTION, **OPTIONS}), url)
    send(manager, f"{url}/new", {"text-en": "What else?", "kind": "free_text"})
    assert questions(app) == [
        {
            "text-en": "Do you support it?", "text-fr": "L’appuyez-vous ?", "option_1-en": "Yes", "option_1-fr": "Oui",
            "option_2-en": "No", "option_2-fr": "Non",
        },
        {"text-en": "What else?"},
    ]  # fmt: skip
    page = main_of(manager.get(url))
    assert "2 questions" in page
    assert "not written yet in" in page
    send(manager, f"{url}/1", {"option_1-en": "Support", "text-fr": ""})
    assert questions(app)[0]["option_1-en"] == "Support"
    assert "text-fr" not in questions(app)[0]
    assert "Do you support it?" in main_of(manager.get(f"{url}/1/delete"))
    assert redirects_to(send(manager, f"{url}/1/delete"), url)
    assert [q["text-en"] for q in questions(app)] == ["What else?"]
    assert manager.get(f"{url}/1").status_code == 404
    assert manager.get(f"{url}/2").status_code == 200


def test_a_question_that_is_not_right_keeps_what_was_typed(app: Flask, manager: FlaskClient) -> None:
    for typed, sentence in (
        ({"text-en": ""}, "Write the question in the authentic language."),
        ({"option_1-en": ""}, "needs at least 2 options"),
        ({"option_2-fr": "Sans original"}, "Write each option in the authentic language too."),
        ({"kind": "free_text"}, "You wrote options."),
        ({"option_1-en": "x" * 301}, "one character over the limit of 300"),
    ):
        sent = {**QUESTION, **OPTIONS, **typed}
        answer = send(manager, f"{SETUP}/questions/new", sent)
        assert answer.status_code == 422
        assert sentence in summary_of(answer.text)
        values = forms_in(answer.text)[0].values
        assert {name: values[name] for name in sent} == {name: [value] for name, value in sent.items()}
    assert questions(app) == []


def test_two_who_change_a_question_at_once(app: Flask, desk: Desk, manager: FlaskClient, browse: Browse) -> None:
    url = f"{SETUP}/questions/1"
    send(manager, f"{SETUP}/questions/new", {**QUESTION, **OPTIONS})
    form = forms_in(manager.get(url).text)[0]
    send(browse(desk.staff.manager), url, {"text-fr": "Premier ?"})
    answer = manager.post(url, data=fill_in(form, {"text-fr": "Second ?"}))
    assert answer.status_code == 422
    assert "Premier ?" in answer.text
    assert questions(app)[0]["text-fr"] == "Premier ?"


def opened(app: Flask, desk: Desk) -> Round:
    with app.app_context():
        round_ = build.consultation_in_setup(desk.staff.host, desk.staff.manager, slug="open", code="OPEN")
        save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "Which?"}, options=[], actor=desk.staff.manager,
            now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=desk.staff.manager, now=utc_now())
        db.session.commit()
        return round_


def test_an_opened_round_is_shown_says_why_it_stays_and_takes_no_change(
    app: Flask, desk: Desk, manager: FlaskClient
) -> None:
    forms = {
        section: forms_in(manager.get(f"{SETUP}/{section}").text)[0].values
        for section in [*SECTIONS[:-1], "questions/new"]
    }
    opened(app, desk)
    for section in [*SECTIONS, "questions/new", "questions/1"]:
        page = main_of(manager.get(f"/en/desk/open/setup/{section}"))
        assert "The round has been opened, so" in page
        assert "<form" not in page

    def look() -> Any:
        return desk.read("open", lambda c: (c.version, c.title, c.summary_changes, len(list_questions(c.rounds[0]))))

    before = look()
    for section in [*SECTIONS[:-1], "questions/new", "questions/1", "questions/1/delete"]:
        typed: dict[str, Any] = forms.get(section, forms["questions/new"])
        mine = {
            "version": str(before[0]),
            "slug": ["open"],
            "code": ["OPEN"],
            "text-en": ["Another?"],
            "title-en": ["X"],
        }
        assert manager.post(f"/en/desk/open/setup/{section}", data={**typed, **mine}).status_code == 409, section
    assert look() == before


PATHS = [
    "setup", *[f"setup/{section}" for section in SECTIONS], "setup/questions/new", "setup/questions/1",
    "setup/questions/1/delete", "open", "invitations",
]  # fmt: skip


def test_who_may_not_set_up_neither_sees_nor_changes(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    send(manager, f"{SETUP}/questions/new", {**QUESTION, **OPTIONS})
    staff = desk.staff
    others = [(browse(who), 403) for who in (staff.moderator, staff.responder, staff.approver)]
    others.append((browse(desk.stranger), 404))
    visitor = browse(None)
    for path in PATHS:
        url = f"/en/desk/bare/{path}"
        assert manager.get(url).status_code == 200
        assert visitor.get(url).status_code == 302
        for client, status in others:
            assert client.get(url).status_code == status
            if path not in {"setup", "setup/questions"}:
                assert build.post(client, url, {"text-en": "Mine", "kind": "free_text"}).status_code == status
    assert len(questions(app)) == 1


def test_a_section_that_does_not_exist_is_not_found(manager: FlaskClient) -> None:
    for path in ("setup/nothing", "setup/questions/99", "setup/questions/99999999999999999999", "setup/questions/x"):
        assert manager.get(f"/en/desk/bare/{path}").status_code == 404


def test_pages_ask_the_same_number_of_queries_whatever_there_is(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    queries = {
        "setup": 13, "setup/basics": 7, "setup/summary": 7, "setup/decision": 8, "setup/round": 6, "setup/questions": 15,
        "open": 15,
    }  # fmt: skip
    for wanted in (1, 3, 300):
        with app.app_context():
            round_ = get_round("bare")
            have = len(list_questions(round_))
            for number in range(have, wanted):
                options = [QuestionOption(position=place, text="Option") for place in (1, 2)]
                question = Question(
                    round=round_,
                    position=number + 1,
                    kind=QuestionKind.SINGLE_CHOICE,
                    text=f"{number}?",
                    options=options,
                )
                db.session.add(question)
            db.session.commit()
        asked = {}
        for path in queries:
            with build.count_queries(app) as found:
                assert manager.get(f"/en/desk/bare/{path}").status_code == 200
            asked[path] = len(found)
        assert asked == queries
