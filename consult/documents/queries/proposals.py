"""Texts that were brought and are in hand: which there are, and their blocks page by page beside their source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.documents.enums import IN_HAND, BlockKind
from consult.documents.models import (
    DocumentVersion,
    Figure,
    Proposal,
    ProposalStep,
    ProposedBlock,
    SourcePiece,
)

PAGE_BLOCKS = 100
KEY_MOST = 2**63 - 1
"""The largest key that a database knows; addresses may name any number."""


def find_version_at(consultation: Consultation, round_: Round | None) -> DocumentVersion | None:
    """The draft of a round or, without one, the final text, with its editions; None where there is none."""
    of_round = DocumentVersion.round_id.is_(None) if round_ is None else DocumentVersion.round_id == round_.id
    return db.session.scalar(
        sa.select(DocumentVersion)
        .where(DocumentVersion.consultation_id == consultation.id, of_round)
        .options(selectinload(DocumentVersion.editions))
    )


def in_hand(consultation: Consultation, round_: Round | None) -> sa.Select[Any]:
    """SQL: the texts that were brought for a place and are neither kept nor dropped, in whichever language."""
    of_round = Proposal.round_id.is_(None) if round_ is None else Proposal.round_id == round_.id
    return sa.select(Proposal).where(Proposal.consultation_id == consultation.id, of_round, Proposal.state.in_(IN_HAND))


def find_in_hand(consultation: Consultation, round_: Round | None, language: str) -> Proposal | None:
    """The text that was brought for a place and is neither kept nor dropped."""
    found: Proposal | None = db.session.scalar(
        in_hand(consultation, round_)
        .where(Proposal.language == language)
        .options(joinedload(Proposal.base).selectinload(DocumentVersion.editions))
    )
    return found


def get_in_hand(consultation: Consultation, round_: Round | None, language: str) -> Proposal:
    """The same.

    Raises:
        NotFound: none is in hand.
    """
    found = find_in_hand(consultation, round_, language)
    if found is None:
        raise NotFound
    return found


def list_in_hand(consultation: Consultation, round_: Round | None) -> dict[str, Proposal]:
    """Those of all languages, by language; one query."""
    rows = db.session.scalars(in_hand(consultation, round_).order_by(Proposal.language)).unique()
    return {row.language: row for row in rows}


def get_block(proposal: Proposal, key: int) -> ProposedBlock:
    """One block of a proposal.

    Raises:
        NotFound: none such in it.
    """
    found = (
        None
        if key > KEY_MOST
        else db.session.scalar(
            sa.select(ProposedBlock)
            .where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.id == key)
            .execution_options(populate_existing=True)
        )
    )
    if found is None:
        raise NotFound
    return found


def find_block_at(proposal: Proposal, position: int) -> ProposedBlock | None:
    """The block at a position, or the last one before it."""
    return db.session.scalar(
        sa.select(ProposedBlock)
        .where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.position <= position)
        .order_by(ProposedBlock.position.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def neighbours_of(block: ProposedBlock) -> tuple[ProposedBlock | None, ProposedBlock | None]:
    """The blocks before and after one; one query."""
    rows = db.session.scalars(
        sa.select(ProposedBlock).where(
            ProposedBlock.proposal_id == block.proposal_id,
            ProposedBlock.position.in_([block.position - 1, block.position + 1]),
        )
    ).all()
    found = {row.position: row for row in rows}
    return found.get(block.position - 1), found.get(block.position + 1)


def pieces_of(block: ProposedBlock) -> Sequence[SourcePiece]:
    """What stood in the file where a block comes from, in order; not more than fits on a page."""
    if block.first_piece is None or block.last_piece is None:
        return []
    return db.session.scalars(
        sa.select(SourcePiece)
        .where(
            SourcePiece.proposal_id == block.proposal_id,
            SourcePiece.position.between(block.first_piece, block.last_piece),
        )
        .order_by(SourcePiece.position)
        .limit(PAGE_BLOCKS)
    ).all()


def words_of_pieces(proposal: Proposal, positions: Iterable[int]) -> dict[int, str]:
    """What stood in the file at these places; one query."""
    rows = db.session.execute(
        sa.select(SourcePiece.position, SourcePiece.text).where(
            SourcePiece.proposal_id == proposal.id, SourcePiece.position.in_(sorted(set(positions)))
        )
    )
    return {row.position: row.text for row in rows}


def figures_without_words(proposal: Proposal) -> list[int | None]:
    """The pictures that nobody has described yet: the first piece that each comes from, in order."""
    return list(
        db.session.scalars(
            sa.select(ProposedBlock.first_piece)
            .where(
                ProposedBlock.proposal_id == proposal.id,
                ProposedBlock.figure_id.is_not(None),
                ProposedBlock.text == "",
            )
            .order_by(ProposedBlock.position)
        )
    )


def find_last_step(proposal: Proposal) -> ProposalStep | None:
    """The act that can be taken back first."""
    return db.session.scalar(
        sa.select(ProposalStep).where(ProposalStep.proposal_id == proposal.id).order_by(ProposalStep.id.desc()).limit(1)
    )


@dataclass(frozen=True)
class BlockAt:
    """Where a block stands, and which pieces it comes from."""

    id: int
    position: int
    first_piece: int | None
    last_piece: int | None


@dataclass(frozen=True)
class Heading:
    """A heading of a proposal, for its contents."""

    id: int
    position: int
    level: int
    number: str
    text: str


@dataclass(frozen=True)
class Row:
    """Pieces of the source and the blocks that they became; one of both may be empty."""

    pieces: list[SourcePiece] = field(default_factory=list)
    blocks: list[ProposedBlock] = field(default_factory=list)


@dataclass(frozen=True)
class Outline:
    """A whole proposal in short: its places, its headings, how many blocks of each kind."""

    places: Sequence[BlockAt]
    headings: Sequence[Heading]
    counts: Mapping[BlockKind, int]

    @property
    def total(self) -> int:
        """How many blocks it has."""
        return len(self.places)

    def page_of_piece(self, piece: int) -> int:
        """The first position of the page on which a piece of the source is shown."""
        before = [place.position for place in self.places if place.last_piece is not None and place.last_piece < piece]
        here = next(
            (
                p.position
                for p in self.places
                if p.first_piece is not None and p.first_piece <= piece <= (p.last_piece or 0)
            ),
            None,
        )
        return page_of(here or max(before, default=0) + 1, self.total)


def page_of(position: int, total: int) -> int:
    """The first position of the page that a block is on."""
    return (min(max(position, 1), max(total, 1)) - 1) // PAGE_BLOCKS * PAGE_BLOCKS + 1


def outline_of(proposal: Proposal) -> Outline:
    """A whole proposal in short; two queries, of columns: there are many rows."""
    rows = db.session.execute(
        sa.select(
            ProposedBlock.id,
            ProposedBlock.position,
            ProposedBlock.first_piece,
            ProposedBlock.last_piece,
            ProposedBlock.kind,
        )
        .where(ProposedBlock.proposal_id == proposal.id)
        .order_by(ProposedBlock.position)
    ).all()
    counts: dict[BlockKind, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    headings = db.session.execute(
        sa.select(
            ProposedBlock.id, ProposedBlock.position, ProposedBlock.level, ProposedBlock.number, ProposedBlock.text
        )
        .where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.kind == BlockKind.HEADING)
        .order_by(ProposedBlock.position)
    ).all()
    return Outline(
        [BlockAt(row.id, row.position, row.first_piece, row.last_piece) for row in rows],
        [Heading(*row) for row in headings],
        {kind: counts[kind] for kind in BlockKind if kind in counts},
    )


def rows_from(proposal: Proposal, outline: Outline, start: int) -> list[Row]:
    """A page of blocks beside the pieces of the source that they come from; pieces that became nothing by themselves.

    Args:
        proposal: that is looked at.
        outline: of it.
        start: position of the first block of the page.
    """
    blocks = db.session.scalars(
        sa.select(ProposedBlock)
        .where(
            ProposedBlock.proposal_id == proposal.id,
            ProposedBlock.position.between(start, start + PAGE_BLOCKS - 1),
        )
        .options(joinedload(ProposedBlock.figure))
        .order_by(ProposedBlock.position)
    ).all()
    here = {block.position for block in blocks}
    earlier = [p.last_piece for p in outline.places if p.last_piece is not None and p.position < start]
    own = [(b.first_piece, b.last_piece) for b in blocks if b.first_piece is not None and b.last_piece is not None]
    is_last = start + PAGE_BLOCKS > outline.total
    low = max(earlier, default=-1) + 1
    high = max((last for _first, last in own), default=low - 1)
    within = [SourcePiece.position >= low if is_last else SourcePiece.position.between(low, max(high, low - 1))]
    within += [SourcePiece.position.between(first, last) for first, last in own if first < low]
    pieces = db.session.scalars(
        sa.select(SourcePiece)
        .where(SourcePiece.proposal_id == proposal.id, sa.or_(*within))
        .order_by(SourcePiece.position)
        .limit(20 * PAGE_BLOCKS)
    ).all()
    elsewhere = _covered(place for place in outline.places if place.position not in here)
    return list(_side_by_side(blocks, pieces, elsewhere))


def _covered(places: Iterable[BlockAt]) -> set[int]:
    covered: set[int] = set()
    for place in places:
        if place.first_piece is not None and place.last_piece is not None:
            covered.update(range(place.first_piece, place.last_piece + 1))
    return covered


def _side_by_side(blocks: Sequence[ProposedBlock], pieces: Sequence[SourcePiece], elsewhere: set[int]) -> list[Row]:
    by_position = {piece.position: piece for piece in pieces}
    owned = _covered(BlockAt(b.id, b.position, b.first_piece, b.last_piece) for b in blocks)
    lonely = [piece for piece in pieces if piece.position not in owned and piece.position not in elsewhere]
    rows: list[Row] = []
    shown: set[int] = set()
    for block in blocks:
        if block.first_piece is None or block.last_piece is None:
            rows.append(Row(blocks=[block]))
            continue
        while lonely and lonely[0].position < block.first_piece:
            rows.append(Row(pieces=[lonely.pop(0)]))
        span = range(block.first_piece, block.last_piece + 1)
        mine = [by_position[place] for place in span if place in by_position and place not in shown]
        shown.update(span)
        if not mine and rows and rows[-1].blocks:
            rows[-1].blocks.append(block)  # it comes from the same piece as the block before
        else:
            rows.append(Row(mine, [block]))
    return [*rows, *(Row(pieces=[piece]) for piece in lonely)]


def get_figure(proposal: Proposal, key: int) -> Figure:
    """A picture of a proposal.

    Raises:
        NotFound: none such in it.
    """
    found = (
        None
        if key > KEY_MOST
        else db.session.scalar(
            sa.select(Figure)
            .join(ProposedBlock, ProposedBlock.figure_id == Figure.id)
            .where(ProposedBlock.proposal_id == proposal.id, Figure.id == key)
            .limit(1)
        )
    )
    if found is None:
        raise NotFound
    return found
