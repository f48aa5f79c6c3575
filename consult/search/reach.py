"""What somebody may find: exactly what the pages would let them read, asked of the record at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from consult.access.permissions import Permission
from consult.access.policy import POLICY
from consult.access.roles import ROLE_OF, Actor, has_relation
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import rounds_open_to
from consult.core.clock import to_wall
from consult.core.db import db
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.submissions.queries import rounds_with_input_for


@dataclass(frozen=True)
class Reach:
    """What somebody may read.

    Args:
        rounds: every opened round of a consultation that the public knows of, by key, without its texts.
        drafts: keys of those whose draft they may read.
        inputs: keys of those whose points they may read.
        releases: the newest release of each of those that ask for answers, by key of the round.
        now: the moment for which this holds.
    """

    rounds: Mapping[int, Round]
    drafts: frozenset[int]
    inputs: frozenset[int]
    releases: Mapping[int, Release]
    now: datetime

    def opening_day(self, round_id: int) -> date:
        """The day on which a round opens, in its own zone."""
        return self._day(round_id, self.rounds[round_id].opens_at)

    def batch_day(self, round_id: int) -> date:
        """The one day of every protected point of a round: its closing, or while it is open its opening."""
        round_ = self.rounds[round_id]
        return self._day(round_id, round_.closes_at if round_.has_closed(self.now) else round_.opens_at)

    def release_day(self, round_id: int) -> date:
        """The day of its newest release."""
        return self._day(round_id, self.releases[round_id].published_at)

    def offset(self, round_id: int) -> int:
        """Minutes from UTC to the clocks of a round, as they go when it opens."""
        round_ = self.rounds[round_id]
        opens_at = round_.opens_at or self.now
        return round((to_wall(opens_at, round_.zone) - opens_at.replace(tzinfo=None)).total_seconds() / 60)

    def _day(self, round_id: int, moment: datetime | None) -> date:
        return to_wall(moment or self.now, self.rounds[round_id].zone).date()


def reach_of(actor: Actor, now: datetime) -> Reach:
    """What this actor may find now; two queries for a visitor, up to seven for who is signed in."""
    rows = db.session.scalars(
        sa.select(Round)
        .join(Round.consultation)
        .options(
            contains_eager(Round.consultation)
            .load_only(
                Consultation.host_id,
                Consultation.slug,
                Consultation.code,
                Consultation.title,
                Consultation.authentic_language,
                Consultation.languages,
                Consultation.published_at,
                Consultation.is_illustration,
            )
            .lazyload("*")
        )
        .where(Consultation.published_at.is_not(None), Round.opened_at.is_not(None))
        .order_by(Round.consultation_id, Round.number)
    )
    rounds = {round_.id: round_ for round_ in rows}
    staff = [relation for relation in POLICY[Permission.DRAFT_READ] if relation in ROLE_OF]
    of_staff = {key for key, one in rounds.items() if any(has_relation(actor, relation, one) for relation in staff)}
    inputs = frozenset(rounds_with_input_for(actor, list(rounds.values())))
    return Reach(
        rounds,
        frozenset(of_staff | rounds_open_to(actor, list(rounds.values()))),
        inputs,
        _releases([key for key in inputs if rounds[key].asks_for_answers]),
        now,
    )


def _releases(round_ids: list[int]) -> Mapping[int, Release]:
    later = aliased(Release)
    superseded = sa.exists().where(
        later.round_id == Release.round_id, later.number > Release.number, later.status == ReleaseStatus.PUBLISHED
    )
    rows = db.session.scalars(
        sa.select(Release)
        .where(Release.round_id.in_(round_ids), Release.status == ReleaseStatus.PUBLISHED, sa.not_(superseded))
        .options(sa.orm.lazyload(Release.round))
        .order_by(Release.id)
    )
    return {row.round_id: row for row in rows}
