"""Answering: draft, propose, clear by another person, send; correcting what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotPermitted
from consult.core.locale import gettext as _
from consult.core.locale import join_words
from consult.ledger.services import record
from consult.responses import emails
from consult.responses.enums import Clearance, Disposition, Route, offered_dispositions
from consult.responses.models import ClearanceDecision, Delivery, ResponseCorrection, ResponseVersion
from consult.responses.queries import cleared_corrections, corrections_under_way, newest_versions, sent_versions
from consult.responses.telling import keep_told
from consult.submissions.enums import RESPONSE_TRANSITIONS, ModerationStatus, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.services import lock_comments, set_response_status

NO_ROUTE = "It came by another door than the site: no account and no address belongs to it."
"""Kept with an answer that is published alone, as the reason why it went to nobody."""
FORGOTTEN = "Its author has closed the account: no account and no address belongs to it any more."
"""The same, of what somebody who has gone since handed in."""

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
    _require_none(
        [comment for comment in comments if not comment.submission.round.asks_for_answers],
        _("This round is published as a compilation: its points are not answered (%(references)s)."),
    )
    _require_none(
        [comment for comment in comments if comment.nature.is_of_state],
        _("Reservations and statements of position are published as they are, and not answered (%(references)s)."),
    )
    _require_offered(comments, disposition)
    if propose:
        _require_words(rationale, text)
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
    for comment in comments:
        set_response_status(comment, status)
    words = {"disposition": disposition, "rationale": rationale, "text": text}
    versions = _next_versions(comments, before, {**words, "language": language}, actor, now)
    act = "desk:response:propose" if propose else "desk:response:draft"
    for version in versions:
        record(act, version, actor=actor, now=now, content=words)
    return versions


def _require_offered(comments: Sequence[Comment], disposition: Disposition) -> None:
    for comment in comments:
        if disposition not in offered_dispositions(comment.submission.round.consultation.is_member_driven):
            raise BadInput(_("A member-driven text does not offer this. Choose another one."), "disposition")


def _require_words(rationale: str, text: str) -> None:
    if not rationale:
        raise BadInput(_("Write why: no answer goes out without its reason."), "rationale")
    if not text:
        raise BadInput(_("Write what the author will read."), "text")


def _next_versions(
    comments: Sequence[Comment],
    newest: Mapping[int, ResponseVersion],
    words: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> list[ResponseVersion]:
    """The same answer to each of these points, as the version after the newest one."""
    versions = [
        ResponseVersion(
            comment=comment,
            number=newest[comment.id].number + 1 if comment.id in newest else 1,
            written_by=actor.actor_id,
            written_at=now,
            **words,
        )
        for comment in comments
    ]
    db.session.add_all(versions)
    db.session.flush()
    return versions


def _require_none(comments: Sequence[Comment], message: str) -> None:
    """Refuse with a message that names these points, if there are any."""
    if comments:
        references = join_words([comment.reference or "" for comment in comments])
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
                references=join_words(other),
            )
        )


def clear_responses(comments: Sequence[Comment], *, actor: Actor, now: datetime, seen: Seen | None = None) -> int:
    """Clear proposed answers and corrections, by another person than the one who wrote them: all of them or none.

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
    corrections = corrections_under_way(versions.values())
    corrected = {key for key, correction in corrections.items() if correction.is_waiting}
    _require_none(
        [
            c
            for c in comments
            if c.is_withdrawn or not (c.response_status is ResponseStatus.PROPOSED or c.id in corrected)
        ],
        _("These answers do not wait for clearance any more: %(references)s."),
    )
    _require_seen(comments, versions, seen)
    if any(version.written_by == actor.actor_id for version in versions.values()):
        raise NotPermitted(_("You wrote one of these answers yourself. Another person clears it."))
    for comment in comments:
        if comment.id not in corrected:  # a corrected point stays answered meanwhile
            set_response_status(comment, ResponseStatus.CLEARED)
        _decide(versions[comment.id], Clearance.CLEARED, "", actor, now)
    db.session.flush()
    return len(comments)


