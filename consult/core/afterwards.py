"""What is done once a transaction is committed, such as deleting files, and never where it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from consult.core.db import db

_FLAG = "consult_does_afterwards"
log = structlog.get_logger()


def do_after_commit(act: Callable[[], object]) -> None:
    """Do something once this transaction is committed; where that fails, or the process dies before, it is left.

    Args:
        act: that a sweep makes up for. It writes in a transaction of its own, if at all: this one has ended.
    """
    db.session.info.setdefault(_FLAG, []).append(act)


@sa.event.listens_for(Session, "after_commit")
def _after_commit(session: Any) -> None:
    if session.in_nested_transaction():  # a savepoint was released: nothing is committed yet
        return
    for act in session.info.pop(_FLAG, []):
        try:
            act()
        except (sa.exc.SQLAlchemyError, OSError) as error:  # what was to be done is done
            log.error("left for the sweep", error=type(error).__name__)


@sa.event.listens_for(Session, "after_rollback")
def _after_rollback(session: Any) -> None:
    session.info.pop(_FLAG, None)
