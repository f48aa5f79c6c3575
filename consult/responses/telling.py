"""Telling authors, once, that an answer that they have got can now be read in the language that they asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.accounts.actors import SYSTEM
from consult.core.db import db
from consult.ledger.services import record
from consult.responses import emails
from consult.responses.enums import Route
from consult.responses.models import ANSWER_FIELDS, Delivery, ResponseVersion, TranslatedAnswer
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.services import lock_comments
from consult.texts.models import Translation
from consult.texts.services import date_translations

# Somebody who translates twenty answers in an afternoon is waited for: their author gets one message.
QUIET = timedelta(hours=1)


def keep_told(comments: Sequence[Comment], versions: Collection[ResponseVersion], *, now: datetime) -> None:
    """Keep which of these answers, sent now, their authors read in their own language: they are not told of it later.

    Args:
        comments: the points.
        versions: their answers.
        now: when.
    """
    wanted = {comment.id: comment.submission.language for comment in comments}
    whole = sa.select(Translation.subject_id, Translation.language).where(
        Translation.subject == "response_version",
        Translation.subject_id.in_([version.id for version in versions]),
        Translation.field.in_(ANSWER_FIELDS),
    )
    found: dict[tuple[int, str], int] = {}
    for version_id, language in db.session.execute(whole):
        found[(version_id, language)] = found.get((version_id, language), 0) + 1
    for version in versions:
        theirs = wanted.get(version.comment_id)
        if theirs and found.get((version.id, theirs)) == len(ANSWER_FIELDS):
            db.session.add(TranslatedAnswer(response_version_id=version.id, language=theirs, told_at=now))
    db.session.flush()


def _waiting(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Of sent answers that were translated afterwards and whose authors were not told: keys, and when it was made.

    An answer counts once all of it is translated, and only the one that counts: not one that was corrected since.
    """
    later = aliased(ResponseVersion)
    is_replaced = sa.exists().where(
        later.comment_id == ResponseVersion.comment_id,
        later.id > ResponseVersion.id,
        sa.exists().where(Delivery.response_version_id == later.id).correlate(later),
    )
    was_told = sa.exists().where(
        TranslatedAnswer.response_version_id == ResponseVersion.id, TranslatedAnswer.language == Submission.language
    )
    made_at = sa.func.max(Translation.translated_at)
    statement: Any = (
        sa.select(ResponseVersion.id, ResponseVersion.comment_id, Submission.id.label("submission_id"),
                  made_at.label("made_at"))
        .join(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .join(
            Translation,
            sa.and_(
                Translation.subject == "response_version",
                Translation.subject_id == ResponseVersion.id,
                Translation.language == Submission.language,
                Translation.field.in_(ANSWER_FIELDS),
            ),
        )
        .where(
            Delivery.route == Route.ACCOUNT,
            Comment.response_status == ResponseStatus.SENT,
            Comment.withdrawn_at.is_(None),
            ResponseVersion.language != Submission.language,
            sa.not_(is_replaced),
            sa.not_(was_told),
            *conditions,
        )
        .group_by(ResponseVersion.id, ResponseVersion.comment_id, Submission.id, Delivery.sent_at)
        .having(sa.func.count() == len(ANSWER_FIELDS), made_at > Delivery.sent_at)
    )  # fmt: skip
    found: sa.Select[Any] = statement
    return found


def find_submission_to_tell(*, now: datetime, besides: Collection[int] = ()) -> int | None:
    """The key of a submission whose author is to be told of translated answers, once nobody translates them any more.

    Args:
        now: when.
        besides: keys of submissions to leave out, such as those that were tried just now.
    """
    waiting = _waiting(Submission.id.not_in(list(besides))).subquery()
    found: int | None = db.session.scalar(
        sa.select(waiting.c.submission_id)
        .group_by(waiting.c.submission_id)
        .having(sa.func.max(waiting.c.made_at) <= now - QUIET)
        .order_by(waiting.c.submission_id)
        .limit(1)
    )
    return found


def tell_of_translations(submission_id: int, *, now: datetime) -> int:
    """Tell an author, in one message, which answers can now be read in their language; returns how many.

    Of two workers that do so at once, the second waits for the lock and then finds nothing left.
    """
    db.session.execute(sa.select(Submission.id).where(Submission.id == submission_id).with_for_update())
    rows = db.session.execute(_waiting(Submission.id == submission_id).order_by(ResponseVersion.id)).all()
    if not rows:
        return 0
    comments = [comment for comment in lock_comments([row.comment_id for row in rows]) if not comment.is_withdrawn]
    keys = [row.id for row in rows]
    versions = {
        version.comment_id: version
        for version in db.session.scalars(sa.select(ResponseVersion).where(ResponseVersion.id.in_(keys)))
    }
    for comment in comments:
        version = versions[comment.id]
        language = comment.submission.language or ""
        db.session.add(TranslatedAnswer(response_version_id=version.id, language=language, told_at=now))
        record("system:response:tell_translation", version, actor=SYSTEM, now=now, content={"language": language})
    db.session.flush()
    if comments:
        emails.queue_translated(comments, versions, now=now)
    return len(comments)


def date_answers(comment_ids: Sequence[int], at: datetime) -> None:
    """Let no translation of answers to these points be dated before that moment: they are public from then on."""
    versions = sa.select(ResponseVersion.id).where(ResponseVersion.comment_id.in_(comment_ids))
    date_translations("response_version", db.session.scalars(versions.order_by(ResponseVersion.id)).all(), at=at)
