"""What a proposed text is said to continue: what is to be decided, and what is certain, page by page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.core.text import search_words
from consult.documents.enums import BlockKind, Continuation
from consult.documents.models import Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.plain import plain_text

FOUND_MOST = 20
_UNDECIDED = sa.and_(ProposedMatch.is_certain.is_(False), ProposedMatch.decided_by.is_(None))


class Part(StrEnum):
    """Which matches a page of them shows."""

    OPEN = "open"
    DECIDED = "decided"
    CERTAIN = "certain"


_PARTS = {
    Part.OPEN: _UNDECIDED,
    Part.DECIDED: ProposedMatch.decided_by.is_not(None),
    Part.CERTAIN: sa.and_(ProposedMatch.is_certain, ProposedMatch.decided_by.is_(None)),
}


@dataclass(frozen=True)
class Standing:
    """How the matches of a proposal stand: how many of each part, and of each continuation."""

    parts: dict[Part, int]
    kinds: dict[Continuation, int]


def count_undecided(proposal: Proposal) -> int:
    """How many matches wait for somebody to decide; none of a text that continues none."""
    found = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(ProposedMatch)
        .where(ProposedMatch.proposal_id == proposal.id, _UNDECIDED)
    )
    return found or 0


def count_matches(proposal: Proposal) -> Standing:
    """How many matches stand how; one query."""
    part = sa.case(
        (ProposedMatch.decided_by.is_not(None), Part.DECIDED.value),
        (ProposedMatch.is_certain, Part.CERTAIN.value),
        else_=Part.OPEN.value,
    ).label("part")
    rows = db.session.execute(
        sa.select(part, ProposedMatch.continuation, sa.func.count().label("number"))
        .where(ProposedMatch.proposal_id == proposal.id)
        .group_by(part, ProposedMatch.continuation)
        .order_by(part, ProposedMatch.continuation)
    ).all()
    parts, kinds = dict.fromkeys(Part, 0), dict.fromkeys(Continuation, 0)
    for row in rows:
        parts[Part(row.part)] += row.number
        kinds[row.continuation] += row.number
    return Standing(parts, kinds)


def page_of_matches(proposal: Proposal, part: Part, *, after: str | None, before: str | None) -> Page[ProposedMatch]:
    """Matches by their place in the newer text; what is removed by its place in the older one, behind all."""
    is_gone = sa.type_coerce(sa.case((ProposedMatch.block_id.is_(None), 1), else_=0), sa.Integer())
    place = sa.type_coerce(sa.func.coalesce(ProposedBlock.position, Paragraph.position), sa.Integer())
    statement = (
        sa.select(ProposedMatch)
        .outerjoin(ProposedBlock, ProposedBlock.id == ProposedMatch.block_id)
        .outerjoin(Paragraph, Paragraph.id == ProposedMatch.paragraph_id)
        .where(ProposedMatch.proposal_id == proposal.id, _PARTS[part])
        .options(joinedload(ProposedMatch.block), joinedload(ProposedMatch.paragraph))
    )
    return fetch_page(
        db.session,
        statement,
        [is_gone, place, ProposedMatch.id],
        lambda row: [int(row.block is None), (row.block or row.paragraph).position, row.id],
        after=after,
        before=before,
    )


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
