"""The pages of answering, clearing and sending, as responders and approvers use them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.accounts.actors import Person
from consult.accounts.enums import Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.mail.models import OutgoingMail
from consult.moderation.enums import RestrictionReason
from consult.moderation.services import restrict_comments
from consult.responses.enums import Disposition
from consult.responses.queries import list_versions
from consult.responses.services import clear_responses, return_responses, write_response
from consult.submissions.enums import PublicationSetting, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.services import save_answer, withdraw_comment
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

ANSWERS = "/en/desk/minerals/answers"
WRITE = ANSWERS + "/write"
CLEARANCE = "/en/desk/minerals/clearance"
MISSING = "/en/desk/minerals/missing"


class Bench:
    """An open round with what one test needs; sessions of requests are their own, so everything goes by reference."""

    def __init__(self, app: Flask, client: FlaskClient, **options: Any) -> None:
        self.app, self.client = app, client
        with app.app_context():
            self.staff = build.desk()
            self.round = build.open_consultation(self.staff.host, self.staff.manager, languages=("en", "fr"), **options)
            db.session.commit()
        self.enter(self.staff.responder)

    def enter(self, who: Person) -> None:
        with self.app.app_context():
            build.sign_in(self.client, who)

    def submit(self, name: str, *texts: str, screened: bool = True, **options: Any) -> list[str]:
        with self.app.app_context():
            self.round = db.session.merge(self.round)
            submission = build.submit(self.round, build.person(name), *texts, **options)
            if screened:
                build.publish(self.round, self.staff.moderator)
            db.session.commit()
            return [comment.reference or "" for comment in submission.comments]

    def find(self, *references: str) -> list[Comment]:
        statement = sa.select(Comment).where(Comment.reference.in_(references)).order_by(Comment.id)
        return list(db.session.scalars(statement).unique())

    def write(self, *references: str, by: Person | None = None, propose: bool = True, text: str = "An answer.") -> None:
        with self.app.test_request_context("/en/"):
            write_response(
                self.find(*references), disposition=Disposition.NOTED, rationale="A reason.", text=text, language="en",
                propose=propose, actor=by or self.staff.responder, now=utc_now(),
            )  # fmt: skip
            db.session.commit()

    def clear(self, *references: str) -> None:
        with self.app.test_request_context("/en/"):
            clear_responses(self.find(*references), actor=self.staff.approver, now=utc_now())
            db.session.commit()

    def give_back(self, *references: str) -> None:
        with self.app.test_request_context("/en/"):
            return_responses(self.find(*references), note="Too short.", actor=self.staff.approver, now=utc_now())
            db.session.commit()

    def restrict(self, reference: str, reason: RestrictionReason) -> None:
        with self.app.test_request_context("/en/"):
            restrict_comments(
                self.find(reference), reason=reason, public_reason="Why.", agreement="", actor=self.staff.moderator,
                now=utc_now(),
            )  # fmt: skip
            db.session.commit()

    def withdraw(self, reference: str) -> None:
        with self.app.app_context():
            withdraw_comment(self.find(reference)[0], actor=build.person("Author"), now=utc_now())
            db.session.commit()

    def status(self, reference: str) -> ResponseStatus:
        with self.app.app_context():
            return self.find(reference)[0].response_status

    def versions(self, reference: str) -> list[str]:
        with self.app.app_context():
            return [version.text for version in list_versions(self.find(reference)[0])]

    def rows(self, query: str = "") -> list[str]:
        page = self.client.get(ANSWERS + query)
        assert page.status_code == 200
        return re.findall(r'<tr id="([^"]+)"', page.text)

    def answer(self, *references: str, **typed: Any) -> TestResponse:
        words = {"disposition": "accepted", "rationale": "Why.", "text": "Typed words.", "action": "propose"}
        url = WRITE + "?" + "&".join(f"point={one}" for one in references)
        return send(self.client, url, {**words, **typed}, action=WRITE)


@pytest.fixture
def bench(app: Flask, client: FlaskClient) -> Bench:
    return Bench(app, client)


def test_an_empty_list_teaches(bench: Bench) -> None:
    page = bench.client.get(ANSWERS).text
    assert "Nothing is to be answered now" in page
    assert MISSING in page


def test_the_list_narrows_by_where_the_answer_stands_and_by_what_the_point_is(bench: Bench) -> None:
    one, two = bench.submit("One", "Groundwater needs care.", "Wells too.")
    (three,) = bench.submit("Two", "Wages.", constituencies=(Constituency.TRADE_UNION,), paragraph=3)
    (new,) = bench.submit("Three", "Not read yet.", screened=False)
    bench.write(two)
    assert bench.rows() == [one, three]
    assert bench.rows("?status=unanswered") == [one, three, new]
    assert bench.rows("?status=proposed") == [two]
    assert bench.rows("?status=all") == [one, two, three, new]
    assert bench.rows("?words=groundwater") == [one]
    assert bench.rows("?constituency=trade_union") == [three]
    assert bench.rows("?section=sec_1") == [one]
    assert bench.rows("?type=technical") == []
    assert bench.rows("?type=substantive&status=all&words=wells") == [two]
    assert bench.client.get(ANSWERS + "?after=odd").status_code == 404
    assert "No point fits" in bench.client.get(ANSWERS + "?words=nowhere").text


def test_an_answer_is_drafted_then_proposed(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    answer = bench.answer(one, action="draft", text="", rationale="")
    assert redirects_to(answer, ANSWERS)
    assert "1 answer is saved as a draft." in bench.client.get(ANSWERS).text
    assert bench.status(one) is ResponseStatus.DRAFTED
    page = bench.client.get(f"{WRITE}?point={one}").text
    assert re.search(r'value="accepted"[^>]* checked', page)
    assert "1 version so far" in page
    bench.answer(one)
    assert "now waits for clearance by another person" in bench.client.get(ANSWERS).text
    assert bench.status(one) is ResponseStatus.PROPOSED
    assert bench.versions(one) == ["Typed words.", ""]


def test_what_is_missing_is_said_and_what_was_typed_is_kept(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    answer = bench.answer(one, rationale="", text="Kept <words>.")
    assert answer.status_code == 422
    assert "no answer goes out without its reason" in answer.text
    assert "Kept &lt;words&gt;." in answer.text
    assert bench.versions(one) == []
    answer = bench.answer(one, disposition=None)
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    answer = bench.answer(one, rationale="x" * 5001)
    assert answer.status_code == 422
    assert "x" * 5001 in answer.text
    assert bench.client.get(WRITE).status_code == 302
    assert bench.client.get(f"{WRITE}?point=odd&point=MIN-1-ZZZZZZ").status_code == 302


def test_several_points_are_answered_together(bench: Bench) -> None:
    one, two, three = bench.submit("Author", "One.", "Two.", "Three.")
    page = bench.client.get(f"{WRITE}?point={one}&point={two}").text
    assert "Answer 2 points together" in page
    assert "1 other point on the same place" in page
    assert redirects_to(bench.answer(one, two), ANSWERS)
    assert [bench.status(reference).value for reference in (one, two, three)] == ["proposed", "proposed", "unanswered"]
    again = bench.client.get(f"{WRITE}?point={one}&point={two}").text
    assert "Typed words.</textarea>" in again  # the words that both have
    mixed = bench.client.get(f"{WRITE}?point={one}&point={three}").text
    assert "Typed words.</textarea>" not in mixed


def test_somebody_elses_words_are_not_overwritten_unseen(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    form = {
        "point": f"{one}:0", "disposition": "noted", "rationale": "Mine.", "text": "My words.", "language": "en",
        "action": "propose",
    }  # fmt: skip
    bench.write(one, text="Their words.")
    answer = build.post(bench.client, WRITE, form)
    assert answer.status_code == 422
    assert "Somebody else has written" in answer.text
    assert "My words.</textarea>" in answer.text
    assert "Their words." in answer.text
    assert f'value="{one}:1"' in answer.text
    assert bench.versions(one) == ["Their words."]
    assert build.post(bench.client, WRITE, {**form, "point": f"{one}:1"}).status_code == 302
    assert bench.versions(one) == ["My words.", "Their words."]


def test_an_error_of_another_kind_does_not_hide_that_somebody_else_wrote(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    bench.write(one, text="Their words.")
    form = {"point": f"{one}:0", "disposition": "", "rationale": "", "text": "My words.", "language": "en"}
    answer = build.post(bench.client, WRITE, form)
    assert answer.status_code == 422
    assert f'value="{one}:0"' in answer.text


def test_a_point_that_is_withdrawn_meanwhile_is_named_and_the_words_are_kept(bench: Bench) -> None:
    one, two = bench.submit("Author", "One.", "Two.")
    bench.withdraw(two)
    form = {
        "point": [f"{one}:0", f"{two}:0"], "disposition": "noted", "rationale": "Why.", "text": "My words.",
        "language": "en", "action": "propose",
    }  # fmt: skip
    answer = build.post(bench.client, WRITE, form)
    assert answer.status_code == 422
    assert f"no longer here: {two}" in answer.text
    assert "My words.</textarea>" in answer.text
    assert f'name="point" value="{two}' not in answer.text
    assert bench.versions(one) == []


def test_the_note_of_an_approver_stands_beside_the_answer(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    bench.write(one)
    bench.give_back(one)
    assert "Returned by an approver" in bench.client.get(ANSWERS).text
    page = bench.client.get(f"{WRITE}?point={one}").text
    assert f"{one} was returned by Approver" in page
    assert "Too short." in page


def test_what_the_public_will_not_read_is_marked_while_answering(bench: Bench) -> None:
    (hidden,) = bench.submit("Secret", "One.", setting=PublicationSetting.NOT_PUBLISHED)
    (restricted,) = bench.submit("Author", "Two.")
    (new,) = bench.submit("Author", "Three.", screened=False)
    bench.restrict(restricted, RestrictionReason.PERSONAL_DATA)
    assert "do not repeat its words" in bench.client.get(f"{WRITE}?point={hidden}").text
    page = bench.client.get(f"{WRITE}?point={restricted}").text
    assert "Personal data of somebody else" in page
    assert "do not repeat them" in page
    assert "No moderator has read this point yet" in bench.client.get(f"{WRITE}?point={new}").text
    answer = bench.answer(new)
    assert answer.status_code == 422
    assert f"These still wait: {new}." in answer.text


def test_a_member_driven_text_offers_proposals_and_no_rejection(app: Flask, client: FlaskClient) -> None:
    bench = Bench(app, client, member_driven=True)
    (one,) = bench.submit("Author", "One.")
    page = bench.client.get(f"{WRITE}?point={one}").text
    assert "Proposed: Accepted" in page
    assert "Not accepted" not in page
    assert "the members decide" in page
    assert bench.answer(one, disposition="not_accepted").status_code == 422


def test_an_approver_clears_together_what_was_written_together(bench: Bench) -> None:
    one, two, three = bench.submit("Author", "One.", "Two.", "Three.")
    bench.write(one, two)
    bench.write(three, by=bench.staff.approver)
    bench.enter(bench.staff.approver)
    page = bench.client.get(CLEARANCE).text
    assert "One answer, to 2 points" in page
    assert "Choose this answer for all 2 points" in page
    assert "You wrote this answer. Another approver clears it." in page
    assert f'value="{three}:1"' not in page
    answer = send(bench.client, CLEARANCE, {"answer": f"{one}:1 {two}:1", "action": "clear"}, action=CLEARANCE)
    assert redirects_to(answer, CLEARANCE)
    assert "2 answers are cleared. They wait to be sent." in bench.client.get(CLEARANCE).text
    assert [bench.status(reference).value for reference in (one, two, three)] == ["cleared", "cleared", "proposed"]
    answer = build.post(bench.client, CLEARANCE, {"answer": f"{three}:1", "action": "clear"})
    assert answer.status_code == 422
    assert "Another person clears it" in answer.text


def test_returning_needs_a_note_and_keeps_the_choice(bench: Bench) -> None:
    one, two = bench.submit("Author", "One.", "Two.")
    bench.write(one, two)
    bench.enter(bench.staff.approver)
    answer = send(bench.client, CLEARANCE, {"answer": [f"{one}:1"], "action": "return"}, action=CLEARANCE)
    assert answer.status_code == 422
    assert "Write what should change" in answer.text
    assert f'value="{one}:1" checked' in answer.text
    assert f'value="{two}:1" checked' not in answer.text
    typed = {"answer": [f"{one}:1"], "action": "return", "note": "Say more."}
    send(bench.client, CLEARANCE, typed, action=CLEARANCE)
    assert "1 answer went back to its responder." in bench.client.get(CLEARANCE).text
    assert [bench.status(one).value, bench.status(two).value] == ["drafted", "proposed"]
    answer = send(bench.client, CLEARANCE, {"action": "clear"}, action=CLEARANCE)
    assert answer.status_code == 422
    assert "Choose at least one answer." in answer.text


def test_an_answer_that_was_written_anew_is_read_again_before_it_is_cleared(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    bench.write(one)
    bench.write(one, text="Newer.")
    bench.enter(bench.staff.approver)
    answer = build.post(bench.client, CLEARANCE, {"answer": f"{one}:1", "action": "clear"})
    assert answer.status_code == 422
    assert "since you opened this page" in answer.text
    assert "Newer." in answer.text
    assert bench.status(one) is ResponseStatus.PROPOSED


def test_sending_says_beforehand_who_gets_what(bench: Bench) -> None:
    mine = bench.submit("Ada", "One.", "Two.")
    theirs = bench.submit("Bo", "Three.")
    bench.write(*mine, *theirs)
    bench.clear(*mine, *theirs)
    bench.enter(bench.staff.manager)
    assert "Send 3 cleared answers" in bench.client.get(CLEARANCE).text
    page = bench.client.get(CLEARANCE + "/send")
    assert re.findall(r"<dd>(\d+)</dd>", page.text) == ["3", "2", "2"]
    assert all(reference in page.text for reference in mine + theirs)
    with bench.app.app_context():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail))
    answer = send(bench.client, CLEARANCE + "/send", action=CLEARANCE + "/send")
    assert redirects_to(answer, CLEARANCE)
    assert "3 answers are on their way." in bench.client.get(CLEARANCE).text
    with bench.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == (before or 0) + 2
    assert "Nothing waits to be sent" in bench.client.get(CLEARANCE + "/send").text
    build.post(bench.client, CLEARANCE + "/send")
    assert "No answer was waiting to be sent" in bench.client.get(CLEARANCE).text


def test_of_protected_points_only_the_answers_are_counted(bench: Bench) -> None:
    (hidden,) = bench.submit("Cy", "Four.", setting=PublicationSetting.ANONYMOUS)
    bench.enter(bench.staff.responder)
    assert "do not say who may have written it" in bench.client.get(f"{WRITE}?point={hidden}").text
    bench.write(hidden)
    bench.clear(hidden)
    bench.enter(bench.staff.manager)
    page = bench.client.get(CLEARANCE + "/send").text
    assert re.findall(r"<dt>([^<:]+)[^<]*</dt><dd>(\d+)</dd>", page) == [
        ("Answers", "1"), ("Answers to points that are not public yet", "1"),
    ]  # fmt: skip
    assert "how they reach" in page.lower()


def test_what_is_missing_is_listed_with_where_to_go(bench: Bench) -> None:
    page = bench.client.get(MISSING).text
    assert "No points yet" in page
    one, two, three, four = bench.submit("Author", "One.", "Two.", "Three.", "Four.")
    (new,) = bench.submit("Author", "Five.", screened=False)
    bench.write(two)
    bench.write(three)
    bench.clear(three)
    bench.restrict(four, RestrictionReason.SPAM)
    page = bench.client.get(MISSING).text
    assert "0 of 4 points answered" in page
    assert re.findall(r'class="number" data-label="Points">(\d+)', page) == ["2", "0", "1", "1", "0", "1"]
    assert "1 point still waits to be read by a moderator." in page
    assert all(reference in page for reference in (one, two, three, new))
    assert four not in page
    assert f"{WRITE}?point={one}" in page
    bench.enter(bench.staff.moderator)
    assert f"{WRITE}?point={one}" not in bench.client.get(MISSING).text


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("manager", {CLEARANCE, CLEARANCE + "/send", MISSING}),
        ("moderator", {MISSING}),
        ("responder", {ANSWERS, WRITE, MISSING}),
        ("approver", {CLEARANCE, CLEARANCE + "/send", MISSING}),
    ],
)
def test_each_role_opens_what_is_its_work(bench: Bench, role: str, may: set[str]) -> None:
    (one,) = bench.submit("Author", "One.")
    bench.write(one)
    bench.enter(getattr(bench.staff, role))
    for url in (ANSWERS, WRITE, CLEARANCE, CLEARANCE + "/send", MISSING):
        page = bench.client.get(url + f"?point={one}")
        assert page.status_code == (200 if url in may else 403), url
    clearing = build.post(bench.client, CLEARANCE, {"answer": f"{one}:1", "action": "clear"})
    assert clearing.status_code == (302 if role == "approver" else 403)


def test_points_of_another_host_are_out_of_reach(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    bench.write(one)
    with bench.app.app_context():
        other = build.desk()
        build.open_consultation(other.host, other.manager, slug="foreign", code="FOR")
        db.session.commit()
    bench.enter(other.responder)
    for url in (ANSWERS, f"{WRITE}?point={one}", CLEARANCE, MISSING):
        assert bench.client.get(url).status_code == 404, url
    foreign = "/en/desk/foreign/answers/write"
    form = {"point": f"{one}:1", "disposition": "noted", "rationale": "x", "text": "x", "language": "en"}
    assert redirects_to(build.post(bench.client, foreign, form), "/en/desk/foreign/answers")
    bench.enter(other.approver)
    assert build.post(bench.client, CLEARANCE, {"answer": f"{one}:1", "action": "clear"}).status_code == 404
    assert build.post(bench.client, "/en/desk/foreign/clearance", {"answer": f"{one}:1"}).status_code == 422
    assert bench.status(one) is ResponseStatus.PROPOSED
    assert bench.versions(one) == ["An answer."]


def test_an_answer_to_a_question_shows_the_question(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        question = save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "What is missing?"}, options=[],
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=staff.manager, now=utc_now())
        author = build.person("Author")
        draft = build.draft(round_, author)
        save_answer(draft, question, text="Water.", language="en", now=utc_now())
        build.submit(round_, author)
        build.publish(round_, staff.moderator)
        build.sign_in(client, staff.responder)
    page = client.get(ANSWERS).text
    assert "Answer to question 1" in page
    assert "What is missing?" in page
    assert "Water." in page


@pytest.mark.parametrize("number", [1, 3, 300])
def test_pages_take_as_many_queries_for_any_number_of_points(bench: Bench, number: int) -> None:
    todo, written = [], []
    for start in range(0, number, 30):
        texts = [f"Point {n}." for n in range(start, min(number, start + 30))]
        todo += bench.submit(f"Author {start}", *texts)
        written += bench.submit(f"Writer {start}", *texts)
    bench.write(*written)
    bench.give_back(*written)
    counts = {}
    with build.count_queries(bench.app) as queries:
        assert len(bench.rows()) == min(25, 2 * number)
    counts["answers"] = len(queries)
    with build.count_queries(bench.app) as queries:
        page = bench.client.get(WRITE + "?" + "&".join(f"point={one}" for one in written[:100]))
    assert page.status_code == 200
    counts["write"] = len(queries)
    bench.write(*written)
    with build.count_queries(bench.app) as queries:
        bench.client.get(MISSING)
    counts["missing"] = len(queries)
    bench.enter(bench.staff.approver)
    with build.count_queries(bench.app) as queries:
        page = bench.client.get(CLEARANCE)
    assert page.text.count('class="point"') == min(25, number)
    counts["clearance"] = len(queries)
    bench.clear(*written)
    with build.count_queries(bench.app) as queries:
        bench.client.get(CLEARANCE + "/send")
    counts["send"] = len(queries)
    # A point alone is shown with the history of its answer: one query more than for several.
    assert counts == {"answers": 22, "write": 24 if number == 1 else 23, "missing": 16, "clearance": 18, "send": 9}


def test_the_pages_speak_arabic_from_right_to_left(bench: Bench) -> None:
    (one,) = bench.submit("Author", "One.")
    for url in (ANSWERS, f"{WRITE}?point={one}", MISSING):
        page = bench.client.get(url.replace("/en/", "/ar/"))
        assert 'dir="rtl"' in page.text
        assert 'lang="en" dir="ltr"' in main_of(page)
