"""Versions of a text that follow each other, as managers make them."""

from __future__ import annotations

import sqlalchemy as sa

from consult.consultations import services as consultations
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.enums import Continuation, ProposalState
from consult.documents.importing import read_markdown
from consult.documents.models import DocumentVersion, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import list_paragraphs
from consult.documents.services import import_document
from consult.documents.services.matching import decide_matches
from consult.documents.services.proposing import propose_text
from consult.documents.services.understanding import match_again
from tests.support import build
from tests.support.build import Desk

BEFORE = """# 1 Aim

Everybody is heard before a mine is opened in a valley.

Reserved.

The fund pays for the clearing of old mines, for schools in the villages and for the roads that lead to them.

# 2 Scope

Reserved.

It holds for every mine that is deeper than ten metres.

Nobody loses a house without a new one.
"""
AFTER = """# 1 Aim

Everybody is heard before any mine is opened in a valley.

Reserved.

The fund pays for the clearing of old mines.

It pays for schools in the villages and for the roads that lead to them.

# 2 Scope

Nobody loses a house without a new one.

Reserved.

A wholly other sentence about rivers and fish stands here now.
"""


def following(staff: Desk, round_: Round) -> Round:
    """The next round, being set up."""
    build.close(round_)
    return consultations.create_round(round_.consultation, actor=staff.manager, now=utc_now())


def proposed(staff: Desk, round_: Round, source: str, *, language: str = "en") -> Proposal:
    """A text that was brought for a round and read."""
    proposal = propose_text(round_.consultation, round_, source, language=language, actor=staff.manager, now=utc_now())
    proposal.state = ProposalState.READY
    for position, block in enumerate(read_markdown(source), start=1):
        db.session.add(
            ProposedBlock(
                proposal_id=proposal.id, position=position, kind=block.kind, level=block.level, number=block.number,
                text=block.text,
            )
        )  # fmt: skip
    db.session.flush()
    match_again(proposal)
    return proposal


def first_version(staff: Desk, source: str = BEFORE) -> Round:
    """A round that is open, with this draft."""
    round_ = build.consultation_in_setup(staff.host, staff.manager)
    import_document(round_, source, language="en", actor=staff.manager, now=utc_now())
    consultations.open_round(round_, actor=staff.manager, now=utc_now())
    return round_


def matches(proposal: Proposal) -> list[tuple[str, str, Continuation, bool]]:
    """Beginnings of both sides, what is said of them, and whether it is sure."""
    rows = db.session.scalars(sa.select(ProposedMatch).where(ProposedMatch.proposal_id == proposal.id)).all()
    return [
        (
            row.paragraph.text[:12] if row.paragraph else "",
            row.block.text[:12] if row.block else "",
            row.continuation,
            row.is_certain,
        )
        for row in rows
    ]


def decide_all(staff: Desk, proposal: Proposal) -> None:
    """Confirm every match as it is proposed."""
    keys = db.session.scalars(sa.select(ProposedMatch.id).where(ProposedMatch.proposal_id == proposal.id)).all()
    decide_matches(proposal, dict.fromkeys(keys, True), actor=staff.manager, now=utc_now())


def eids(version: DocumentVersion) -> dict[str, str]:
    """By the beginning of each block."""
    return {paragraph.text[:12]: paragraph.eid for paragraph in list_paragraphs(version)}
