"""An outside poller misses nothing, whatever is written meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.actors import Person
from consult.accounts.queries import get_account
from consult.consultations.queries import get_round
from consult.core.changes import PublicChange, note_change
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.jobs import place_waiting_changes
from consult.moderation.services import publish_comments
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.services import begin_revision, submit_submission, update_publication, withdraw_submission
from tests.integration.api.conftest import Api
from tests.support import build
from tests.support.race import Races

WRITERS, EACH = 4, 6


@pytest.fixture
def points(app: Flask, api: Api, staff: build.Desk) -> list[list[int]]:
    """The keys of points that wait to be read, for each writer."""

    def act() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        for _ in range(WRITERS):
            build.submit(round_, build.person(), *[f"Point {number}." for number in range(EACH)])

    api.act(act)
    with app.app_context():
        keys = list(db.session.scalars(sa.select(Comment.id).order_by(Comment.id)))
    return [keys[start : start + EACH] for start in range(0, len(keys), EACH)]


def test_a_poller_gets_everything_that_writers_publish_at_once(
    app: Flask, api: Api, staff: build.Desk, points: list[list[int]]
) -> None:
    busy = threading.Event()
    seen: set[str] = set()

    def write(keys: list[int]) -> None:
        for key in keys:
            with app.test_request_context("/en/"), unit_of_work():
                publish_comments([db.session.get_one(Comment, key)], actor=staff.moderator, now=utc_now())

    def place() -> None:
        while not busy.is_set():
            with app.test_request_context("/en/"):
                place_waiting_changes()
            time.sleep(0.02)

    def poll() -> Iterator[str]:
        client, cursor = app.test_client(), "0"
        while True:
            last = busy.is_set()
            page = client.get(f"/api/v1/consultations/minerals/comments?limit=2&after={cursor}").json
            cursor = page["meta"]["cursor"]
            yield from (item["reference"] for item in page["data"])
            if last and not page["data"]:
                return
            time.sleep(0.01)

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        sequencers = [pool.submit(place)]
        poller = pool.submit(lambda: seen.update(poll()))
        for writer in [pool.submit(write, keys) for keys in points]:
            writer.result(timeout=60)
        with app.test_request_context("/en/"):
            place_waiting_changes()
        busy.set()
        for future in (*sequencers, poller):
            future.result(timeout=60)
    with app.app_context():
        everything = set(db.session.scalars(sa.select(Comment.reference)))
    assert seen == everything
    assert len(seen) == WRITERS * EACH


class TestOrder(Races):
    """Places follow commits, not keys."""

    @pytest.fixture(autouse=True)
    def _app(self, app: Flask) -> None:
        self.app = app

    def test_what_is_committed_later_stands_later(self, points: list[list[int]], staff: build.Desk, api: Api) -> None:
        slow, quick = points[0][0], points[1][0]

        def publish(key: int) -> None:
            publish_comments([db.session.get_one(Comment, key)], actor=staff.moderator, now=utc_now())

        if "sqlite" in str(self.app.config["SQLALCHEMY_ENGINES"]["default"]["url"]):
            self.now(lambda: publish(quick))  # one writer at a time: there is no other order than that of commits
            cursor = self._read(api, "0")[1]
            self.now(lambda: publish(slow))
        else:
            with self.app.test_request_context("/en/"), unit_of_work():
                publish(slow)
                db.session.flush()
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(self.now, lambda: publish(quick)).result(timeout=30)
                    cursor = pool.submit(self._read, api, "0").result(timeout=30)[1]
        assert self._read(api, "0")[0] == 2
        assert self._read(api, cursor)[0] == 1

    def _read(self, api: Api, cursor: str) -> tuple[int, str]:
        with self.app.test_request_context("/en/"):
            place_waiting_changes()
        page = self.app.test_client().get(f"/api/v1/consultations/minerals/comments?after={cursor}").json
        return len(page["data"]), page["meta"]["cursor"]


def test_each_thing_has_one_place_and_the_others_none(app: Flask, api: Api, points: list[list[int]]) -> None:
    with app.test_request_context("/en/"), unit_of_work():
        note_change("comment", *points[0])  # nothing of them is public: nobody shall count them
        note_change("consultation", *db.session.scalars(sa.select(Comment.round_id).limit(1)))
    with app.test_request_context("/en/"):
        place_waiting_changes()
        rows = db.session.execute(sa.select(PublicChange.kind, PublicChange.sequence).order_by(PublicChange.id)).all()
    assert [(kind, place) for kind, place in rows] == [("consultation", 2)]
    with pytest.raises(ValueError, match="submission"):
        note_change("submission", 1)


def test_what_is_not_told_of_a_revision_is_not_told_by_places_either(api: Api, staff: build.Desk) -> None:
    """A named point that is placed anew beside an anonymous one, and reads as before, would say whose that is.

    It says that it is superseded once the anonymous one is there, which is with all that are protected.
    """
    made: dict[str, int] = {}

    def author() -> Person:
        return Person(get_account(made["account"]), {})

    def begin() -> None:
        round_ = build.open_consultation(staff.host, staff.manager)
        made["account"] = build.person("Author").account.id
        made["first"] = build.submit(round_, author(), "Named.").id
        build.publish(round_, staff.moderator)

    def revise() -> None:
        draft = begin_revision(db.session.get_one(Submission, made["first"]), actor=author(), now=utc_now())
        update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        made["second"] = submit_submission(draft, actor=author(), now=utc_now()).id

    def publish() -> None:
        round_ = get_round("minerals")
        build.publish(round_, staff.moderator)
        build.close(round_)

    def withdraw() -> None:
        withdraw_submission(db.session.get_one(Submission, made["second"]), actor=author(), now=utc_now())

    api.act(begin)
    api.act(revise)
    for act, told in ((publish, [("published", ""), ("published", "Author")]), (withdraw, [("withdrawn", "")])):
        cursor = api.get("/minerals/comments")["meta"]["cursor"]
        api.act(act)
        found = api.get("/minerals/comments", after=cursor)["data"]
        assert sorted((item["status"], item.get("speaker", {}).get("name", "")) for item in found) == told
