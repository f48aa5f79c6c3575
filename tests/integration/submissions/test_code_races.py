"""Two at the same moment with one code: one submission, one withdrawal, one owner."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.actors import Visitor
from consult.core.clock import utc_now
from consult.core.codes import code_digest
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.ledger.models import LedgerEntry
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import ClaimOpening, Submission
from consult.submissions.queries import find_claimed_id
from consult.submissions.services import (
    check_claim_code,
    keep_in_account,
    make_claim_code,
    make_stricter,
    open_with_code,
    submit_submission,
    withdraw_submission,
)
from tests.integration.submissions.conftest import Opened, speak
from tests.support import build
from tests.support.race import Races


class Held(Races):
    """One submission without an account, or its draft, and what its author does with it in two places."""

    def __init__(self, app: Flask, opened: Opened, *, is_draft: bool = False) -> None:
        self.app = app
        with app.app_context():
            if is_draft:
                draft = build.draft(opened.round(), Visitor(), "A point.")
                speak(draft, Visitor(name="Rosa"))  # type: ignore[arg-type]
                self.code = make_claim_code(draft, now=utc_now())
                check_claim_code(draft, self.code, now=utc_now())
            else:
                _submission, self.code = build.submit_with_code(opened.round(), "A point.")
            db.session.commit()

    def it(self) -> Submission:
        return db.session.scalars(sa.select(Submission).where(Submission.claim_digest == code_digest(self.code))).one()

    def withdraw(self) -> None:
        withdraw_submission(db.session.scalars(sa.select(Submission)).one(), actor=Visitor(), now=utc_now())

    def submit(self) -> Any:
        submit_submission(self.it(), actor=Visitor(), now=utc_now())

    def open(self) -> Any:
        opened = open_with_code(self.code, now=utc_now())
        return find_claimed_id(opened[1], utc_now()) if opened is not None else None

    def acts(self, act: str) -> int:
        with self.app.app_context():
            statement = sa.select(sa.func.count()).select_from(LedgerEntry).where(LedgerEntry.act == act)
            return db.session.scalar(statement) or 0


def test_two_withdrawals_with_the_same_code(app: Flask, opened: Opened) -> None:
    held = Held(app, opened)
    assert isinstance(held.race(held.withdraw, held.withdraw), InvalidTransition)
    assert held.acts("account:submission:withdraw") == 1
    with app.app_context():
        found = db.session.scalars(sa.select(Submission)).one()
        assert (found.status, found.claim_digest) == (SubmissionStatus.WITHDRAWN, None)
        assert found.forgotten_on == utc_now().date()


def test_submitting_twice_with_the_same_code(app: Flask, opened: Opened) -> None:
    held = Held(app, opened, is_draft=True)
    assert held.race(held.submit, held.submit) is None
    assert held.acts("account:submission:submit") == 1


def test_a_code_that_is_typed_in_while_everything_is_withdrawn_opens_nothing(app: Flask, opened: Opened) -> None:
    held = Held(app, opened)
    with app.app_context():
        before = open_with_code(held.code, now=utc_now())
        db.session.commit()
        assert before is not None
    held.race(held.withdraw, held.open)
    with app.app_context():
        assert find_claimed_id(before[1], utc_now()) is None
        for key in db.session.scalars(sa.select(ClaimOpening.key_digest)):  # if one was written, it leads nowhere
            assert key
        assert open_with_code(held.code, now=utc_now()) is None


def test_a_code_is_kept_in_one_account_of_two(app: Flask, opened: Opened) -> None:
    held = Held(app, opened)
    with app.app_context():
        people = [build.person("First"), build.person("Second")]
        db.session.commit()

    def keep(who: Any) -> Any:
        kept = keep_in_account(held.code, actor=who, now=utc_now())
        return kept.account_id if kept is not None else None

    assert held.race(lambda: keep(people[0]), lambda: keep(people[1])) is None
    with app.app_context():
        assert db.session.scalars(sa.select(Submission.account_id)).one() == people[0].actor_id


def test_a_new_code_while_it_is_submitted(app: Flask, opened: Opened) -> None:
    """The code that was checked stays: nobody holds one that opens nothing."""
    held = Held(app, opened, is_draft=True)
    late = held.race(held.submit, lambda: make_claim_code(held.it(), now=utc_now()))
    assert isinstance(late, InvalidTransition)
    with app.app_context():
        assert open_with_code(held.code, now=utc_now()) is not None


@pytest.mark.parametrize("setting", [PublicationSetting.ANONYMOUS, PublicationSetting.NOT_PUBLISHED])
def test_showing_less_after_everything_was_withdrawn(app: Flask, opened: Opened, setting: PublicationSetting) -> None:
    held = Held(app, opened)

    def stricter() -> None:
        submission = db.session.scalars(sa.select(Submission)).one()
        make_stricter(submission, setting, pseudonym="", actor=Visitor(), now=utc_now())

    assert isinstance(held.race(held.withdraw, stricter), InvalidTransition)
