"""Finding words in everything that somebody may read: how much there is of each kind, and a page of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Bundle, aliased

from consult.commitments.models import Commitment
from consult.commitments.queries import PUBLIC as COMMITMENT_IS_PUBLIC
from consult.consultations.models import Consultation, Outcome
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.documents.models import DocumentVersion, Paragraph
from consult.publication.models import ReleaseRow
from consult.responses.models import ResponseVersion
from consult.search.enums import BY_RANK, Kind
from consult.search.reach import Reach
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PROTECTED, PUBLIC
from consult.texts.finding import among, found_by_word


@dataclass(frozen=True)
class Search:
    """What is looked for; empty values narrow nothing.

    Args:
        words: as `core.text.search_words` bounds them.
        kind: of the results.
        consultation: slug of the one that they belong to.
        language: of the words that are found.
    """

    words: str
    kind: Kind | None = None
    consultation: str = ""
    language: str = ""


@dataclass(frozen=True)
class Hit:
    """Something found: what, of which consultation, and on which day it is dated."""

    kind: Kind
    id: int
    consultation_id: int | None
    day: date


@dataclass(frozen=True)
class Found:
    """How much was found, whatever kind and consultation the page is narrowed to.

    Args:
        by_kind: in the consultation of the search.
        by_consultation: keys of consultations, of the kind of the search; None for what belongs to none.
    """

    by_kind: Mapping[Kind, int]
    by_consultation: Mapping[int | None, int]

    def total(self, kind: Kind | None) -> int:
        """How many results the list has in all."""
        return sum(self.by_kind.values()) if kind is None else self.by_kind.get(kind, 0)


def _number(day: date) -> int:
    """Days are compared as numbers, since a page's key holds numbers and text alone."""
    return day.year * 10_000 + day.month * 100 + day.day


def _day_in_sql(moment: Any, minutes: Any) -> sa.ColumnElement[int]:
    """SQL: the day of a moment on clocks so many minutes from UTC, as `_number` writes it."""
    if db.engine.dialect.name == "sqlite":
        shifted = sa.func.strftime("%Y%m%d", moment, sa.cast(minutes, sa.Text) + sa.literal(" minutes"))
    else:
        utc = sa.func.timezone("UTC", moment)
        shifted = sa.func.to_char(utc + sa.func.make_interval(0, 0, 0, 0, 0, minutes), "YYYYMMDD")
    return sa.cast(shifted, sa.Integer)


def _bytewise(column: Any) -> Any:
    """Text in one order on both databases."""
    return column if db.engine.dialect.name == "sqlite" else sa.collate(column, "C")


def _by_round(column: Any, values: Mapping[int, int]) -> sa.ColumnElement[int]:
    return sa.case(values, value=column, else_=0) if values else sa.literal(0, sa.Integer)


def _row(kind: Kind, key: Any, consultation: Any, day: Any, number: Any, reference: Any) -> list[Any]:
    return [
        sa.literal(kind.rank, sa.Integer).label("rank"),
        key.label("id"),
        sa.cast(consultation, sa.BigInteger).label("consultation_id"),
        sa.cast(day, sa.Integer).label("day"),
        sa.cast(number, sa.BigInteger).label("number"),
        _bytewise(reference).label("reference"),
    ]


def _consultations(reach: Reach) -> sa.Select[Any]:
    days = {one.consultation_id: _number(reach.opening_day(key)) for key, one in reversed(list(reach.rounds.items()))}
    columns = _row(
        Kind.CONSULTATION, Consultation.id, Consultation.id, _by_round(Consultation.id, days), 0, Consultation.code
    )
    return sa.select(*columns).where(Consultation.id.in_(list(days)))


