"""Answering: draft, propose, clear by another person, send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consult.accounts.actors import Person
from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition, NotPermitted
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.responses import emails
from consult.responses.enums import Clearance, Disposition, Route, offered_dispositions
from consult.responses.models import ClearanceDecision, Delivery, ResponseVersion
from consult.responses.queries import newest_versions
from consult.submissions.enums import ModerationStatus, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import comments_in
from consult.submissions.services import set_response_status


def write_response(
    comments: Sequence[Comment],
    *,
    disposition: Disposition,
    rationale: str,
    text: str,
    language: str,
    propose: bool,
    actor: Person,
    now: datetime,
) -> list[ResponseVersion]:
    """Write the answer to one point, or the same answer to several together.

    Args:
        comments: points of one round that are not answered yet.
        disposition: how they are addressed.
        rationale: why; public.
        text: what is sent to the author; public.
        language: of both.
        propose: hand it to an approver at once; otherwise it stays a draft.
        actor: the responder.
        now: when.

    Raises:
        BadInput: a part is missing where it is proposed, or the disposition is not offered here.
        InvalidTransition: a point has not been screened, or has been answered.
    """
    for comment in comments:
        if disposition not in offered_dispositions(comment.submission.round.consultation.is_member_driven):
            raise BadInput(_("A member-driven text does not offer this. Choose another one."), "disposition")
        if comment.moderation_status is ModerationStatus.WAITING and propose:
            raise InvalidTransition(_("A point is answered after a moderator has read it."))
    if propose and not rationale:
        raise BadInput(_("Write why: no answer goes out without its reason."), "rationale")
    if propose and not text:
        raise BadInput(_("Write what the author will read."), "text")
    before = newest_versions([comment.id for comment in comments])
    versions = []
    for comment in comments:
        set_response_status(comment, ResponseStatus.PROPOSED if propose else ResponseStatus.DRAFTED)
        version = ResponseVersion(
            comment=comment,
            number=before[comment.id].number + 1 if comment.id in before else 1,
            disposition=disposition,
            rationale=rationale,
            text=text,
            language=language,
            written_by=actor.actor_id,
            written_at=now,
        )
        db.session.add(version)
        versions.append(version)
    db.session.flush()
    for version in versions:
        record(
            "desk:response:propose" if propose else "desk:response:draft",
            version,
            actor=actor,
            now=now,
            content={"disposition": disposition, "rationale": rationale, "text": text},
        )
    return versions


def clear_responses(comments: Sequence[Comment], *, actor: Person, now: datetime) -> int:
    """Clear proposed answers; by another person than the one who wrote them. Returns how many.

    Raises:
        NotPermitted: the approver wrote one of them.
        InvalidTransition: one of them is not proposed.
    """
    versions = newest_versions([comment.id for comment in comments])
    if any(version.written_by == actor.actor_id for version in versions.values()):
        raise NotPermitted(_("You wrote one of these answers yourself. Another person clears it."))
    for comment in comments:
        set_response_status(comment, ResponseStatus.CLEARED)
        _decide(versions[comment.id], Clearance.CLEARED, "", actor, now)
    db.session.flush()
    return len(comments)


def return_responses(comments: Sequence[Comment], *, note: str, actor: Person, now: datetime) -> int:
    """Give proposed or cleared answers back to the responder, with a note. Returns how many.

    Raises:
        BadInput: no note.
        InvalidTransition: one of them is neither proposed nor cleared.
    """
    if not note:
        raise BadInput(_("Write what should change before you would clear it."), "note")
    versions = newest_versions([comment.id for comment in comments])
    for comment in comments:
        if comment.response_status not in {ResponseStatus.PROPOSED, ResponseStatus.CLEARED}:
            raise InvalidTransition(_("Only an answer that waits for clearance or for sending can be returned."))
        set_response_status(comment, ResponseStatus.DRAFTED)
        _decide(versions[comment.id], Clearance.RETURNED, note, actor, now)
    db.session.flush()
    return len(comments)


def _decide(version: ResponseVersion, decision: Clearance, note: str, actor: Person, now: datetime) -> None:
    db.session.add(
        ClearanceDecision(
            response_version_id=version.id, decision=decision, note=note, decided_by=actor.actor_id, decided_at=now
        )
    )
    record(f"desk:response:{decision.value}", version, actor=actor, now=now, content={"note": note})


def send_responses(round_: Round, *, actor: Person, now: datetime) -> int:
    """Send every cleared answer of a round to its author; one message for each submission. Returns how many answers."""
    comments = (
        db.session.scalars(
            comments_in(round_, Comment.response_status == ResponseStatus.CLEARED, Comment.withdrawn_at.is_(None))
            .order_by(Comment.id)
            .with_for_update(of=Comment)
        )
        .unique()
        .all()
    )
    versions = newest_versions([comment.id for comment in comments])
    by_submission: dict[int, list[Comment]] = {}
    for comment in comments:
        version = versions[comment.id]
        set_response_status(comment, ResponseStatus.SENT)
        db.session.add(Delivery(response_version_id=version.id, route=Route.ACCOUNT, sent_at=now))
        by_submission.setdefault(comment.submission_id, []).append(comment)
    db.session.flush()
    for comment in comments:
        record("desk:response:send", versions[comment.id], actor=actor, now=now)
    for points in by_submission.values():
        emails.queue_answers(points, versions, now=now)
    return len(comments)
