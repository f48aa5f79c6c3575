"""Mending what was understood of a text: each act can be taken back, and nobody's words get lost.

Whoever mends says what they saw of the block. Where it says something else by now they are told, and their words stay
on their page; what somebody else does elsewhere in the text does not stand in the way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.core.db import db
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.enums import BlockKind, Continuation, ProposalState
from consult.documents.importing import MAX_BLOCKS
from consult.documents.mending import LEVELS, Shape, edited, merge, part, renumber
from consult.documents.models import Proposal, ProposalStep, ProposedBlock, ProposedMatch
from consult.documents.queries.proposals import find_last_step
from consult.documents.services.proposing import lock_in_hand, touch_proposal
from consult.documents.services.understanding import match_again

STEPS_KEPT = 100
_FIELDS = ("kind", "level", "number", "text", "figure_id", "first_piece", "last_piece")


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the block since it was on the page.

    Args:
        message: what to tell the person.
        stored: the block as it is now; None where it is gone.
    """

    def __init__(self, message: str, stored: Shape | None) -> None:
        super().__init__(message)
        self.stored = stored


def shape_of(block: ProposedBlock) -> Shape:
    """A block as a plain value."""
    return Shape(id=block.id, **{name: getattr(block, name) for name in _FIELDS})


def edit_block(
    proposal: Proposal,
    block_id: int,
    *,
    seen: str,
    kind: BlockKind,
    level: int,
    number: str,
    text: str,
    actor: Actor,
) -> bool:
    """Change the words, kind, level or number of a block.

    Args:
        proposal: ready to be looked at.
        block_id: key of the block.
        seen: `Shape.seen` of it as it was on the page.
        kind: what it is.
        level: of a heading; 0 for others.
        number: of a heading, or the marker of an item.
        text: Markdown; a paragraph is parted at empty lines.
        actor: who edits.

    Returns:
        Whether anything changed.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: what `mending.edited` says.
    """
    place, block = _locked(proposal, block_id, seen)
    wanted = _typed(block, kind=kind, level=level, number=number, text=text)
    if wanted == [block]:
        return False
    _act(proposal, "edit", [_splice(proposal, place, 1, wanted)], actor)
    return True


def _typed(block: Shape, *, kind: BlockKind, level: int, number: str, text: str) -> list[Shape]:
    """A block with what was typed; words of a paragraph with an empty line between them are two."""
    if kind is BlockKind.TEXT and "\n\n" in text.replace("\r\n", "\n").strip():
        return part(replace(block, kind=kind, level=0, number=number, figure_id=None), text)
    return [edited(block, kind=kind, level=level, number=number, text=text)]


def split_block(proposal: Proposal, block_id: int, *, seen: str, text: str, actor: Actor) -> int:
    """Part a block where an empty line stands in these words; returns in how many.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: what `mending.part` says.
    """
    place, block = _locked(proposal, block_id, seen)
    parts = part(block, text)
    _act(proposal, "split", [_splice(proposal, place, 1, parts)], actor)
    return len(parts)


def merge_blocks(proposal: Proposal, block_id: int, *, seen: str, actor: Actor) -> None:
    """Join a block with the one behind it.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: nothing stands behind it, or the two cannot be one.
    """
    place, block = _locked(proposal, block_id, seen)
    behind = _shapes(proposal, place + 1, 1)
    if not behind:
        raise BadInput(_("Nothing stands behind it."))
    _act(proposal, "merge", [_splice(proposal, place, 2, [merge(block, behind[0])], heirs={1: 0})], actor)


def move_block(proposal: Proposal, block_id: int, steps: int, *, seen: str, actor: Actor) -> None:
    """Move a block up or down by that many places; at the ends it stays.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
    """
    place, block = _locked(proposal, block_id, seen)
    target = max(1, min(place + steps, _count(proposal)))
    low, high = min(place, target), max(place, target)
    shapes = _shapes(proposal, low, high - low + 1)
    if len(shapes) < 2:
        return
    order = [one for one in shapes if one.id != block.id]
    order.insert(target - low, block)
    _act(proposal, "move", [_splice(proposal, low, len(shapes), order)], actor)


