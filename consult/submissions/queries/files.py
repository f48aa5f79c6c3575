"""Reading the files of submissions: one's own, the desk's, the public's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.files.enums import ScanState
from consult.files.models import StoredFile
from consult.submissions.enums import ON_RECORD, FileAudience, ModerationStatus
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries.points import PUBLIC
from consult.submissions.queries.speaking import PROTECTED

# What the public may have: with a point whose words it may read, screened itself, and past the scanner.
PUBLIC_FILE = sa.and_(
    PUBLIC,
    Attachment.audience == FileAudience.PUBLIC,
    Attachment.moderation_status == ModerationStatus.PUBLISHED,
    StoredFile.state.in_([ScanState.CLEAN, ScanState.NOT_SCANNED]),
)
ON_THE_DESK = sa.and_(Submission.status.in_(ON_RECORD), Attachment.file_id.is_not(None))
TO_SCREEN = sa.and_(
    ON_THE_DESK,
    Attachment.audience == FileAudience.PUBLIC,
    Attachment.moderation_status == ModerationStatus.WAITING,
)


def list_files_of(submission: Submission | None) -> Sequence[Attachment]:
    """The files of one submission, in the order in which they came; with those that are only counted any more."""
    if submission is None:
        return []
    return (
        db.session.scalars(
            sa.select(Attachment).where(Attachment.submission_id == submission.id).order_by(Attachment.id)
        )
        .unique()
        .all()
    )


def get_file_of(submission: Submission, key: str) -> Attachment:
    """One file of a submission.

    Raises:
        NotFound: none such, or nothing left of it.
    """
    found: Attachment | None = db.session.scalars(
        sa.select(Attachment).where(
            Attachment.submission_id == submission.id, Attachment.key == key, Attachment.file_id.is_not(None)
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def public_files_of(comments: Collection[Comment]) -> Mapping[int, Sequence[Attachment]]:
    """The files that the public may have with these points, by key of the point; one query.

    In no order that would tell which came first; whether the round's input may be read is the caller's question.
    """
    found: dict[int, list[Attachment]] = {}
    if not comments:
        return found
    rows = db.session.scalars(_public(Attachment.comment_id.in_([comment.id for comment in comments]))).unique()
    for row in rows:
        found.setdefault(row.comment_id or 0, []).append(row)
    return found


def get_public_file(comment: Comment, number: int) -> Attachment:
    """One of the files that the public may have with a point, by its place among them, from 1.

    Raises:
        NotFound: none such.
    """
    found = public_files_of([comment]).get(comment.id, [])
    if not 1 <= number <= len(found):
        raise NotFound
    return found[number - 1]


def _public(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(Attachment)
        .join(Comment, Comment.id == Attachment.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(PUBLIC_FILE, *conditions)
        .order_by(Attachment.comment_id, Attachment.key)
    )


def page_of_files(round_: Round, *, waiting: bool, after: str | None, before: str | None) -> Page[Attachment]:
    """The files of a round for the desk: all of them, or those that wait to be screened.

    Oldest first; those of protected submissions after them, in no order that would tell when they came.
    """
    statement = (
        sa.select(Attachment)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(Submission.round_id == round_.id, TO_SCREEN if waiting else ON_THE_DESK)
    )
    columns: list[sa.ColumnElement[Any] | InstrumentedAttribute[Any]] = [
        sa.case((PROTECTED, 1), else_=0),
        sa.type_coerce(sa.case((PROTECTED, 0), else_=Attachment.id), sa.BigInteger()),
        Attachment.key,
    ]
    return fetch_page(db.session, statement, columns, _place, after=after, before=before)


def _place(row: Attachment) -> list[int | str]:
    hidden = row.submission.is_protected
    return [int(hidden), 0 if hidden else row.id, row.key]


def count_files(round_: Round, *, waiting: bool) -> int:
    """How many files such a list holds."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Attachment)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(Submission.round_id == round_.id, TO_SCREEN if waiting else ON_THE_DESK)
    )
    return db.session.scalar(statement) or 0


def count_files_to_screen(round_ids: Collection[int]) -> Mapping[int, int]:
    """How many files wait for a decision, by key of the round; one query."""
    rows = db.session.execute(
        sa.select(Submission.round_id, sa.func.count())
        .join(Attachment, Attachment.submission_id == Submission.id)
        .where(Submission.round_id.in_(list(round_ids)), TO_SCREEN)
        .group_by(Submission.round_id)
    )
    return {row[0]: row[1] for row in rows}


def get_desk_file(round_: Round, key: str) -> Attachment:
    """One file of a round, for the desk.

    Raises:
        NotFound: none such in this round, or not on the record.
    """
    found: Attachment | None = db.session.scalars(
        sa.select(Attachment)
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(Submission.round_id == round_.id, Attachment.key == key, ON_THE_DESK)
    ).first()
    if found is None:
        raise NotFound
    return found


def files_of_points(comments: Collection[Comment]) -> Mapping[int, Sequence[Attachment]]:
    """The files that came with these points, for the desk, by key of the point; one query."""
    found: dict[int, list[Attachment]] = {}
    if not comments:
        return found
    rows = db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.comment_id.in_([comment.id for comment in comments]), Attachment.file_id.is_not(None))
        .order_by(Attachment.key)
    ).unique()
    for row in rows:
        found.setdefault(row.comment_id or 0, []).append(row)
    return found


def find_owner_of(file: StoredFile) -> Attachment | None:
    """The attachment that a stored file belongs to, if it is one."""
    return db.session.scalars(
        sa.select(Attachment).where(Attachment.file_id == file.id).order_by(Attachment.id)
    ).first()