def _paragraphs(reach: Reach) -> sa.Select[Any]:
    """Those of drafts, and of final texts, which are everybody's once the outcome is recorded."""
    days = {key: _number(reach.opening_day(key)) for key in reach.drafts}
    later = aliased(Outcome)
    decided = (
        sa.select(_day_as_number(Outcome.decided_on))
        .where(
            Outcome.consultation_id == DocumentVersion.consultation_id,
            sa.not_(sa.exists().where(later.replaces_id == Outcome.id)),
        )
        .correlate(DocumentVersion)
        .scalar_subquery()
    )
    is_final = DocumentVersion.round_id.is_(None)
    in_order = -(sa.func.coalesce(DocumentVersion.round_id, 0) * 1_000_000 + Paragraph.position)
    columns = _row(
        Kind.PARAGRAPH,
        Paragraph.id,
        DocumentVersion.consultation_id,
        sa.case((is_final, decided), else_=_by_round(DocumentVersion.round_id, days)),
        in_order,
        Paragraph.eid,
    )
    known = {one.consultation_id for one in reach.rounds.values()}
    of_final = sa.and_(is_final, DocumentVersion.consultation_id.in_(known), decided.is_not(None))
    return (
        sa.select(*columns)
        .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
        .where(sa.or_(DocumentVersion.round_id.in_(list(reach.drafts)), of_final))
    )


def _day_as_number(day: Any) -> sa.ColumnElement[int]:
    """A day as `_number` writes it."""
    if db.engine.dialect.name == "sqlite":
        return sa.cast(sa.func.strftime("%Y%m%d", day), sa.Integer)
    return sa.cast(sa.func.to_char(day, "YYYYMMDD"), sa.Integer)


def _comments(reach: Reach) -> sa.Select[Any]:
    consultations = {key: reach.rounds[key].consultation_id for key in reach.inputs}
    batches = {key: _number(reach.batch_day(key)) for key in reach.inputs}
    offsets = {key: reach.offset(key) for key in reach.inputs}
    day = sa.case(
        (
            sa.not_(PROTECTED),
            _day_in_sql(Submission.submitted_at, _by_round(Comment.round_id, offsets)),
        ),
        else_=_by_round(Comment.round_id, batches),
    )
    columns = _row(Kind.COMMENT, Comment.id, _by_round(Comment.round_id, consultations), day, 0, Comment.reference)
    return (
        sa.select(*columns)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(PUBLIC, Comment.round_id.in_(list(reach.inputs)))
    )


def _responses(reach: Reach) -> sa.Select[Any]:
    """Answers as the newest release of each round gives them."""
    consultations = {key: reach.rounds[key].consultation_id for key in reach.releases}
    days = {key: _number(reach.release_day(key)) for key in reach.releases}
    columns = _row(
        Kind.RESPONSE,
        ResponseVersion.id,
        _by_round(Comment.round_id, consultations),
        _by_round(Comment.round_id, days),
        0,
        Comment.reference,
    )
    return (
        sa.select(*columns)
        .select_from(ReleaseRow)
        .join(ResponseVersion, ResponseVersion.id == ReleaseRow.response_version_id)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .where(
            ReleaseRow.release_id.in_([release.id for release in reach.releases.values()]),
            Comment.withdrawn_at.is_(None),
        )
    )


def _commitments(_reach: Reach) -> sa.Select[Any]:
    day = _day_in_sql(Commitment.published_at, sa.literal(0, sa.Integer))
    columns = _row(Kind.COMMITMENT, Commitment.id, Commitment.consultation_id, day, 0, Commitment.reference)
    return sa.select(*columns).where(COMMITMENT_IS_PUBLIC)


# Each kind, with the key that the index knows it by.
_READABLE: Mapping[Kind, tuple[Callable[[Reach], sa.Select[Any]], Any]] = {
    Kind.CONSULTATION: (_consultations, Consultation.id),
    Kind.PARAGRAPH: (_paragraphs, Paragraph.id),
    Kind.COMMENT: (_comments, Comment.id),
    Kind.RESPONSE: (_responses, ResponseVersion.id),
    Kind.COMMITMENT: (_commitments, Commitment.id),
}


