"""A language edition that is in hand beside the authentic text, row by row, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.documents.editions import Misfit, seen_misfits, unit_of
from consult.documents.enums import Continuation
from consult.documents.models import Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries.proposals import PAGE_BLOCKS


@dataclass(frozen=True)
class Beside:
    """One row: the key of a paragraph, that of the block beside it, and how they fit; one key may be missing."""

    paragraph_id: int | None
    block_id: int | None
    continuation: Continuation
    is_decided: bool

    @property
    def fits(self) -> bool:
        """Whether nothing is to be mended here."""
        return self.continuation is Continuation.UNCHANGED


@dataclass(frozen=True)
class Alignment:
    """All rows of an edition, in their order."""

    rows: Sequence[Beside]

    @property
    def misfits(self) -> list[int]:
        """Which rows do not fit, from 0."""
        return [place for place, row in enumerate(self.rows) if not row.fits]

    def count(self, continuation: Continuation) -> int:
        """How many rows are of that kind."""
        return sum(row.continuation is continuation for row in self.rows)

    def row_of_block(self, block_id: int) -> int:
        """The row of a block, from 0; the first where it is in none."""
        return next((place for place, row in enumerate(self.rows) if row.block_id == block_id), 0)


def alignment_of(proposal: Proposal) -> Alignment:
    """All rows, by key; three queries of columns: there are many."""
    paragraphs = db.session.scalars(
        sa.select(Paragraph.id).where(Paragraph.version_id == proposal.base_id).order_by(Paragraph.position)
    ).all()
    blocks = db.session.scalars(
        sa.select(ProposedBlock.id).where(ProposedBlock.proposal_id == proposal.id).order_by(ProposedBlock.position)
    ).all()
    matches = db.session.execute(
        sa.select(
            ProposedMatch.paragraph_id, ProposedMatch.block_id, ProposedMatch.continuation, ProposedMatch.decided_by
        ).where(
            ProposedMatch.proposal_id == proposal.id,
            ProposedMatch.paragraph_id.is_not(None),
            ProposedMatch.block_id.is_not(None),
        )
    ).all()
    of = {row.paragraph_id: row for row in matches}
    rows: list[Beside] = []
    place = 0
    at = {key: number for number, key in enumerate(blocks)}
    for paragraph in paragraphs:
        match = of.get(paragraph)
        if match is None or match.block_id not in at:
            rows.append(Beside(paragraph, None, Continuation.REMOVED, is_decided=False))
            continue
        while place < at[match.block_id]:
            rows.append(Beside(None, blocks[place], Continuation.NEW, is_decided=False))
            place += 1
        place = at[match.block_id] + 1
        rows.append(Beside(paragraph, match.block_id, match.continuation, match.decided_by is not None))
    rows += [Beside(None, key, Continuation.NEW, is_decided=False) for key in blocks[place:]]
    return Alignment(rows)


@dataclass(frozen=True)
class BesideRow:
    """One row as a page shows it.

    Args:
        place: among all rows, from 0.
        row: with its keys.
        paragraph: of the authentic text, if there is one.
        block: of the edition, if there is one.
        after: key of the block behind which one would be inserted here; 0 for the beginning.
        above: the paragraph of the row above, to which a block that does not fit might belong; or None.
        below: the same of the row below.
        misfits: what differs between the two; nothing where they fit.
    """

    place: int
    row: Beside
    paragraph: Paragraph | None
    block: ProposedBlock | None
    after: int
    above: int | None
    below: int | None
    misfits: Sequence[Misfit]


def _offered(row: Beside, neighbour: Beside | None) -> int | None:
    """The paragraph of a neighbouring row, if this row's block might be that one: it does not fit, or that is bare."""
    if row.block_id is None or neighbour is None or (row.fits and neighbour.block_id is not None):
        return None
    return neighbour.paragraph_id


def page_of_alignment(proposal: Proposal, alignment: Alignment, start: int) -> list[BesideRow]:
    """A page of rows with their words; two queries.

    Args:
        proposal: the edition.
        alignment: all of its rows.
        start: place of the first row, from 0.
    """
    rows = alignment.rows[start : start + PAGE_BLOCKS]
    paragraphs = db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.id.in_([row.paragraph_id for row in rows if row.paragraph_id is not None]))
        .order_by(Paragraph.position)
    ).all()
    blocks = db.session.scalars(
        sa.select(ProposedBlock)
        .where(
            ProposedBlock.proposal_id == proposal.id,
            ProposedBlock.id.in_([row.block_id for row in rows if row.block_id is not None]),
        )
        .options(joinedload(ProposedBlock.figure))
        .order_by(ProposedBlock.position)
    ).all()
    left, right = {one.id: one for one in paragraphs}, {one.id: one for one in blocks}
    found = []
    after = next((row.block_id for row in reversed(alignment.rows[:start]) if row.block_id is not None), 0)
    for place, row in enumerate(rows, start=start):
        above = _offered(row, alignment.rows[place - 1] if place else None)
        below = _offered(row, alignment.rows[place + 1] if place + 1 < len(alignment.rows) else None)
        paragraph, block = left.get(row.paragraph_id or 0), right.get(row.block_id or 0)
        found.append(BesideRow(place, row, paragraph, block, after, above, below, _misfits(row, paragraph, block)))
        after = row.block_id or after
    return found


def _misfits(row: Beside, paragraph: Paragraph | None, block: ProposedBlock | None) -> list[Misfit]:
    if row.fits or paragraph is None or block is None:
        return []
    one, other = (unit_of(side.kind, side.level, side.number, side.text) for side in (paragraph, block))
    return seen_misfits(one, other)
