"""Reading answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from consult.accounts.models import Account
from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.responses.enums import Clearance
from consult.responses.models import ClearanceDecision, Delivery, ResponseCorrection, ResponseVersion
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import IN_QUEUE, OF_STATES, OUTSTANDING, PROTECTED, comments_in, place_in_queue
from consult.texts.queries import AllTexts
from consult.texts.values import LocalizedText


def newest_versions(comment_ids: Collection[int]) -> Mapping[int, ResponseVersion]:
    """The current version of each point's answer, by key of the point; one query. For the desk."""
    wanted = list(comment_ids)
    newest = (
        sa.select(sa.func.max(ResponseVersion.id))
        .where(ResponseVersion.comment_id.in_(wanted))
        .group_by(ResponseVersion.comment_id)
    )
    rows = db.session.scalars(
        sa.select(ResponseVersion).where(ResponseVersion.id.in_(newest)).order_by(ResponseVersion.id)
    )
    return {row.comment_id: row for row in rows}


def sent_versions(comments: Collection[Comment]) -> Mapping[int, ResponseVersion]:
    """The answers that were sent, by key of the point; one query. For authors and the public.

    Of an answer that was corrected the correction; one that waits for clearance or for sending counts for nothing yet.
    """
    wanted = [c.id for c in comments if c.response_status is ResponseStatus.SENT and not c.is_withdrawn]
    newest = (
        sa.select(sa.func.max(ResponseVersion.id))
        .join(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .where(ResponseVersion.comment_id.in_(wanted))
        .group_by(ResponseVersion.comment_id)
    )
    rows = db.session.scalars(
        sa.select(ResponseVersion).where(ResponseVersion.id.in_(newest)).order_by(ResponseVersion.id)
    )
    return {row.comment_id: row for row in rows}


@dataclass(frozen=True)
class SentVersion:
    """A version that was sent: when, and why it replaced the one before, if it did."""

    version: ResponseVersion
    sent_at: datetime
    reason: str | None


def list_sent_versions(comments: Collection[Comment]) -> Mapping[int, Sequence[SentVersion]]:
    """Every answer that was ever sent, the first one first, by key of the point; one query."""
    wanted = [c.id for c in comments if c.response_status is ResponseStatus.SENT and not c.is_withdrawn]
    rows = db.session.execute(
        sa.select(ResponseVersion, Delivery.sent_at, ResponseCorrection.reason)
        .join(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .outerjoin(ResponseCorrection, ResponseCorrection.response_version_id == ResponseVersion.id)
        .where(ResponseVersion.comment_id.in_(wanted))
        .order_by(ResponseVersion.id)
    )
    found: dict[int, list[SentVersion]] = {}
    for version, sent_at, reason in rows:
        found.setdefault(version.comment_id, []).append(SentVersion(version, sent_at, reason))
    return found


@dataclass(frozen=True)
class ShownAnswer:
    """An answer in the language in which somebody reads it.

    Args:
        text: the answer.
        rationale: why.
        language: that it is shown in; what of it is not translated stays in its own.
        original_language: that it was written in.
        languages: all that it can be read in, that one first.
        lacks: the language that its reader wants, where there is no translation into it.
    """

    text: LocalizedText
    rationale: LocalizedText
    language: str
    original_language: str
    languages: Sequence[str]
    lacks: str


def shown_answer(
    version: ResponseVersion, texts: AllTexts, wanted: Sequence[str | None], *, asked: str | None = None
) -> ShownAnswer:
    """An answer in the first language that it can be read in.

    Args:
        version: the answer.
        texts: of versions, this one among them.
        wanted: what its reader wants, in order of preference, the language of the page last; None is passed over.
        asked: what its reader asks for just now, in place of those, so that nothing is lacking then; what it cannot be
            read in is as if it were not asked for.
    """
    original = version.language
    languages = [original, *texts.languages_of(version.id)]
    shown, language = texts.for_reader(version.id, original, [asked] if asked in languages else wanted)
    first = next((code for code in wanted if code), language)
    return ShownAnswer(
        shown.of(version.id, "text", version.text, original),
        shown.of(version.id, "rationale", version.rationale, original),
        language,
        original,
        languages,
        lacks=first if first != language and asked not in languages else "",
    )


# SQL, of a statement that reads versions: a correction that was neither sent nor taken back.
PENDING = sa.and_(
    sa.exists()
    .where(ResponseCorrection.response_version_id == ResponseVersion.id, ResponseCorrection.taken_back_at.is_(None))
    .correlate(ResponseVersion),
    sa.not_(sa.exists().where(Delivery.response_version_id == ResponseVersion.id).correlate(ResponseVersion)),
)
# And which nobody has decided on, or which is cleared: a returned one may be cleared no more, so the newest decides.
_newest_decision = (
    sa.select(ClearanceDecision.decision)
    .where(ClearanceDecision.response_version_id == ResponseVersion.id)
    .order_by(ClearanceDecision.id.desc())
    .limit(1)
    .correlate(ResponseVersion)
    .scalar_subquery()
)
WAITING_CORRECTION = sa.and_(PENDING, _newest_decision.is_(None))
CLEARED_CORRECTION = sa.and_(PENDING, _newest_decision == Clearance.CLEARED)


@dataclass(frozen=True)
class Correction:
    """A correction on its way: its version, why, and what an approver decided about it, if one has."""

    version: ResponseVersion
    row: ResponseCorrection
    clearance: ClearanceDecision | None

    @property
    def is_waiting(self) -> bool:
        """Whether an approver has still to decide."""
        return self.clearance is None

    @property
    def is_cleared(self) -> bool:
        """Whether it waits to be sent."""
        return self.clearance is not None and self.clearance.decision is Clearance.CLEARED


def _newest_of_each(round_: Round) -> sa.Select[Any]:
    return (
        sa.select(sa.func.max(ResponseVersion.id))
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(Comment.round_id == round_.id)
        .group_by(ResponseVersion.comment_id)
    )


def corrections_under_way(versions: Collection[ResponseVersion]) -> Mapping[int, Correction]:
    """The corrections among these newest versions that are neither sent nor taken back, by key of the point."""
    keys = {version.id: version for version in versions}
    rows = db.session.scalars(
        sa.select(ResponseCorrection)
        .join(ResponseVersion, ResponseVersion.id == ResponseCorrection.response_version_id)
        .where(ResponseCorrection.response_version_id.in_(list(keys)), PENDING)
        .order_by(ResponseCorrection.id)
    ).all()
    decisions = newest_clearances([row.response_version_id for row in rows]) if rows else {}
    return {
        keys[row.response_version_id].comment_id: Correction(
            keys[row.response_version_id], row, decisions.get(row.response_version_id)
        )
        for row in rows
    }


def page_of_corrections(round_: Round, *, after: str | None, before: str | None) -> Page[ResponseVersion]:
    """The corrections of a round that are under way, in the order they were written."""
    statement = _with_points().where(
        Comment.round_id == round_.id,
        Comment.withdrawn_at.is_(None),
        Comment.response_status == ResponseStatus.SENT,
        PENDING,
        ResponseVersion.id.in_(_newest_of_each(round_)),
    )
    return fetch_page(db.session, statement, [ResponseVersion.id], lambda row: [row.id], after=after, before=before)


@dataclass(frozen=True)
class CorrectionCounts:
    """How many corrections of a round wait for clearance, wait to be sent, or went back to their writer."""

    waiting: int
    cleared: int
    returned: int

    @property
    def total(self) -> int:
        """All that are under way."""
        return self.waiting + self.cleared + self.returned


def count_corrections(round_ids: Collection[int]) -> Mapping[int, CorrectionCounts]:
    """How many corrections are under way, by key of the round, counted exactly; one query."""
    newest = sa.select(sa.func.max(ResponseVersion.id)).group_by(ResponseVersion.comment_id)
    rows = db.session.execute(
        sa.select(
            Comment.round_id,
            sa.func.count().filter(_newest_decision.is_(None)),
            sa.func.count().filter(_newest_decision == Clearance.CLEARED),
            sa.func.count().filter(_newest_decision == Clearance.RETURNED),
        )
        .select_from(ResponseVersion)
        .join(ResponseCorrection, ResponseCorrection.response_version_id == ResponseVersion.id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(
            Comment.round_id.in_(list(round_ids)),
            Comment.withdrawn_at.is_(None),
            Comment.response_status == ResponseStatus.SENT,
            PENDING,
            ResponseVersion.id.in_(newest.where(ResponseVersion.comment_id == Comment.id).correlate(Comment)),
        )
        .group_by(Comment.round_id)
    )
    found = {row[0]: CorrectionCounts(*(int(number) for number in row[1:])) for row in rows}
    return {key: found.get(key, CorrectionCounts(0, 0, 0)) for key in round_ids}


def newest_clearances(version_ids: Collection[int]) -> Mapping[int, ClearanceDecision]:
    """The newest clearance decision about each version, by key of the version; one query."""
    newest = (
        sa.select(sa.func.max(ClearanceDecision.id))
        .where(ClearanceDecision.response_version_id.in_(list(version_ids)))
        .group_by(ClearanceDecision.response_version_id)
    )
    rows = db.session.scalars(
        sa.select(ClearanceDecision).where(ClearanceDecision.id.in_(newest)).order_by(ClearanceDecision.id)
    )
    return {row.response_version_id: row for row in rows}


def page_of_proposed(round_: Round, *, after: str | None, before: str | None) -> Page[ResponseVersion]:
    """The versions that wait for clearance, in the order they were written.

    Answers that were written together for several points stand next to each other.
    """
    newest = sa.select(sa.func.max(ResponseVersion.id)).group_by(ResponseVersion.comment_id)
    statement = _with_points().where(
        Comment.round_id == round_.id,
        Comment.withdrawn_at.is_(None),
        sa.or_(
            Comment.response_status == ResponseStatus.PROPOSED,
            sa.and_(Comment.response_status == ResponseStatus.SENT, WAITING_CORRECTION),
        ),
        ResponseVersion.id.in_(newest.where(ResponseVersion.comment_id == Comment.id).correlate(Comment)),
    )
    return fetch_page(
        db.session,
        statement,
        [ResponseVersion.id],
        lambda row: [row.id],
        after=after,
        before=before,
    )


def _with_points() -> sa.Select[Any]:
    return (
        sa.select(ResponseVersion)
        .join(ResponseVersion.comment)
        .join(Comment.submission)
        .options(
            contains_eager(ResponseVersion.comment).options(
                contains_eager(Comment.submission),
                joinedload(Comment.paragraph),
                joinedload(Comment.question).lazyload(Question.options),
            )
        )
    )


@dataclass(frozen=True)
class Group:
    """One answer, and the points that somebody gave it to together."""

    answer: ResponseVersion
    versions: Sequence[ResponseVersion]


def group_versions(
    versions: Sequence[ResponseVersion], corrections: Mapping[int, Correction] | None = None
) -> list[Group]:
    """Neighbours with the same words by the same person, together, in their order; corrections of one reason too."""

    def words(version: ResponseVersion) -> tuple[object, ...]:
        correction = (corrections or {}).get(version.comment_id)
        reason = correction.row.reason if correction is not None else None
        return (version.written_by, version.disposition, version.rationale, version.text, version.language, reason)

    groups = [list(found) for _words, found in groupby(versions, key=words)]
    return [Group(found[0], found) for found in groups]


@dataclass(frozen=True)
class Outgoing:
    """What sending would do now: how many answers go, in how many messages, to how many people.

    Of protected input nothing is counted but the answers, whether there are any alone: how its authors came, with an
    address, without one or with a code, says something about them.

    Corrections go in messages of their own and are counted by themselves. Answers to what came by another door than
    the site are published, and go to nobody; those to a submission without an account wait for its author, who comes
    back with the code of it. What answers a point that is held becomes public with it.
    """

    answers: int
    messages: int
    people: int
    published_alone: int = 0
    by_code: int = 0
    corrections: int = 0
    has_protected: bool = False
    held: int = 0


def count_outgoing(round_: Round) -> Outgoing:
    """What waits to be sent in a round, counted exactly."""
    is_open = sa.not_(sa.func.coalesce(PROTECTED, sa.false()))
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.distinct(Comment.submission_id)).filter(is_open, Account.email.is_not(None)),
            sa.func.count(sa.distinct(Submission.account_id)).filter(is_open),
            sa.func.count().filter(is_open, Submission.account_id.is_(None), Submission.claim_digest.is_(None)),
            sa.func.count().filter(is_open, Submission.claim_digest.is_not(None)),
            sa.func.count().filter(PROTECTED),
            sa.func.count().filter(sa.or_(Submission.is_held, Comment.is_held)),
        )
        .select_from(Comment)
        .join(Comment.submission)
        .outerjoin(Account, Account.id == Submission.account_id)
        .where(
            Comment.round_id == round_.id,
            Comment.withdrawn_at.is_(None),
            Comment.response_status == ResponseStatus.CLEARED,
        )
    ).one()
    answers, messages, people, published_alone, by_code, protected, held = row
    return Outgoing(
        answers=answers,
        messages=messages,
        people=people,
        published_alone=published_alone,
        by_code=by_code,
        corrections=count_corrections([round_.id])[round_.id].cleared,
        has_protected=protected > 0,
        held=held,
    )


