"""Who has come back with the code of a submission without an account."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.enums import Audience
from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.secrets import key_digest
from consult.submissions.models import ClaimOpening, Submission


def find_claimed_id(key: str, now: datetime) -> int | None:
    """The key of the submission that a browser has opened, unless that has ended; one query.

    What was withdrawn, or kept in an account, has no code any more, and no opening of it holds.
    """
    found: int | None = db.session.scalar(
        sa.select(ClaimOpening.submission_id)
        .join(Submission, Submission.id == ClaimOpening.submission_id)
        .where(
            ClaimOpening.key_digest == key_digest(key),
            ClaimOpening.expires_at > now,
            Submission.claim_digest.is_not(None),
        )
    )
    return found


def get_claimed(actor: Actor) -> Submission:
    """The submission that somebody has opened with its code.

    Raises:
        NotFound: they have opened none.
    """
    found = db.session.get(Submission, actor.claimed_id) if actor.claimed_id is not None else None
    if found is None:
        raise NotFound
    return found


def takes_codes(round_: Round) -> bool:
    """Whether somebody without an account can submit in a round: where everybody may take part, nobody is invited."""
    return round_.audience is Audience.PUBLIC


def needs_account(submission: Submission) -> bool:
    """Whether this can be submitted with an account alone.

    What is said in an official name waits for a credential, which the secretariat asks somebody for; a code has nobody.
    """
    return submission.is_official or not takes_codes(submission.round)
