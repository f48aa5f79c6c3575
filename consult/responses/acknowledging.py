"""Whether an answer answers the point, as its author says: kept for the secretariat, and nothing of it public."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.core.clock import to_wall
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.ledger.services import record
from consult.responses.enums import Verdict
from consult.responses.models import Acknowledgement, Delivery, ResponseVersion
from consult.responses.queries import sent_versions
from consult.submissions.models import Comment
from consult.submissions.services import lock_comments


def acknowledge(
    comment: Comment, *, verdict: Verdict, words: str = "", seen: int, actor: Actor, now: datetime
) -> Acknowledgement:
    """Say whether the answer that counts answers the point, in place of what was said of it before.

    It can be changed as long as that answer counts and the point is there; a corrected answer asks anew.

    Args:
        comment: the actor's own point.
        verdict: yes or no.
        words: why not; for the secretariat alone.
        seen: the number of the version that its author has read.
        actor: its author.
        now: when; the day alone is kept, by the clock of the round.

    Raises:
        BadInput: words beside "yes", which would go nowhere.
        Conflict: the answer was corrected meanwhile.
        InvalidTransition: there is no answer, or the point was withdrawn.
    """
    if words and verdict is Verdict.YES:
        raise BadInput(_("These words say why not. Choose “No”, or take them out."), "why")
    [comment] = lock_comments([comment.id])
    version = sent_versions([comment]).get(comment.id)
    if version is None:
        raise InvalidTransition(_("This point has no answer, or it was withdrawn."))
    if version.number != seen:
        raise Conflict(_("The answer was corrected since you opened this page. Read it once more."))
    row = acknowledgements_of([version.id]).get(version.id) or Acknowledgement(response_version_id=version.id)
    row.verdict, row.words = verdict, words
    row.said_on = to_wall(now, comment.submission.round.zone).date()
    db.session.add(row)
    db.session.flush()
    content = {"version": version.number, "verdict": verdict, "words": words}
    # On the point: the salts of what is recorded of it go when it is withdrawn.
    record("account:response:acknowledge", comment, actor=actor, now=now, content=content)
    return row


def forget_acknowledgement(comment: Comment) -> None:
    """Erase what the author of a withdrawn point said of its answers."""
    versions = sa.select(ResponseVersion.id).where(ResponseVersion.comment_id == comment.id)
    db.session.execute(sa.delete(Acknowledgement).where(Acknowledgement.response_version_id.in_(versions)))


def acknowledgements_of(version_ids: Collection[int]) -> Mapping[int, Acknowledgement]:
    """What authors say of these answers, by key of the version; one query, or none."""
    if not version_ids:
        return {}
    rows = db.session.scalars(
        sa.select(Acknowledgement)
        .where(Acknowledgement.response_version_id.in_(list(version_ids)))
        .order_by(Acknowledgement.id)
    )
    return {row.response_version_id: row for row in rows}


@dataclass(frozen=True)
class Acknowledged:
    """How many authors say of the answers that count that they answer the point, and how many that they do not."""

    yes: int
    no: int


def count_acknowledgements(round_: Round) -> Acknowledged:
    """What authors say of the answers of a round, counted exactly; for its desk alone. One query."""
    later = aliased(ResponseVersion)
    is_replaced = sa.exists().where(
        later.comment_id == ResponseVersion.comment_id,
        later.id > ResponseVersion.id,
        sa.exists().where(Delivery.response_version_id == later.id).correlate(later),
    )
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(Acknowledgement.verdict == Verdict.YES),
            sa.func.count().filter(Acknowledgement.verdict == Verdict.NO),
        )
        .select_from(Acknowledgement)
        .join(ResponseVersion, ResponseVersion.id == Acknowledgement.response_version_id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(Comment.round_id == round_.id, Comment.withdrawn_at.is_(None), sa.not_(is_replaced))
    ).one()
    return Acknowledged(*row)
