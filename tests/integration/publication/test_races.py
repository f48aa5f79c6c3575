"""Two managers, two workers, and an author who withdraws while a release is being made."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.errors import InvalidTransition
from consult.jobs import sweep
from consult.publication.enums import FileKind, ReleaseStatus, Shown
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.publication.queries import current_files, is_outdated
from consult.publication.services import build_release, lease_release, reissue_release, request_release
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.race import Races, in_thread, until_blocked


class Log(Races):
    """A round that is ready to be released, and acts on it that begin from nothing, as requests and jobs do."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.staff = build.desk()
            round_ = build.released_round(self.staff, "Unmistakable words.", "Others.")
            db.session.commit()
            self.round_key = round_.id
            self.key = build.points_of(round_)[0].id

    def ask(self) -> Release:
        round_ = db.session.get_one(Round, self.round_key)
        return request_release(round_, actor=self.staff.manager, now=utc_now())

    def release(self) -> Release:
        return db.session.scalars(sa.select(Release)).one()

    def build(self) -> Release:
        return build_release(self.release().id, now=utc_now())

    def withdraw(self) -> None:
        withdraw_comment(db.session.get_one(Comment, self.key), actor=build.person("Author"), now=utc_now())


@pytest.fixture
def log(app: Flask) -> Log:
    return Log(app)


def test_of_two_managers_who_ask_at_once_one_gets_a_release(log: Log) -> None:
    assert isinstance(log.race(log.ask, log.ask), InvalidTransition)
    with log.app.app_context():
        assert log.release().number == 1


def test_two_workers_lease_a_release_once(log: Log) -> None:
    log.now(log.ask)
    with log.app.app_context():
        assert lease_release(now=utc_now()) is not None
        assert lease_release(now=utc_now()) is None


def test_of_two_workers_one_builds(log: Log) -> None:
    log.now(log.ask)
    assert isinstance(log.race(log.build, log.build), Release)
    with log.app.app_context():
        assert log.release().status is ReleaseStatus.PUBLISHED
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ReleaseRow)) == 2
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ReleaseFile)) == 3


def test_of_two_workers_one_reissues(log: Log) -> None:
    log.now(log.ask, log.build)
    log.now(log.withdraw)
    again = log.race(
        lambda: reissue_release(log.release(), now=utc_now()), lambda: reissue_release(log.release(), now=utc_now())
    )
    assert again == 0
    with log.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ReleaseFile)) == 6


def test_a_release_that_was_built_over_a_withdrawal_is_not_given_out_and_reissued(log: Log) -> None:
    """The build has read the words when their author takes them back; it commits them, and they go at once."""
    log.now(log.ask)
    with log.app.test_request_context("/en/"):
        with unit_of_work():
            log.build()
            waiting = in_thread(lambda: log.now(log.withdraw))
            until_blocked(log.app, waiting)
        assert waiting.exception(timeout=30) is None
        db.session.rollback()
        assert is_outdated(log.release())
        sweep()
        db.session.rollback()
        release = log.release()
        assert not is_outdated(release)
        content = file_store().get(current_files(release)[FileKind.JSON].sha256)
        assert b"Unmistakable" not in content
        row = db.session.scalars(sa.select(ReleaseRow).where(ReleaseRow.comment_id == log.key)).unique().one()
        assert row.shown is Shown.WITHDRAWN
