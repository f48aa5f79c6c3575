"""Drafts of a browser that is to forget whoever wrote in it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from consult.core.db import db
from consult.core.secrets import key_digest
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.services.drafting import delete_draft


def forget_drafts(keys: Sequence[str]) -> int:
    """Delete the drafts that one browser alone could open, since it forgets them; returns how many it held.

    A draft whose author has a code for it stays for the code; the browser's key opens it no more.
    """
    if not keys:
        return 0
    found = db.session.scalars(
        sa.select(Submission)
        .where(
            Submission.draft_key_digest.in_([key_digest(key) for key in keys]),
            Submission.account_id.is_(None),
            Submission.status == SubmissionStatus.DRAFT,
        )
        .order_by(Submission.id)
    ).all()
    for draft in found:
        if draft.claim_checked_at is not None:
            draft.draft_key_digest = None
        else:
            delete_draft(draft)
    db.session.flush()
    return len(found)
