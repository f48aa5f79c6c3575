"""What the API gives out, page by page in the order in which it changed; all of it as a visitor may read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, selectinload

from consult.api.models import FollowedRound
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import Commitment
from consult.commitments.queries import PUBLIC as COMMITMENT_IS_PUBLIC
from consult.commitments.queries import is_overdue
from consult.consultations.enums import RoundState, TextType, Visibility
from consult.consultations.models import Consultation, Question, Round
from consult.core.changes import PublicChange
from consult.core.db import db
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.queries import find_final_text, is_fixed
from consult.pages.queries import state_expression
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release, ReleaseRow
from consult.responses.enums import Disposition
from consult.responses.models import Delivery, ResponseVersion
from consult.secretariats.models import Host
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PUBLIC, Filters
from consult.texts.finding import matching


@dataclass(frozen=True)
class Listing:
    """One page of a list that can be followed.

    Args:
        rows: (place, what stands there).
        cursor: the place to go on from, now or on another day.
        has_more: whether there is a next page already.
    """

    rows: Sequence[tuple[int, Any]]
    cursor: int
    has_more: bool

    @property
    def items(self) -> list[Any]:
        """What stands at the places."""
        return [item for _place, item in self.rows]


def _page(kind: str, statement: Any, *, after: int, limit: int) -> Listing:
    """One page of a SELECT of (PublicChange.sequence, subject)."""
    rows = db.session.execute(
        statement.where(PublicChange.kind == kind, PublicChange.sequence > after)
        .order_by(PublicChange.sequence)
        .limit(limit + 1)
    ).unique()
    found = [(row[0], row[1]) for row in rows]
    shown = found[:limit]
    return Listing(shown, shown[-1][0] if shown else after, len(found) > limit)


# --- What is public ---


def _is_disclosed(round_id: Any) -> sa.Exists:
    return sa.exists().where(FollowedRound.round_id == round_id, FollowedRound.disclosed_at.is_not(None))


def _released(comment_id: Any) -> sa.Exists:
    """SQL: a published release gives an answer to that point."""
    return (
        sa.exists()
        .where(
            ReleaseRow.comment_id == comment_id,
            ReleaseRow.response_version_id.is_not(None),
            Release.id == ReleaseRow.release_id,
            Release.status == ReleaseStatus.PUBLISHED,
        )
    )  # fmt: skip


def answer_is_public() -> sa.ColumnElement[bool]:
    """SQL, for statements over points: the public reads an answer, because a release gives it out."""
    return sa.and_(Comment.withdrawn_at.is_(None), _released(Comment.id))


def _consultation_is_public(key: Any) -> sa.Exists:
    return sa.exists().where(Consultation.id == key, Consultation.published_at.is_not(None))


def _comment_is_public(key: Any) -> sa.Exists:
    return sa.exists().where(
        Comment.id == key, Submission.id == Comment.submission_id, PUBLIC, _is_disclosed(Comment.round_id)
    )


def _response_is_public(key: Any) -> sa.Exists:
    return sa.exists().where(
        Comment.id == key,
        answer_is_public(),
        _is_disclosed(Comment.round_id),
        Round.id == Comment.round_id,
        Round.visibility != Visibility.COMPILATION_ONLY,
    )


def _release_is_public(key: Any) -> sa.Exists:
    return sa.exists().where(
        Release.id == key, Release.status == ReleaseStatus.PUBLISHED, _is_disclosed(Release.round_id)
    )


def _commitment_is_public(key: Any) -> sa.Exists:
    return sa.exists().where(Commitment.id == key, COMMITMENT_IS_PUBLIC)


NOTED: Mapping[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "consultation": _consultation_is_public,
    "comment": _comment_is_public,
    "response": _response_is_public,
    "release": _release_is_public,
    "commitment": _commitment_is_public,
}
"""For each kind of thing that is followed, the SQL that says whether the public reads the one of that key."""


# --- Consultations ---


@dataclass(frozen=True)
class ConsultationFilters:
    """What the list of consultations is narrowed to; empty values narrow nothing."""

    words: str = ""
    text_type: TextType | None = None
    host: str = ""
    state: RoundState | None = None


def page_of_consultations(filters: ConsultationFilters, *, after: int, limit: int, now: datetime) -> Listing:
    """Consultations that the public knows of, and those it knew of before they were taken back."""
    conditions = matching(filters.words, fields=("title", "summary_changes", "code"), consultation=Consultation.id)
    if filters.text_type is not None:
        conditions.append(Consultation.text_type == filters.text_type)
    if filters.host:
        conditions.append(Host.slug == filters.host)
    if filters.state is not None:
        newest = sa.exists().where(
            Round.consultation_id == Consultation.id,
            Round.number == Consultation.current_number,
            state_expression(now) == filters.state.value,
        )
        conditions.append(newest)
    statement = (
        sa.select(PublicChange.sequence, Consultation)
        .join(Consultation, Consultation.id == PublicChange.subject_id)
        .join(Consultation.host)
        .options(contains_eager(Consultation.host))
        .where(sa.or_(Consultation.published_at.is_(None), sa.and_(True, *conditions)))
    )
    return _page("consultation", statement, after=after, limit=limit)


def rounds_of(consultations: Collection[Consultation]) -> Mapping[int, Sequence[Round]]:
    """The opened rounds of each, first to last, by key of the consultation; one query."""
    found: dict[int, list[Round]] = {consultation.id: [] for consultation in consultations}
    rows = db.session.scalars(
        sa.select(Round)
        .options(lazyload(Round.consultation))
        .where(Round.consultation_id.in_(list(found)), Round.opened_at.is_not(None))
        .order_by(Round.consultation_id, Round.number)
    )
    for row in rows:
        found[row.consultation_id].append(row)
    return found


def slugs_told(consultations: Collection[Consultation]) -> Mapping[int, str]:
    """Under which slug each of these was known when the public knew of it; one query."""
    rows = db.session.execute(
        sa.select(Round.consultation_id, FollowedRound.slug)
        .join(FollowedRound, FollowedRound.round_id == Round.id)
        .where(Round.consultation_id.in_([consultation.id for consultation in consultations]))
        .order_by(Round.number.desc())
    )
    return {row[0]: row[1] for row in rows}


# --- Points and answers ---


def page_of_comments(rounds: Collection[Round], filters: Filters, *, after: int, limit: int) -> Listing:
    """Points of these rounds. Those that are public no more stand in every list, so that who follows one hears of it.

    Args:
        rounds: whose input a visitor may read.
        filters: what the public ones are narrowed to.
        after: the place to begin behind.
        limit: how many at most.
    """
    matching = filters.apply(
        sa.select(Comment.id)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .where(Comment.round_id.in_([round_.id for round_ in rounds]), PUBLIC)
    )
    statement = _points(rounds)
    if filters != Filters():
        statement = statement.where(sa.or_(sa.not_(PUBLIC), Comment.id.in_(matching)))
    return _page("comment", statement, after=after, limit=limit)


def page_of_responses(
    rounds: Collection[Round], filters: Filters, disposition: Disposition | None, *, after: int, limit: int
) -> Listing:
    """Points of these rounds whose answer was released, in the order in which the answers changed."""
    statement = _points([r for r in rounds if r.visibility is not Visibility.COMPILATION_ONLY])
    conditions = [answer_is_public()]
    if filters != Filters():
        narrowed = sa.select(Comment.id).join(Comment.submission).outerjoin(Comment.paragraph)
        conditions.append(Comment.id.in_(filters.apply(narrowed.where(Comment.round_id.in_([r.id for r in rounds])))))
    if disposition is not None:
        conditions.append(
            sa.exists().where(
                ReleaseRow.comment_id == Comment.id,
                ReleaseRow.release_id.in_(_newest_releases(rounds)),
                ResponseVersion.id == ReleaseRow.response_version_id,
                ResponseVersion.disposition == disposition,
            )
        )
    if len(conditions) > 1:
        statement = statement.where(sa.or_(sa.not_(answer_is_public()), sa.and_(*conditions)))
    return _page("response", statement, after=after, limit=limit)


def _points(rounds: Collection[Round]) -> Any:
    # The round of each is at hand: joining it would carry every text of the consultation once for each point.
    return (
        sa.select(PublicChange.sequence, Comment)
        .join(Comment, Comment.id == PublicChange.subject_id)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .options(
            contains_eager(Comment.submission).options(
                lazyload(Submission.round), selectinload(Submission.constituencies)
            ),
            contains_eager(Comment.paragraph),
            lazyload(Comment.question),
        )
        .where(Comment.round_id.in_([round_.id for round_ in rounds]))
    )


def _newest_releases(rounds: Collection[Round]) -> sa.Select[Any]:
    """The key of the newest release of each round, for statements that name releases themselves."""
    release, later = aliased(Release), aliased(Release)
    is_published = release.status == ReleaseStatus.PUBLISHED
    superseded = sa.exists().where(
        later.round_id == release.round_id, later.number > release.number, later.status == ReleaseStatus.PUBLISHED
    )
    of_these = release.round_id.in_([round_.id for round_ in rounds])
    return sa.select(release.id).where(of_these, is_published, sa.not_(superseded))


@dataclass(frozen=True)
class Released:
    """The answer to one point as the newest release gives it."""

    row: ReleaseRow
    version: ResponseVersion
    number: int
    sent_at: datetime | None


def released_answers(rounds: Collection[Round], comment_ids: Collection[int]) -> Mapping[int, Released]:
    """The answers to these points in the newest release of their round, by key of the point; one query."""
    rows = db.session.execute(
        sa.select(ReleaseRow, ResponseVersion, Release.number, Delivery.sent_at)
        .join(Release, Release.id == ReleaseRow.release_id)
        .join(ResponseVersion, ResponseVersion.id == ReleaseRow.response_version_id)
        .outerjoin(Delivery, Delivery.response_version_id == ResponseVersion.id)
        .options(lazyload(ReleaseRow.comment), lazyload(ReleaseRow.response), lazyload(ReleaseRow.decision))
        .where(ReleaseRow.comment_id.in_(list(comment_ids)), Release.id.in_(_newest_releases(rounds)))
        .order_by(ReleaseRow.id)
    )
    return {row[0].comment_id: Released(row[0], row[1], row[2], row[3]) for row in rows}


def questions_of(rounds: Collection[Round]) -> Sequence[Question]:
    """The questions of these rounds with their options, in their order; two queries."""
    return db.session.scalars(
        sa.select(Question)
        .options(lazyload(Question.round), selectinload(Question.options))
        .where(Question.round_id.in_([round_.id for round_ in rounds]))
        .order_by(Question.round_id, Question.position, Question.id)
    ).all()


# --- Releases ---


def page_of_releases(rounds: Collection[Round], *, after: int, limit: int) -> Listing:
    """Published releases of these rounds, with every file that each ever had."""
    statement = (
        sa.select(PublicChange.sequence, Release)
        .join(Release, Release.id == PublicChange.subject_id)
        .options(lazyload(Release.round), selectinload(Release.files))
        .where(Release.round_id.in_([round_.id for round_ in rounds]), Release.status == ReleaseStatus.PUBLISHED)
    )
    return _page("release", statement, after=after, limit=limit)


# --- Commitments ---


@dataclass(frozen=True)
class CommitmentFilters:
    """What a list of commitments is narrowed to; empty values narrow nothing."""

    status: CommitmentStatus | None = None
    overdue: bool | None = None
    host: str = ""


def page_of_commitments(
    consultation: Consultation | None, filters: CommitmentFilters, *, after: int, limit: int, today: date
) -> Listing:
    """Public commitments, of one consultation or of all hosts."""
    statement = (
        sa.select(PublicChange.sequence, Commitment)
        .join(Commitment, Commitment.id == PublicChange.subject_id)
        .options(
            joinedload(Commitment.replaced_by).options(
                lazyload(Commitment.host), joinedload(Commitment.consultation).lazyload("*")
            )
        )
        .where(COMMITMENT_IS_PUBLIC)
    )
    if consultation is not None:
        statement = statement.where(Commitment.consultation_id == consultation.id)
    if filters.status is not None:
        statement = statement.where(Commitment.status == filters.status)
    if filters.overdue is not None:
        late = is_overdue(today)
        statement = statement.where(late if filters.overdue else sa.not_(late))
    if filters.host:
        statement = statement.where(Commitment.host_id.in_(sa.select(Host.id).where(Host.slug == filters.host)))
    return _page("commitment", statement, after=after, limit=limit)


# --- The document ---


def versions_of(rounds: Collection[Round]) -> Sequence[DocumentVersion]:
    """The drafts of these rounds with their language editions, first round first; two queries."""
    return db.session.scalars(
        sa.select(DocumentVersion)
        .join(Round, Round.id == DocumentVersion.round_id)
        .options(
            lazyload(DocumentVersion.of_round),
            lazyload(DocumentVersion.consultation),
            selectinload(DocumentVersion.editions),
        )
        .where(DocumentVersion.round_id.in_([round_.id for round_ in rounds]))
        .order_by(Round.number)
    ).all()


def final_text_of(consultation: Consultation) -> Sequence[DocumentVersion]:
    """The final text, where there is one and the outcome is recorded; three queries at most."""
    found = find_final_text(consultation)
    return [found] if found is not None and is_fixed(found) else []


FINAL = 10_000
"""The number that the final text has where drafts have that of their round: it stands behind them."""

Place = tuple[int, int]
"""Where a paragraph stands: the number of its round, and its position in that draft."""


def number_of(version: DocumentVersion) -> int:
    """By what versions are in order: the number of the round."""
    return version.of_round.number if version.of_round is not None else FINAL


@dataclass(frozen=True)
class Passage:
    """A page of paragraphs, and whether there are more."""

    paragraphs: Sequence[Paragraph]
    has_more: bool


def page_of_paragraphs(
    versions: Sequence[DocumentVersion], numbers: Mapping[int, int], *, after: Place, limit: int
) -> Passage:
    """Paragraphs of these versions in the order of their rounds and of the text.

    Args:
        versions: drafts, and the final text.
        numbers: as `number_of` gives them, by key of the version.
        after: the place to begin behind.
        limit: how many at most.
    """
    if not versions:
        return Passage([], has_more=False)
    number = sa.case(numbers, value=Paragraph.version_id)
    rows = db.session.scalars(
        sa.select(Paragraph)
        .where(
            Paragraph.version_id.in_(list(numbers)),
            sa.or_(number > after[0], sa.and_(number == after[0], Paragraph.position > after[1])),
        )
        .order_by(number, Paragraph.position)
        .limit(limit + 1)
    ).all()
    return Passage(rows[:limit], len(rows) > limit)


def sizes_of(versions: Collection[DocumentVersion]) -> Mapping[int, int]:
    """How many paragraphs each draft has, by its key; one query."""
    rows = db.session.execute(
        sa.select(Paragraph.version_id, sa.func.count())
        .where(Paragraph.version_id.in_([version.id for version in versions]))
        .group_by(Paragraph.version_id)
    )
    return {row[0]: row[1] for row in rows}
