"""The illustrated final text: brought, compared with the draft, kept; and which point led to which of its changes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from consult.accounts.actors import Person
from consult.consultations.models import Consultation
from consult.core.db import db
from consult.documents.enums import BlockKind, ProposalState
from consult.documents.importing import Block
from consult.documents.importing.reading import read_source
from consult.documents.models import DocumentVersion, Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import find_predecessor, list_paragraphs
from consult.documents.queries.matching import points_left, undecided
from consult.documents.services.editions import keep_edition
from consult.documents.services.keeping import keep_proposal
from consult.documents.services.matching import decide_matches, match_block
from consult.documents.services.proposing import propose_text
from consult.documents.services.understanding import LEASE, finish_reading, take_reading
from consult.responses.tracing.services import explain_unreflected, give_source, link_changes
from consult.submissions.models import Comment

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Continued:
    """What each place of the final text comes from, and which places of the draft live on in several.

    Args:
        origins: places of the draft by place of the final text; none of what is new.
        shared: places of the draft that are split.
    """

    origins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()


def read_continued(rows: Sequence[Changes], before: Sequence[str], after: Sequence[str]) -> Continued:
    """What continues what, as `changes.toml` says; what it does not name continues what stood at the same place.

    Args:
        rows: its ``continues``.
        before: the places of the draft, in order.
        after: those of the final text.

    Raises:
        ValueError: a row names a place that there is not.
    """
    named = [place for row in rows for place in row["before"]]
    reached = [place for row in rows for place in row["after"]]
    unknown = [*(set(named) - set(before)), *(set(reached) - set(after))]
    if unknown:
        raise ValueError(f"no such places: {', '.join(sorted(unknown))}")
    origins: dict[str, list[str]] = {place: [] for place in after}
    for place in before:
        if place not in named and place in origins and place not in reached:
            origins[place].append(place)
    for row in rows:
        for place in row["after"]:
            origins[place] += row["before"]
    shared = frozenset(place for row in rows if len(row["after"]) > 1 for place in row["before"])
    return Continued(origins, shared)


def places_of(blocks: Sequence[Block | Paragraph | ProposedBlock]) -> list[str]:
    """How the content files call each block: "2.1" for the heading, "2.1 ¶ 4" for the fourth block below it."""
    places: list[str] = []
    section, inside = "", 0
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            section, inside = block.number or " ".join(block.text.split()[:2]), 0
            places.append(section)
        else:
            inside += 1
            places.append(f"{section} ¶ {inside}")
    return places


def load_final(
    consultation: Consultation, sources: Mapping[str, str], changes: Changes, manager: Person, *, now: datetime
) -> DocumentVersion:
    """Bring the final text in every language, decide what the aligner leaves open, and keep it.

    Args:
        consultation: whose round has closed, without an outcome yet.
        sources: Markdown by language.
        changes: `changes.toml`.
        manager: who does it.
        now: the day that days are counted from.
    """
    authentic = consultation.authentic_language
    brought_at, kept_at = (now + timedelta(days=changes[name]) for name in ("proposed_day", "kept_day"))
    proposal = _brought(consultation, sources[authentic], authentic, manager, brought_at)
    _decide(proposal, changes["continues"], manager, kept_at - timedelta(hours=6))
    version = keep_proposal(proposal, actor=manager, now=kept_at - timedelta(hours=5))
    for language in consultation.languages:
        if language != authentic:
            edition = _brought(consultation, sources[language], language, manager, kept_at - timedelta(hours=4))
            keep_edition(edition, actor=manager, now=kept_at - timedelta(hours=3))
    return version


def _brought(consultation: Consultation, source: str, language: str, manager: Person, at: datetime) -> Proposal:
    proposal = propose_text(consultation, None, source, language=language, actor=manager, now=at)
    # What the job does with it; here all is one transaction.
    proposal.state, proposal.leased_until = ProposalState.READING, at + LEASE
    db.session.flush()
    take_reading(proposal.id, read_source(io.BytesIO(source.encode())))
    finish_reading(proposal.id)
    return proposal


def _decide(proposal: Proposal, rows: Sequence[Changes], manager: Person, at: datetime) -> None:
    """Say of each block what it continues, wherever the aligner is not sure or says something else."""
    base = proposal.base
    if base is None:
        raise ValueError("a final text continues the draft")
    paragraphs = list_paragraphs(base)
    blocks = db.session.scalars(
        sa.select(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id).order_by(ProposedBlock.position)
    ).all()
    by_place = dict(zip(places_of(paragraphs), paragraphs, strict=True))
    named = dict(zip(places_of(blocks), blocks, strict=True))
    continued = read_continued(rows, list(by_place), list(named))
    for place, block in named.items():
        origins = [by_place[one] for one in continued.origins[place]]
        there = _matches(proposal, ProposedMatch.block_id == block.id)
        if {row.paragraph_id for row in there} - {None} != {one.id for one in origins}:
            is_shared = any(one in continued.shared for one in continued.origins[place])
            match_block(proposal, block, origins, actor=manager, now=at, shares=is_shared)
    left = _matches(proposal, undecided(points_left(proposal)))
    decide_matches(proposal, {row.id: True for row in left}, actor=manager, now=at)


def _matches(proposal: Proposal, *conditions: sa.ColumnElement[bool]) -> Sequence[ProposedMatch]:
    return db.session.scalars(
        sa.select(ProposedMatch).where(ProposedMatch.proposal_id == proposal.id, *conditions).order_by(ProposedMatch.id)
    ).all()


def load_traces(
    version: DocumentVersion, changes: Changes, comments: Mapping[str, Comment], manager: Person, *, now: datetime
) -> None:
    """Link points with the changes that they led to, and say why where there is none, on either side.

    Args:
        version: the final text.
        changes: `changes.toml`.
        comments: the points by key, answered.
        manager: who does it.
        now: the day that days are counted from.
    """
    at = now + timedelta(days=changes["traced_day"], hours=-1)
    base = find_predecessor(version)
    if base is None:
        raise ValueError("a final text continues the draft")
    keys, former = (
        {place: (version.id, row.eid) for place, row in zip(places_of(rows), rows, strict=True)}
        for rows in (list_paragraphs(version), list_paragraphs(base))
    )
    for key, places in changes["caused"].items():
        link_changes([comments[key]], [keys[place] for place in places], actor=manager, now=at)
    for row in changes["unreflected"]:
        explain_unreflected([comments[key] for key in row["points"]], reason=row["reason"], actor=manager, now=at)
    for row in changes["unasked"]:
        give_source(
            version.consultation,
            [*(keys[place] for place in row.get("places", [])), *(former[place] for place in row.get("former", []))],
            source=row.get("source", {}),
            reason=row.get("reason", {}),
            is_editorial=row.get("editorial", False),
            actor=manager,
            now=at,
        )
