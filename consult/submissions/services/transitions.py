"""The transitions of a point that higher features decide on, with the counters that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from consult.core.changes import note_change
from consult.core.counters import count
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.core.locale import gettext as _
from consult.submissions.enums import (
    MODERATION_TRANSITIONS,
    RESPONSE_TRANSITIONS,
    CredentialStatus,
    ModerationStatus,
    PublicationSetting,
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import (
    Comment,
    Submission,
)
from consult.submissions.queries import may_be_tied


def lock_comments(comment_ids: Collection[int]) -> Sequence[Comment]:
    """Take points and their submissions for this transaction and read them anew, in the order of their keys.

    Of two people who decide about a point at once, the second waits here and then sees what the first did; so does
    an author who withdraws. They are read by a statement of its own after the locks: PostgreSQL rereads a row that
    it waited for, but not what was joined to it. One order for all keeps two who take several from waiting for
    each other: submissions first, as their authors do.
    """
    ids = sorted(comment_ids)
    if not ids:
        return []
    chosen = Comment.id.in_(ids)
    submissions = sa.select(Comment.submission_id).where(chosen)
    db.session.execute(
        sa.select(Submission.id).where(Submission.id.in_(submissions)).order_by(Submission.id).with_for_update()
    )
    db.session.execute(sa.select(Comment.id).where(chosen).order_by(Comment.id).with_for_update())
    found = sa.select(Comment).where(chosen).order_by(Comment.id).execution_options(populate_existing=True)
    return db.session.scalars(found).unique().all()


def is_public(comment: Comment) -> bool:
    """Whether the public may read this point, as far as the point itself goes; see ``queries.PUBLIC``."""
    submission = comment.submission
    return (
        comment.moderation_status is ModerationStatus.PUBLISHED
        and not comment.is_withdrawn
        and submission.status is SubmissionStatus.SUBMITTED
        and submission.credential_status is not CredentialStatus.AWAITED
        and submission.publication_setting is not PublicationSetting.NOT_PUBLISHED
    )


def note_point(comment: Comment) -> None:
    """Note that the public may read something else of a point or of its answer now; harmless where it does not."""
    note_change("comment", comment.id)
    note_change("response", comment.id)


def count_published(comment: Comment, amount: int) -> None:
    """Count a point that became public, or is public no more, and note it for those who follow what is public."""
    note_change("comment", comment.id, *_told_before(comment))
    note_change("response", comment.id)
    count(f"round:{comment.round_id}:published", amount)
    if comment.paragraph_id is not None:
        count(f"paragraph:{comment.paragraph_id}:published", amount)


def _told_before(comment: Comment) -> list[int]:
    """The point that this one takes the place of, where that one says so: noted together, the two are tied."""
    earlier = db.session.get(Comment, comment.supersedes_id) if comment.supersedes_id is not None else None
    return [earlier.id] if earlier is not None and may_be_tied(comment.submission, earlier.submission) else []


def set_moderation_status(comment: Comment, status: ModerationStatus) -> None:
    """Move a point along the axis of screening; decided and recorded by ``moderation``.

    Raises:
        InvalidTransition: not from where it is.
    """
    if comment.is_withdrawn or status not in MODERATION_TRANSITIONS[comment.moderation_status]:
        raise InvalidTransition(_("This point has been decided on already. Open it again to see how."))
    before = is_public(comment)
    comment.moderation_status = status
    if is_public(comment) != before:
        count_published(comment, -1 if before else 1)
    else:
        note_point(comment)


def set_response_status(comment: Comment, status: ResponseStatus) -> None:
    """Move a point along the axis of answering; decided and recorded by ``responses`` and ``moderation``.

    Raises:
        InvalidTransition: not from where it is.
    """
    if comment.is_withdrawn or status not in RESPONSE_TRANSITIONS[comment.response_status]:
        raise InvalidTransition(_("This point cannot be answered that way now. Open it again to see where it stands."))
    before = comment.response_status
    comment.response_status = status
    if {status, before} & {ResponseStatus.SENT, ResponseStatus.CLOSED}:
        note_point(comment)  # it says whether it was answered
    if status is ResponseStatus.SENT:
        count(f"round:{comment.round_id}:answered")
    if not comment.submission.round.asks_for_answers:
        return
    if status is ResponseStatus.CLOSED:
        count(f"round:{comment.round_id}:asked", -1)
    if before is ResponseStatus.CLOSED:
        count(f"round:{comment.round_id}:asked", 1)


def set_credential_recorded(submission: Submission) -> None:
    """Take a credential as recorded; decided and recorded by ``moderation``.

    Raises:
        InvalidTransition: none is awaited, or the submission was withdrawn.
    """
    awaited = submission.credential_status is CredentialStatus.AWAITED
    if not awaited or submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("No credential is awaited for this submission."))
    submission.credential_status = CredentialStatus.RECORDED
