"""What changed from one release to the next: read from the rows of both, never stored.

A row of the earlier release is taken as it is now: what a reissue took out of it is in neither, and counts as changed
by the day of the decision, the withdrawal or the stricter wish. Nothing of a row that is withdrawn is told but that;
of one that was struck the class of reason and the day too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from consult.core.db import db
from consult.moderation.models import ModerationDecision
from consult.publication.enums import GONE, Change, ReleaseStatus, Shown
from consult.publication.models import Release, ReleaseRow
from consult.responses.models import ResponseCorrection, ResponseVersion
from consult.submissions.models import Comment, PublicationChange
from consult.submissions.queries import WITHOUT_WORDS

Before = aliased(ReleaseRow)


def find_previous_release(release: Release) -> Release | None:
    """The published release of the same round before this one, if it is not the first."""
    if release.number == 1:
        return None
    return db.session.scalar(
        sa.select(Release)
        .where(
            Release.round_id == release.round_id,
            Release.number < release.number,
            Release.status == ReleaseStatus.PUBLISHED,
        )
        .order_by(Release.number.desc())
        .limit(1)
    )


def _flags(previous: Release) -> Mapping[Change, sa.ColumnElement[bool]]:
    """SQL of each change since the earlier release was published, of a statement `with_before` that joins the point."""
    moment = sa.literal(previous.published_at or previous.requested_at, Comment.withdrawn_at.type)
    is_gone = sa.or_(ReleaseRow.shown.in_(GONE), Comment.withdrawn_at.is_not(None))
    is_struck = Comment.struck_as.is_not(None)
    was_there = sa.and_(Before.id.is_not(None), Before.shown.not_in(GONE))
    is_gone_since = sa.and_(is_gone, sa.or_(was_there, sa.and_(Before.id.is_not(None), Comment.withdrawn_at > moment)))
    decided_since = sa.exists().where(
        ModerationDecision.id == ReleaseRow.decision_id, ModerationDecision.decided_at > moment
    )
    stricter_since = sa.exists().where(
        PublicationChange.submission_id == Comment.submission_id,
        PublicationChange.setting_after.in_(WITHOUT_WORDS),
        PublicationChange.changed_at > moment,
    )
    there = sa.and_(sa.not_(is_gone), Before.id.is_not(None))
    return {
        Change.ADDED: sa.and_(sa.not_(is_gone), Before.id.is_(None)),
        Change.ANSWERED: sa.and_(
            there, was_there, Before.response_version_id.is_(None), ReleaseRow.response_version_id.is_not(None)
        ),
        Change.CORRECTED: sa.and_(there, Before.response_version_id != ReleaseRow.response_version_id),
        Change.LIFTED: sa.and_(there, Before.shown == Shown.RESTRICTED, ReleaseRow.shown != Shown.RESTRICTED),
        Change.RESTRICTED: sa.and_(
            there, ReleaseRow.shown == Shown.RESTRICTED, sa.or_(Before.shown != Shown.RESTRICTED, decided_since)
        ),
        Change.STRICTER: sa.and_(there, ReleaseRow.shown == Shown.NOT_PUBLISHED, stricter_since),
        Change.WITHDRAWN: sa.and_(is_gone_since, sa.not_(is_struck)),
        Change.STRUCK: sa.and_(is_gone_since, is_struck),
    }


def with_before(statement: sa.Select[Any], previous: Release) -> sa.Select[Any]:
    """A statement over rows, joined with the row of the same point in the release before."""
    return statement.outerjoin(
        Before, sa.and_(Before.comment_id == ReleaseRow.comment_id, Before.release_id == previous.id)
    )


def has_changed(previous: Release, wanted: Change | None = None) -> sa.ColumnElement[bool]:
    """SQL: a row has changed in some way, or in that one."""
    found = _flags(previous)
    return found[wanted] if wanted is not None else sa.or_(*found.values())


def count_changes(release: Release, previous: Release) -> Mapping[Change, int]:
    """How many rows changed in each way; one query."""
    found = _flags(previous)
    statement: Any = (
        sa.select(*[sa.func.count().filter(flag) for flag in found.values()])
        .select_from(ReleaseRow)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .where(ReleaseRow.release_id == release.id)
    )
    row = db.session.execute(with_before(statement, previous)).one()
    return dict(zip(found, (int(number) for number in row), strict=True))


@dataclass(frozen=True)
class RowChange:
    """How one row differs from the release before.

    Args:
        kinds: in which ways, in their order.
        reason: why the answer was corrected, where it was.
        before: the answer of the release before, where it was corrected.
    """

    kinds: Sequence[Change] = ()
    reason: str = ""
    before: ResponseVersion | None = None


def changes_of(release: Release, previous: Release, rows: Collection[ReleaseRow]) -> Mapping[int, RowChange]:
    """How these rows of a release differ from the release before, by key of the point; one query.

    Rows that do not differ are left out.
    """
    found = _flags(previous)
    earlier = aliased(ResponseVersion)
    statement: Any = (
        sa.select(ReleaseRow.comment_id, earlier, ResponseCorrection.reason, *found.values())
        .select_from(ReleaseRow)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .outerjoin(ResponseCorrection, ResponseCorrection.response_version_id == ReleaseRow.response_version_id)
    )
    statement = (
        with_before(statement, previous)
        .outerjoin(earlier, earlier.id == Before.response_version_id)
        .where(
            ReleaseRow.release_id == release.id,
            ReleaseRow.comment_id.in_([row.comment_id for row in rows]),
            has_changed(previous),
        )
        .order_by(ReleaseRow.ordinal)
    )
    changes = {}
    rows_found: Sequence[Any] = db.session.execute(statement).all()
    for comment_id, before, reason, *present in rows_found:
        kinds = [kind for kind, is_so in zip(found, present, strict=True) if is_so]
        is_corrected = Change.CORRECTED in kinds
        changes[comment_id] = RowChange(kinds, (reason or "") if is_corrected else "", before if is_corrected else None)
    return changes
