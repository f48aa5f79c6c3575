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
    ResponseStatus,
    SubmissionStatus,
)
from consult.submissions.models import (
    Comment,
    Submission,
)
from consult.submissions.queries import IN_QUEUE, may_be_tied


def lock_comments(comment_ids: Collection[int]) -> Sequence[Comment]:
    """Take points and their submissions for this transaction and read them anew, in the order of the queue.

    Of two people who decide about a point at once, the second waits here and then sees what the first did; so does
    an author who withdraws. They are read by a statement of its own after the locks: PostgreSQL rereads a row that
    it waited for, but not what was joined to it. One order for all keeps two who take several from waiting for
    each other: submissions first, as their authors do. What is then written of each, and listed by its key, must not
    stand in the order of arrival: so they come back as they stand in the queue.
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
    found = sa.select(Comment).join(Comment.submission).where(chosen).order_by(*IN_QUEUE)
    return db.session.scalars(found.execution_options(populate_existing=True)).unique().all()


def is_public(comment: Comment) -> bool:
    """Whether the public may read this point, as far as the point itself goes; see ``queries.PUBLIC``."""
    submission = comment.submission
    return (
        _is_for_the_public(comment)
        and not comment.is_withdrawn
        and not comment.is_held
        and submission.status is SubmissionStatus.SUBMITTED
        and not submission.is_held
    )


def was_public(comment: Comment) -> bool:
    """Whether the public reads this point, or did until it was withdrawn: its reference may then be named."""
    if not comment.is_withdrawn:
        return is_public(comment)
    return (
        _is_for_the_public(comment)
        and comment.submission.status is not SubmissionStatus.DRAFT
        and not comment.is_hidden
    )


def _is_for_the_public(comment: Comment) -> bool:
    """Whether it was screened for the public and its author lets it have the words; not whether it is held or gone."""
    submission = comment.submission
    return (
        comment.moderation_status is ModerationStatus.PUBLISHED
        and submission.credential_status is not CredentialStatus.AWAITED
        and submission.publication_setting is not None
        and submission.publication_setting.gives_words
    )


def note_point(comment: Comment) -> None:
    """Note that the public may read something else of a point or of its answer now; harmless where it does not."""
    note_change("comment", comment.id)
    note_change("response", comment.id)


def count_published(comment: Comment, amount: int) -> None:
    """Count a point that became public, or is public no more, and note it for those who follow what is public."""
    note_change("comment", comment.id, *told_before(comment))
    note_change("response", comment.id)
    count(f"round:{comment.round_id}:published", amount)
    if comment.paragraph_id is not None and not comment.nature.is_of_state:  # those stand there in words
        count(f"paragraph:{comment.paragraph_id}:published", amount)


def told_before(comment: Comment) -> list[int]:
    """The point that this one takes the place of, where that one says so: noted together, the two are tied."""
    earlier = db.session.get(Comment, comment.supersedes_id) if comment.supersedes_id is not None else None
    if earlier is None or earlier.submission.is_held:
        return []
    return [earlier.id] if may_be_tied(comment.submission, earlier.submission) else []


def set_moderation_status(comment: Comment, status: ModerationStatus) -> None:
    """Move a point along the axis of screening; decided and recorded by ``moderation``.

    Raises:
        InvalidTransition: not from where it is.
    """
    if comment.is_withdrawn or status not in MODERATION_TRANSITIONS[comment.moderation_status]:
        raise InvalidTransition(_("This point has been decided on already. Open it again to see how."))
    before, submission = is_public(comment), comment.submission
    comment.moderation_status = status
    # What becomes of a protected point after its batch would tell by itself when that was: it goes with the next one.
    is_late = status is ModerationStatus.PUBLISHED and submission.is_protected and not submission.is_held
    comment.is_held = is_late
    if is_public(comment) != before:
        count_published(comment, -1 if before else 1)
    else:
        note_point(comment)


def set_response_status(comment: Comment, status: ResponseStatus) -> None:
    """Move a point along the axis of answering; decided and recorded by ``responses`` and ``moderation``.

    Raises:
        InvalidTransition: not from where it is.
    """
    is_refused = comment.nature.is_of_state and status not in {ResponseStatus.UNANSWERED, ResponseStatus.CLOSED}
    if comment.is_withdrawn or is_refused or status not in RESPONSE_TRANSITIONS[comment.response_status]:
        raise InvalidTransition(_("This point cannot be answered that way now. Open it again to see where it stands."))
    before = comment.response_status
    comment.response_status = status
    submission = comment.submission
    if {status, before} & {ResponseStatus.SENT, ResponseStatus.CLOSED} and not submission.is_protected:
        # It says whether it was answered. A protected one says so once a release gives the answer: the desk answers in
        # the order in which points arrive.
        note_point(comment)
    if submission.is_held:  # counted when it is lifted
        return
    if status is ResponseStatus.SENT:
        count(f"round:{comment.round_id}:answered")
    if not comment.asks_for_answer:
        return
    if status is ResponseStatus.CLOSED:
        count(f"round:{comment.round_id}:asked", -1)
    if before is ResponseStatus.CLOSED:
        count(f"round:{comment.round_id}:asked", 1)


def supersede(earlier: Submission) -> list[int]:
    """Let the points of a submission stand on record and ask for no answer: its revision has taken their place.

    Returns:
        The keys of those of which the public reads that now, for the caller to note.
    """
    comments = [comment for comment in lock_comments([row.id for row in earlier.comments]) if not comment.is_withdrawn]
    for comment in comments:
        if comment.response_status not in {ResponseStatus.SENT, ResponseStatus.CLOSED}:
            set_response_status(comment, ResponseStatus.CLOSED)
    db.session.flush()
    return [comment.id for comment in comments if is_public(comment)]


def set_credential_recorded(submission: Submission) -> None:
    """Take a credential as recorded; decided and recorded by ``moderation``.

    Raises:
        InvalidTransition: none is awaited, or the submission was withdrawn.
    """
    awaited = submission.credential_status is CredentialStatus.AWAITED
    if not awaited or submission.status is not SubmissionStatus.SUBMITTED:
        raise InvalidTransition(_("No credential is awaited for this submission."))
    submission.credential_status = CredentialStatus.RECORDED
