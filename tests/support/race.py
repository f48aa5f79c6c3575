"""Two requests at once, made certain: one holds its transaction open until the other waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from consult.core.db import db, mark_writing


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
