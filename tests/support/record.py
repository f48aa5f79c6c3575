"""What the record refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from consult.core.db import Base, db


def said_of(statement: str) -> str:
    """What the database says of a statement that it refuses, or nothing; it changes nothing in either case."""
    point = db.session.begin_nested()
    try:
        db.session.execute(sa.text(statement))
    except DBAPIError as error:
        return str(error.orig)
    finally:
        point.rollback()
    return ""


def assert_refused(*statements: str) -> None:
    """Each of these statements breaks on a trigger: what it would change is insert-only."""
    done = [statement for statement in statements if "insert-only" not in said_of(statement)]
    assert not done, done


def assert_broken(statements: Mapping[str, str]) -> None:
    """Each of these statements breaks the CHECK that it stands under, and no other."""
    said = {name: said_of(statement) for name, statement in statements.items()}
    other = {name: words for name, words in said.items() if name not in words}
    assert not other, other


def checks_of(*models: type[Base]) -> set[str]:
    """The CHECKs of tables, by name; without those that hold the words of an enum."""
    tables = [model.metadata.tables[model.__tablename__] for model in models]
    checks = [one for table in tables for one in table.constraints if isinstance(one, sa.CheckConstraint)]
    return {str(one.name) for one in checks if not one._type_bound}
