"""What goes when a proposed text is kept or dropped: its file, what was understood of it, pictures nobody names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from consult.core.context import file_store
from consult.core.db import db
from consult.core.orphans import forget_after_commit
from consult.documents.enums import ProposalState
from consult.documents.models import (
    Figure,
    Paragraph,
    Proposal,
    ProposalStep,
    ProposedBlock,
    ProposedMatch,
    SourcePiece,
)

AT_ONCE = 500


def end_proposal(proposal: Proposal, state: ProposalState, *, now: datetime) -> None:
    """End a proposal; its row stays, without its file, its pieces, blocks and matches.

    Args:
        proposal: in hand; locked by whoever ends it.
        state: kept or dropped.
        now: when.
    """
    figures = figures_of(proposal)
    forget_reading(proposal)
    proposal.state, proposal.ended_at, proposal.leased_until = state, now, None
    digest, proposal.source_sha256 = proposal.source_sha256, None
    proposal.findings = []
    db.session.flush()
    forget_unused_figures(figures)
    if digest is not None:
        forget_after_commit(file_store(), digest)


def forget_reading(proposal: Proposal) -> None:
    """Delete what was understood of a file, so that it can be read anew, or the proposal ended."""
    # Matches first: they name blocks, and what goes by cascade goes row by row.
    for model in (ProposedMatch, ProposalStep, ProposedBlock, SourcePiece):
        db.session.execute(
            sa.delete(model).where(model.proposal_id == proposal.id), execution_options={"synchronize_session": False}
        )
        for row in [row for row in db.session.identity_map.values() if isinstance(row, model)]:
            if row.proposal_id == proposal.id:
                db.session.expunge(row)


def figures_of(proposal: Proposal) -> set[int]:
    """The pictures that a proposal names, also those of blocks that could be taken back."""
    named = set(
        db.session.scalars(
            sa.select(ProposedBlock.figure_id).where(
                ProposedBlock.proposal_id == proposal.id, ProposedBlock.figure_id.is_not(None)
            )
        )
    )
    steps = db.session.scalars(sa.select(ProposalStep.changes).where(ProposalStep.proposal_id == proposal.id))
    return {key for key in named if key is not None} | {
        block["figure_id"] for changes in steps for change in changes for block in change["was"] if block["figure_id"]
    }


def forget_unused_figures(keys: Collection[int]) -> None:
    """Delete the pictures among these that no paragraph and no proposal names any more, and their files."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        figures = db.session.scalars(
            sa.select(Figure).where(
                Figure.id.in_(some),
                ~sa.exists().where(Paragraph.figure_id == Figure.id),
                ~sa.exists().where(ProposedBlock.figure_id == Figure.id),
            )
        ).all()
        for figure in figures:
            db.session.delete(figure)
        db.session.flush()
        for digest in sorted({figure.sha256 for figure in figures}):
            forget_after_commit(file_store(), digest)
