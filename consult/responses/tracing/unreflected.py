"""What was accepted and is not seen in the text that followed: no change is linked to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.consultations.models import Consultation, Question, Round
from consult.core.db import db
from consult.core.paging import Page, fetch_page
from consult.documents.enums import Continuation
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries import Place, places_of
from consult.documents.queries.changes import names_a_change
from consult.responses.enums import AGREED
from consult.responses.models import ChangeTrace, ResponseVersion, UnreflectedReason
from consult.responses.tracing.queries import STANDS, Audience, answered_points, counting_versions
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries import PUBLIC
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


def _followed_rounds(consultation: Consultation, audience: Audience) -> sa.Select[Any]:
    """SQL: the rounds whose text another version of this site continues."""
    base = sa.select(Correspondence.base_id).where(
        Correspondence.version_id.in_(counting_versions(consultation, audience))
    )
    return sa.select(DocumentVersion.round_id).where(
        DocumentVersion.consultation_id == consultation.id,
        DocumentVersion.round_id.is_not(None),
        DocumentVersion.id.in_(base),
    )


def followed_rounds(consultation: Consultation) -> set[int]:
    """The keys of the rounds whose text another version here continues that is public; one query."""
    return set(db.session.scalars(_followed_rounds(consultation, Audience.PUBLIC)))


def _reflected(consultation: Consultation, audience: Audience) -> sa.Exists:
    return (
        sa.exists()
        .where(
            ChangeTrace.comment_id == Comment.id,
            ChangeTrace.version_id.in_(counting_versions(consultation, audience)),
            STANDS,
            names_a_change(ChangeTrace),
        )
        .correlate(Comment)
    )


def _unreflected(
    consultation: Consultation, round_ids: Collection[int] | None, audience: Audience, explained: bool | None
) -> sa.Select[Any]:
    statement = answered_points(consultation).where(
        Comment.round_id.in_(_followed_rounds(consultation, audience)),
        Comment.response_status != ResponseStatus.CLOSED,
        ResponseVersion.disposition.in_(list(AGREED)),
        sa.not_(_reflected(consultation, audience)),
    )
    if audience is Audience.PUBLIC:
        statement = statement.where(PUBLIC, Comment.response_status == ResponseStatus.SENT)
    if round_ids is not None:
        statement = statement.where(Comment.round_id.in_(list(round_ids)))
    if explained is not None:
        has_reason = sa.exists().where(UnreflectedReason.comment_id == Comment.id).correlate(Comment)
        statement = statement.where(has_reason if explained else sa.not_(has_reason))
    return statement


def page_of_unreflected(
    consultation: Consultation,
    audience: Audience = Audience.PUBLIC,
    *,
    round_ids: Collection[int] | None = None,
    explained: bool | None = None,
    after: str | None = None,
    before: str | None = None,
    size: int = 25,
) -> Page[Comment]:
    """Accepted points that no change is linked to, by round and place in the text; never by arrival.

    Args:
        consultation: with at least one text that continues another.
        audience: which texts count (`counting_versions`); but for the public also points that it does not read, and
            answers that were not sent yet.
        round_ids: of the rounds that count; None for all of them.
        explained: those with a public reason, or those without; None for both.
        after: as `fetch_page`.
        before: as `fetch_page`.
        size: points on a page.
    """
    place = sa.type_coerce(sa.func.coalesce(Paragraph.position, 0), sa.Integer())
    return fetch_page(
        db.session,
        _unreflected(consultation, round_ids, audience, explained).options(
            joinedload(Comment.question).lazyload(Question.options)
        ),
        [Round.number, place, Comment.reference],
        lambda row: [row.submission.round.number, row.paragraph.position if row.paragraph else 0, row.reference],
        after=after,
        before=before,
        size=size,
    )


def count_unreflected(
    consultation: Consultation,
    audience: Audience = Audience.PUBLIC,
    *,
    round_ids: Collection[int] | None = None,
    explained: bool | None = None,
) -> int:
    """How many such a list holds."""
    statement = _unreflected(consultation, round_ids, audience, explained)
    return db.session.scalar(statement.with_only_columns(sa.func.count(Comment.id))) or 0


@dataclass(frozen=True)
class Explained:
    """Why a point is not visible in the text, in the reader's language; ``key`` is that of the row."""

    key: int
    reason: LocalizedText
    given_at: datetime


def reasons_of(comments: Collection[Comment], language: str) -> Mapping[int, Explained]:
    """Why these accepted points are not visible, by key of the point; two queries."""
    by_key = {comment.id: comment for comment in comments}
    rows = db.session.scalars(
        sa.select(UnreflectedReason)
        .where(UnreflectedReason.comment_id.in_(list(by_key)))
        .order_by(UnreflectedReason.id)
    ).all()
    texts = load_texts("unreflected_reason", [row.id for row in rows], language)
    return {
        row.comment_id: Explained(
            row.id,
            texts.of(
                row.id, "reason", row.reason, by_key[row.comment_id].submission.round.consultation.authentic_language
            ),
            row.given_at,
        )
        for row in rows
    }


@dataclass(frozen=True)
class Fate:
    """What became of a paragraph, and where that stands; no place of what a reader may not read, or was removed."""

    continuation: Continuation
    places: Sequence[Place]


def fates_of(
    consultation: Consultation,
    paragraph_ids: Collection[int],
    language: str,
    audience: Audience = Audience.PUBLIC,
    *,
    readable: Collection[int] | None = None,
) -> Mapping[int, list[Fate]]:
    """What became of paragraphs in the version that followed theirs, also where nothing changed; five queries.

    Args:
        consultation: whose text they are of.
        paragraph_ids: their keys.
        language: in which the places are read.
        audience: which texts count.
        readable: keys of the versions whose places may be named; None for all.
    """
    rows: Any = db.session.execute(
        sa.select(Correspondence.before_id, Correspondence.continuation, Paragraph)
        .outerjoin(Paragraph, Paragraph.id == Correspondence.after_id)
        .where(
            Correspondence.before_id.in_(list(paragraph_ids)),
            Correspondence.version_id.in_(counting_versions(consultation, audience)),
        )
        .order_by(Paragraph.position, Correspondence.id)
    ).all()
    named = [after for _key, _kind, after in rows if after is not None]
    placed = places_of(
        [after for after in named if readable is None or after.version_id in readable], language, actor=None
    )
    found: dict[int, dict[Continuation, list[Place]]] = {}
    for key, kind, after in rows:
        places = found.setdefault(key, {}).setdefault(kind, [])
        places += [placed[after.id]] if after is not None and after.id in placed else []
    return {key: [Fate(kind, places) for kind, places in kinds.items()] for key, kinds in found.items()}