def delete_block(proposal: Proposal, block_id: int, *, seen: str, actor: Actor) -> None:
    """Take a block out.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: it is the only one.
    """
    place, _block = _locked(proposal, block_id, seen)
    if _count(proposal) == 1:
        raise BadInput(_("This is the only block. Drop the whole text instead."))
    _act(proposal, "delete", [_splice(proposal, place, 1, [])], actor)


def insert_block(
    proposal: Proposal,
    after_id: int | None,
    *,
    kind: BlockKind,
    level: int,
    number: str,
    text: str,
    actor: Actor,
) -> int:
    """Put a new block behind another, or before all; returns its key.

    Args:
        proposal: ready to be looked at.
        after_id: key of the block before it; None for the beginning.
        kind: what it is; no figure.
        level: of a heading.
        number: of a heading, or the marker of an item.
        text: Markdown; a paragraph is parted at empty lines.
        actor: who inserts it.

    Raises:
        ChangedMeanwhile: the block before it is gone.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: what `mending.edited` says, or too many blocks.
    """
    lock_in_hand(proposal, ProposalState.READY)
    before = 0 if after_id is None else _place_of(proposal, after_id)
    made = _typed(Shape(BlockKind.TEXT, 0, "", ""), kind=kind, level=level, number=number, text=text)
    _act(proposal, "insert", [_splice(proposal, before + 1, 0, made)], actor)
    return _shapes(proposal, before + 1, 1)[0].id or 0


def renumber_headings(
    proposal: Proposal, block_id: int, *, seen: str, start: str, unnumbered: bool, actor: Actor
) -> int:
    """Give a heading a number and count on from it, through those below it and after it on its level.

    Args:
        proposal: ready to be looked at.
        block_id: key of the heading.
        seen: `Shape.seen` of it as it was on the page.
        start: its number; 1 where it is empty.
        unnumbered: whether headings that have no number get one too.
        actor: who renumbers.

    Returns:
        How many headings got another number.

    Raises:
        ChangedMeanwhile: somebody else has changed it since.
        Conflict: the text has been kept or dropped meanwhile.
        BadInput: not a heading, or not a number that can be counted on from.
    """
    place, block = _locked(proposal, block_id, seen)
    if block.kind is not BlockKind.HEADING:
        raise BadInput(_("Only headings are numbered in a row."), "start")
    rows = db.session.execute(
        sa.select(ProposedBlock.position, ProposedBlock.level, ProposedBlock.number)
        .where(
            ProposedBlock.proposal_id == proposal.id,
            ProposedBlock.kind == BlockKind.HEADING,
            ProposedBlock.position >= place,
        )
        .order_by(ProposedBlock.position)
    ).all()
    numbers = renumber([(row.level, row.number) for row in rows], start or "1", unnumbered=unnumbered)
    changes = []
    for row, number in zip(rows, numbers, strict=False):
        if number != row.number:
            shape = _shapes(proposal, row.position, 1)[0]
            changes.append(_splice(proposal, row.position, 1, [replace(shape, number=number)]))
    if changes:
        _act(proposal, "renumber", changes, actor)
    return len(changes)


def undo_step(proposal: Proposal, step_id: int) -> str:
    """Take back the newest act; returns which it was.

    Args:
        proposal: ready to be looked at.
        step_id: key of the act that was offered to be taken back.

    Raises:
        Conflict: the text has been kept or dropped meanwhile, or somebody has done something since.
        InvalidTransition: there is nothing to take back.
    """
    lock_in_hand(proposal, ProposalState.READY)
    step = find_last_step(proposal)
    if step is None:
        raise InvalidTransition(_("There is nothing to take back."))
    if step.id != step_id:
        raise Conflict(_("Something else was done since. Look at it before you take it back."))
    for change in reversed(step.changes):
        was = [Shape.from_json(block) for block in change["was"]]
        _splice(proposal, change["at"], change["count"], was, pairs=change["pairs"])
    db.session.delete(step)
    _touched(proposal)
    return step.act


def _locked(proposal: Proposal, block_id: int, seen: str) -> tuple[int, Shape]:
    """The place of a block and the block, if it still says what was seen of it; the proposal stays locked."""
    lock_in_hand(proposal, ProposalState.READY)
    place = _place_of(proposal, block_id)
    block = _shapes(proposal, place, 1)[0]
    if block.seen != seen:
        raise ChangedMeanwhile(
            _("Somebody else has changed this block since you opened it. Your words are still here; theirs are below."),
            block,
        )
    return place, block


