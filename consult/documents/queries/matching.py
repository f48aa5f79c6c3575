"""What a proposed text is said to continue: what is to be decided, and what is certain, page by page.

One split, however many parts it has, is one question, and so is one merger: their matches are shown and decided
together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.text import search_words
from consult.documents.enums import BlockKind, Continuation
from consult.documents.models import DocumentVersion, Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.plain import plain_text
from consult.documents.queries.continuity import told_in_sql

FOUND_MOST = 20


class Part(StrEnum):
    """Which matches a page of them shows."""

    OPEN = "open"
    DECIDED = "decided"
    CERTAIN = "certain"


# What is asked together: the matches of one split, those of one merger, or one match by itself.
_QUESTION = sa.case(
    (ProposedMatch.continuation == Continuation.SPLIT, "p" + sa.cast(ProposedMatch.paragraph_id, sa.String)),
    (ProposedMatch.continuation == Continuation.MERGED, "b" + sa.cast(ProposedMatch.block_id, sa.String)),
    else_="m" + sa.cast(ProposedMatch.id, sa.String),
)

PointCount = Callable[[DocumentVersion], Mapping[int, int]]
_point_counts: list[PointCount] = []


def register_point_count(count: PointCount) -> None:
    """Let a higher feature say how many points are on each paragraph of a version, by key; of none it says nothing."""
    if count not in _point_counts:
        _point_counts.append(count)


def points_on(version: DocumentVersion) -> dict[int, int]:
    """How many points are on each paragraph of a version that has any, by key."""
    found: dict[int, int] = defaultdict(int)
    for count in _point_counts:
        for key, number in count(version).items():
            found[key] += number
    return dict(found)


def undecided(points: Collection[int]) -> sa.ColumnElement[bool]:
    """SQL: whether somebody has yet to decide a match.

    Asked whenever it matters, for points come late too: whatever is certain, no paragraph with points on it is removed
    without somebody saying so.

    Args:
        points: keys of the paragraphs that have points: of `points_on`.
    """
    leaves_points = sa.and_(
        ProposedMatch.continuation == Continuation.REMOVED, ProposedMatch.paragraph_id.in_(sorted(points))
    )
    return sa.and_(ProposedMatch.decided_by.is_(None), sa.or_(ProposedMatch.is_certain.is_(False), leaves_points))


def points_left(proposal: Proposal) -> dict[int, int]:
    """How many points are on each paragraph of what a proposal continues that has any, by key; see `points_on`."""
    return points_on(proposal.base) if proposal.base is not None else {}


def _is_of(part: Part, points: Collection[int]) -> sa.ColumnElement[bool]:
    if part is Part.DECIDED:
        return ProposedMatch.decided_by.is_not(None)
    is_open = undecided(points)
    return is_open if part is Part.OPEN else sa.and_(ProposedMatch.decided_by.is_(None), sa.not_(is_open))


@dataclass(frozen=True)
class Standing:
    """How the matches of a proposal stand: how many questions of each part; of each continuation how many paragraphs.

    Paragraphs are counted as they stand in the newer text, so that each part of a split one is one and a merged one is
    one; of those that are removed, as they stood in the older one.
    """

    parts: dict[Part, int]
    kinds: dict[Continuation, int]


def count_undecided(proposal: Proposal) -> int:
    """How many questions wait for somebody to decide; none of a text that continues none."""
    found = db.session.scalar(
        sa.select(sa.func.count(_QUESTION.distinct()))
        .select_from(ProposedMatch)
        .where(ProposedMatch.proposal_id == proposal.id, undecided(points_left(proposal)))
    )
    return found or 0


def count_matches(proposal: Proposal, points: Collection[int]) -> Standing:
    """How many matches stand how; two queries.

    Args:
        proposal: ready.
        points: keys of the paragraphs that have points.
    """
    part = sa.case(*((_is_of(one, points), sa.literal(one.value)) for one in Part)).label("part")
    mine = ProposedMatch.proposal_id == proposal.id
    parts = dict.fromkeys(Part, 0) | {
        Part(row.part): row.number
        for row in db.session.execute(
            sa.select(part, sa.func.count(_QUESTION.distinct()).label("number")).where(mine).group_by(part)
        )
    }
    told = (
        sa.select(told_in_sql(ProposedMatch.continuation).label("told"))
        .where(mine)
        .group_by(sa.func.coalesce(ProposedMatch.block_id, -ProposedMatch.paragraph_id))
        .subquery()
    )
    kinds = dict.fromkeys(Continuation, 0) | {
        Continuation(row.told): row.number
        for row in db.session.execute(sa.select(told.c.told, sa.func.count().label("number")).group_by(told.c.told))
    }
    return Standing(parts, kinds)


def page_of_questions(
    proposal: Proposal, part: Part, points: Collection[int], *, after: str | None, before: str | None
) -> Page[ProposedMatch]:
    """One match of each question: those about paragraphs with points first, then by their place in the newer text.

    What is removed stands by its place in the older one, behind all.

    Args:
        proposal: ready.
        part: which matches.
        points: keys of the paragraphs that have points.
        after: key of the row before the page.
        before: key of the row behind it.
    """
    has_none = sa.type_coerce(sa.case((ProposedMatch.paragraph_id.in_(sorted(points)), 0), else_=1), sa.Integer())
    first = sa.func.row_number().over(partition_by=_QUESTION, order_by=(has_none, ProposedMatch.id)).label("place")
    asked = (
        sa.select(ProposedMatch.id, first)
        .where(ProposedMatch.proposal_id == proposal.id, _is_of(part, points))
        .subquery()
    )
    is_gone = sa.type_coerce(sa.case((ProposedMatch.block_id.is_(None), 1), else_=0), sa.Integer())
    place = sa.type_coerce(sa.func.coalesce(ProposedBlock.position, Paragraph.position), sa.Integer())
    statement = (
        sa.select(ProposedMatch)
        .join(asked, sa.and_(asked.c.id == ProposedMatch.id, asked.c.place == 1))
        .outerjoin(ProposedBlock, ProposedBlock.id == ProposedMatch.block_id)
        .outerjoin(Paragraph, Paragraph.id == ProposedMatch.paragraph_id)
        .options(joinedload(ProposedMatch.block), joinedload(ProposedMatch.paragraph))
    )
    return fetch_page(
        db.session,
        statement,
        [has_none, is_gone, place, ProposedMatch.id],
        lambda row: [
            int(row.paragraph_id not in points),
            int(row.block is None),
            (row.block or row.paragraph).position,
            row.id,
        ],
        after=after,
        before=before,
    )


def questions_of(proposal: Proposal, matches: Sequence[ProposedMatch]) -> list[list[ProposedMatch]]:
    """For each of these the matches that are asked about with it, itself among them, in the order of both texts.

    One query.
    """
    split = {row.paragraph_id for row in matches if row.continuation is Continuation.SPLIT}
    merged = {row.block_id for row in matches if row.continuation is Continuation.MERGED}
    rows = db.session.scalars(
        sa.select(ProposedMatch)
        .outerjoin(ProposedBlock, ProposedBlock.id == ProposedMatch.block_id)
        .outerjoin(Paragraph, Paragraph.id == ProposedMatch.paragraph_id)
        .where(
            ProposedMatch.proposal_id == proposal.id,
            sa.or_(
                sa.and_(
                    ProposedMatch.continuation == Continuation.SPLIT,
                    ProposedMatch.paragraph_id.in_(sorted(key for key in split if key is not None)),
                ),
                sa.and_(
                    ProposedMatch.continuation == Continuation.MERGED,
                    ProposedMatch.block_id.in_(sorted(key for key in merged if key is not None)),
                ),
            ),
        )
        .options(joinedload(ProposedMatch.block), joinedload(ProposedMatch.paragraph))
        .order_by(ProposedBlock.position, Paragraph.position, ProposedMatch.id)
    ).all()
    found = []
    for match in matches:
        together = [one for one in rows if one.continuation is match.continuation]
        if match.continuation is Continuation.SPLIT:
            found.append([one for one in together if one.paragraph_id == match.paragraph_id])
        elif match.continuation is Continuation.MERGED:
            found.append([one for one in together if one.block_id == match.block_id])
        else:
            found.append([match])
    return found


def matches_of(block: ProposedBlock) -> Sequence[ProposedMatch]:
    """What one block is said to continue, with the paragraphs; likeliest first."""
    return db.session.scalars(
        sa.select(ProposedMatch)
        .where(ProposedMatch.proposal_id == block.proposal_id, ProposedMatch.block_id == block.id)
        .options(joinedload(ProposedMatch.paragraph))
        .order_by(ProposedMatch.likeness.desc(), ProposedMatch.id)
    ).all()


def get_match(proposal: Proposal, key: int) -> ProposedMatch:
    """One match, with both sides.

    Raises:
        NotFound: none such of this proposal.
    """
    found = db.session.scalar(
        sa.select(ProposedMatch)
        .where(ProposedMatch.proposal_id == proposal.id, ProposedMatch.id == key)
        .options(joinedload(ProposedMatch.block), joinedload(ProposedMatch.paragraph))
    )
    if found is None:
        raise NotFound
    return found


def places_in(proposal: Proposal, blocks: Sequence[ProposedBlock]) -> dict[int, str]:
    """The number or the words of the heading that each block stands below; of a heading its own; by key, one query."""
    if not blocks:
        return {}
    headings = db.session.execute(
        sa.select(ProposedBlock.position, ProposedBlock.number, ProposedBlock.text)
        .where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.kind == BlockKind.HEADING)
        .order_by(ProposedBlock.position)
    ).all()
    starts = [row.position for row in headings]
    found = {}
    for block in blocks:
        place = bisect_right(starts, block.position) - 1
        words = f"{headings[place].number} {headings[place].text}".strip() if place >= 0 else ""
        found[block.id] = plain_text(BlockKind.HEADING, words)
    return found


def find_blocks(proposal: Proposal, typed: str) -> Sequence[ProposedBlock]:
    """Blocks of the proposal that have some words, or a heading's number."""
    words = search_words(typed)
    if not words:
        return []
    return db.session.scalars(
        sa.select(ProposedBlock)
        .where(
            ProposedBlock.proposal_id == proposal.id,
            sa.or_(
                sa.and_(*(ProposedBlock.text.icontains(word, autoescape=True) for word in words.split())),
                sa.and_(ProposedBlock.kind == BlockKind.HEADING, ProposedBlock.number == words),
            ),
        )
        .order_by(ProposedBlock.position)
        .limit(FOUND_MOST)
    ).all()


def find_paragraphs(proposal: Proposal, typed: str) -> Sequence[Paragraph]:
    """Paragraphs of the version before that have some words, or a heading's number, or stand below that heading."""
    words = search_words(typed)
    if not words or proposal.base_id is None:
        return []
    section = f"sec_{words.replace('.', '-')}"
    return db.session.scalars(
        sa.select(Paragraph)
        .where(
            Paragraph.version_id == proposal.base_id,
            sa.or_(
                sa.and_(*(Paragraph.text.icontains(word, autoescape=True) for word in words.split())),
                sa.and_(Paragraph.kind == BlockKind.HEADING, Paragraph.number == words),
                Paragraph.eid == section,
                Paragraph.eid.startswith(f"{section}__", autoescape=True),
                Paragraph.eid == words,
            ),
        )
        .order_by(Paragraph.position)
        .limit(FOUND_MOST)
    ).all()


def list_base_paragraphs(proposal: Proposal, eids: Collection[str]) -> Sequence[Paragraph]:
    """Those of these eIds in the version that a proposal continues, in its order."""
    return db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.version_id == proposal.base_id, Paragraph.eid.in_(list(eids)))
        .order_by(Paragraph.position)
    ).all()
