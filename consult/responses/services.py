"""Answering: draft, propose, clear by another person, send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotPermitted
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.responses import emails
from consult.responses.enums import Clearance, Disposition, Route, offered_dispositions
from consult.responses.models import ClearanceDecision, Delivery, ResponseVersion
from consult.responses.queries import newest_versions
from consult.submissions.enums import RESPONSE_TRANSITIONS, ModerationStatus, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.services import lock_comments, set_response_status

Seen = Mapping[int, int]
"""By key of the point, the number of the newest version that somebody had before them; 0 or nothing: none."""


def write_response(
    comments: Sequence[Comment],
    *,
    disposition: Disposition,
    rationale: str,
    text: str,
    language: str,
    propose: bool,
    actor: Actor,
    now: datetime,
    seen: Seen | None = None,
) -> list[ResponseVersion]:
    """Write the answer to one point, or the same answer to several together: all of them or none.

    A cleared answer that is written anew has to be cleared again.

    Args:
        comments: points of one round that are not answered yet.
        disposition: how they are addressed.
        rationale: why; public.
        text: what is sent to the author; public.
        language: of both.
        propose: hand it to an approver at once; otherwise it stays a draft.
        actor: the responder.
        now: when.
        seen: what the responder knew of; without it nobody else's words are looked for.

    Raises:
        BadInput: a part is missing where it is proposed, or the disposition is not offered here.
        Conflict: somebody else has written a version meanwhile.
        InvalidTransition: a point has not been screened, or takes no answer any more; the sentence says which.
    """
    comments = lock_comments([comment.id for comment in comments])
    for comment in comments:
        if disposition not in offered_dispositions(comment.submission.round.consultation.is_member_driven):
            raise BadInput(_("A member-driven text does not offer this. Choose another one."), "disposition")
    if propose and not rationale:
        raise BadInput(_("Write why: no answer goes out without its reason."), "rationale")
    if propose and not text:
        raise BadInput(_("Write what the author will read."), "text")
    if propose:
        _require_none(
            [comment for comment in comments if comment.moderation_status is ModerationStatus.WAITING],
            _("A point is answered after a moderator has read it. These still wait: %(references)s."),
        )
    status = ResponseStatus.PROPOSED if propose else ResponseStatus.DRAFTED
    _require_none(
        [c for c in comments if c.is_withdrawn or status not in RESPONSE_TRANSITIONS[c.response_status]],
        _("These points take no answer any more: %(references)s. Take them out of your choice, then save again."),
    )
    before = newest_versions([comment.id for comment in comments])
    _require_seen(comments, before, seen)
    versions = []
    for comment in comments:
        set_response_status(comment, status)
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


def _require_none(comments: Sequence[Comment], message: str) -> None:
    """Refuse with a message that names these points, if there are any."""
    if comments:
        references = ", ".join(comment.reference or "" for comment in comments)
        raise InvalidTransition(message % {"references": references})


def _require_seen(comments: Sequence[Comment], newest: Mapping[int, ResponseVersion], seen: Seen | None) -> None:
    """Refuse to act on an answer that is not the one that the actor had before them."""
    if seen is None:
        return
    other = [
        comment.reference or ""
        for comment in comments
        if (newest[comment.id].number if comment.id in newest else 0) != seen.get(comment.id, 0)
    ]
    if other:
        raise Conflict(
            _(
                "Somebody else has written on the answer to %(references)s since you opened this page. "
                "Compare it with yours, then send again.",
                references=", ".join(other),
            )
        )


def clear_responses(comments: Sequence[Comment], *, actor: Actor, now: datetime, seen: Seen | None = None) -> int:
    """Clear proposed answers, by another person than the one who wrote them: all of them or none.

    Args:
        comments: points of one round.
        actor: the approver.
        now: when.
        seen: the versions that the approver has read.

    Returns:
        How many.

    Raises:
        NotPermitted: the approver wrote one of them.
        Conflict: one of them has been written anew since the approver read it.
        InvalidTransition: one of them is not proposed; the sentence says which.
    """
    comments = lock_comments([comment.id for comment in comments])
    versions = newest_versions([comment.id for comment in comments])
    _require_none(
        [c for c in comments if c.is_withdrawn or c.response_status is not ResponseStatus.PROPOSED],
        _("These answers do not wait for clearance any more: %(references)s."),
    )
    _require_seen(comments, versions, seen)
    if any(version.written_by == actor.actor_id for version in versions.values()):
        raise NotPermitted(_("You wrote one of these answers yourself. Another person clears it."))
    for comment in comments:
        set_response_status(comment, ResponseStatus.CLEARED)
        _decide(versions[comment.id], Clearance.CLEARED, "", actor, now)
    db.session.flush()
    return len(comments)


def return_responses(
    comments: Sequence[Comment], *, note: str, actor: Actor, now: datetime, seen: Seen | None = None
) -> int:
    """Give proposed or cleared answers back to the responder, with a note: all of them or none.

    Args:
        comments: points of one round.
        note: what should change.
        actor: the approver.
        now: when.
        seen: the versions that the approver has read.

    Returns:
        How many.

    Raises:
        BadInput: no note.
        Conflict: one of them has been written anew since the approver read it.
        InvalidTransition: one of them is neither proposed nor cleared; the sentence says which.
    """
    if not note:
        raise BadInput(_("Write what should change before you would clear it."), "note")
    comments = lock_comments([comment.id for comment in comments])
    versions = newest_versions([comment.id for comment in comments])
    returnable = {ResponseStatus.PROPOSED, ResponseStatus.CLEARED}
    _require_none(
        [c for c in comments if c.is_withdrawn or c.response_status not in returnable],
        _("These answers wait neither for clearance nor for sending: %(references)s."),
    )
    _require_seen(comments, versions, seen)
    for comment in comments:
        set_response_status(comment, ResponseStatus.DRAFTED)
        _decide(versions[comment.id], Clearance.RETURNED, note, actor, now)
    db.session.flush()
    return len(comments)


def _decide(version: ResponseVersion, decision: Clearance, note: str, actor: Actor, now: datetime) -> None:
    db.session.add(
        ClearanceDecision(
            response_version_id=version.id, decision=decision, note=note, decided_by=actor.actor_id, decided_at=now
        )
    )
    verb = "clear" if decision is Clearance.CLEARED else "return"
    record(f"desk:response:{verb}", version, actor=actor, now=now, content={"note": note})


def send_responses(round_: Round, *, actor: Actor, now: datetime) -> int:
    """Send every cleared answer of a round to its author, one message for each submission; returns how many answers.

    Of two people who send at once, the second finds nothing left to send.
    """
    cleared = sa.select(Comment.id).where(
        Comment.round_id == round_.id,
        Comment.response_status == ResponseStatus.CLEARED,
        Comment.withdrawn_at.is_(None),
    )
    comments = [
        comment
        for comment in lock_comments(db.session.scalars(cleared).all())
        if comment.response_status is ResponseStatus.CLEARED and not comment.is_withdrawn
    ]
    versions = newest_versions([comment.id for comment in comments])
    by_submission: dict[int, list[Comment]] = {}
    for comment in comments:
        set_response_status(comment, ResponseStatus.SENT)
        db.session.add(Delivery(response_version_id=versions[comment.id].id, route=Route.ACCOUNT, sent_at=now))
        by_submission.setdefault(comment.submission_id, []).append(comment)
    db.session.flush()
    for comment in comments:
        record("desk:response:send", versions[comment.id], actor=actor, now=now)
    for points in by_submission.values():
        emails.queue_answers(points, versions, now=now)
    return len(comments)
