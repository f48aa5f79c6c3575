"""Waking the worker once a transaction that left it something to do has been committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from consult.core.db import db

_FLAG = "consult_wants_worker"
_waker: list[Callable[[], None]] = []


def want_worker() -> None:
    """Say that this transaction leaves work behind. If the wake-up gets lost, the worker's sweep finds it anyway."""
    db.session.info[_FLAG] = True


def set_waker(wake: Callable[[], None] | None) -> None:
    """How this process wakes the worker; None: not at all."""
    _waker[:] = [wake] if wake else []


@sa.event.listens_for(Session, "after_commit")
def _after_commit(session: Any) -> None:
    if session.info.pop(_FLAG, False) and _waker:
        _waker[0]()


@sa.event.listens_for(Session, "after_rollback")
def _after_rollback(session: Any) -> None:
    session.info.pop(_FLAG, None)
