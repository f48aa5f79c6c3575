"""Who has taken part for a State, a government or an intergovernmental body: they never hold the protection role."""

from __future__ import annotations

import sqlalchemy as sa

from consult.accounts.enums import Capacity, Constituency
from consult.core.db import db
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission, SubmissionConstituency

OFFICIAL = [constituency for constituency in Constituency if constituency.is_official]


def has_spoken_for_government(account_id: int) -> bool:
    """Whether this account has submitted for a State, or in an official constituency, to any host.

    What was withdrawn no longer says for whom it spoke, and what came without an account belongs to nobody.
    """
    is_official = sa.exists().where(
        SubmissionConstituency.submission_id == Submission.id, SubmissionConstituency.constituency.in_(OFFICIAL)
    )
    found = sa.exists().where(
        Submission.account_id == account_id,
        Submission.status.in_([SubmissionStatus.SUBMITTED, SubmissionStatus.OFFERED]),
        sa.or_(Submission.capacity == Capacity.STATE_DELEGATION, is_official),
    )
    return bool(db.session.scalar(sa.select(found)))
