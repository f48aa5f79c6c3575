"""Whether an answer answers the point: said by its author, read at the desk, erased with the point."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.guard import CLAIM
from consult.accounts.actors import Person
from consult.consultations.queries import get_round
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.ledger.models import LedgerEntry
from consult.responses.acknowledging import acknowledge, acknowledgements_of, count_acknowledgements
from consult.responses.enums import Disposition, Route, Verdict
from consult.responses.models import Acknowledgement, Delivery
from consult.responses.queries import count_outgoing, sent_versions
from consult.responses.services import clear_responses, send_responses, write_correction, write_response
from consult.submissions.models import Comment, Submission
from consult.submissions.services import open_for_author, withdraw_comment
from tests.support import build
from tests.support.browse import forms_in, redirects_to, send

WORDS = "You speak of another river."


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """A round with a point by an account and one without, both answered."""
    with app.app_context():
        desk = build.desk()
        round_ = build.open_consultation(desk.host, desk.manager)
        build.submit(round_, build.person("Rosa", email="rosa@example.org"), "Named point.")
        build.submit_with_code(round_, "Point with a code.")
        build.publish(round_, desk.moderator)
        points = build.points_of(round_)
        write_response(
            points, disposition=Disposition.NOTED, rationale="A reason.", text="An answer.", language="en",
            propose=True, actor=desk.responder, now=utc_now(),
        )  # fmt: skip
        clear_responses(points, actor=desk.approver, now=utc_now())
        outgoing = count_outgoing(round_)
        assert (outgoing.answers, outgoing.messages, outgoing.by_code, outgoing.published_alone) == (2, 1, 1, 0)
        send_responses(round_, actor=desk.approver, now=utc_now())
        db.session.commit()
    return desk


def point(text: str) -> Comment:
    return db.session.scalars(sa.select(Comment).where(Comment.text == text)).unique().one()


def say(comment: Comment, verdict: Verdict, words: str = "", seen: int = 1, actor: Person | None = None) -> None:
    acknowledge(comment, verdict=verdict, words=words, seen=seen, actor=actor or build.person(), now=utc_now())


def address_of(comment: Comment) -> str:
    slug = comment.submission.round.address
    return f"/en/take-part/{slug}/receipt/{comment.submission.key}/points/{comment.reference}/answered"


def test_an_answer_to_a_submission_with_a_code_is_made_available_by_it(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        routes = {delivery.route for delivery in db.session.scalars(sa.select(Delivery))}
        assert routes == {Route.ACCOUNT, Route.CLAIM_CODE}


def test_what_is_said_last_counts_until_the_answer_is_corrected(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        comment, round_ = point("Named point."), get_round("minerals")
        say(comment, Verdict.NO, WORDS)
        say(comment, Verdict.YES)
        (row,) = db.session.scalars(sa.select(Acknowledgement))
        assert (row.verdict, row.words, row.said_on) == (Verdict.YES, "", to_wall(utc_now(), round_.zone).date())
        assert count_acknowledgements(round_).yes == 1
        with pytest.raises(BadInput):
            say(comment, Verdict.YES, WORDS)
        write_correction(
            [comment], disposition=Disposition.ACCEPTED, rationale="Better.", text="Better.", language="en",
            reason="A slip.", actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        assert count_acknowledgements(round_).yes == 1  # it is not sent yet
        clear_responses([comment], actor=staff.approver, now=utc_now())
        send_responses(round_, actor=staff.approver, now=utc_now())
        with pytest.raises(Conflict):
            say(comment, Verdict.NO, WORDS)
        assert count_acknowledgements(round_).yes == 0
        say(comment, Verdict.NO, WORDS, seen=2)
        assert count_acknowledgements(round_).no == 1
        acts = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "account:response:acknowledge"))
        assert [entry.subject for entry in acts] == ["comment"] * 3


def test_withdrawing_a_point_erases_what_was_said_of_its_answer(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        comment = point("Named point.")
        say(comment, Verdict.NO, WORDS)
        withdraw_comment(comment, actor=build.person(), now=utc_now())
        assert not db.session.scalars(sa.select(Acknowledgement)).all()
        acts = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.act == "account:response:acknowledge"))
        assert [entry.salt for entry in acts] == [None]
        with pytest.raises(InvalidTransition):
            say(comment, Verdict.YES)


def test_the_database_keeps_words_for_no_alone(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        version = sent_versions([point("Named point.")]).popitem()[1]
        values = {"response_version_id": version.id, "verdict": "yes", "words": WORDS, "said_on": utc_now().date()}
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.insert(Acknowledgement).values(values))


def test_one_press_for_yes_and_a_page_for_no_by_code_and_by_account(
    app: Flask, client: FlaskClient, staff: build.Desk
) -> None:
    with app.app_context():
        comment = point("Point with a code.")
        address, receipt = address_of(comment), address_of(comment).partition("/points/")[0]
        rosas, reference = address_of(point("Named point.")), comment.reference
        _other, code = build.submit_with_code(get_round("minerals"), "Another.")
        build.come_back(client, code)
    assert client.get(address).status_code == 404  # who came with another code
    assert build.post(client, address, {"version": "1", "verdict": "yes"}).status_code == 404
    assert app.test_client().get(address).location.startswith("/en/account/sign-in")
    with app.app_context():
        build.sign_in(client, build.person("Rosa", email="other@example.org"))
    assert client.get(rosas).status_code == 404
    client.delete_cookie("consult")
    with app.app_context():
        submission = point("Point with a code.").submission
        key = build_opening(submission.id)
        db.session.commit()
    with client.session_transaction() as session:
        session[CLAIM] = [key, int(utc_now().timestamp())]
    page = client.get(receipt)
    assert "Does this answer your point?" in page.text
    assert forms_in(client.get(address).text)[0].values["verdict"] == ["no"]  # whoever says why says no
    answer = send(client, receipt, {"verdict": "yes"}, action=address)
    assert redirects_to(answer, f"{receipt}#{reference}")
    assert ": yes." in client.get(receipt).text
    assert redirects_to(send(client, address, {"verdict": "no", "why": WORDS}), f"{receipt}#{reference}")
    assert WORDS in client.get(receipt).text
    assert send(client, address, {"verdict": "yes"}).status_code == 422  # the words are still there
    # At the desk the words stand beside the answer; nowhere else.
    with app.app_context():
        build.sign_in(client, staff.responder)
    page = client.get("/en/desk/minerals/answers?status=all").text
    assert "0 yes, 1 no" in page
    assert WORDS in page
    assert WORDS in client.get(f"/en/desk/minerals/corrections/{reference}").text
    reader = app.test_client()
    for path in (f"comments/{reference}", "comments", "response-log", "participation"):
        assert WORDS not in reader.get(f"/en/consultations/minerals/{path}").text
    assert WORDS not in reader.get(f"/api/v1/comments/{reference}").text


def build_opening(submission_id: int) -> str:
    return open_for_author(db.session.get_one(Submission, submission_id), now=utc_now())


def test_what_was_said_is_read_in_one_query(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        comments = [point("Named point."), point("Point with a code.")]
        for comment in comments:
            say(comment, Verdict.YES)
        keys = [version.id for version in sent_versions(comments).values()]
        with build.count_queries(app) as queries:
            assert len(acknowledgements_of(keys)) == 2
            count_acknowledgements(comments[0].submission.round)
        assert len(queries) == 2
