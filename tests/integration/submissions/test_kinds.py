"""Every kind of question: set up, answered, checked, on the receipt, and in public: by constituency, not a vote."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Question, QuestionOption
from consult.consultations.queries import get_round, list_questions
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput
from consult.publication.services import build_release, request_release
from consult.submissions.enums import Agreement, Stance
from consult.submissions.models import Choice, Comment
from consult.submissions.services import begin_draft, save_answer, submit_submission, withdraw_comment
from tests.integration.publication.releasing import table_of
from tests.integration.submissions.conftest import autosave_url, speak
from tests.support import build
from tests.support.browse import fill_in, forms_in, redirects_to, send

START = "/en/take-part/minerals/"
QUESTIONS = START + "questions"
LIST = "/en/consultations/minerals/comments"
POSITIONS = "/en/consultations/minerals/positions"
WORDS = {
    QuestionKind.MULTIPLE_CHOICE: ("What is needed?", ["Water", "Roads", "Schools"]),
    QuestionKind.AGREEMENT: ("How far do you agree?", ["The text is clear.", "The text is fair."]),
    QuestionKind.POSITIONS: ("Where do you stand?", ["Option A", "Option B"]),
}


@dataclass
class Asked:
    """An open round with a question of each kind that has options; keys of the options by their words."""

    staff: build.Desk
    options: dict[str, int] = field(default_factory=dict)
    questions: dict[QuestionKind, int] = field(default_factory=dict)


@pytest.fixture
def asked(app: Flask) -> Asked:
    with app.app_context():
        found = Asked(build.desk())
        round_ = build.consultation_in_setup(found.staff.host, found.staff.manager, languages=("en", "ar"))
        for kind, (text, options) in WORDS.items():
            question = save_question(
                round_, None, kind=kind, text={"en": text, "ar": f"{text} بالعربية"},
                options=[{"en": option, "ar": f"{option} بالعربية"} for option in options],
                actor=found.staff.manager, now=utc_now(),
            )  # fmt: skip
            found.questions[kind] = question.id
            found.options |= {option.text: option.id for option in question.options}
        open_round(round_, actor=found.staff.manager, now=utc_now())
        db.session.commit()
    return found


def take_position(
    author: Person, asked: Asked, stance: Stance, *, why: str = "", constituency: Constituency = Constituency.INDUSTRY
) -> Comment | None:
    """Submit a position on option A, with reasons if there are any; these are the point that comes back."""
    round_ = get_round("minerals")
    draft, _key = begin_draft(round_, actor=author, now=utc_now())
    option = asked.options["Option A"]
    save_answer(
        draft, db.session.get_one(Question, asked.questions[QuestionKind.POSITIONS]), chosen={option: stance},
        reasons={option: why}, language="en", now=utc_now(),
    )  # fmt: skip
    speak(draft, author, [constituency])
    submit_submission(draft, actor=author, now=utc_now())
    return draft.comments[0] if draft.comments else None


def test_every_kind_is_answered_changed_checked_and_on_the_receipt(
    client: FlaskClient, asked: Asked, app: Flask
) -> None:
    with app.app_context():
        author = build.person("Author")
        build.sign_in(client, author)
    many, fair = (
        f"choice-{asked.questions[QuestionKind.MULTIPLE_CHOICE]}",
        f"value-{asked.options['The text is fair.']}",
    )
    stance, why = (f"{name}-{asked.options['Option B']}" for name in ("value", "reason"))
    page = client.get(QUESTIONS).text
    assert "This is not a vote." in page
    form = forms_in(page)[0]
    assert form.values[stance] == [""]  # nothing is chosen for anybody
    answers = {many: [str(asked.options["Water"]), str(asked.options["Schools"])], fair: "disagree", stance: "reserve"}
    saved = client.post(autosave_url(page), data=fill_in(form, {**answers, why: "We wait"}))
    assert saved.status_code == 200
    assert redirects_to(client.post(QUESTIONS, data=fill_in(form, {**answers, why: "We wait for it."})), START)
    assert "3 of 3 answered" in client.get(START).text
    form = forms_in(client.get(QUESTIONS).text)[0]
    assert form.values[many] == answers[many]
    assert (form.values[fair], form.values[stance], form.values[why]) == (
        ["disagree"],
        ["reserve"],
        ["We wait for it."],
    )
    with app.app_context():
        assert db.session.query(Choice).count() == 4
        draft, _key = begin_draft(get_round("minerals"), actor=author, now=utc_now())
        speak(draft, author)
        db.session.commit()
    check = client.get(START + "check").text
    for words in ("Water", "Schools", "Disagree", "Reserve position", "We wait for it.", "Left open", "not a vote"):
        assert words in check
    assert "Roads" not in check.partition("Your answers")[2].partition("About you")[0]
    answer = send(client, START + "check", action=forms_in(check)[0].action)
    receipt = client.get(answer.location).text
    for words in ("Schools", "Disagree", "Reserve position", "Position: Reserve position", "On:", "not a vote"):
        assert words in receipt
    text = client.get(answer.location + "/download").text
    for words in ("Schools", "Disagree", "Position: Reserve position", "We wait for it."):
        assert words in text
    assert "Roads" not in text


def test_an_answer_is_taken_back_by_leaving_it_open(client: FlaskClient, asked: Asked, app: Flask) -> None:
    many = f"choice-{asked.questions[QuestionKind.MULTIPLE_CHOICE]}"
    stance, why = (f"{name}-{asked.options['Option A']}" for name in ("value", "reason"))
    send(client, QUESTIONS, {many: str(asked.options["Roads"]), stance: "support", why: "Because."})
    send(client, QUESTIONS, {many: None, stance: "", why: ""})
    with app.app_context():
        assert db.session.query(Choice).count() == db.session.query(Comment).count() == 0


def test_what_no_form_offers_is_refused_and_what_was_typed_stays(client: FlaskClient, asked: Asked, app: Flask) -> None:
    stance, why = (f"{name}-{asked.options['Option A']}" for name in ("value", "reason"))
    answer = send(client, QUESTIONS, {stance: "strongly_agree", why: "Because."})
    assert answer.status_code == 422
    assert forms_in(answer.text)[0].values[why] == ["Because."]
    with app.app_context():
        draft, _key = begin_draft(get_round("minerals"), actor=build.person(), now=utc_now())
        by_kind = {question.kind: question for question in list_questions(get_round("minerals"))}
        option = asked.options["Option A"]
        wrong = [
            (QuestionKind.POSITIONS, {"chosen": {option: Agreement.AGREE}}),
            (QuestionKind.POSITIONS, {"chosen": {asked.options["Water"]: Stance.SUPPORT}}),
            (QuestionKind.POSITIONS, {"chosen": {option: None}}),
            (QuestionKind.AGREEMENT, {"reasons": {asked.options["The text is fair."]: "Because."}}),
            (QuestionKind.MULTIPLE_CHOICE, {"text": "Words."}),
        ]
        for kind, said in wrong:
            with pytest.raises(BadInput):
                save_answer(draft, by_kind[kind], language="en", now=utc_now(), **said)  # type: ignore[arg-type]


def test_the_database_holds_one_row_an_option_and_one_of_a_single_choice(asked: Asked, app: Flask) -> None:
    with app.app_context():
        draft, _key = begin_draft(get_round("minerals"), actor=build.person(), now=utc_now())
        rows = {"submission_id": draft.id, "question_id": asked.questions[QuestionKind.MULTIPLE_CHOICE]}
        empty = {"is_only": False, "agreement": None, "stance": None}
        water, roads = asked.options["Water"], asked.options["Roads"]
        for first, second in (
            ({"option_id": water}, {"option_id": water}),
            ({"option_id": water, "is_only": True}, {"option_id": roads, "is_only": True}),
            ({"option_id": water}, {"option_id": roads, "agreement": Agreement.AGREE, "stance": Stance.SUPPORT}),
        ):
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(sa.insert(Choice), [{**empty, **rows, **first}, {**empty, **rows, **second}])


def test_reasons_are_points_that_say_their_position_wherever_they_stand(
    client: FlaskClient, asked: Asked, app: Flask
) -> None:
    with app.app_context():
        author = build.person("Author")
        one = take_position(author, asked, Stance.RESERVE, why="We must ask first.")
        two = take_position(build.person("Second"), asked, Stance.SUPPORT, why="It helps.")
        assert one is not None
        assert two is not None
        references = str(one.reference), str(two.reference)
        build.publish(get_round("minerals"), asked.staff.moderator)
        host = get_round("minerals").consultation.host
        build.sign_in(client, build.person("All", roles={host: list(StaffRole)}))
    public = [LIST, f"{LIST}/{references[0]}"]
    desk = [f"/en/desk/minerals/queue/{references[0]}", "/en/desk/minerals/queue?status=", "/en/desk/minerals/answers"]
    for url in (*public, *desk):
        page = client.get(url).text
        assert "Option A" in page, url
        assert "Position: Reserve position" in page, url
    with app.app_context():
        round_ = get_round("minerals")
        build.answer_all(round_, asked.staff.responder, asked.staff.approver)
        build.close(round_)
        withdraw_comment(db.session.get_one(Comment, two.id), actor=author, now=utc_now())
        release = request_release(round_, actor=asked.staff.manager, now=utc_now())
        build_release(release.id, now=utc_now())
        rows = {row["reference"]: row for row in table_of(release)}
        db.session.commit()
    assert (rows[references[0]]["option"], rows[references[0]]["position"]) == ("Option A", "reserve")
    assert (rows[references[1]]["option"], rows[references[1]]["position"]) == ("", "")
    page = client.get("/en/consultations/minerals/rounds/1/response-log/1").text
    assert page.count("Position: ") == 1


def test_the_lists_ask_as_often_with_reasons(client: FlaskClient, asked: Asked, app: Flask) -> None:
    from tests.integration.submissions.test_comments import LIST_QUERIES

    with app.app_context():
        for number in range(3):
            take_position(build.person(f"Firm {number}"), asked, Stance.RESERVE, why=f"Reason {number}.")
        build.publish(get_round("minerals"), asked.staff.moderator)
        db.session.commit()
    with build.count_queries(app) as queries:
        assert client.get(LIST).text.count("Position: Reserve position") == 3
    assert len(queries) <= LIST_QUERIES, queries.statements


def test_each_kind_is_set_up_with_enough_options(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager)
        build.sign_in(client, staff.manager)
    url = "/en/desk/minerals/setup/questions/new"
    for kind in QuestionKind:
        few = {f"option_{number}-en": f"Option {number}" for number in range(1, kind.fewest_options)}
        enough = {**few, f"option_{kind.fewest_options}-en": "The last one"} if kind.fewest_options else {}
        if enough:
            refused = send(client, url, {"kind": kind.value, "text-en": "Which?", **few})
            assert refused.status_code == 422
            assert "Such a question needs at least" in refused.text
        assert send(client, url, {"kind": kind.value, "text-en": "Which?", **enough}).status_code == 302
    assert (
        "You wrote options." in send(client, url, {"kind": "free_text", "text-en": "Which?", "option_1-en": "One"}).text
    )
    with app.app_context():
        assert [question.kind for question in list_questions(get_round("minerals"))] == list(QuestionKind)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionOption)) == 2 + 2 + 1 + 1


def test_too_many_drafts_from_one_network_are_refused(
    asked: Asked, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["consult.settings"], "drafts_per_address", 2)
    many = f"choice-{asked.questions[QuestionKind.MULTIPLE_CHOICE]}"
    answers = [send(app.test_client(), QUESTIONS, {many: str(asked.options["Water"])}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert forms_in(answers[2].text)[0].values[many] == [str(asked.options["Water"])]
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert send(elsewhere, QUESTIONS, {many: str(asked.options["Water"])}).status_code == 302
