"""Somebody is erased while staff answer, release, lift or sign-ins go on: on both databases, in both orders."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.actors import Person
from consult.accounts.models import Account, MailedLink, SignIn
from consult.accounts.queries import find_sign_in
from consult.accounts.services import create_sign_in
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.jobs import sweep
from consult.mail.models import OutgoingMail
from consult.privacy.enums import Fate
from consult.privacy.services import close_account
from consult.publication.models import Release
from consult.publication.queries import is_outdated
from consult.publication.services import build_release, request_release
from consult.responses.enums import Disposition
from consult.responses.models import Delivery, ResponseVersion
from consult.responses.services import clear_responses, send_responses, write_response
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import get_identity
from consult.submissions.services import is_public, withdraw_submission
from consult.submissions.services.holding import lift_due
from tests.support import build
from tests.support.race import Races


class Left(Races):
    """A published point of somebody who is about to close their account."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.staff = build.desk()
            round_ = build.open_consultation(self.staff.host, self.staff.manager)
            who = build.person("Planted Name", email="planted@example.org")
            submission = build.submit(round_, who, "Words.", setting=PublicationSetting.PSEUDONYM)
            build.publish(round_, self.staff.moderator)
            db.session.commit()
            self.account_id, self.round_id = who.account.id, round_.id
            self.submission_id, self.comment_id = submission.id, submission.comments[0].id
            self.key = submission.key

    def submission(self) -> Submission:
        return db.session.get_one(Submission, self.submission_id)

    def comment(self) -> Comment:
        return db.session.get_one(Comment, self.comment_id)

    def close(self, fate: str = Fate.KEEP) -> None:
        account = db.session.get_one(Account, self.account_id)
        close_account(account, fates={self.key: fate}, actor=Person(account), now=utc_now())

    def close_withdrawing(self) -> None:
        self.close(Fate.WITHDRAW)

    def answer(self) -> list[ResponseVersion]:
        return write_response(
            [self.comment()], disposition=Disposition.NOTED, rationale="A reason.", text="Staff words.", language="en",
            propose=True, actor=self.staff.responder, now=utc_now(),
        )  # fmt: skip

    def clear(self) -> None:
        clear_responses([self.comment()], actor=self.staff.approver, now=utc_now())

    def send(self) -> int:
        return send_responses(db.session.get_one(Round, self.round_id), actor=self.staff.approver, now=utc_now())

    def withdraw(self) -> None:
        withdraw_submission(self.submission(), actor=build.person("Author"), now=utc_now())

    def sign_in(self) -> str:
        return create_sign_in(db.session.get_one(Account, self.account_id), now=utc_now())

    def request(self) -> None:
        build.close(db.session.get_one(Round, self.round_id))
        request_release(db.session.get_one(Round, self.round_id), actor=self.staff.manager, now=utc_now())

    def end_round(self) -> None:
        build.close(db.session.get_one(Round, self.round_id))

    def lift(self) -> int:
        return lift_due(db.session.get_one(Round, self.round_id), now=utc_now())

    def release(self) -> None:
        build_release(db.session.scalars(sa.select(Release.id)).one(), now=utc_now())


@pytest.fixture
def left(app: Flask) -> Left:
    return Left(app)


@pytest.mark.parametrize("order", ["erase first", "answer first"])
def test_erase_while_answering_keeps_what_staff_wrote(left: Left, order: str) -> None:
    first, second = (left.close, left.answer) if order == "erase first" else (left.answer, left.close)
    assert not isinstance(left.race(first, second), Exception)
    with left.app.app_context():
        assert db.session.scalars(sa.select(ResponseVersion)).one().text == "Staff words."
        assert left.comment().text == "Words."
        assert get_identity(left.submission()) is None


def test_erase_withdrawing_while_answering_refuses_the_answer_with_a_sentence(left: Left) -> None:
    refused = left.race(left.close_withdrawing, left.answer)
    assert isinstance(refused, InvalidTransition)
    assert "Planted" not in str(refused)
    with left.app.app_context():
        assert left.submission().forgotten_on is not None


@pytest.mark.parametrize("order", ["erase first", "send first"])
def test_erase_while_sending_writes_to_nobody_who_is_gone(left: Left, order: str) -> None:
    left.now(left.answer, left.clear)
    first, second = (left.close, left.send) if order == "erase first" else (left.send, left.close)
    assert not isinstance(left.race(first, second), Exception)
    with left.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 1
        waiting = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.recipient == "planted@example.org"))
        assert [mail.subject for mail in waiting] == ["Your account is closed"]


@pytest.mark.parametrize("order", ["erase first", "release first"])
def test_erase_while_releasing_leaves_no_file_with_the_words(left: Left, order: str) -> None:
    left.now(left.answer, left.clear, left.send, left.request)
    acts = [left.close_withdrawing, left.release]
    first, second = acts if order == "erase first" else reversed(acts)
    assert not isinstance(left.race(first, second), Exception)
    with left.app.app_context():
        sweep()
        assert not is_outdated(db.session.scalars(sa.select(Release)).one())
        assert left.comment().text == ""


@pytest.mark.parametrize("order", ["erase first", "lift first"])
def test_erase_while_lifting_publishes_the_words_and_nobody(left: Left, order: str) -> None:
    left.now(left.end_round)
    first, second = (left.close, left.lift) if order == "erase first" else (left.lift, left.close)
    assert not isinstance(left.race(first, second), Exception)
    with left.app.app_context():
        assert not left.submission().is_held
        assert is_public(left.comment())
        assert get_identity(left.submission()) is None
        assert left.submission().account_id is None


def test_erase_withdrawing_while_lifting_leaves_nothing(left: Left) -> None:
    left.now(left.end_round)
    assert not isinstance(left.race(left.lift, left.close_withdrawing), Exception)
    with left.app.app_context():
        assert left.comment().text == ""
        assert not is_public(left.comment())


def test_erase_while_a_sign_in_begins_leaves_no_way_in(left: Left) -> None:
    left.race(left.sign_in, left.close)
    with left.app.app_context():
        assert db.session.scalar(sa.select(SignIn.id)) is None
        assert db.session.scalar(sa.select(MailedLink.id)) is None
        assert db.session.get_one(Account, left.account_id).closed_on is not None


def test_a_sign_in_that_comes_after_the_closing_opens_nothing(left: Left) -> None:
    key = left.race(left.close, left.sign_in)
    with left.app.app_context():
        assert isinstance(key, Exception) or find_sign_in(key, utc_now()) is None


def test_two_closings_at_once_erase_once(left: Left) -> None:
    assert isinstance(left.race(left.close, left.close), InvalidTransition)


@pytest.mark.parametrize("order", ["erase first", "withdraw first"])
def test_erase_while_withdrawing(left: Left, order: str) -> None:
    first, second = (left.close, left.withdraw) if order == "erase first" else (left.withdraw, left.close)
    assert not isinstance(left.race(first, second), Exception)
    with left.app.app_context():
        assert left.comment().text == ""
        assert left.submission().forgotten_on is not None
