"""What an author says to the question whether a point is in another language, or in another encoding, than was said."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.core.burmese import to_unicode_burmese
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.core.locale import ZAWGYI
from consult.core.locale import gettext as _
from consult.core.text import POINT_MAX, check_text
from consult.submissions.models import Comment, Submission
from consult.submissions.services.drafting import lock_draft


def answer_proposal(
    submission: Submission, comment: Comment, *, proposed: str, is_taken: bool, now: datetime
) -> Comment:
    """Change the language of a point in a draft to the proposed one, or keep it; it is not asked again.

    Of what was typed for Zawgyi the words are put into Unicode if its author takes that, else they stay to the letter
    and are marked as Zawgyi. Answers to questions are in one language, so all of which it is asked go together.

    Args:
        submission: the draft.
        comment: one of its points.
        proposed: the language that stood in the question.
        is_taken: whether it is to be changed.
        now: when.

    Raises:
        InvalidTransition: submitted already, the round has closed, or the point has changed meanwhile.
        BadInput: in Unicode it would be longer than a point can be.
    """
    lock_draft(submission, now)
    db.session.refresh(comment)
    if not proposed or comment.language_guess != proposed:
        raise InvalidTransition(_("This point has changed meanwhile, so nothing was done. Look at it once more."))
    for row in _asked_with(submission, comment):
        row.language_guess = ""
        if proposed == ZAWGYI:
            row.language, row.language_words = "my" if is_taken else ZAWGYI, ""
            if is_taken:
                row.text, row.proposed_change = in_unicode(row.text), in_unicode(row.proposed_change)
        elif is_taken:
            row.language, row.language_words = proposed, ""
    submission.saved_at = now
    db.session.flush()
    return comment


def in_unicode(text: str) -> str:
    """Words typed for Zawgyi as they will stand in Unicode.

    Raises:
        BadInput: longer than a point can be.
    """
    return check_text(to_unicode_burmese(text, ZAWGYI), limit=POINT_MAX)


def _asked_with(submission: Submission, comment: Comment) -> list[Comment]:
    if comment.question_id is None:
        return [comment]
    rows = db.session.scalars(
        sa.select(Comment)
        .where(
            Comment.submission_id == submission.id,
            Comment.question_id.is_not(None),
            Comment.language_guess == comment.language_guess,
        )
        .order_by(Comment.id)
    )
    return list(rows.unique())