def _place_of(proposal: Proposal, block_id: int) -> int:
    place = db.session.scalar(
        sa.select(ProposedBlock.position).where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.id == block_id)
    )
    if place is None:
        raise ChangedMeanwhile(_("Somebody else has taken this block out, or joined it with another."), None)
    return place


def _count(proposal: Proposal) -> int:
    count = sa.select(sa.func.count()).select_from(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id)
    return db.session.scalar(count) or 0


def _shapes(proposal: Proposal, at: int, count: int) -> list[Shape]:
    rows = db.session.execute(
        sa.select(ProposedBlock.id, *(getattr(ProposedBlock, name) for name in _FIELDS))
        .where(ProposedBlock.proposal_id == proposal.id, ProposedBlock.position.between(at, at + count - 1))
        .order_by(ProposedBlock.position)
    ).mappings()
    return [Shape(**row) for row in rows]


def _act(proposal: Proposal, act: str, changes: Sequence[dict[str, Any]], _actor: Actor) -> None:
    db.session.add(ProposalStep(proposal_id=proposal.id, act=act, changes=list(changes)))
    db.session.flush()
    old = db.session.scalars(
        sa.select(ProposalStep.id)
        .where(ProposalStep.proposal_id == proposal.id)
        .order_by(ProposalStep.id.desc())
        .offset(STEPS_KEPT)
        .limit(STEPS_KEPT)
    ).all()
    if old:
        db.session.execute(sa.delete(ProposalStep).where(ProposalStep.id.in_(old)))
    _touched(proposal)


def _touched(proposal: Proposal) -> None:
    """Whoever looks at the whole text is told before keeping it; and what continues what is proposed anew."""
    touch_proposal(proposal)
    for row in [row for row in db.session.identity_map.values() if isinstance(row, ProposedBlock | ProposedMatch)]:
        db.session.expunge(row)
    match_again(proposal)
    db.session.flush()


def _splice(
    proposal: Proposal,
    at: int,
    count: int,
    shapes: Sequence[Shape],
    *,
    heirs: dict[int, int] | None = None,
    pairs: Sequence[Sequence[int]] | None = None,
) -> dict[str, Any]:
    """Put blocks in the place of others; returns what undoes it.

    A block that stays keeps its row. What had been decided of a block is decided of the new parts of it too, and of
    the one that it became part of.

    Args:
        proposal: whose blocks they are; locked.
        at: position of the first.
        count: how many stand there.
        shapes: what shall stand there.
        heirs: former block to new one, by place, where what was decided of it goes on; parts without a row of their
            own go on with the first.
        pairs: what was decided (place, paragraph, by whom), in the stead of what follows from that.
    """
    was = _shapes(proposal, at, count)
    growth = len(shapes) - count
    if growth > 0 and _count(proposal) + growth > MAX_BLOCKS:
        raise BadInput(_("The text would have too many blocks."))
    decided = _decided(was)
    rows = {shape.id for shape in was if shape.id is not None}
    kept = rows & {shape.id for shape in shapes if shape.id is not None}
    _make_room(proposal, at, count, growth, gone=sorted(rows - kept))
    keys = _write(proposal, at, shapes, kept)
    is_authentic = proposal.language == proposal.consultation.authentic_language
    if pairs is not None:
        _decide(proposal, keys, {(keys[place], about, who) for place, about, who in pairs if place < len(keys)})
    elif decided and keys:
        _decide(proposal, keys, _inherited(was, shapes, keys, decided, heirs or {}, for_parts=is_authentic))
    return {"at": at, "count": len(shapes), "was": [shape.as_json() for shape in was], "pairs": decided}


def _make_room(proposal: Proposal, at: int, count: int, growth: int, *, gone: Sequence[int]) -> None:
    """Delete blocks, and put those behind where they will stand; what stays waits below zero, as places are unique."""
    if gone:
        _quietly(sa.delete(ProposedMatch).where(ProposedMatch.block_id.in_(gone)))
        _quietly(sa.delete(ProposedBlock).where(ProposedBlock.id.in_(gone)))
    moved = sa.update(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id)
    position = ProposedBlock.position
    in_the_way = position >= at if growth else position.between(at, at + count - 1)
    _quietly(moved.where(in_the_way).values(position=-position))
    if growth:
        _quietly(moved.where(position <= -(at + count)).values(position=growth - position))


