"""A language edition beside the authentic text: aligned as proposed, mended by a manager, kept with its gaps or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.languages import is_in_preparation
from consult.consultations.services import touch
from consult.core.changes import note_change
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.editions import Unit, align_edition, misfits_of, unit_of
from consult.documents.enums import BlockKind, Continuation, ProposalState
from consult.documents.importing import Block, require_same_build
from consult.documents.models import DocumentVersion, Edition, Paragraph, Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import is_fixed, texts_of_edition
from consult.documents.queries.editions import older_words
from consult.documents.services.ending import end_proposal
from consult.documents.services.proposing import lock_in_hand, require_may_change, require_seen
from consult.ledger.services import record
from consult.texts.services import update_many_translations
from consult.texts.values import source_digest

_BUILT = frozenset({BlockKind.TABLE, BlockKind.CODE, BlockKind.FIGURE})
"""Kinds whose words are more than words: their counterpart has to be built as they are."""


def align_proposal(proposal: Proposal) -> None:
    """Say which paragraph each block of another language edition is; what a manager said before stays.

    Only what differs from what was said before is written.
    """
    paragraphs, blocks = _units(Paragraph, Paragraph.version_id == proposal.base_id), _blocks_of(proposal)
    left, right = [key for key, _unit in paragraphs], [key for key, _unit in blocks]
    matches = db.session.execute(
        sa.select(
            ProposedMatch.id, ProposedMatch.paragraph_id, ProposedMatch.block_id, ProposedMatch.continuation,
            ProposedMatch.decided_by,
        ).where(ProposedMatch.proposal_id == proposal.id)
    ).all()  # fmt: skip
    at_left, at_right = ({key: place for place, key in enumerate(keys)} for keys in (left, right))
    pinned = {
        at_left[row.paragraph_id]: at_right[row.block_id]
        for row in matches
        if row.decided_by is not None and row.paragraph_id in at_left and row.block_id in at_right
    }
    units, others = [unit for _key, unit in paragraphs], [unit for _key, unit in blocks]
    rows = align_edition(units, others, pinned=pinned)
    decided = {(row.paragraph_id, row.block_id): row.decided_by for row in matches if row.decided_by is not None}
    wanted = {}
    for (one, two), found in zip(rows, misfits_of(units, others, rows), strict=True):
        pair = (None if one is None else left[one], None if two is None else right[two])
        wanted[pair] = _continuation(pair, fits=not found)
    had = {(row.paragraph_id, row.block_id): row for row in matches}
    gone = [row.id for pair, row in had.items() if wanted.get(pair) != row.continuation]
    for start in range(0, len(gone), 500):
        db.session.execute(
            sa.delete(ProposedMatch).where(ProposedMatch.id.in_(gone[start : start + 500])),
            execution_options={"synchronize_session": False},
        )
    added = [
        {
            "proposal_id": proposal.id,
            "paragraph_id": pair[0],
            "block_id": pair[1],
            "continuation": continuation,
            "likeness": 1000 if continuation is Continuation.UNCHANGED else 0,
            "is_certain": continuation is Continuation.UNCHANGED,
            "decided_by": decided.get(pair),
        }
        for pair, continuation in wanted.items()
        if pair not in had or had[pair].continuation != continuation
    ]
    if added:
        db.session.execute(sa.insert(ProposedMatch), added)


def _continuation(pair: tuple[int | None, int | None], *, fits: bool) -> Continuation:
    if pair[0] is None:
        return Continuation.NEW
    if pair[1] is None:
        return Continuation.REMOVED
    return Continuation.UNCHANGED if fits else Continuation.EDITED


def _units(model: type[Paragraph] | type[ProposedBlock], where: sa.ColumnElement[bool]) -> list[tuple[int, Unit]]:
    rows = db.session.execute(
        sa.select(model.id, model.kind, model.level, model.number, model.text).where(where).order_by(model.position)
    ).all()
    return [(row.id, unit_of(row.kind, row.level, row.number, row.text)) for row in rows]


def _blocks_of(proposal: Proposal) -> list[tuple[int, Unit]]:
    return _units(ProposedBlock, ProposedBlock.proposal_id == proposal.id)


def pair_block(proposal: Proposal, block_id: int, paragraph_id: int | None, *, actor: Actor, now: datetime) -> None:
    """Say which paragraph a block of an edition is, or let the alignment say it again.

    Args:
        proposal: of an edition in another language; ready.
        block_id: key of the block.
        paragraph_id: of the version that it is aligned with; None takes back what was said.
        actor: who says it.
        now: when.

    Raises:
        Conflict: kept or dropped meanwhile.
        BadInput: no such paragraph or block.
    """
    lock_in_hand(proposal, ProposalState.READY)
    mine = ProposedMatch.proposal_id == proposal.id  # what was not decided the alignment says again
    either = ProposedMatch.block_id == block_id
    if paragraph_id is not None:
        either = sa.or_(either, ProposedMatch.paragraph_id == paragraph_id)
        is_there = sa.select(Paragraph.id).where(Paragraph.id == paragraph_id, Paragraph.version_id == proposal.base_id)
        mine_too = sa.select(ProposedBlock.id).where(
            ProposedBlock.id == block_id, ProposedBlock.proposal_id == proposal.id
        )
        if db.session.scalar(is_there) is None or db.session.scalar(mine_too) is None:
            raise BadInput(_("This place is not in the text that the edition is aligned with."), "paragraph")
    db.session.execute(sa.delete(ProposedMatch).where(mine, either), execution_options={"synchronize_session": False})
    if paragraph_id is not None:
        db.session.add(
            ProposedMatch(
                proposal_id=proposal.id,
                paragraph_id=paragraph_id,
                block_id=block_id,
                continuation=Continuation.EDITED,
                likeness=0,
                is_certain=False,
                decided_by=actor.actor_id,
            )
        )
    db.session.flush()
    align_proposal(proposal)


@dataclass(frozen=True)
class Fit:
    """How an edition fits the authentic text.

    Args:
        pairs: of the paragraphs that have words in it the key, the authentic words that they are of, and these words.
        missing: how many paragraphs have no words in it.
        extra: how many blocks belong to no paragraph, and would not be kept.
        unfit: keys of paragraphs whose counterpart is built otherwise, such as a table: it would not be kept.
        outdated: how many pairs have the words of before, though the authentic ones changed; they are kept and marked.
    """

    pairs: Sequence[tuple[int, str, str]]
    missing: int
    extra: int
    unfit: Sequence[int]
    outdated: int

    @property
    def is_complete(self) -> bool:
        """Whether every paragraph has its present words, and nothing would be left out."""
        return not (self.missing or self.extra or self.unfit or self.outdated)


def fit_of(proposal: Proposal) -> Fit:
    """How an edition that is in hand fits the authentic text; four queries.

    A picture that nobody described has no words: what describes it already stays.
    """
    rows = db.session.execute(
        sa.select(
            Paragraph.id, Paragraph.kind, Paragraph.text, ProposedBlock.kind.label("other_kind"),
            ProposedBlock.text.label("words"),
        )
        .select_from(Paragraph)
        .outerjoin(
            ProposedMatch, sa.and_(ProposedMatch.paragraph_id == Paragraph.id, ProposedMatch.proposal_id == proposal.id)
        )
        .outerjoin(ProposedBlock, ProposedBlock.id == ProposedMatch.block_id)
        .where(Paragraph.version_id == proposal.base_id)
        .order_by(Paragraph.position)
    ).all()  # fmt: skip
    pairs, unfit = [], []
    missing = paired = 0
    for row in rows:
        paired += row.words is not None
        if row.words and is_built_otherwise(Block(row.kind, 0, "", row.text), Block(row.other_kind, 0, "", row.words)):
            unfit.append(row.id)
        elif row.words:
            pairs.append((row.id, row.text, row.words))
        else:
            missing += row.words is None or bool(row.text)
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id)
    )
    older = older_words(proposal.base_id, proposal.language, pairs) if proposal.base_id is not None else {}
    dated = [(key, older.get(key, source), words) for key, source, words in pairs]
    return Fit(dated, missing, (total or 0) - paired, unfit, len(older))


def is_built_otherwise(one: Block, other: Block) -> bool:
    """Whether two counterparts are more than words, as tables are, and not built alike."""
    if one.kind not in _BUILT and other.kind not in _BUILT:
        return False
    if one.kind is not other.kind:
        return True
    if one.kind is not BlockKind.TABLE:
        return False
    try:
        require_same_build(one.kind, one.text, other.text, place="")
    except BadInput:
        return True
    return False


def keep_edition(
    proposal: Proposal, *, actor: Actor, now: datetime, with_gaps: bool = False, seen: int | None = None
) -> DocumentVersion:
    """Keep an edition in another language: what is there becomes the translations of the paragraphs.

    Complete, it is an edition at once; with gaps it waits under Translations for what is missing. Where a paragraph
    has no words in it, those that were there before stay; words that are older than the authentic ones stay marked as
    such until somebody says under Translations that they hold. Of a language in preparation the edition comes with its
    publication.

    Args:
        proposal: ready, aligned with the authentic text.
        actor: who keeps it.
        now: when.
        with_gaps: whether it was confirmed that something is missing or left out.
        seen: the version of the proposal that was looked at, if it must not have changed since.

    Raises:
        InvalidTransition: the round was opened meanwhile, the outcome is recorded, the authentic text was replaced, or
            something is missing and that was not confirmed.
        Conflict: kept or dropped meanwhile, or changed since it was looked at.
    """
    consultation = proposal.consultation
    require_may_change(consultation, proposal.of_round, proposal.language, now=now)
    lock_in_hand(proposal, ProposalState.READY)
    require_seen(proposal, seen)
    version = proposal.base
    if version is None or version.language != consultation.authentic_language:
        raise InvalidTransition(_("The authentic text was replaced. Drop this edition and bring it again."))
    fit = fit_of(proposal)
    if not fit.is_complete and not with_gaps:
        raise InvalidTransition(_("This edition has gaps. Mend them, or confirm that it is kept with them."))
    update_many_translations(
        "paragraph",
        {key: {"text": (source, words)} for key, source, words in fit.pairs},
        language=proposal.language,
        actor=actor,
        now=now,
    )
    digest, source_format = proposal.source_sha256 or "", proposal.source_format
    if not is_in_preparation(consultation, proposal.language):
        edition = _refreshed(version, proposal.language, now)
        if edition is not None:
            edition.source_format, edition.source_digest, edition.imported_at = source_format, digest, now
    end_proposal(proposal, ProposalState.KEPT, now=now)
    touch(consultation)
    note_change("consultation", consultation.id)
    content = {"language": proposal.language, "source": digest}
    record("desk:document:keep", version, actor=actor, now=now, content=content)
    return version


def _refreshed(version: DocumentVersion, language: str, now: datetime) -> Edition | None:
    db.session.flush()
    if not refresh_edition(version, language, now=now):
        return None
    return next((edition for edition in version.editions if edition.language == language), None)


def refresh_edition(version: DocumentVersion, language: str, *, now: datetime) -> bool:
    """Let the edition in another language be there exactly while every block is translated from its present words.

    A draft translated block by block becomes an edition with its last block; nobody is shown half of one. Of a round
    that was opened an edition only comes: what people comment on does not go.

    Args:
        version: the draft.
        language: BCP 47 code of the edition; not the authentic one.
        now: when.

    Returns:
        Whether the edition is there.
    """
    edition = next((e for e in version.editions if e.language == language), None)
    is_settled = is_fixed(version)
    if edition is not None and is_settled:
        return True
    if is_settled and language not in version.consultation.languages:
        return False  # in preparation: it comes when the language is published
    texts = texts_of_edition(version, language)
    if not texts:
        if edition is not None:
            version.editions.remove(edition)
            db.session.flush()
        return False
    if edition is None:
        edition = Edition(language=language)
        version.editions.append(edition)
    edition.source_digest = source_digest("\n\n".join(texts))
    edition.imported_at = now
    db.session.flush()
    return True
