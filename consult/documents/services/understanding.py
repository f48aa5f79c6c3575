"""What the job does with a file that was brought: taking it up, telling how far it is, writing what was understood."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.core.context import file_store
from consult.core.db import db, unit_of_work
from consult.core.guessing import proposal as guess_other
from consult.core.leasing import is_free, lease
from consult.core.orphans import lock_bytes
from consult.documents.enums import BlockKind, ProposalState
from consult.documents.importing.structure import ReadText
from consult.documents.models import Figure, Proposal, ProposedBlock, SourcePiece
from consult.documents.services.editions import align_proposal
from consult.documents.services.ending import figures_of, forget_reading, forget_unused_figures
from consult.documents.services.matching import propose_matches

MAX_ATTEMPTS = 3
# Reading tells of itself far more often than this; a worker that was killed keeps nobody waiting longer.
LEASE = timedelta(minutes=2)
BROKEN_OFF = "broken_off"
"""The problem of a file at which the worker failed each time, beside the codes of `UnreadableCode`."""
SEEMS_TO_BE = "seems_to_be"
"""The finding that the words seem to be in another language, beside the codes of `FindingCode`; its detail is which."""
LANGUAGE_LOOKS_AT = 20_000
"""Characters of a text that tell its language."""


def lease_proposal(*, now: datetime) -> int | None:
    """Take up a file that waits to be read, so that no other worker reads it meanwhile; its key, or None.

    One that was tried too often is refused: something about it breaks the reading off.
    """
    waits = Proposal.state.in_([ProposalState.WAITING, ProposalState.READING])
    with unit_of_work() as session:
        session.execute(
            sa.update(Proposal)
            .where(waits, is_free(Proposal, now), Proposal.attempts >= MAX_ATTEMPTS)
            .values(state=ProposalState.REFUSED, problem=BROKEN_OFF, leased_until=None, version=Proposal.version + 1),
            execution_options={"synchronize_session": False},
        )
    begun = {"state": ProposalState.READING, "done": 0}
    return lease(Proposal, waits, order=[Proposal.id], lasts=LEASE, most=MAX_ATTEMPTS, now=now, values=begun)


def keep_progress(proposal_id: int, done: int, *, now: datetime) -> bool:
    """Tell how far the reading is, and hold on to it; whether it is still wanted."""
    with unit_of_work() as session:
        found: Any = session.execute(
            sa.update(Proposal)
            .where(Proposal.id == proposal_id, Proposal.state == ProposalState.READING)
            .values(done=max(0, min(done, 99)), leased_until=now + LEASE),
            execution_options={"synchronize_session": False},
        )
        return bool(found.rowcount)


def take_reading(proposal_id: int, read: ReadText) -> bool:
    """Write what was understood; the bytes of pictures are on disk before that. Whether it is still wanted."""
    proposal = _still_wanted(proposal_id)
    if proposal is None:
        return False
    figures = figures_of(proposal)
    forget_reading(proposal)
    forget_unused_figures(figures)  # of an attempt that was killed after it had written
    keys = [_keep_figure(one.content, one.kind, one.width, one.height) for one in read.figures]
    proposal.source_format = read.format
    proposal.findings = [
        {"code": str(f.code), "count": f.count, "places": list(f.places), "details": list(f.details)}
        for f in read.findings
    ]
    other = _other_language(read, proposal.language)
    if other:
        proposal.findings.append({"code": SEEMS_TO_BE, "count": 1, "places": [], "details": [other]})
    pieces = [
        {"proposal_id": proposal.id, "position": place, "label": piece.label, "text": piece.text}
        for place, piece in enumerate(read.pieces)
    ]
    blocks = [
        {
            "proposal_id": proposal.id,
            "position": place,
            "kind": block.kind,
            "level": block.level,
            "number": block.number,
            "text": block.text,
            "figure_id": None if block.figure is None else keys[block.figure],
            "first_piece": block.first_piece,
            "last_piece": block.last_piece,
        }
        for place, block in enumerate(read.blocks, start=1)
    ]
    for model, rows in ((SourcePiece, pieces), (ProposedBlock, blocks)):
        if rows:
            db.session.execute(sa.insert(model), rows)
    db.session.flush()
    return True


def _other_language(read: ReadText, language: str) -> str:
    """The code of the language that a text clearly is in, where that is not the one it was brought in."""
    words = "\n".join(block.text for block in read.blocks if block.kind is not BlockKind.CODE)
    return guess_other(words[:LANGUAGE_LOOKS_AT], language)


def _keep_figure(content: bytes, kind: Any, width: int, height: int) -> int:
    lock_bytes(db.session, file_store().digest(content))
    figure = Figure(sha256=file_store().put(content), kind=kind, width=width, height=height)
    db.session.add(figure)
    db.session.flush()
    return figure.id


def finish_reading(proposal_id: int) -> bool:
    """Propose what each block continues, or which paragraph it is in another language; then it can be looked at."""
    proposal = _still_wanted(proposal_id)
    if proposal is None:
        return False
    match_again(proposal)
    proposal.state, proposal.done, proposal.leased_until = ProposalState.READY, 100, None
    db.session.flush()
    return True


def match_again(proposal: Proposal) -> None:
    """Propose anew what the blocks are in the version that the proposal is compared or aligned with."""
    if proposal.base_id is None:
        return
    if proposal.language == proposal.consultation.authentic_language:
        propose_matches(proposal)
    else:
        align_proposal(proposal)


def refuse_proposal(proposal_id: int, code: str) -> None:
    """Keep why a file cannot be read, for the desk to show."""
    proposal = _still_wanted(proposal_id)
    if proposal is not None:
        proposal.state, proposal.problem, proposal.leased_until = ProposalState.REFUSED, code, None
        db.session.flush()


def let_go(proposal_id: int, *, now: datetime) -> None:
    """After an error that says nothing of the file: another attempt, a little later."""
    proposal = _still_wanted(proposal_id)
    if proposal is not None:
        proposal.leased_until = now + LEASE
        db.session.flush()


def _still_wanted(proposal_id: int) -> Proposal | None:
    return db.session.scalar(
        sa.select(Proposal)
        .where(Proposal.id == proposal_id, Proposal.state == ProposalState.READING)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    )
