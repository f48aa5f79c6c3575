"""Reading for the protection role, for the people behind, and for managers: who looked, never at whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.protection.enums import LookReason, StrikeStatus
from consult.protection.models import IdentityLook, Strike
from consult.secretariats.models import Host
from consult.submissions.enums import ON_RECORD, SubmissionStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PROTECTED, code_of, comments_in, get_by_code

_AMONG = "protected"


def protected_code(submission: Submission) -> str:
    """What the officers' addresses call a submission: another code than at the desk of others."""
    return code_of(submission, among=_AMONG)


@dataclass(frozen=True)
class ProtectedEntry:
    """A protected submission in the list of the officers, without a word about who is behind it.

    Args:
        submission: which.
        reference: of one of its points; empty where it has none.
        points: how many points it has left.
        looks: how often somebody has looked behind it.
    """

    submission: Submission
    reference: str
    points: int
    looks: int

    @property
    def code(self) -> str:
        """In addresses."""
        return protected_code(self.submission)


def _protected_in(round_: Round) -> list[sa.ColumnElement[bool]]:
    return [
        Submission.round_id == round_.id,
        Submission.status == SubmissionStatus.SUBMITTED,
        Submission.forgotten_on.is_(None),
        PROTECTED,
    ]


def page_of_protected(round_: Round, *, after: str | None, before: str | None) -> Page[ProtectedEntry]:
    """The protected submissions of a round by a reference of theirs: random, so it tells nothing of arrival.

    Three queries; one more for each neighbouring page.
    """
    first = (
        sa.select(sa.func.min(Comment.reference))
        .where(Comment.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    place = sa.func.coalesce(first, "", type_=sa.Text())
    found = fetch_page(
        db.session,
        sa.select(Submission).where(*_protected_in(round_)),
        [place, Submission.key],
        lambda row: [_reference_of(row.id), row.key],
        after=after,
        before=before,
    )
    ids = [row.id for row in found.items]
    rows = db.session.execute(
        sa.select(
            Comment.submission_id,
            sa.func.min(Comment.reference),
            sa.func.count().filter(Comment.withdrawn_at.is_(None)),
        )
        .where(Comment.submission_id.in_(ids))
        .group_by(Comment.submission_id)
    )
    points = {key: (reference or "", number) for key, reference, number in rows}
    of_looks = db.session.execute(
        sa.select(IdentityLook.submission_id, sa.func.count())
        .where(IdentityLook.submission_id.in_(ids))
        .group_by(IdentityLook.submission_id)
    )
    looks = {row[0]: row[1] for row in of_looks}
    entries = [ProtectedEntry(row, *points.get(row.id, ("", 0)), looks.get(row.id, 0)) for row in found.items]
    return Page(entries, found.after, found.before)


def _reference_of(submission_id: int) -> str:
    statement = sa.select(sa.func.min(Comment.reference)).where(Comment.submission_id == submission_id)
    return db.session.scalar(statement) or ""


def count_protected(round_: Round) -> int:
    """How many protected submissions a round has."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Submission).where(*_protected_in(round_))) or 0


def find_protected_with(round_: Round, reference: str) -> Submission | None:
    """The protected submission of a round that has the point of that reference."""
    with_it = sa.select(Comment.submission_id).where(Comment.round_id == round_.id, Comment.reference == reference)
    found: Submission | None = db.session.scalars(
        sa.select(Submission).where(*_protected_in(round_), Submission.id.in_(with_it))
    ).first()
    return found


def get_protected(round_: Round, code: str) -> Submission:
    """The protected submission of that code.

    Raises:
        NotFound: none such in this round, or it was taken back.
    """
    return get_by_code(code, *_protected_in(round_), among=_AMONG)


@dataclass(frozen=True)
class Look:
    """One look, as the person behind the submission reads it.

    Args:
        looked_at: when.
        officer: `IdentityLook.officer_words`.
        host: whose officer.
        reason: of the short list.
        words: what the officer wrote; empty where they were erased.
    """

    looked_at: datetime
    officer: str
    host: str
    reason: LookReason
    words: str


def looks_at(submission_ids: Collection[int]) -> Mapping[int, Sequence[Look]]:
    """Who has looked behind these submissions, newest first, by key of the submission; one query.

    For the person behind them alone.
    """
    found: dict[int, list[Look]] = {key: [] for key in submission_ids}
    if not found:
        return found
    rows = db.session.execute(
        sa.select(IdentityLook, Host.name)
        .join(Host, Host.id == IdentityLook.host_id)
        .where(IdentityLook.submission_id.in_(list(found)))
        .order_by(IdentityLook.id.desc())
    )
    for look, host in rows:
        found[look.submission_id].append(Look(look.looked_at, look.officer_words, host, look.reason, look.words))
    return found


@dataclass(frozen=True)
class LookEntry:
    """One look as the managers of the host read it: who looked and why, never at whom.

    The day is told by the clock of the round, as it is to the officer and to the person.
    """

    looked_at: datetime
    officer: str
    reason: LookReason
    consultation: Consultation
    zone: str


def page_of_looks(host: Host, *, after: str | None, before: str | None) -> Page[LookEntry]:
    """The looks of a host's officers, newest first; three queries."""
    found = fetch_page(
        db.session,
        sa.select(IdentityLook).where(IdentityLook.host_id == host.id),
        [IdentityLook.id],
        lambda row: [row.id],
        after=after,
        before=before,
        descending=True,
    )
    rows = db.session.execute(
        sa.select(Submission.id, Consultation, Round.zone)
        .join(Round, Round.id == Submission.round_id)
        .join(Consultation, Consultation.id == Round.consultation_id)
        .where(Submission.id.in_([row.submission_id for row in found.items]))
    )
    about = {key: (consultation, zone) for key, consultation, zone in rows}
    entries = [
        LookEntry(row.looked_at, row.officer_words, row.reason, *about[row.submission_id]) for row in found.items
    ]
    return Page(entries, found.after, found.before)


def count_looks(host: Host) -> Mapping[LookReason, int]:
    """How often the officers of a host have looked, by reason; one query."""
    rows = db.session.execute(
        sa.select(IdentityLook.reason, sa.func.count())
        .where(IdentityLook.host_id == host.id)
        .group_by(IdentityLook.reason)
    )
    counted = {row[0]: row[1] for row in rows}
    return {reason: counted[reason] for reason in LookReason if reason in counted}


def get_recorded_point(round_: Round, reference: str) -> Comment:
    """A point of that round that is or was on the record, also where its words are gone.

    Raises:
        NotFound: none such in this round.
    """
    statement = comments_in(round_, Comment.reference == reference, Submission.status.in_(ON_RECORD))
    found: Comment | None = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def list_strikes_of(comment: Comment) -> Sequence[Strike]:
    """Every proposal to strike a point, newest first."""
    return db.session.scalars(
        sa.select(Strike)
        .options(joinedload(Strike.decision))
        .where(Strike.comment_id == comment.id)
        .order_by(Strike.id.desc())
    ).all()


def page_of_strikes(round_: Round, *, after: str | None, before: str | None) -> Page[Strike]:
    """The proposals of a round: those that wait first, then the newest."""
    is_settled = sa.case((Strike.status == StrikeStatus.PROPOSED, 1), else_=0)
    statement: Any = sa.select(Strike).join(Strike.comment).where(Comment.round_id == round_.id)
    return fetch_page(
        db.session,
        statement,
        [is_settled, Strike.id],
        lambda row: [int(row.is_open), row.id],
        after=after,
        before=before,
        descending=True,
    )


def count_open_strikes(round_ids: Collection[int]) -> Mapping[int, int]:
    """How many proposals wait for a decision, by key of the round; one query."""
    rows = db.session.execute(
        sa.select(Comment.round_id, sa.func.count())
        .join(Strike, Strike.comment_id == Comment.id)
        .where(Comment.round_id.in_(list(round_ids)), Strike.status == StrikeStatus.PROPOSED)
        .group_by(Comment.round_id)
    )
    return {row[0]: row[1] for row in rows}
