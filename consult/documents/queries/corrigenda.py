"""Corrigenda, and whether a draft says the words that they quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import contains_eager

from consult.consultations.models import Round
from consult.consultations.queries import held
from consult.core.db import db
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind
from consult.documents.models import (
    Correspondence,
    Corrigendum,
    DocumentVersion,
    Paragraph,
    Proposal,
    ProposedBlock,
    ProposedMatch,
)
from consult.documents.queries.versions import list_paragraphs, paragraph_texts, text_of
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


def occurs_in(version: DocumentVersion, paragraph: Paragraph | None, quoted: str, *, language: str) -> bool:
    """Whether one edition of a draft says these words, in one block or anywhere in it; however white space falls.

    Words count as people see and copy them, and also as they were imported, with their marks.
    """
    blocks = list_paragraphs(version) if paragraph is None else [paragraph]
    texts = paragraph_texts([] if language == version.language else blocks, language)
    return _say([(one.kind, one.number, text_of(one, texts, version.language).text) for one in blocks], quoted)


def _say(blocks: Sequence[tuple[BlockKind, str, str]], quoted: str) -> bool:
    """Whether these blocks, each of its kind with its number and words, say what is quoted."""
    wanted = _spaced(quoted)
    # A number stands before the words of its block, and copying over several blocks may or may not take it along.
    said = [(number, text) for _kind, number, text in blocks]
    seen = [(number, _words_seen(kind, text)) for kind, number, text in blocks]
    return any(
        wanted in _spaced(" ".join(f"{number if numbered else ''} {text}" for number, text in readings))
        for readings in (seen, said)
        for numbered in (False, True)
    )


_BLOCK_ENDS = re.compile(r"(</(?:p|li|td|th|tr|blockquote|pre)>|<br ?/?>)")


def _words_seen(kind: BlockKind, text: str) -> str:
    html = to_inline_html(text) if kind is BlockKind.HEADING else to_html(text)
    return Markup(_BLOCK_ENDS.sub(r"\1 ", str(html))).striptags()  # noqa: S704 - only its words are taken


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True)
class CorrigendumInWords:
    """A corrigendum with its words in the reader's language, and the language of what it quotes."""

    row: Corrigendum
    words: LocalizedText
    quoted: str


def list_corrigenda(rounds: Iterable[Round], language: str) -> list[CorrigendumInWords]:
    """The corrigenda to the drafts of these rounds, oldest first; one query, or two in another language."""
    of_rounds = {round_.id: round_ for round_ in rounds}
    rows = db.session.scalars(
        sa.select(Corrigendum)
        .join(Corrigendum.version)
        .where(DocumentVersion.round_id.in_(list(of_rounds)))
        .options(contains_eager(Corrigendum.version))
        .order_by(Corrigendum.issued_at, Corrigendum.id)
    ).all()
    shown = [row for row in rows if held(of_rounds[row.version.round.id].consultation, language)]
    texts = load_texts("corrigendum", [row.id for row in shown if row.version.language != language], language)
    return [
        CorrigendumInWords(
            row, texts.of(row.id, "words", row.words, row.version.language), row.language or row.version.language
        )
        for row in rows
    ]


@dataclass(frozen=True)
class NotTakenUp:
    """A corrigendum to the version before whose wrong words stand in a text in hand, and the block, if it names one."""

    said: CorrigendumInWords
    block_id: int | None
    position: int


def list_not_taken_up(proposal: Proposal, reader: str) -> list[NotTakenUp]:
    """The corrigenda to the version before whose wrong words still stand in a text in hand; at most five queries.

    Args:
        proposal: in the authentic language, or an edition that is aligned with the new authentic text.
        reader: language of the words that tell what is corrected.
    """
    is_authentic = proposal.language == proposal.consultation.authentic_language
    of_version = sa.select(Correspondence.base_id).where(Correspondence.version_id == proposal.base_id).limit(1)
    rows = db.session.scalars(
        sa.select(Corrigendum)
        .join(Corrigendum.version)
        .where(
            Corrigendum.version_id == (proposal.base_id if is_authentic else of_version.scalar_subquery()),
            Corrigendum.reads != "",
            sa.func.coalesce(Corrigendum.language, DocumentVersion.language) == proposal.language,
        )
        .options(contains_eager(Corrigendum.version))
        .order_by(Corrigendum.issued_at, Corrigendum.id)
    ).all()
    if not rows:
        return []
    blocks = db.session.scalars(
        sa.select(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id).order_by(ProposedBlock.position)
    ).all()
    continued = _continued(proposal, is_authentic=is_authentic)
    texts = load_texts("corrigendum", [row.id for row in rows if row.version.language != reader], reader)
    found = []
    for row in rows:
        here = (
            blocks if row.paragraph_id is None else [one for one in blocks if (row.paragraph_id, one.id) in continued]
        )
        said = [(one.kind, one.number, one.text) for one in here]
        takes_it_up = row.reads in row.should_read and _say(said, row.should_read)
        if said and _say(said, row.reads) and not takes_it_up:
            words = texts.of(row.id, "words", row.words, row.version.language)
            first = here[0] if row.paragraph_id is not None else None
            told = CorrigendumInWords(row, words, proposal.language)
            found.append(NotTakenUp(told, first.id if first else None, first.position if first else 0))
    return found


def _continued(proposal: Proposal, *, is_authentic: bool) -> set[tuple[int, int]]:
    """Paragraph of the version before, block that continues it."""
    matched = sa.and_(ProposedMatch.proposal_id == proposal.id, ProposedMatch.block_id.is_not(None))
    pairs = sa.select(ProposedMatch.paragraph_id, ProposedMatch.block_id).where(
        matched, ProposedMatch.paragraph_id.is_not(None)
    )
    if not is_authentic:
        pairs = (
            sa.select(Correspondence.before_id, ProposedMatch.block_id)
            .join(Correspondence, Correspondence.after_id == ProposedMatch.paragraph_id)
            .where(matched, Correspondence.before_id.is_not(None))
        )
    return {(before, block) for before, block in db.session.execute(pairs) if before and block}
