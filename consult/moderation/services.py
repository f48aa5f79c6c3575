"""Screening: publish, or restrict with a reason type and a public reason; and credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.access.roles import Actor
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.moderation import emails
from consult.moderation.enums import CredentialKind, Decision, RestrictionReason
from consult.moderation.models import Credential, FileDecision, ModerationDecision
from consult.moderation.queries import newest_decisions
from consult.submissions.enums import CredentialStatus, FileAudience, ModerationStatus, ResponseStatus
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries import superseded_among
from consult.submissions.services import (
    lock_comments,
    set_credential_recorded,
    set_file_status,
    set_moderation_status,
    set_response_status,
)


@dataclass(frozen=True)
class Screened:
    """What became of several points that were decided on together.

    Args:
        done: what was decided on now.
        refused: what stays as it was, each with the sentence that says why.
    """

    done: Sequence[Comment]
    refused: Sequence[tuple[Comment, str]]

    @property
    def reasons(self) -> list[str]:
        """For each refused point, its reference and why."""
        return [
            _("%(reference)s: %(why)s", reference=comment.reference or "", why=why) for comment, why in self.refused
        ]


def publish_comments(comments: Sequence[Comment], *, actor: Actor, now: datetime) -> Screened:
    """Publish points, or lift their restriction. Public ones appear as the round's visibility says.

    Those that cannot be published stay as they are and do not keep the others from it.

    Args:
        comments: points of one round.
        actor: the moderator.
        now: when.

    Raises:
        InvalidTransition: not one of them can be published; the sentence says which and why.
    """
    screened = _sort(lock_comments([comment.id for comment in comments]), _why_not_published)
    superseded = superseded_among({comment.submission_id for comment in screened.done})
    for comment in screened.done:
        set_moderation_status(comment, ModerationStatus.PUBLISHED)
        if comment.response_status is ResponseStatus.CLOSED and comment.submission_id not in superseded:
            set_response_status(comment, ResponseStatus.UNANSWERED)
    _decide(screened.done, Decision.PUBLISH, None, "", "", actor, now)
    return screened


def restrict_comments(
    comments: Sequence[Comment],
    *,
    reason: RestrictionReason,
    public_reason: str,
    agreement: str,
    actor: Actor,
    now: datetime,
) -> Screened:
    """Restrict points with a reason that is itself public. Spam closes under a class answer.

    Those that cannot be restricted stay as they are and do not keep the others from it.

    Args:
        comments: points of one round.
        reason: the type; "off topic" is not one.
        public_reason: one or two sentences, without what is being restricted.
        agreement: reference of the State's written agreement, required for input in an official name; see
            `needs_agreement`.
        actor: the moderator.
        now: when.

    Raises:
        BadInput: no public reason, or no agreement where one is needed.
        InvalidTransition: not one of them can be restricted; the sentence says which and why.
    """
    if not public_reason:
        raise BadInput(_("Write the reason that the public will read."), "public_reason")
    screened = _sort(lock_comments([comment.id for comment in comments]), _why_not_restricted)
    _require_agreement([comment.submission for comment in screened.done], reason, agreement)
    for comment in screened.done:
        set_moderation_status(comment, ModerationStatus.RESTRICTED)
        settled = {ResponseStatus.SENT, ResponseStatus.CLOSED}  # a superseded point is closed already
        if reason is RestrictionReason.SPAM and comment.response_status not in settled:
            set_response_status(comment, ResponseStatus.CLOSED)
    _decide(screened.done, Decision.RESTRICT, reason, public_reason, agreement, actor, now)
    return screened


def needs_agreement(submission: Submission, reason: RestrictionReason) -> bool:
    """Whether a point is only restricted with a written agreement: it speaks for a State or an intergovernmental body.

    Anybody can type "Ministry of": while no credential is on record, a false name and spam need no State's agreement.
    """
    if not submission.is_official:
        return False
    unproven = submission.credential_status is CredentialStatus.AWAITED
    return not (unproven and reason in {RestrictionReason.IMPERSONATION, RestrictionReason.SPAM})


def _require_agreement(submissions: Iterable[Submission], reason: RestrictionReason, agreement: str) -> None:
    if not agreement and any(needs_agreement(submission, reason) for submission in submissions):
        raise BadInput(
            _("Input of States is never restricted without their written agreement. Give its reference."), "agreement"
        )


def _why_not_published(comment: Comment) -> str:
    if comment.is_withdrawn:
        return _("It has been struck.") if comment.is_struck else _("Its author has withdrawn it.")
    if comment.moderation_status is ModerationStatus.PUBLISHED:
        return _("It is published already.")
    if comment.submission.credential_status is CredentialStatus.AWAITED:
        return _("It speaks for a government or an intergovernmental body. Record the credential first.")
    return ""


def _why_not_restricted(comment: Comment) -> str:
    if comment.is_withdrawn:
        return _("It has been struck.") if comment.is_struck else _("Its author has withdrawn it.")
    if comment.moderation_status is ModerationStatus.RESTRICTED:
        return _("It is restricted already.")
    return ""


def _sort(comments: Sequence[Comment], why_not: Callable[[Comment], str]) -> Screened:
    reasons = [(comment, why_not(comment)) for comment in comments]
    found = Screened([comment for comment, why in reasons if not why], [(c, why) for c, why in reasons if why])
    if found.refused and not found.done:
        raise InvalidTransition(" ".join(found.reasons))
    return found


def _decide(
    comments: Sequence[Comment],
    decision: Decision,
    reason: RestrictionReason | None,
    public_reason: str,
    agreement: str,
    actor: Actor,
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


def publish_file(attachment: Attachment, *, actor: Actor, now: datetime) -> None:
    """Let a file be public that its author would have public, or lift its restriction; it appears with its point.

    Raises:
        InvalidTransition: public already, for the secretariat alone, or nothing is left of it.
    """
    _lock_file(attachment)
    if attachment.moderation_status is ModerationStatus.PUBLISHED:
        raise InvalidTransition(_("It is published already."))
    set_file_status(attachment, ModerationStatus.PUBLISHED)
    _decide_on_file(attachment, FileDecision(decision=Decision.PUBLISH), actor, now)


def restrict_file(
    attachment: Attachment,
    *,
    reason: RestrictionReason,
    public_reason: str,
    agreement: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep a file from the public, with a reason; its point stays as it is. As `restrict_comments`.

    Raises:
        BadInput: no reason, or no agreement where one is needed.
        InvalidTransition: restricted already, for the secretariat alone, or nothing is left of it.
    """
    if not public_reason:
        raise BadInput(_("Write the reason that its author will read."), "public_reason")
    _lock_file(attachment)
    if attachment.moderation_status is ModerationStatus.RESTRICTED:
        raise InvalidTransition(_("It is restricted already."))
    _require_agreement([attachment.submission], reason, agreement)
    set_file_status(attachment, ModerationStatus.RESTRICTED)
    decision = FileDecision(decision=Decision.RESTRICT, reason=reason, public_reason=public_reason, agreement=agreement)
    _decide_on_file(attachment, decision, actor, now)


