"""Two people at the same answers at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.access.roles import StaffRole
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import Conflict, InvalidTransition
from consult.mail.models import OutgoingMail
from consult.responses.enums import Disposition
from consult.responses.models import ClearanceDecision, Delivery, ResponseVersion
from consult.responses.services import (
    clear_responses,
    return_responses,
    send_responses,
    take_back_correction,
    write_correction,
    write_response,
)
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import exact_public_progress, progress_of
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.race import Races


class Point(Races):
    """One published point, and acts on its answer that begin from nothing, as requests do."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.staff = build.desk()
            self.second = build.person("Second approver", roles={self.staff.host: [StaffRole.APPROVER]})
            self.author = build.person("Author")
            round_ = build.open_consultation(self.staff.host, self.staff.manager)
            (comment,) = build.submit(round_, self.author, "One.").comments
            build.publish(round_, self.staff.moderator)
            db.session.commit()
            self.key, self.round_key = comment.id, round_.id

    def comment(self) -> Comment:
        return db.session.get_one(Comment, self.key)

    def round(self) -> Round:
        return db.session.get_one(Round, self.round_key)

    def write(self, text: str = "Words.", *, seen: int | None = None, propose: bool = True) -> None:
        write_response(
            [self.comment()], disposition=Disposition.NOTED, rationale="Why.", text=text, language="en",
            propose=propose, actor=self.staff.responder, now=utc_now(),
            seen=None if seen is None else {self.key: seen},
        )  # fmt: skip

    def clear(self, approver: build.Person | None = None) -> None:
        clear_responses([self.comment()], actor=approver or self.staff.approver, now=utc_now(), seen={self.key: 1})

    def send(self, approver: build.Person | None = None) -> int:
        return send_responses(self.round(), actor=approver or self.staff.approver, now=utc_now())

    def correct(self, text: str = "Corrected.", *, seen: int = 1) -> None:
        write_correction(
            [self.comment()], disposition=Disposition.NOTED, rationale="Why.", text=text, language="en",
            reason="A slip.", actor=self.staff.responder, now=utc_now(), seen={self.key: seen},
        )  # fmt: skip

    def clear_correction(self) -> None:
        clear_responses([self.comment()], actor=self.staff.approver, now=utc_now(), seen={self.key: 2})

    def take_back(self) -> None:
        take_back_correction(self.comment(), actor=self.staff.responder, now=utc_now())

    def count(self, model: Any) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

    def status(self) -> ResponseStatus:
        with self.app.app_context():
            progress = progress_of([self.round()])[self.round_key]
            assert progress == exact_public_progress(self.round())
            return self.comment().response_status


@pytest.fixture
def point(app: Flask) -> Point:
    return Point(app)


def test_of_two_who_send_at_once_one_sends_and_each_answer_is_mailed_once(point: Point) -> None:
    point.now(point.write, point.clear)
    before = point.count(OutgoingMail)
    assert point.race(point.send, lambda: point.send(point.second)) == 0
    assert point.status() is ResponseStatus.SENT
    assert point.count(Delivery) == 1
    assert point.count(OutgoingMail) == before + 1


def test_of_two_who_clear_at_once_one_does(point: Point) -> None:
    point.now(point.write)
    assert isinstance(point.race(point.clear, lambda: point.clear(point.second)), InvalidTransition)
    assert point.count(ClearanceDecision) == 1


def test_an_answer_that_is_returned_meanwhile_is_not_cleared(point: Point) -> None:
    point.now(point.write)
    lost = point.race(
        lambda: return_responses([point.comment()], note="No.", actor=point.staff.approver, now=utc_now()),
        lambda: point.clear(point.second),
    )
    assert isinstance(lost, InvalidTransition)
    assert point.status() is ResponseStatus.DRAFTED


def test_an_answer_that_is_written_anew_meanwhile_is_not_cleared_unread(point: Point) -> None:
    point.now(point.write)
    assert isinstance(point.race(lambda: point.write("Other words."), point.clear), Conflict)
    assert point.status() is ResponseStatus.PROPOSED


def test_of_two_responders_the_second_is_told(point: Point) -> None:
    lost = point.race(lambda: point.write("First.", seen=0), lambda: point.write("Second.", seen=0))
    assert isinstance(lost, Conflict)
    assert point.count(ResponseVersion) == 1


def test_an_answer_that_is_written_anew_while_it_is_sent_is_refused(point: Point) -> None:
    point.now(point.write, point.clear)
    assert isinstance(point.race(point.send, lambda: point.write("Too late.")), InvalidTransition)
    assert point.status() is ResponseStatus.SENT
    assert point.count(ResponseVersion) == 1


def test_an_answer_that_is_taken_back_into_work_meanwhile_is_not_sent(point: Point) -> None:
    point.now(point.write, point.clear)
    assert point.race(lambda: point.write("Better.", propose=False), point.send) == 0
    assert point.status() is ResponseStatus.DRAFTED
    assert point.count(Delivery) == 0


def test_a_point_that_is_withdrawn_meanwhile_gets_no_answer(point: Point) -> None:
    point.now(point.write, point.clear)
    assert point.race(lambda: withdraw_comment(point.comment(), actor=point.author, now=utc_now()), point.send) == 0
    assert point.status() is ResponseStatus.CLEARED
    assert point.count(Delivery) == 0


def test_of_two_who_correct_at_once_the_second_is_told(point: Point) -> None:
    point.now(point.write, point.clear, point.send)
    assert isinstance(point.race(point.correct, lambda: point.correct("Theirs.")), Conflict)
    assert point.count(ResponseVersion) == 2


def test_a_correction_that_is_taken_back_meanwhile_is_not_sent(point: Point) -> None:
    point.now(point.write, point.clear, point.send)
    point.now(point.correct, point.clear_correction)
    assert point.race(point.take_back, point.send) == 0
    assert point.count(Delivery) == 1


def test_a_correction_that_is_sent_meanwhile_is_not_taken_back(point: Point) -> None:
    point.now(point.write, point.clear, point.send)
    point.now(point.correct, point.clear_correction)
    assert isinstance(point.race(point.send, point.take_back), InvalidTransition)
    assert point.count(Delivery) == 2
