"""Who is told of what happens to a round, because they take part in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.accounts.models import Account
from consult.consultations.models import Round
from consult.consultations.recipients import Recipient
from consult.core.db import db
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission


def list_taking_part(round_: Round, _now: datetime) -> Iterable[Recipient]:
    """The accounts with a draft or a submission in the round, not those who withdrew everything; one query.

    Only for notices that say the same to everybody: it tells nobody who is among them.
    """
    rows = db.session.execute(
        sa.select(Account.email, Account.locale, Account.time_zone)
        .join(Submission, Submission.account_id == Account.id)
        .where(
            Account.email.is_not(None),
            Submission.round_id == round_.id,
            Submission.status != SubmissionStatus.WITHDRAWN,
        )
        .distinct()
        .order_by(Account.email)
    )
    return [Recipient(email, locale, zone) for email, locale, zone in rows if email is not None]
