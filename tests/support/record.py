"""What the record refuses, whoever asks."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consult.core.db import db


def assert_refused(*statements: str) -> None:
    """Each of these statements breaks on a trigger: what it would change is insert-only."""
    done = []
    for statement in statements:
        said = ""
        try:
            db.session.execute(sa.text(statement))
        except DBAPIError as error:
            said = str(error)
        db.session.rollback()
        if "insert-only" not in said:
            done.append(statement)
    assert done == []
