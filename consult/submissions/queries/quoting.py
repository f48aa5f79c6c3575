"""The published points that quote words of a text: of its own round, and of earlier rounds where it continues them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.core.db import db
from consult.documents.anchoring import Quote, find_in_one
from consult.documents.enums import Ground
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.plain import plain_text
from consult.documents.queries.continuity import published_versions, successors
from consult.submissions.enums import CommentType, Nature
from consult.submissions.models import Comment, Quotation
from consult.submissions.queries.own import rounds_with_input_for
from consult.submissions.queries.points import PUBLIC, Filters


@dataclass(frozen=True)
class Pointing:
    """A published point that quotes words, and where these words are in the text that is read.

    Args:
        reference: of the point.
        kind: its type; of what a State puts on record, its nature.
        round: that it was written in.
        quote: the words as they were.
        language: of the edition that they were in.
        start: where they are in this text; None where they are not found in it.
        end: the position after their last.
        is_exact: whether they are still the same.
        in_brackets: whether nothing but brackets came to them.
        ground: on which it was carried from an earlier version; None where it was written on this one.
    """

    reference: str
    kind: CommentType | Nature
    round: Round
    quote: Quote
    language: str
    start: int | None = None
    end: int | None = None
    is_exact: bool = False
    in_brackets: bool = False
    ground: Ground | None = None

    @property
    def is_anchored(self) -> bool:
        """Whether its words were found in this text."""
        return self.start is not None


def pointings_in(
    version: DocumentVersion,
    language: str,
    texts: Mapping[int, str],
    filters: Filters,
    *,
    actor: Actor,
) -> dict[int, list[Pointing]]:
    """The quotes of published points, by key of the paragraph that they are in, or that continues the one they were in.

    A quote is looked for in the edition of its own language alone. What is not found there, or stands in another
    edition, is listed without a place. Eight queries at most, however many points there are.

    Args:
        version: that is read.
        language: of the edition.
        texts: the Markdown of each block that is shown, in that language, by its key.
        filters: which points; nothing narrowed shows all.
        actor: who reads: of rounds whose draft or input they may not read there is nothing.
    """
    rows = _rows(version, filters, actor)
    if not rows:
        return {}
    blocks = _blocks(version, texts)
    after = successors({row.paragraph_id for row in rows if row.version_id != version.id}, version)
    found: dict[int, list[Pointing]] = {}
    for row in rows:
        grounds: dict[int | None, Ground | None] = {row.paragraph_id: None}
        if row.version_id != version.id:
            grounds = {step.paragraph_id: step.ground for step in after.get(row.paragraph_id, ())}
        here = [key for key in grounds if key is not None and key in blocks]
        if not here:
            continue
        placed = find_in_one([blocks[key] for key in here], row.quote) if row.language == language else None
        key = here[placed[0]] if placed else here[0]
        spot = placed[1] if placed else None
        found.setdefault(key, []).append(
            Pointing(
                row.reference,
                row.kind,
                row.round,
                row.quote,
                row.language,
                spot.start if spot else None,
                spot.end if spot else None,
                is_exact=spot is not None and spot.is_exact,
                in_brackets=spot is not None and spot.in_brackets,
                ground=grounds[key],
            )
        )
    return found


@dataclass(frozen=True)
class _Row:
    reference: str
    kind: CommentType | Nature
    round: Round
    paragraph_id: int
    version_id: int
    quote: Quote
    language: str


def _rows(version: DocumentVersion, filters: Filters, actor: Actor) -> list[_Row]:
    versions = published_versions(version.consultation, actor)  # a quote holds words of the draft that it was made on
    earlier = versions[: next((place for place, one in enumerate(versions) if one.id == version.id), -1) + 1]
    rounds = {one.of_round.id: one.of_round for one in earlier if one.of_round is not None}
    readable = rounds_with_input_for(actor, rounds.values())
    if not readable:
        return []
    statement: Any = (
        sa.select(
            Comment.reference,
            Comment.comment_type,
            Comment.nature,
            Comment.round_id,
            Paragraph.id.label("paragraph_id"),
            Paragraph.version_id,
            Quotation.exact,
            Quotation.prefix,
            Quotation.suffix,
            Quotation.start,
            Quotation.end,
            Quotation.language,
        )
        .select_from(Quotation)
        .join(Comment, Comment.id == Quotation.comment_id)
        .join(Comment.submission)
        .join(Paragraph, Paragraph.id == Comment.paragraph_id)
        .where(Comment.round_id.in_(sorted(readable)), PUBLIC)
        .order_by(Quotation.start, Comment.reference)
    )
    return [
        _Row(
            row.reference,
            row.nature if row.nature.is_of_state else row.comment_type,
            rounds[row.round_id],
            row.paragraph_id,
            row.version_id,
            Quote(row.exact, row.prefix, row.suffix, row.start, row.end),
            row.language,
        )
        for row in db.session.execute(filters.apply(statement))
    ]


def _blocks(version: DocumentVersion, texts: Mapping[int, str]) -> dict[int, str]:
    kinds = db.session.execute(
        sa.select(Paragraph.id, Paragraph.kind).where(Paragraph.version_id == version.id).order_by(Paragraph.id)
    )
    return {row.id: plain_text(row.kind, texts[row.id]) for row in kinds if row.id in texts}


def narrowed_counts(round_: Round, paragraph_ids: Collection[int], filters: Filters) -> dict[int, int]:
    """Published points on each block that fit the filters, by key; one query.

    As in the list of points, a constituency finds only those whose authors show it; every one that is counted can be
    read with it. So no number here tells more than the points themselves.
    """
    wanted = set(paragraph_ids)
    statement: Any = (
        sa.select(Comment.paragraph_id, sa.func.count())
        .join(Comment.submission)
        .join(Paragraph, Paragraph.id == Comment.paragraph_id)
        .where(Comment.round_id == round_.id, PUBLIC)
        .group_by(Comment.paragraph_id)
        .order_by(Comment.paragraph_id)
    )
    return {row[0]: row[1] for row in db.session.execute(filters.apply(statement)) if row[0] in wanted}
