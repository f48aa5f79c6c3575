"""Taking its author out of a submission that stays on the record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.core.db import db
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import ClaimOpening, Submission
from consult.submissions.queries import get_identity
from consult.submissions.services.drafting import delete_draft
from consult.submissions.services.files import forget_private_files_of


def forget_author(submission: Submission, *, now: datetime) -> None:
    """Let nobody open a submission any more; what it shows stays under its setting. Twice changes nothing.

    A draft goes altogether, also one that was handed in late and not decided on. Of what was submitted, who spoke goes
    where the public is not told; what only the secretariat was shown of files goes too. The rest of what the
    public reads stays, as does what it is counted by.
    """
    db.session.refresh(
        submission, attribute_names=["status", "publication_setting"], with_for_update={"of": Submission}
    )
    db.session.execute(sa.delete(ClaimOpening).where(ClaimOpening.submission_id == submission.id))
    if not submission.is_on_record:
        if submission.status is SubmissionStatus.OFFERED:
            submission.status, submission.late_plea = SubmissionStatus.DRAFT, ""
            db.session.flush()
        delete_draft(submission)
        return
    forget_private_files_of(submission, now=now)
    identity = get_identity(submission)
    if identity is not None and (submission.is_protected or submission.status is SubmissionStatus.WITHDRAWN):
        db.session.delete(identity)
    elif identity is not None and submission.publication_setting is PublicationSetting.ORGANISATION_ONLY:
        identity.name = ""
    submission.account_id = submission.claim_digest = submission.claim_checked_at = None
    submission.draft_key_digest = submission.begun_at = submission.saved_at = None
    submission.late_plea = ""
    submission.forgotten_on = submission.forgotten_on or now.date()
    db.session.flush()