def return_responses(
    comments: Sequence[Comment], *, note: str, actor: Actor, now: datetime, seen: Seen | None = None
) -> int:
    """Give proposed or cleared answers and corrections back to the responder, with a note: all of them or none.

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
    corrections = corrections_under_way(versions.values())
    corrected = {key for key, found in corrections.items() if found.is_waiting or found.is_cleared}
    _require_none(
        [c for c in comments if c.is_withdrawn or not (c.response_status in returnable or c.id in corrected)],
        _("These answers wait neither for clearance nor for sending: %(references)s."),
    )
    _require_seen(comments, versions, seen)
    for comment in comments:
        if comment.id not in corrected:
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
    """Send every cleared answer and correction of a round to its author, one message for each submission.

    Of two people who send at once, the second finds nothing left to send.

    Returns:
        How many answers and corrections.
    """
    cleared = sa.select(Comment.id).where(
        Comment.round_id == round_.id,
        Comment.response_status == ResponseStatus.CLEARED,
        Comment.withdrawn_at.is_(None),
    )
    wanted = [*db.session.scalars(cleared), *db.session.scalars(cleared_corrections(round_))]
    locked = [comment for comment in lock_comments(wanted) if not comment.is_withdrawn]
    comments = [comment for comment in locked if comment.response_status is ResponseStatus.CLEARED]
    versions = newest_versions([comment.id for comment in locked])
    under_way = corrections_under_way(versions.values())
    corrected = [comment for comment in locked if comment.id in under_way and under_way[comment.id].is_cleared]
    for comment in comments:
        set_response_status(comment, ResponseStatus.SENT)
    for comment in (*comments, *corrected):
        _deliver(comment, versions[comment.id], now)
    db.session.flush()
    for comment in comments:
        record("desk:response:send", versions[comment.id], actor=actor, now=now)
    for comment in corrected:
        reason = under_way[comment.id].row.reason
        record("desk:correction:send", versions[comment.id], actor=actor, now=now, content={"reason": reason})
    keep_told([*comments, *corrected], [versions[c.id] for c in (*comments, *corrected)], now=now)
    for points in _by_submission(comments):
        emails.queue_answers(points, versions, now=now)
    reasons = {key: correction.row.reason for key, correction in under_way.items()}
    for points in _by_submission(corrected):
        emails.queue_corrections(points, versions, reasons, now=now)
    return len(comments) + len(corrected)


def _deliver(comment: Comment, version: ResponseVersion, now: datetime) -> None:
    route = route_to(comment.submission)
    reason = "" if route is not Route.PUBLICATION else FORGOTTEN if comment.submission.forgotten_on else NO_ROUTE
    db.session.add(Delivery(response_version_id=version.id, route=route, reason=reason, sent_at=now))
    note_change("response", comment.id)


def route_to(submission: Submission) -> Route:
    """How an answer reaches the author of a submission."""
    if submission.account_id is not None:
        return Route.ACCOUNT
    return Route.CLAIM_CODE if submission.claim_digest is not None else Route.PUBLICATION


def _by_submission(comments: Sequence[Comment]) -> Iterable[list[Comment]]:
    found: dict[int, list[Comment]] = {}
    for comment in comments:
        found.setdefault(comment.submission_id, []).append(comment)
    return found.values()


def write_correction(
    comments: Sequence[Comment],
    *,
    disposition: Disposition,
    rationale: str,
    text: str,
    language: str,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: Seen | None = None,
) -> list[ResponseVersion]:
    """Propose a correction of answers that were sent; until it is cleared and sent, the sent ones count.

    A correction that is under way already is replaced, and has to be cleared anew.

    Args:
        comments: answered points of one round; the same correction for all of them.
        disposition: how they are addressed.
        rationale: why; public.
        text: what is sent to the author; public.
        language: of all words.
        reason: why the answer is corrected; public.
        actor: the responder.
        now: when.
        seen: the newest versions that the responder knew of; without it nobody else's words are looked for.

    Raises:
        BadInput: a part is missing, the disposition is not offered here, or nothing is different.
        Conflict: somebody else has written a version meanwhile.
        InvalidTransition: a point is not answered, or was withdrawn; the sentence says which.
    """
    comments = lock_comments([comment.id for comment in comments])
    _require_offered(comments, disposition)
    _require_words(rationale, text)
    if not reason:
        raise BadInput(_("Write why the answer is corrected: everybody who read it will want to know."), "reason")
    _require_none(
        [c for c in comments if c.is_withdrawn or c.response_status is not ResponseStatus.SENT],
        _("Only an answer that was sent is corrected. These have none: %(references)s."),
    )
    newest = newest_versions([comment.id for comment in comments])
    _require_seen(comments, newest, seen)
    words = (disposition, rationale, text, language)
    if all((v.disposition, v.rationale, v.text, v.language) == words for v in sent_versions(comments).values()):
        raise BadInput(_("Nothing is different from the answer that was sent."), "text")
    content = {"disposition": disposition, "rationale": rationale, "text": text}
    versions = _next_versions(comments, newest, {**content, "language": language}, actor, now)
    db.session.add_all(ResponseCorrection(version=version, reason=reason) for version in versions)
    db.session.flush()
    for version in versions:
        record("desk:correction:propose", version, actor=actor, now=now, content={**content, "reason": reason})
    return versions


def take_back_correction(comment: Comment, *, actor: Actor, now: datetime) -> None:
    """Give up a correction before it is sent; the answer that was sent stays as it is.

    Raises:
        InvalidTransition: none is under way.
    """
    [comment] = lock_comments([comment.id])
    correction = corrections_under_way(newest_versions([comment.id]).values()).get(comment.id)
    if correction is None:
        raise InvalidTransition(_("No correction of this answer is under way any more."))
    correction.row.taken_back_at, correction.row.taken_back_by = now, actor.actor_id
    db.session.flush()
    record("desk:correction:take_back", correction.version, actor=actor, now=now)
