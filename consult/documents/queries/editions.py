"""A language edition that is in hand beside the authentic text, row by row, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.documents.editions import Misfit, seen_misfits, unit_of
from consult.documents.enums import Continuation
from consult.documents.models import (
    Correspondence,
    DocumentVersion,
    Paragraph,
    Proposal,
    ProposedBlock,
    ProposedMatch,
)
from consult.documents.queries.proposals import PAGE_BLOCKS
from consult.texts.models import Translation
from consult.texts.values import source_digest


@dataclass(frozen=True)
class Beside:
    """One row: the key of a paragraph, that of the block beside it, and how they fit; one key may be missing."""

    paragraph_id: int | None
    block_id: int | None
    continuation: Continuation
    is_decided: bool
    is_outdated: bool = False

    @property
    def fits(self) -> bool:
        """Whether nothing is to be mended here."""
        return self.continuation is Continuation.UNCHANGED and not self.is_outdated


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

    @property
    def outdated(self) -> int:
        """How many pairs have words of the version before, though the authentic ones changed."""
        return sum(row.is_outdated for row in self.rows)

    def row_of_block(self, block_id: int) -> int:
        """The row of a block, from 0; the first where it is in none."""
        return next((place for place, row in enumerate(self.rows) if row.block_id == block_id), 0)


def alignment_of(proposal: Proposal) -> Alignment:
    """All rows, by key; five queries of columns: there are many."""
    authentic = _texts(Paragraph, Paragraph.version_id == proposal.base_id)
    brought = _texts(ProposedBlock, ProposedBlock.proposal_id == proposal.id)
    paragraphs, blocks = list(authentic), list(brought)
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
    pairs = [(row.paragraph_id, row.block_id) for row in matches if row.block_id in brought]
    said = [(one, authentic[one], brought[two]) for one, two in pairs if one in authentic]
    outdated = older_words(proposal.base_id, proposal.language, said) if proposal.base_id is not None else {}
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
        is_decided, is_outdated = match.decided_by is not None, paragraph in outdated
        rows.append(Beside(paragraph, match.block_id, match.continuation, is_decided, is_outdated))
    rows += [Beside(None, key, Continuation.NEW, is_decided=False) for key in blocks[place:]]
    return Alignment(rows)


def _texts(model: type[Paragraph] | type[ProposedBlock], where: sa.ColumnElement[bool]) -> dict[int, str]:
    """The words of each block by its key, in their order."""
    rows = db.session.execute(sa.select(model.id, model.text).where(where).order_by(model.position))
    return {row.id: row.text for row in rows}


def older_words(version_id: int, language: str, said: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Of the words of an edition those that are older than the authentic ones beside them; two queries of columns.

    They were kept for other authentic words: for those of the version before, or of this one as it was.

    Args:
        version_id: key of the authentic version.
        language: of the edition.
        said: paragraph, its authentic words, and the words brought for it.

    Returns:
        By paragraph the authentic words that they are of; empty where they stand here already, marked as older.
    """
    of_language = sa.and_(
        Translation.subject == "paragraph", Translation.field == "text", Translation.language == language
    )
    here = db.session.execute(
        sa.select(Paragraph.id, Translation.text, Translation.source_digest)
        .join(Translation, sa.and_(of_language, Translation.subject_id == Paragraph.id))
        .where(Paragraph.version_id == version_id)
    )
    before = db.session.execute(
        sa.select(Correspondence.after_id, Paragraph.text.label("source"), Translation.text)
        .join(Paragraph, Paragraph.id == Correspondence.before_id)
        .join(Translation, sa.and_(of_language, Translation.subject_id == Paragraph.id))
        .where(Correspondence.version_id == version_id, Correspondence.after_id.is_not(None))
    )
    present = {row.id: row for row in here}
    sources: dict[int, dict[str, str]] = {}
    for row in before:
        sources.setdefault(row.after_id, {})[row.text] = row.source
    found = {}
    for key, source, words in said:
        digest, one = source_digest(source), present.get(key)
        if one is not None and one.text == words:
            if one.source_digest != digest:
                found[key] = ""
            continue
        earlier = sources.get(key, {}).get(words)
        if earlier is not None and source_digest(earlier) != digest:
            found[key] = earlier
    return found


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
    if row.block_id is None or neighbour is None:
        return None
    if row.continuation is Continuation.UNCHANGED and neighbour.block_id is not None:
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
        .options(joinedload(Paragraph.figure))
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
    outdated = [Misfit.OUTDATED] if row.is_outdated else []
    if row.continuation is Continuation.UNCHANGED:
        return outdated
    one, other = (unit_of(side.kind, side.level, side.number, side.text) for side in (paragraph, block))
    return outdated + seen_misfits(one, other)


def find_beside(proposal: Proposal, key: int) -> Paragraph | None:
    """A paragraph of the text that an edition is aligned with, if it stands there."""
    if proposal.base_id is None or proposal.language == proposal.consultation.authentic_language:
        return None
    return db.session.scalar(sa.select(Paragraph).where(Paragraph.id == key, Paragraph.version_id == proposal.base_id))


@dataclass(frozen=True)
class Translated:
    """How far a version is translated into a language in which it is no edition yet.

    Args:
        done: how many paragraphs are translated from their present words.
        total: how many there are.
    """

    done: int
    total: int

    @property
    def left(self) -> int:
        """How many are missing, or of earlier words."""
        return self.total - self.done


def begun_editions(version: DocumentVersion) -> dict[str, Translated]:
    """Of the languages in which something of a version is translated, but not all of it, how far; two queries."""
    texts = {key: text for key, text in _texts(Paragraph, Paragraph.version_id == version.id).items() if text}
    digests = {key: source_digest(text) for key, text in texts.items()}
    done: dict[str, int] = {}
    rows = db.session.execute(
        sa.select(Translation.subject_id, Translation.language, Translation.source_digest)
        .join(Paragraph, Paragraph.id == Translation.subject_id)
        .where(
            Paragraph.version_id == version.id,
            Translation.subject == "paragraph",
            Translation.field == "text",
            Translation.language.not_in([edition.language for edition in version.editions]),
        )
    )
    for row in rows:
        done[row.language] = done.get(row.language, 0) + (digests.get(row.subject_id) == row.source_digest)
    return {code: Translated(number, len(texts)) for code, number in done.items() if number < len(texts)}
