"""What a proposed text continues: said by the aligner, decided by a manager where it is not sure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.documents.aligning import Match, Words, align, likeness_of
from consult.documents.enums import Continuation, ProposalState
from consult.documents.models import Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.services.proposing import lock_in_hand
from consult.ledger.services import record

_MATCH = (
    ProposedMatch.paragraph_id,
    ProposedMatch.block_id,
    ProposedMatch.continuation,
    ProposedMatch.likeness,
    ProposedMatch.is_certain,
    ProposedMatch.decided_by,
)
_BLOCK = ("id", "kind", "level", "number", "text")


def propose_matches(proposal: Proposal) -> None:
    """Say anew what the blocks of a proposal continue; what a manager decided stays, in the words that fit it now.

    Called when the blocks are there, and after every change of them: what was matched before, and says still what it
    said, stays matched without being looked for again.

    Args:
        proposal: with its blocks; one without a version before has nothing to continue.
    """
    if proposal.base_id is None:
        return
    olds = _rows(Paragraph, Paragraph.version_id == proposal.base_id)
    news = _rows(ProposedBlock, ProposedBlock.proposal_id == proposal.id)
    place_of, place_in = _places(olds), _places(news)
    db.session.flush()
    former = db.session.execute(
        sa.select(*_MATCH).where(ProposedMatch.proposal_id == proposal.id).order_by(ProposedMatch.id)
    ).all()
    decided = {(row.paragraph_id, row.block_id): row.decided_by for row in former if row.decided_by is not None}
    known = [
        Match(
            place_of.get(row.paragraph_id), place_in.get(row.block_id), row.continuation, row.likeness, row.is_certain
        )
        for row in former
        if row.decided_by is not None or _holds(row, olds, news, place_of, place_in)
    ]
    found = align(_words(olds), _words(news), [one for one in known if one.old is not None or one.new is not None])
    rows = []
    for match in found:
        paragraph = olds[match.old].id if match.old is not None else None
        block = news[match.new].id if match.new is not None else None
        by = decided.get((paragraph, block))
        rows.append(
            {
                "proposal_id": proposal.id,
                "paragraph_id": paragraph,
                "block_id": block,
                "continuation": match.continuation,
                "likeness": match.likeness,
                "is_certain": by is not None or match.is_certain,
                "decided_by": by,
            }
        )
    _replace(proposal, rows)


def _rows(model: type[Paragraph] | type[ProposedBlock], condition: sa.ColumnElement[bool]) -> Sequence[Any]:
    """As columns: there are thousands."""
    columns = [getattr(model, name) for name in _BLOCK]
    return db.session.execute(sa.select(*columns).where(condition).order_by(model.position)).all()


def _places(rows: Iterable[Any]) -> dict[int, int]:
    return {row.id: place for place, row in enumerate(rows)}


def _words(rows: Iterable[Any]) -> list[Words]:
    return [Words(row.kind, row.text, row.number, row.level) for row in rows]


def _holds(
    row: Any, olds: Sequence[Any], news: Sequence[Any], place_of: Mapping[int, int], place_in: Mapping[int, int]
) -> bool:
    """Whether a pair that was found earlier still says what it said."""
    if row.paragraph_id is None or row.block_id is None:
        return False
    old, new = place_of.get(row.paragraph_id), place_in.get(row.block_id)
    if old is None or new is None or row.continuation in {Continuation.SPLIT, Continuation.MERGED}:
        return False
    return likeness_of(olds[old].text, news[new].text) == int(row.likeness)


def _replace(proposal: Proposal, rows: Sequence[Mapping[str, Any]]) -> None:
    db.session.execute(sa.delete(ProposedMatch).where(ProposedMatch.proposal_id == proposal.id))
    for start in range(0, len(rows), 2_000):
        db.session.execute(sa.insert(ProposedMatch), list(rows[start : start + 2_000]))


def decide_matches(proposal: Proposal, answers: Mapping[int, bool], *, actor: Actor, now: datetime) -> int:
    """Decide several matches as they stand, or against them.

    Args:
        proposal: ready to be looked at.
        answers: key of a match to whether it is right; one that is wrong leaves a new block and a removed paragraph,
            each unless it has another match. Of what is said to be new or removed only "right" can be answered.
        actor: who decides.
        now: when.

    Returns:
        How many were decided; those that are gone meanwhile are not.

    Raises:
        Conflict: it has been kept or dropped meanwhile.
    """
    lock_in_hand(proposal, ProposalState.READY)
    rows = {row.id: row for row in _matches(proposal, ProposedMatch.id.in_(list(answers)))}
    for key, row in sorted(rows.items()):
        if answers[key]:
            row.decided_by, row.is_certain = actor.actor_id, True
        elif row.paragraph_id is not None and row.block_id is not None:
            db.session.delete(row)
            db.session.flush()
            _stand_alone(proposal, [row.paragraph_id], [row.block_id], decided_by=actor.actor_id)
    _tell_anew(proposal, [row.paragraph_id for row in rows.values()], [row.block_id for row in rows.values()])
    record("desk:proposal:match", proposal, actor=actor, now=now, content={"matches": len(rows)})
    return len(rows)


def match_block(
    proposal: Proposal,
    block: ProposedBlock,
    paragraphs: Sequence[Paragraph],
    *,
    actor: Actor,
    now: datetime,
    shares: bool = False,
) -> None:
    """Decide by hand what one block continues.

    Args:
        proposal: ready to be looked at.
        block: of it.
        paragraphs: of the version before: none for a new block, several for one that they are merged into.
        actor: who decides.
        now: when.
        shares: the paragraph lives on in other blocks too, so it is split; else this block alone continues it.

    Raises:
        BadInput: a paragraph of another version.
        Conflict: it has been kept or dropped meanwhile.
    """
    lock_in_hand(proposal, ProposalState.READY)
    if any(one.version_id != proposal.base_id for one in paragraphs):
        raise BadInput(_("This paragraph is not in the version before."), "paragraph")
    wanted = {one.id for one in paragraphs}
    left: set[int] = set()
    for row in _matches(proposal, ProposedMatch.block_id == block.id):
        left |= {row.paragraph_id} if row.paragraph_id is not None else set()
        db.session.delete(row)
    freed: set[int] = set()
    for row in _matches(proposal, ProposedMatch.paragraph_id.in_(sorted(wanted))):
        if row.block_id == block.id:
            continue
        if row.block_id is not None and shares:
            row.decided_by, row.is_certain = actor.actor_id, True
        else:
            freed |= {row.block_id} if row.block_id is not None else set()
            db.session.delete(row)
    db.session.flush()
    for key in sorted(wanted):
        db.session.add(_pair(proposal, key, block.id, Continuation.EDITED, actor.actor_id))
    db.session.flush()
    if not wanted:
        _stand_alone(proposal, [], [block.id], decided_by=actor.actor_id)
    # Whatever lost its partner by this waits for a decision of its own.
    _stand_alone(proposal, left - wanted, freed, decided_by=None)
    _tell_anew(proposal, [*left, *wanted], [block.id, *freed])
    record("desk:proposal:match", proposal, actor=actor, now=now, content={"matches": 1})


def _matches(proposal: Proposal, condition: sa.ColumnElement[bool]) -> Sequence[ProposedMatch]:
    return db.session.scalars(
        sa.select(ProposedMatch)
        .where(ProposedMatch.proposal_id == proposal.id, condition)
        .order_by(ProposedMatch.id)
        .with_for_update()
    ).all()


def _pair(
    proposal: Proposal, paragraph: int | None, block: int | None, kind: Continuation, by: int | None
) -> ProposedMatch:
    return ProposedMatch(
        proposal_id=proposal.id, paragraph_id=paragraph, block_id=block, continuation=kind, likeness=0,
        is_certain=by is not None, decided_by=by,
    )  # fmt: skip


def _stand_alone(
    proposal: Proposal, paragraphs: Collection[int], blocks: Collection[int], *, decided_by: int | None
) -> None:
    """Let what has no match any more be removed, or new."""
    rows = _matches(
        proposal,
        sa.or_(ProposedMatch.paragraph_id.in_(sorted(paragraphs)), ProposedMatch.block_id.in_(sorted(blocks))),
    )
    have_old, have_new = {row.paragraph_id for row in rows}, {row.block_id for row in rows}
    for key in sorted(set(paragraphs) - have_old):
        db.session.add(_pair(proposal, key, None, Continuation.REMOVED, decided_by))
    for key in sorted(set(blocks) - have_new):
        db.session.add(_pair(proposal, None, key, Continuation.NEW, decided_by))
    db.session.flush()


def _tell_anew(proposal: Proposal, paragraphs: Iterable[int | None], blocks: Iterable[int | None]) -> None:
    """Say of these pairs how they continue: split where the paragraph has several, merged where the block has."""
    olds = {key for key in paragraphs if key is not None}
    news = {key for key in blocks if key is not None}
    rows = _matches(
        proposal, sa.or_(ProposedMatch.paragraph_id.in_(sorted(olds)), ProposedMatch.block_id.in_(sorted(news)))
    )
    olds |= {row.paragraph_id for row in rows if row.paragraph_id is not None}
    news |= {row.block_id for row in rows if row.block_id is not None}
    rows = _matches(
        proposal, sa.or_(ProposedMatch.paragraph_id.in_(sorted(olds)), ProposedMatch.block_id.in_(sorted(news)))
    )
    texts = _texts_of(Paragraph, olds)
    words = _texts_of(ProposedBlock, news)
    for row in rows:
        if row.paragraph_id is None or row.block_id is None:
            continue
        row.likeness = likeness_of(texts[row.paragraph_id], words[row.block_id])
        if sum(one.paragraph_id == row.paragraph_id and one.block_id is not None for one in rows) > 1:
            row.continuation = Continuation.SPLIT
        elif sum(one.block_id == row.block_id and one.paragraph_id is not None for one in rows) > 1:
            row.continuation = Continuation.MERGED
        else:
            is_moved = row.continuation in {Continuation.MOVED, Continuation.MOVED_EDITED}
            row.continuation = _kind(is_same=row.likeness == 1000, is_moved=is_moved)
    db.session.flush()


def _texts_of(model: type[Paragraph] | type[ProposedBlock], keys: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(model.id, model.text).where(model.id.in_(sorted(keys))))
    return {row.id: row.text for row in rows}


def _kind(*, is_same: bool, is_moved: bool) -> Continuation:
    if is_moved:
        return Continuation.MOVED if is_same else Continuation.MOVED_EDITED
    return Continuation.UNCHANGED if is_same else Continuation.EDITED
