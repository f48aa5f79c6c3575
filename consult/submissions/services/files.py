"""Files that go where their submission or their point goes: moved, copied, made private, forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.core.context import file_store
from consult.core.db import db
from consult.files.models import StoredFile
from consult.files.services import copy_file, forget_files
from consult.submissions.enums import FileAudience
from consult.submissions.models import Attachment, Comment, Submission


def _attachments(*conditions: sa.ColumnElement[bool]) -> Sequence[Attachment]:
    statement = sa.select(Attachment).where(*conditions).order_by(Attachment.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique().all()


def forget_files_of_point(comment: Comment, *, now: datetime) -> int:
    """Take the files of a point out of the record, with its words; that there were some is left. Returns how many."""
    return _erase(_attachments(Attachment.comment_id == comment.id, Attachment.file_id.is_not(None)), now)


def forget_files_of(submission: Submission, *, now: datetime) -> int:
    """Take all files of a submission out of the record; as `forget_files_of_point`."""
    return _erase(_attachments(Attachment.submission_id == submission.id, Attachment.file_id.is_not(None)), now)


def forget_private_files_of(submission: Submission, *, now: datetime) -> int:
    """Take those files out of the record that are for the secretariat alone; as `forget_files_of_point`."""
    is_private = Attachment.audience != FileAudience.PUBLIC
    of_it = (Attachment.submission_id == submission.id, Attachment.file_id.is_not(None))
    return _erase(_attachments(is_private, *of_it), now)


def _erase(attachments: Sequence[Attachment], now: datetime) -> int:
    files = [one.file for one in attachments if one.file is not None]
    for one in attachments:
        one.file_id, one.file, one.description, one.erased_on = None, None, "", now.date()
    db.session.flush()
    forget_files(files, store=file_store())
    return len(files)


def delete_files_of(submission_ids: Collection[int]) -> None:
    """Delete the files of drafts that are about to be deleted, and nothing is left of them."""
    if submission_ids:
        delete_attachments(_attachments(Attachment.submission_id.in_(list(submission_ids))))


def delete_attachments(attachments: Sequence[Attachment]) -> None:
    """Delete these with their bytes; only of drafts."""
    files = [one.file for one in attachments if one.file is not None]
    for one in attachments:
        db.session.delete(one)
    db.session.flush()
    forget_files(files, store=file_store())


def free_files_of_point(comment_id: int) -> None:
    """Let the files of a point that is deleted from its draft stay in the draft, for the secretariat alone."""
    _make_private(Attachment.comment_id == comment_id, comment_id=None)


def keep_files_private(submission: Submission) -> int:
    """Let no file be public: its author has become protected, and may choose anew while it is a draft.

    Returns how many were public until now.
    """
    return _make_private(Attachment.submission_id == submission.id, Attachment.audience == FileAudience.PUBLIC)


def _make_private(*conditions: sa.ColumnElement[bool], **values: None) -> int:
    statement = sa.update(Attachment).where(*conditions).values(audience=FileAudience.SECRETARIAT, **values)
    statement = statement.returning(Attachment.id)
    return len(db.session.scalars(statement.execution_options(synchronize_session="fetch")).all())


def move_files(draft: Submission, into: Submission) -> None:
    """Move the files of a draft into another one of its author's, each with its point where that went there too."""
    present = {comment.id: comment for comment in draft.comments}
    known = {comment.key: comment.id for comment in into.comments}
    files = _attachments(Attachment.submission_id == draft.id)
    if not files:
        return
    for one in files:
        comment = present.get(one.comment_id or 0)
        if comment is not None and comment.submission_id != into.id:
            one.comment_id = known.get(comment.key)
        if one.comment_id is None:
            one.audience = FileAudience.SECRETARIAT
        one.submission_id = into.id
    db.session.flush()
    # Read anew: deleting the draft would otherwise take along what has just left it.
    db.session.expire_all()


def copy_files(submission: Submission, draft: Submission) -> None:
    """Copy the files of a submission into the draft that revises it, each to the copy of its point."""
    copies: Mapping[int | None, int] = {comment.supersedes_id: comment.id for comment in draft.comments}
    for one in _attachments(Attachment.submission_id == submission.id, Attachment.file_id.is_not(None)):
        if one.file is None:
            continue
        copied = copies.get(one.comment_id) if one.comment_id is not None else None
        made = Attachment(
            submission_id=draft.id,
            comment_id=copied,
            file_id=copy_file(one.file).id,
            audience=one.audience if copied is not None else FileAudience.SECRETARIAT,
            description=one.description,
        )
        db.session.add(made)
    db.session.flush()


def digests_of(submission: Submission) -> list[str]:
    """What the record is over, beside the words: the SHA-256 of each file."""
    rows = db.session.scalars(
        sa.select(StoredFile.sha256)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .where(Attachment.submission_id == submission.id, StoredFile.sha256.is_not(None))
        .order_by(StoredFile.sha256)
    )
    return [digest for digest in rows if digest is not None]