def _lock_file(attachment: Attachment) -> None:
    """Lock a file and read it afresh: moderators decide on it one after the other, and never while it is withdrawn.

    Raises:
        InvalidTransition: it is withdrawn, or for the secretariat alone.
    """
    db.session.refresh(
        attachment, attribute_names=["moderation_status", "audience", "file_id"], with_for_update={"of": Attachment}
    )
    if attachment.file_id is None:
        raise InvalidTransition(_("Its author has withdrawn it."))
    if attachment.audience is not FileAudience.PUBLIC:
        raise InvalidTransition(_("Its author gave it to the secretariat alone, so there is nothing to decide."))


def _decide_on_file(attachment: Attachment, decision: FileDecision, actor: Actor, now: datetime) -> None:
    if actor.actor_id is None:
        raise RuntimeError("somebody decides")
    decision.attachment_id, decision.decided_by, decision.decided_at = attachment.id, actor.actor_id, now
    db.session.add(decision)
    db.session.flush()
    content = {"reason": decision.reason, "public_reason": decision.public_reason}
    record(f"desk:attachment:{decision.decision.value}", attachment, actor=actor, now=now, content=content)


def record_credential(
    submission: Submission, *, kind: CredentialKind, reference: str, actor: Actor, now: datetime
) -> Credential:
    """Record what shows that the author may speak for a government or an intergovernmental body.

    Raises:
        InvalidTransition: none is awaited, or the submission was withdrawn.
        BadInput: no reference of the document.
    """
    if not reference:
        raise BadInput(_("Give the reference or the date of the document."), "reference")
    db.session.refresh(submission, attribute_names=["status", "credential_status"], with_for_update={"of": Submission})
    set_credential_recorded(submission)
    credential = Credential(
        submission_id=submission.id, kind=kind, reference=reference, recorded_by=actor.actor_id, recorded_at=now
    )
    db.session.add(credential)
    db.session.flush()
    record("desk:credential:record", submission, actor=actor, now=now, content={"kind": kind, "reference": reference})
    emails.queue_credential_recorded(submission, now=now)
    return credential