def cleared_corrections(round_: Round) -> sa.Select[Any]:
    """SQL: the keys of the points whose corrected answers wait to be sent."""
    newest = sa.select(sa.func.max(ResponseVersion.id)).group_by(ResponseVersion.comment_id)
    return (
        sa.select(ResponseVersion.comment_id)
        .join(Comment, Comment.id == ResponseVersion.comment_id)
        .where(
            Comment.round_id == round_.id,
            Comment.withdrawn_at.is_(None),
            Comment.response_status == ResponseStatus.SENT,
            CLEARED_CORRECTION,
            ResponseVersion.id.in_(newest.where(ResponseVersion.comment_id == Comment.id).correlate(Comment)),
        )
    )


def list_cleared(round_: Round, limit: int = 200) -> Sequence[Comment]:
    """The points whose answers wait to be sent, in the order of the queue."""
    return (
        db.session.scalars(
            comments_in(
                round_,
                sa.or_(Comment.response_status == ResponseStatus.CLEARED, Comment.id.in_(cleared_corrections(round_))),
                Comment.withdrawn_at.is_(None),
            )
            .order_by(*IN_QUEUE)
            .limit(limit)
        )
        .unique()
        .all()
    )


def list_beside(comments: Sequence[Comment], limit: int = 20) -> Sequence[Comment]:
    """Other points about the same blocks or questions as these, in the order of the queue."""
    blocks = {comment.paragraph_id for comment in comments if comment.paragraph_id is not None}
    questions = {comment.question_id for comment in comments if comment.question_id is not None}
    if not blocks and not questions:
        return []
    return (
        db.session.scalars(
            comments_in(
                comments[0].submission.round,
                sa.or_(Comment.paragraph_id.in_(blocks), Comment.question_id.in_(questions)),
                Comment.id.not_in([comment.id for comment in comments]),
                Comment.withdrawn_at.is_(None),
            )
            .order_by(*IN_QUEUE)
            .limit(limit)
        )
        .unique()
        .all()
    )


