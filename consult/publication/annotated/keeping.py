"""The files of a document with its comments: made once, given out until something of it changes, then forgotten.

They are no record, only what the record gives at a moment, so they stand in a folder of their own beside the stored
files. The name of each says which state of the record it was made of: the state is read anew for every request, so what
was taken back since is never given out, and the worker deletes what no state names any more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from consult.core.changes import PublicChange
from consult.core.context import settings
from consult.core.db import db
from consult.core.storage import write_whole
from consult.documents.models import Corrigendum, DocumentVersion, Edition, Paragraph
from consult.publication.annotated.gathering import Text
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PUBLIC
from consult.texts.models import Translation

FORM = 2
"""Raised when the files look different, so that none of the former look is given out."""
MOST_FILES, MOST_BYTES = 200, 256 * 1024 * 1024
_NAME = re.compile(r"([0-9]+)-([0-9a-f]{32})-[0-9a-f]{16}\.[a-z]+")


def kept_file(text: Text, *, variant: Sequence[str], make: Callable[[], bytes]) -> tuple[bytes, str]:
    """The bytes of a file, as they were made of the same state before, or made now; and what to call their state.

    Args:
        text: whose document it is, and what its reader may read of it.
        variant: what else decides on the bytes: the kind, which is how the name ends, and the languages.
        make: makes them.
    """
    state = state_of(text.version)
    may_read = [f"{round_.id}{'+' if round_.id in text.quoted else ''}" for round_ in text.rounds]
    digest = hashlib.sha256("\n".join((*variant, *may_read, settings().public_url)).encode()).hexdigest()[:16]
    path = _folder() / f"{text.version.id}-{state}-{digest}.{variant[0]}"
    try:
        return path.read_bytes(), f"{state}{digest}"
    except FileNotFoundError:
        pass
    content = make()
    write_whole(path, content)
    _forget_too_many()
    return content, f"{state}{digest}"


def state_of(version: DocumentVersion) -> str:
    """A digest that is another one once anything that the files show has come, changed or gone; about eight queries.

    Which points are public is asked point by point: that is what must never be a moment late. Their references are
    random, so that no file of a record that a backup has taken the place of is ever given out. What changed in their
    words, translations and answers is noted for those who follow the record, and read from there.

    Args:
        version: of a draft the points of its round are asked for, of the final text those of all rounds.
    """
    rounds = [version.of_round] if version.of_round is not None else list(version.consultation.rounds)
    keys = [round_.id for round_ in rounds]
    of_rounds = Comment.round_id.in_(keys)
    points = db.session.execute(
        sa.select(
            Comment.id,
            Comment.reference,
            Submission.publication_setting,
            Submission.asked_for_protection,
            Submission.forgotten_on,
            Comment.response_status,
        )
        .join(Comment.submission)
        .where(of_rounds, PUBLIC)
        .order_by(Comment.id)
    )
    paragraphs = sa.select(Paragraph.id).where(Paragraph.version_id == version.id)
    corrigenda = sa.select(Corrigendum.id).where(Corrigendum.version_id == version.id)
    comments = sa.select(Comment.id).where(of_rounds)
    consultation = version.consultation
    state: list[Any] = [FORM, [list(row) for row in points]]
    statements: list[Any] = [
        _newest_changes(PublicChange.kind.in_(["comment", "response"]), PublicChange.subject_id.in_(comments)),
        _newest_changes(PublicChange.kind == "consultation", PublicChange.subject_id == consultation.id),
        sa.select(sa.func.max(Release.id), sa.func.count()).where(
            Release.round_id.in_(keys), Release.status == ReleaseStatus.PUBLISHED
        ),
        sa.select(Edition.language, Edition.source_digest, Edition.imported_at)
        .where(Edition.version_id == version.id)
        .order_by(Edition.language),
        sa.select(sa.func.max(Translation.id), sa.func.max(Translation.translated_at), sa.func.count()).where(
            sa.or_(
                sa.and_(Translation.subject == "paragraph", Translation.subject_id.in_(paragraphs)),
                sa.and_(Translation.subject == "corrigendum", Translation.subject_id.in_(corrigenda)),
            )
        ),
        sa.select(sa.func.max(Corrigendum.id), sa.func.count()).where(Corrigendum.version_id == version.id),
    ]
    state += [[list(row) for row in db.session.execute(statement)] for statement in statements]
    state += [[round_.closes_wall for round_ in rounds], consultation.host.name]
    state += [consultation.title, consultation.is_illustration]
    return hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()[:32]


def _newest_changes(*conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[Any]]:
    """SQL: a number that is another one once something of these was noted, be it in which order it may."""
    newest = (
        sa.select(sa.func.max(PublicChange.id).label("id"))
        .where(*conditions)
        .group_by(PublicChange.kind, PublicChange.subject_id)
        .subquery()
    )
    return sa.select(sa.func.sum(newest.c.id))


def forget_outdated_files() -> int:
    """Delete the files that were made of a state which is no more, and the oldest of too many; returns how many.

    After the commit that changed the state: the worker is woken by whatever takes words back.
    """
    found = _files()
    if not found:
        return 0
    states: dict[int, str] = {}
    gone = 0
    for path in found:
        name = _NAME.fullmatch(path.name)
        key = int(name[1]) if name is not None else 0
        if key and key not in states:
            version = db.session.get(DocumentVersion, key)
            states[key] = state_of(version) if version is not None else ""
        if name is None or name[2] != states[key]:
            path.unlink(missing_ok=True)
            gone += 1
    return gone + _forget_too_many()


def _folder() -> Path:
    return settings().data_dir / "made"


def _files() -> list[Path]:
    """What is there, newest first."""
    try:
        return sorted((path for path in _folder().iterdir() if path.is_file()), key=_made_at, reverse=True)
    except FileNotFoundError:
        return []


def _made_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another worker was faster
        return 0.0


def _forget_too_many() -> int:
    gone = size = 0
    for place, path in enumerate(_files(), start=1):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            continue
        if place > MOST_FILES or size > MOST_BYTES:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
