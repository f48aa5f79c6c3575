"""Two requests at once, made certain: one holds its transaction open until the other waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from consult.core.db import db, mark_writing, unit_of_work


@contextmanager
def transaction(app: Flask) -> Iterator[sa.Connection]:
    """The transaction of somebody else, to be committed by the test."""
    with app.app_context():
        engine = db.engine
    mark_writing(True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        mark_writing(False)


def in_thread(act: Callable[[], Any]) -> Future[Any]:
    """Begin an act that is going to wait."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(act)
    pool.shutdown(wait=False)
    return future


def until_blocked(app: Flask, act: Future[Any]) -> None:
    """Wait until an act waits for a lock, or has gone on without one."""
    with app.app_context():
        engine = db.engine
    ends = time.monotonic() + 5
    while not act.done() and time.monotonic() < ends:
        time.sleep(0.05)
        if engine.dialect.name == "sqlite":
            time.sleep(0.4)  # its one writer waits at BEGIN, which nothing shows
            return
        with engine.connect() as connection:
            waiting = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database OR database IS NULL"
            if connection.scalar(sa.text(waiting + " WHERE NOT granted AND datname = current_database()")):
                return


class Races:
    """What a test does to one subject, each act beginning from nothing, as requests and jobs do.

    Args:
        app: where the subject lives; set by the test's own class.
    """

    app: Flask

    def now(self, *acts: Callable[[], Any]) -> None:
        """Act, in one transaction."""
        with self.app.test_request_context("/en/"), unit_of_work():
            for act in acts:
                act()

    def race(self, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        """What `second` gives or raises when it comes while `first` has acted and not committed."""

        def act() -> Any:
            with self.app.test_request_context("/en/"), unit_of_work():
                return second()

        with self.app.test_request_context("/en/"):
            with unit_of_work():
                first()
                db.session.flush()
                waiting = in_thread(act)
                until_blocked(self.app, waiting)
            return waiting.exception(timeout=30) or waiting.result()


def second_of_two(app: Flask, first: Callable[[], Any], second: Callable[[], Any]) -> BaseException | None:
    """Let `second` come while `first` has acted and not committed; what the second got for it."""
    races = Races()
    races.app = app
    outcome = races.race(first, second)
    return outcome if isinstance(outcome, BaseException) else None