def _write(proposal: Proposal, at: int, shapes: Sequence[Shape], kept: Collection[int]) -> list[int]:
    """Write blocks from a place on, those that stay into their own rows; returns their keys."""
    keys = []
    for place, shape in enumerate(shapes, start=at):
        values = {name: getattr(shape, name) for name in _FIELDS} | {"position": place}
        if shape.id is not None and shape.id in kept:
            _quietly(sa.update(ProposedBlock).where(ProposedBlock.id == shape.id).values(values))
            keys.append(shape.id)
        else:
            made = db.session.execute(sa.insert(ProposedBlock).values(proposal_id=proposal.id, **values))
            keys.append(made.inserted_primary_key[0])  # type: ignore[attr-defined]
    return keys


def _quietly(statement: Any) -> None:
    """Carry a statement out past the session, which forgets these rows afterwards (`_touched`)."""
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _decided(shapes: Sequence[Shape]) -> list[list[int]]:
    """What a person said of these blocks: (place, paragraph, by whom)."""
    places = {shape.id: place for place, shape in enumerate(shapes)}
    if not places:
        return []
    rows = db.session.execute(
        sa.select(ProposedMatch.block_id, ProposedMatch.paragraph_id, ProposedMatch.decided_by)
        .where(
            ProposedMatch.block_id.in_(list(places)),
            ProposedMatch.paragraph_id.is_not(None),
            ProposedMatch.decided_by.is_not(None),
        )
        .order_by(ProposedMatch.id)
    ).all()
    return [[places[row.block_id], row.paragraph_id, row.decided_by] for row in rows]


def _inherited(
    was: Sequence[Shape],
    shapes: Sequence[Shape],
    keys: Sequence[int],
    decided: Sequence[Sequence[int]],
    heirs: dict[int, int],
    *,
    for_parts: bool,
) -> set[tuple[int, int, int]]:
    """What is decided of the blocks that stand there now: (key, paragraph, by whom).

    Args:
        was: what stood there.
        shapes: what stands there now.
        keys: of those.
        decided: what `_decided` says of what stood there.
        heirs: as for `_splice`.
        for_parts: whether what was decided of one block is decided of all its parts.
    """
    places = {shape.id: place for place, shape in enumerate(shapes) if shape.id is not None}
    found: set[tuple[int, int, int]] = set()
    for place, paragraph, person in decided:
        heir = places.get(was[place].id or 0, heirs.get(place))
        if heir is None:
            continue
        found.add((keys[heir], paragraph, person))
        if for_parts and len(was) == 1:
            found |= {(key, paragraph, person) for key in keys}
    return found


def _decide(proposal: Proposal, keys: Sequence[int], wanted: Collection[tuple[int, int, int]]) -> None:
    """Write what is decided of blocks (key, paragraph, by whom), in the place of what was."""
    mine = sa.and_(
        ProposedMatch.block_id.in_(list(keys)),
        ProposedMatch.paragraph_id.is_not(None),
        sa.or_(
            ProposedMatch.decided_by.is_not(None),
            ProposedMatch.paragraph_id.in_({paragraph for _key, paragraph, _person in wanted}),
        ),
    )
    _quietly(sa.delete(ProposedMatch).where(mine))
    rows = [
        {
            "proposal_id": proposal.id,
            "paragraph_id": paragraph,
            "block_id": key,
            "continuation": Continuation.EDITED,  # which it is in one word, matching says
            "likeness": 0,
            "is_certain": True,
            "decided_by": person,
        }
        for key, paragraph, person in sorted(wanted)
    ]
    if rows:
        db.session.execute(sa.insert(ProposedMatch), rows)


__all__ = [
    "LEVELS",
    "ChangedMeanwhile",
    "delete_block",
    "edit_block",
    "insert_block",
    "merge_blocks",
    "move_block",
    "renumber_headings",
    "shape_of",
    "split_block",
    "undo_step",
]