def _found(search: Search) -> list[sa.CTE]:
    return found_by_word(search.words, [kind.subject for kind in Kind], language=search.language)


def _hits(reach: Reach, found: Sequence[sa.CTE]) -> sa.CTE:
    """What is found of what may be read. What nobody could read is not asked for."""
    there_is = {
        Kind.CONSULTATION: reach.rounds,
        Kind.PARAGRAPH: reach.rounds,
        Kind.COMMENT: reach.inputs,
        Kind.RESPONSE: reach.releases,
        Kind.COMMITMENT: True,
    }
    statements = []
    for kind, (make, key) in _READABLE.items():
        if there_is[kind]:
            has_words = [among(key, sa.select(one.c.subject_id).where(one.c.subject == kind.subject)) for one in found]
            statements.append(make(reach).where(*has_words))
    return sa.union_all(*statements).cte("hits")


def _of_consultation(hits: Any, search: Search, reach: Reach) -> list[sa.ColumnElement[bool]]:
    if not search.consultation:
        return []
    keys = {one.consultation_id for one in reach.rounds.values() if one.consultation.slug == search.consultation}
    return [hits.c.consultation_id.in_(list(keys))]


def count_found(search: Search, reach: Reach) -> Found:
    """How much there is of each kind, and of each consultation; one query."""
    hits = _hits(reach, _found(search))
    rows = db.session.execute(
        sa.select(hits.c.rank, hits.c.consultation_id, sa.func.count()).group_by(hits.c.rank, hits.c.consultation_id)
    ).all()
    known = {one.consultation_id: one.consultation.slug for one in reach.rounds.values()}
    by_kind: dict[Kind, int] = {}
    by_consultation: dict[int | None, int] = {}
    for rank, consultation_id, number in rows:
        kind = BY_RANK[rank]
        if not search.consultation or known.get(consultation_id) == search.consultation:
            by_kind[kind] = by_kind.get(kind, 0) + number
        if search.kind in {None, kind}:
            by_consultation[consultation_id] = by_consultation.get(consultation_id, 0) + number
    return Found(by_kind, by_consultation)


def page_of_hits(search: Search, reach: Reach, *, after: str | None, before: str | None) -> Page[Hit]:
    """What is found, newest first; of one day by kind, then by place in the text or by reference. One query."""
    hits = _hits(reach, _found(search))
    columns = (hits.c.day, hits.c.rank, hits.c.number, hits.c.reference)
    statement: sa.Select[Any] = sa.select(Bundle("hit", hits.c.id, hits.c.consultation_id, *columns))
    conditions = _of_consultation(hits, search, reach)
    if search.kind is not None:
        conditions.append(hits.c.rank == search.kind.rank)
    page = fetch_page(
        db.session,
        statement.where(*conditions),
        columns,
        lambda row: [row.day, row.rank, row.number, row.reference],
        after=after,
        before=before,
        descending=True,
    )
    found = [
        Hit(
            BY_RANK[row.rank],
            row.id,
            row.consultation_id,
            date(row.day // 10_000, row.day // 100 % 100, row.day % 100),
        )
        for row in page.items
    ]
    return Page(found, page.after, page.before)


def list_languages(search: Search, reach: Reach) -> Sequence[str]:
    """The languages that any of the words was found in, in what may be read, by their codes; one query."""
    found = _found(replace(search, language=""))
    hits = _hits(reach, found)
    words = sa.union(*(sa.select(one).where(one.c.language != "") for one in found)).subquery("words")
    # Not a join: PostgreSQL takes both for small, and would compare each with each.
    is_hit = [
        sa.and_(
            words.c.subject == kind.subject,
            among(words.c.subject_id, sa.select(hits.c.id).where(hits.c.rank == kind.rank)),
        )
        for kind in Kind
    ]
    return db.session.scalars(
        sa.select(words.c.language).where(sa.or_(*is_hit)).distinct().order_by(words.c.language)
    ).all()
