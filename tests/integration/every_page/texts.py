"""Texts that were brought, for the walk: a draft, its edition, and a final text that replaces one."""

from __future__ import annotations

import base64

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.db import db
from consult.documents.enums import BlockKind
from consult.documents.models import Figure, Paragraph, ProposedBlock, ProposedMatch
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.queries.proposals import get_in_hand
from consult.documents.services.keeping import keep_proposal
from consult.documents.services.proposing import propose_from_version, propose_text
from consult.files.kinds import Kind
from consult.jobs import sweep
from tests.support import build

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def texts_in_hand(setup: Round, over: Round, staff: build.Desk) -> dict[str, dict[str, int]]:
    """A draft with a picture and its edition, and a final text that replaces one: brought, read and not kept yet."""
    now = utc_now()
    for language, words in (("en", "# 1 A heading in en.\n\nWords in en."), ("ar", "# 1 عنوان\n\nكلمات.\n\nأكثر.")):
        propose_text(setup.consultation, setup, words, language=language, actor=staff.manager, now=now)
    for time in range(2):
        final = propose_from_version(over.consultation, None, language="en", actor=staff.manager, now=now)
        if time == 0:
            keep_proposal(final, actor=staff.manager, now=now)
    db.session.commit()
    sweep()
    found = {}
    for name, in_hand in (("en", (setup, "en")), ("ar", (setup, "ar")), ("final", (None, "en"))):
        proposal = get_in_hand(setup.consultation if in_hand[0] else over.consultation, *in_hand)
        last = db.session.scalars(
            sa.select(ProposedBlock)
            .where(ProposedBlock.proposal_id == proposal.id)
            .order_by(ProposedBlock.position.desc())
        ).first()
        assert last is not None
        last.figure = Figure(sha256=file_store().put(DOT), kind=Kind.PNG, width=1, height=1)
        last.kind, last.number = BlockKind.FIGURE, ""
        db.session.flush()
        match = sa.select(sa.func.min(ProposedMatch.id)).where(ProposedMatch.proposal_id == proposal.id)
        found[name] = {"block_key": last.id, "figure_key": last.figure.id, "match_key": db.session.scalar(match) or 0}
    db.session.commit()
    return found


def figure_in(round_: Round) -> int:
    """A picture at the end of the draft of a round that is set up; its key."""
    version = get_version(round_)
    figure = Figure(sha256=file_store().put(DOT), kind=Kind.PNG, width=1, height=1)
    db.session.add(figure)
    db.session.flush()
    last = list_paragraphs(version)[-1]
    db.session.add(
        Paragraph(
            version_id=version.id, eid=f"{last.eid}0", position=last.position + 1, kind=BlockKind.FIGURE, level=0,
            number="", inside=last.inside + 1, text="A map in en.", figure_id=figure.id,
        )
    )  # fmt: skip
    db.session.flush()
    return figure.id