def list_versions(comment: Comment) -> Sequence[ResponseVersion]:
    """Every version of a point's answer, newest first."""
    return db.session.scalars(
        sa.select(ResponseVersion)
        .where(ResponseVersion.comment_id == comment.id)
        .order_by(ResponseVersion.number.desc())
    ).all()


def page_of_missing(round_: Round, *, after: str | None, before: str | None) -> Page[Comment]:
    """What is missing before the round can be called answered, in the order of the queue."""
    return fetch_page(
        db.session,
        comments_in(round_, OUTSTANDING),
        IN_QUEUE,
        place_in_queue,
        after=after,
        before=before,
    )


def count_by_status(round_: Round) -> Mapping[ResponseStatus, int]:
    """How many points stand where on the axis of answering, exactly; withdrawn ones, and States' positions, apart."""
    rows = db.session.execute(
        sa.select(Comment.response_status, sa.func.count())
        .where(
            Comment.round_id == round_.id,
            Comment.reference.is_not(None),
            Comment.withdrawn_at.is_(None),
            sa.not_(OF_STATES),
        )
        .group_by(Comment.response_status)
    )
    found = {status: int(number) for status, number in rows}
    return {status: found.get(status, 0) for status in ResponseStatus}


def outstanding_exists(round_id: Any) -> sa.Exists:
    """SQL: some point of the round of that key still asks for an answer."""
    return sa.exists().where(Comment.round_id == round_id, OUTSTANDING)


def is_answered(round_: Round) -> bool:
    """Whether every point of the round is formally addressed, counted exactly."""
    return not db.session.scalar(sa.select(outstanding_exists(round_.id)))
