"""The index of words follows the record: written in the transaction that changes the words, never afterwards.

Rows that the session flushes are seen by themselves. A statement that writes past it (a bulk insert, a bulk delete) is
followed by `reindex`. What is erased is erased here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from consult.core.db import db, own_transaction
from consult.texts.models import SearchText, Translation
from consult.texts.searchable import Searchable, declared, kinds_of
from consult.texts.tokens import RULES, token_rows

BATCH = 500
TRACES = "index_has_traces"
Row = dict[str, Any]


def watch_texts() -> None:
    """Let every flush of a session keep the index in step; harmless when called again."""
    if not sa.event.contains(Session, "after_flush", _follow):
        sa.event.listen(Session, "after_flush", _follow)
        sa.event.listen(Session, "before_commit", _forget_traces)


def reindex(subject: str, subject_ids: Collection[int]) -> None:
    """Make the index anew for what a statement wrote past the session, in its transaction.

    Args:
        subject: kind of thing; one that is not found by words is passed over.
        subject_ids: which ones; those that are gone leave the index.
    """
    db.session.flush()
    _reindex(db.session, subject, subject_ids)


def _follow(session: Session, _context: object) -> None:
    """Find what of a flush concerns the index."""
    changed: dict[str, set[int]] = defaultdict(set)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Translation):
            changed[row.subject].add(row.subject_id)
        for kind in kinds_of(row):
            if row in session.dirty and not _is_changed(row, kind):
                continue
            changed[kind.subject].add(row.id)
    for subject, keys in changed.items():
        _reindex(session, subject, keys)


def _is_changed(row: object, kind: Searchable) -> bool:
    attributes = sa.inspect(row).attrs
    names = (*kind.fields, *kind.plain, *kind.watched)
    return any(attributes[name].history.has_changes() for name in names)


def _reindex(session: Session, subject: str, subject_ids: Collection[int]) -> None:
    kind = declared().get(subject)
    if kind is None:
        return
    connection = session.connection()
    ids = sorted(subject_ids)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        # Of two who change translations of one thing, the second waits here, and then sees what the first wrote.
        subjects = sa.select(kind.model.id).where(kind.model.id.in_(some)).order_by(kind.model.id)
        connection.execute(subjects.with_for_update(key_share=True))
        condition = (SearchText.subject == subject, SearchText.subject_id.in_(some))
        had = set(connection.scalars(sa.select(SearchText.subject_id).where(*condition)))
        if had:
            connection.execute(sa.delete(SearchText).where(*condition))
        rows = list(rows_of(connection, kind, some))
        if rows:
            connection.execute(sa.insert(SearchText), rows)
        if had - {row["subject_id"] for row in rows}:
            session.info[TRACES] = True


def _forget_traces(session: Session) -> None:
    """Let nothing be left in the index of what was deleted from it: once, as the last part of its transaction.

    FTS5 marks deleted tokens and drops them when it merges its pieces; merged into one they are gone, and what held
    them is overwritten (`PRAGMA secure_delete`). PostgreSQL drops them, like the rows themselves, when it vacuums.
    """
    session.flush()
    if session.info.pop(TRACES, False) and session.connection().dialect.name == "sqlite":
        session.connection().exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('optimize')")


def rows_of(connection: sa.Connection, kind: Searchable, ids: Sequence[int]) -> Iterator[Row]:
    """The rows that the index has of some subjects, made from the record."""
    model = kind.model
    columns = [getattr(model, name).label(name) for name in (*kind.fields, *kind.plain)]
    statement = sa.select(model.id.label("subject_id"), kind.language().label("words_in"), *columns)
    kept = {
        row["subject_id"]: row
        for row in connection.execute(statement.where(model.id.in_(ids), kind.is_kept())).mappings()
    }
    for key, row in kept.items():
        for name in (*kind.fields, *kind.plain):
            yield from _rows(kind.subject, key, name, row["words_in"] if name in kind.fields else "", row[name])
    if not kept:
        return
    translations = connection.execute(
        sa.select(
            Translation.id, Translation.subject_id, Translation.field, Translation.language, Translation.text
        ).where(
            Translation.subject == kind.subject,
            Translation.subject_id.in_(list(kept)),
            Translation.field.in_(kind.fields),
        )
    )
    for key, subject_id, name, language, text in translations:
        yield from _rows(kind.subject, subject_id, name, language, text, key)


def _rows(
    subject: str, subject_id: int, name: str, language: str, text: str | None, translation_id: int | None = None
) -> Iterator[Row]:
    for part, tokens in enumerate(token_rows(text or "", language)):
        yield {
            "subject": subject,
            "subject_id": subject_id,
            "field": name,
            "language": language,
            "part": part,
            "tokens": tokens,
            "translation_id": translation_id,
            "rules": RULES,
        }


def rebuild_index(*, say: Callable[[str], None]) -> int:
    """Make the whole index anew from the record; returns its rows.

    Args:
        say: told what is being done.
    """
    connection = db.session.connection()
    connection.execute(sa.delete(SearchText))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('rebuild')")
    total = 0
    for kind in declared().values():
        number = 0
        for ids in _batches(connection, kind):
            rows = list(rows_of(connection, kind, ids))
            if rows:
                connection.execute(sa.insert(SearchText), rows)
            number += len(rows)
        say(f"{kind.subject}: {number:,} texts")
        total += number
    db.session.info[TRACES] = True
    return total


def _batches(connection: sa.Connection, kind: Searchable) -> Iterator[Sequence[int]]:
    last = 0
    while True:
        after = sa.select(kind.model.id).where(kind.model.id > last).order_by(kind.model.id).limit(BATCH)
        ids = connection.scalars(after).all()
        if not ids:
            return
        yield ids
        last = ids[-1]


def index_is_current() -> bool:
    """Whether the index was made by this release's rules; an empty one only where nothing is there to be found."""
    connection = db.session.connection()
    if connection.scalar(sa.select(sa.exists().where(SearchText.rules != RULES))):
        return False
    if connection.scalar(sa.select(sa.exists().where(SearchText.id.is_not(None)))):
        return True
    return not any(
        connection.scalar(sa.select(sa.exists().where(kind.model.id.is_not(None), kind.is_kept())))
        for kind in declared().values()
    )


def check_index() -> Iterator[str]:
    """A sentence for each kind of thing whose index does not agree with the record."""
    connection = db.session.connection()
    for kind in declared().values():
        found = 0
        there = 0
        for ids in _batches(connection, kind):
            columns = [SearchText.subject_id, SearchText.field, SearchText.language, SearchText.part, SearchText.tokens]
            statement = sa.select(*columns).where(SearchText.subject == kind.subject, SearchText.subject_id.in_(ids))
            stored = {tuple(row) for row in connection.execute(statement)}
            names = ("subject_id", "field", "language", "part", "tokens")
            made = {tuple(row[name] for name in names) for row in rows_of(connection, kind, ids)}
            found += len(stored ^ made)
            there += len(stored)
        counted = sa.select(sa.func.count()).select_from(SearchText).where(SearchText.subject == kind.subject)
        strays = (connection.scalar(counted) or 0) - there
        if found or strays:
            wrong = found + strays
            yield f"The index of {kind.subject} differs from the record in {wrong} texts: consult rebuild-index"
    if connection.dialect.name == "sqlite":
        yield from _check_fts5()


def _check_fts5() -> Iterator[str]:
    with own_transaction() as session:  # it is asked by a statement that SQLite takes for a write
        try:
            session.execute(sa.text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"))
        except sa.exc.DatabaseError:
            session.rollback()
            yield "SQLite finds words by something else than the index holds: consult rebuild-index"
