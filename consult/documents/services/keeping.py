"""Keeping a proposed text as the version that it is: from here on what continues what is settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.consultations.services import touch
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.documents.enums import Continuation, Ground, ProposalState, SourceFormat
from consult.documents.importing import Block, assign_eids
from consult.documents.models import DocumentVersion, Edition, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import find_base, find_final_text, is_fixed, is_overtaken
from consult.documents.queries.matching import count_undecided
from consult.documents.queries.proposals import list_in_hand
from consult.documents.services.editions import align_proposal
from consult.documents.services.ending import end_proposal, forget_unused_figures
from consult.documents.services.proposing import (
    lock_all_in_hand,
    lock_in_hand,
    require_may_change,
    require_seen,
    touch_proposal,
)
from consult.documents.services.versions import Link, figures_of_version, make_version
from consult.ledger.services import record
from consult.texts.values import source_digest


def keep_proposal(proposal: Proposal, *, actor: Actor, now: datetime, seen: int | None = None) -> DocumentVersion:
    """Keep a proposed text in the authentic language as the draft of its round, or as the final text.

    What continues a paragraph of the version before gets its eId; why is kept with it for good. Kept again before the
    round opens, the version is replaced. The proposal ends; what is in hand in other languages is aligned anew.

    Args:
        proposal: ready, with nothing left to decide.
        actor: who keeps it, and by that confirms what nobody decided by hand.
        now: when.
        seen: the version of the proposal that was looked at; None does not ask.

    Raises:
        InvalidTransition: the round was opened, the outcome is recorded, or something is not decided yet.
        BadInput: not the authentic language, or no words.
        Conflict: it was kept or dropped meanwhile, or another version continues the one that it would replace.
    """
    consultation, round_ = proposal.consultation, proposal.of_round
    require_may_change(consultation, round_, proposal.language, now=now)
    lock_all_in_hand(consultation, round_)
    lock_in_hand(proposal, ProposalState.READY)
    require_seen(proposal, seen)
    rows = _keepable(proposal)
    former = figures_of_version(consultation, round_)
    blocks = [Block(row.kind, row.level, row.number, row.text) for row in rows]
    if proposal.source_format is not SourceFormat.VERSION:  # else links inside lead to eIds that stay
        blocks = assign_eids(blocks)
    version = make_version(
        consultation,
        round_,
        blocks,
        figures={place: row.figure_id for place, row in enumerate(rows) if row.figure_id is not None},
        base=proposal.base,
        links=_links(proposal, rows) if proposal.base is not None else [],
        actor=actor,
        now=now,
    )
    digest = proposal.source_sha256 or source_digest("\n\n".join(row.text for row in rows))
    version.editions.append(
        Edition(language=proposal.language, source_format=proposal.source_format, source_digest=digest, imported_at=now)
    )
    end_proposal(proposal, ProposalState.KEPT, now=now)
    forget_unused_figures(former)
    _align_editions(consultation, round_, version)
    touch(consultation)
    record(
        "desk:document:keep",
        version,
        actor=actor,
        now=now,
        content={"language": proposal.language, "source": digest, "base": proposal.base_id or 0},
    )
    return version


def why_overtaken(consultation: Consultation) -> str:
    """Why the final text that is kept is not what the process ends with; empty where it is, or where there is none."""
    version = find_final_text(consultation)
    if version is None or is_fixed(version) or not is_overtaken(version):
        return ""
    return _(
        "A round was opened after the final text was kept, and that text does not continue the draft of this round. "
        "Bring the final text anew before the outcome is recorded."
    )


def warn_of_text_not_kept(consultation: Consultation) -> list[str]:
    """What whoever records the outcome should know of the final text, in sentences: after it none can be kept."""
    if list_in_hand(consultation, None):
        return [_("A final text is in hand and not kept yet. Once the outcome is recorded it can no longer be kept.")]
    if find_final_text(consultation) is None:
        return [_("No final text is kept here. Once the outcome is recorded, none can be brought.")]
    return []


def warn_of_kept_text(round_: Round) -> list[str]:
    """What whoever opens a round after the final text was kept should know, in sentences."""
    if find_final_text(round_.consultation) is None:
        return []
    return [
        _(
            "A final text is kept already. It does not continue the draft of this round: bring it anew once this round "
            "is over, before the outcome is recorded."
        )
    ]


def _keepable(proposal: Proposal) -> Sequence[Any]:
    """The blocks of a proposal that can be kept.

    Raises:
        InvalidTransition, BadInput, Conflict: what `keep_proposal` says.
    """
    consultation = proposal.consultation
    if proposal.language != consultation.authentic_language:
        raise BadInput(_("Only the text in the authentic language makes a version."))
    base = find_base(consultation, proposal.of_round)
    if (base.id if base else None) != proposal.base_id:
        raise Conflict(
            _("Another version has come before this text since it was brought. Drop it, and bring the text once more.")
        )
    undecided = count_undecided(proposal)
    if undecided:
        raise InvalidTransition(
            ngettext(
                "%(num)s match is not decided yet. Decide it first.",
                "%(num)s matches are not decided yet. Decide them first.",
                undecided,
            )
        )
    rows = _blocks(proposal)
    if not rows:
        raise BadInput(_("There is no text here."))
    return rows


def _align_editions(consultation: Consultation, round_: Round | None, version: DocumentVersion) -> None:
    """Align what is in hand in other languages anew, with the text that was kept just now."""
    for other in list_in_hand(consultation, round_).values():
        if other.state is ProposalState.READY and other.language != consultation.authentic_language:
            other.base = version
            touch_proposal(other)
            align_proposal(other)


def _blocks(proposal: Proposal) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            ProposedBlock.id,
            ProposedBlock.kind,
            ProposedBlock.level,
            ProposedBlock.number,
            ProposedBlock.text,
            ProposedBlock.figure_id,
        )
        .where(ProposedBlock.proposal_id == proposal.id)
        .order_by(ProposedBlock.position)
    ).all()


def _links(proposal: Proposal, rows: Sequence[Any]) -> list[Link]:
    places = {row.id: place for place, row in enumerate(rows)}
    matches = db.session.execute(
        sa.select(
            ProposedMatch.paragraph_id,
            ProposedMatch.block_id,
            ProposedMatch.continuation,
            ProposedMatch.likeness,
            ProposedMatch.decided_by,
        )
        .where(ProposedMatch.proposal_id == proposal.id)
        .order_by(ProposedMatch.id)
    ).all()
    return [
        Link(
            row.paragraph_id,
            places[row.block_id] if row.block_id is not None else None,
            row.continuation,
            _ground(row, is_edited_here=proposal.source_format is SourceFormat.VERSION),
            row.likeness,
        )
        for row in matches
    ]


_SAME = {Continuation.UNCHANGED, Continuation.MOVED}


def _ground(row: Any, *, is_edited_here: bool) -> Ground:
    if is_edited_here:
        return Ground.SAME_WORDS if row.continuation in _SAME else Ground.EDITED_HERE
    if row.decided_by is not None:
        return Ground.BY_HAND
    return Ground.SAME_WORDS if row.continuation in _SAME else Ground.SIMILAR_WORDS
