"""Screening: publish, or restrict with a reason type and a public reason; and credentials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consult.accounts.actors import Person
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.moderation import emails
from consult.moderation.enums import CredentialKind, Decision, RestrictionReason
from consult.moderation.models import Credential, ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.submissions.enums import CredentialStatus, ModerationStatus, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.services import set_credential_recorded, set_moderation_status, set_response_status


def publish_comments(comments: Sequence[Comment], *, actor: Person, now: datetime) -> int:
    """Publish points, or lift their restriction; returns how many. Public ones appear as the round's visibility says.

    Raises:
        InvalidTransition: one of them is published already, or its credential is awaited.
    """
    if any(c.submission.credential_status is CredentialStatus.AWAITED for c in comments):
        raise InvalidTransition(
            _("One of these points speaks for a government or an intergovernmental body. Record the credential first.")
        )
    for comment in comments:
        set_moderation_status(comment, ModerationStatus.PUBLISHED)
        if comment.response_status is ResponseStatus.CLOSED:
            set_response_status(comment, ResponseStatus.UNANSWERED)
    _decide(comments, Decision.PUBLISH, None, "", "", actor, now)
    return len(comments)


def restrict_comments(
    comments: Sequence[Comment],
    *,
    reason: RestrictionReason,
    public_reason: str,
    agreement: str,
    actor: Person,
    now: datetime,
) -> int:
    """Restrict points with a reason that is itself public; returns how many. Spam closes under a class answer.

    Args:
        comments: points of one round.
        reason: the type; "off topic" is not one.
        public_reason: one or two sentences, without what is being restricted.
        agreement: reference of the State's written agreement, required for input in an official name.
        actor: the moderator.
        now: when.

    Raises:
        BadInput: no public reason, or no agreement where one is needed.
        InvalidTransition: one of them is restricted already.
    """
    if not public_reason:
        raise BadInput(_("Write the reason that the public will read."), "public_reason")
    if any(comment.submission.is_official for comment in comments) and not agreement:
        raise BadInput(
            _("Input of States is never restricted without their written agreement. Give its reference."), "agreement"
        )
    for comment in comments:
        set_moderation_status(comment, ModerationStatus.RESTRICTED)
        if reason is RestrictionReason.SPAM and comment.response_status is not ResponseStatus.SENT:
            set_response_status(comment, ResponseStatus.CLOSED)
    _decide(comments, Decision.RESTRICT, reason, public_reason, agreement, actor, now)
    return len(comments)


def _decide(
    comments: Sequence[Comment],
    decision: Decision,
    reason: RestrictionReason | None,
    public_reason: str,
    agreement: str,
    actor: Person,
    now: datetime,
) -> None:
    before = newest_decisions([comment.id for comment in comments])
    for comment in comments:
        db.session.add(
            ModerationDecision(
                comment_id=comment.id,
                decision=decision,
                reason=reason,
                public_reason=public_reason,
                agreement=agreement,
                decided_by=actor.actor_id,
                decided_at=now,
            )
        )
    db.session.flush()
    for comment in comments:
        record(
            f"desk:comment:{decision.value}",
            comment,
            actor=actor,
            now=now,
            content={"reason": reason, "public_reason": public_reason},
        )
    # The author hears of what changes something: every restriction, and a lifted one; not of each publication.
    told = [comment for comment in comments if decision is Decision.RESTRICT or comment.id in before]
    emails.queue_decisions(told, decision=decision, reason=reason, public_reason=public_reason, now=now)


def record_credential(
    submission: Submission, *, kind: CredentialKind, reference: str, actor: Person, now: datetime
) -> Credential:
    """Record what shows that the author may speak for a government or an intergovernmental body.

    Raises:
        InvalidTransition: none is awaited.
        BadInput: no reference of the document.
    """
    if not reference:
        raise BadInput(_("Give the reference or the date of the document."), "reference")
    set_credential_recorded(submission)
    credential = Credential(
        submission_id=submission.id, kind=kind, reference=reference, recorded_by=actor.actor_id, recorded_at=now
    )
    db.session.add(credential)
    db.session.flush()
    record("desk:credential:record", submission, actor=actor, now=now, content={"kind": kind, "reference": reference})
    emails.queue_credential_recorded(submission, now=now)
    return credential
