"""Striking the words of a point for safety or law: one proposes, another decides; the author is told.

A proposal for the safety of a person can hide the words at once, as a restriction with its public reason. It must be
decided within a week: then it lapses, and what it hid is published again. The same officer cannot hide it once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.queries import get_account
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.moderation.enums import RestrictionReason
from consult.moderation.queries import newest_decisions
from consult.moderation.services import publish_comments, restrict_comments
from consult.protection import emails
from consult.protection.enums import StrikeStatus
from consult.protection.models import Strike
from consult.secretariats.queries import staff_roles_of
from consult.submissions.enums import ModerationStatus, StrikeReason
from consult.submissions.models import Comment
from consult.submissions.services import is_public, lock_comments, take_out_words

DAYS_TO_DECIDE = 7
FAILED = (StrikeStatus.REJECTED, StrikeStatus.LAPSED, StrikeStatus.TAKEN_BACK)


def propose_strike(
    comment: Comment,
    *,
    reason: StrikeReason,
    order_reference: str,
    words: str,
    actor: Actor,
    now: datetime,
    public_reason: str = "",
) -> Strike:
    """Propose to strike the words of a point; nothing is erased before another officer confirms it.

    Args:
        comment: on the record, its words still there.
        reason: the class, which becomes public with the strike.
        order_reference: of the order or the law; for input in an official name, of the written agreement or the order.
        words: why, for the two officers alone; without what is to be struck.
        actor: the officer who proposes.
        now: when.
        public_reason: hides the words at once, if `may_hide`; empty leaves them.

    Raises:
        BadInput: no words, or no reference where one is needed.
        InvalidTransition: the words are gone, or a proposal waits already.
    """
    if not words:
        raise BadInput(_("Write why, for the officer who decides."), "why")
    if not order_reference and reason is StrikeReason.LAW:
        raise BadInput(_("Give the reference of the order, or of the law."), "order_reference")
    locked = _lock(comment)
    if not order_reference and locked.submission.is_official:
        raise BadInput(
            _("Input of States is never struck without their written agreement or an order. Give its reference."),
            "order_reference",
        )
    if _find_open(locked) is not None:
        raise InvalidTransition(_("A proposal to strike this point waits for a decision already."))
    strike = Strike(
        comment=locked, reason=reason, order_reference=order_reference, words=words, proposed_by=actor.actor_id,
        proposed_at=now,
    )  # fmt: skip
    db.session.add(strike)
    db.session.flush()
    record("desk:strike:propose", strike, actor=actor, now=now, content={"reason": reason.value, "words": words})
    if public_reason and may_hide(locked, reason, actor=actor):
        _hide(strike, public_reason, actor, now)
    emails.queue_proposed(strike, now=now)
    return strike


def may_hide(comment: Comment, reason: StrikeReason = StrikeReason.SAFETY, *, actor: Actor) -> bool:
    """Whether a proposal for that reason can hide the words at once: they are public, and no State's.

    An officer has one attempt at each point: who could hide it again after nobody agreed would hide it alone for ever.
    """
    return (
        reason is StrikeReason.SAFETY
        and is_public(comment)
        and not comment.submission.is_official
        and not _has_failed(comment, actor)
    )


def _has_failed(comment: Comment, actor: Actor) -> bool:
    """Whether a proposal of theirs about this point was rejected, lapsed or taken back."""
    failed = sa.exists().where(
        Strike.comment_id == comment.id, Strike.proposed_by == actor.actor_id, Strike.status.in_(FAILED)
    )
    return bool(db.session.scalar(sa.select(failed)))


def _hide(strike: Strike, public_reason: str, actor: Actor, now: datetime) -> None:
    comment = strike.comment
    restrict_comments(
        [comment], reason=RestrictionReason.PERSONAL_DATA, public_reason=public_reason, agreement="", actor=actor,
        now=now,
    )  # fmt: skip
    strike.decision_id = newest_decisions([comment.id])[comment.id].id
    db.session.flush()


def confirm_strike(strike: Strike, *, actor: Actor, now: datetime, words: str = "") -> None:
    """Strike the words: another officer than the proposer confirms it. Text, translations, index and salts go.

    The reference stays, with the class of reason and the day. The point asks for no answer any more and is counted
    apart; an answer that was sent is no longer public, since it may repeat what was struck.

    Raises:
        InvalidTransition: settled meanwhile, withdrawn by its author, or proposed by the same person.
    """
    comment = _settle(strike, StrikeStatus.CONFIRMED, words, actor, now)
    take_out_words(comment, now=now, struck_as=strike.reason)
    # Of the point, so that its salts go with it; the class alone is public.
    record("desk:comment:strike", comment, actor=actor, now=now, content={"reason": strike.reason.value})
    emails.queue_struck(comment, now=now)


def reject_strike(strike: Strike, *, actor: Actor, now: datetime, words: str) -> None:
    """Leave the words where they are; what the proposal hid is published again.

    Raises:
        BadInput: no words on why.
        InvalidTransition: as `confirm_strike`.
    """
    if not words:
        raise BadInput(_("Write why it is not struck, for the officer who proposed it."), "why")
    _settle(strike, StrikeStatus.REJECTED, words, actor, now)
    _show_again(strike, actor, now)


def take_back_strike(strike: Strike, *, actor: Actor, now: datetime) -> None:
    """Take one's own proposal back; what it hid is published again.

    Raises:
        InvalidTransition: settled meanwhile, or somebody else's.
    """
    _settle(strike, StrikeStatus.TAKEN_BACK, "", actor, now)
    _show_again(strike, actor, now)


def lapse_old_proposals(*, now: datetime, limit: int = 100) -> int:
    """Let proposals lapse that nobody decided within a week; what they hid is published again. Returns how many."""
    old = db.session.scalars(
        sa.select(Strike)
        .where(Strike.status == StrikeStatus.PROPOSED, Strike.proposed_at < now - timedelta(days=DAYS_TO_DECIDE))
        .order_by(Strike.id)
        .limit(limit)
    ).all()
    for strike in old:
        try:
            _settle(strike, StrikeStatus.LAPSED, "", SYSTEM, now)
        except InvalidTransition:  # decided at this moment
            continue
        _show_again(strike, SYSTEM, now)
    return len(old)


def drop_proposal(comment: Comment) -> None:
    """Drop a proposal whose point its author withdraws, with its words; for `register_eraser`.

    The words of earlier proposals about it, and of those who settled them, go too: they may say what the point said.
    """
    if comment.is_struck or comment.withdrawn_at is None:
        return
    rows = db.session.scalars(sa.select(Strike).where(Strike.comment_id == comment.id).with_for_update(of=Strike)).all()
    for strike in rows:
        if strike.status is StrikeStatus.PROPOSED:
            strike.status, strike.settled_at = StrikeStatus.WITHDRAWN, comment.withdrawn_at
        strike.words = strike.settled_words = ""
    db.session.flush()


def _lock(comment: Comment) -> Comment:
    """The point, taken and read afresh.

    Raises:
        InvalidTransition: its words are gone.
    """
    locked = lock_comments([comment.id])[0]
    if locked.is_struck:
        raise InvalidTransition(_("This point has been struck already."))
    if locked.is_withdrawn:
        raise InvalidTransition(_("Its author has withdrawn it. Its words are gone."))
    return locked


def _find_open(comment: Comment) -> Strike | None:
    return db.session.scalar(
        sa.select(Strike).where(Strike.comment_id == comment.id, Strike.status == StrikeStatus.PROPOSED)
    )


def _settle(strike: Strike, status: StrikeStatus, words: str, actor: Actor, now: datetime) -> Comment:
    comment = _lock(strike.comment)  # the point first, as whoever withdraws or proposes takes it
    db.session.refresh(
        strike, attribute_names=["status", "settled_at", "settled_by", "decision_id"], with_for_update={"of": Strike}
    )
    if strike.status is not StrikeStatus.PROPOSED:
        raise InvalidTransition(_("This proposal is settled already. Open the page again to see how."))
    is_own = strike.proposed_by == actor.actor_id
    if is_own and status in {StrikeStatus.CONFIRMED, StrikeStatus.REJECTED}:
        raise InvalidTransition(_("You proposed this. Another protection officer decides."))
    if not is_own and status is StrikeStatus.TAKEN_BACK:
        raise InvalidTransition(_("Somebody else proposed this. You can confirm or reject it."))
    strike.status, strike.settled_at, strike.settled_words = status, now, words
    strike.settled_by = actor.actor_id
    db.session.flush()
    if status is not StrikeStatus.CONFIRMED:
        record(f"desk:strike:{status.value}", strike, actor=actor, now=now, content={"words": words})
    return comment


def _show_again(strike: Strike, actor: Actor, now: datetime) -> None:
    """Lift the restriction that came with a proposal, unless a moderator has decided since."""
    if strike.decision_id is None:
        return
    comment = strike.comment
    newest = newest_decisions([comment.id]).get(comment.id)
    if newest is None or newest.id != strike.decision_id or comment.moderation_status is ModerationStatus.PUBLISHED:
        return
    if actor.actor_id is None:  # nobody decided: what its proposer did at once has run out
        actor = Person(get_account(strike.proposed_by), staff_roles_of(strike.proposed_by))
    publish_comments([comment], actor=actor, now=now)
