"""Corrigenda, and whether a draft says the words that they quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import contains_eager

from consult.consultations.models import Round
from consult.consultations.queries import held
from consult.core.db import db
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind
from consult.documents.models import Corrigendum, DocumentVersion, Paragraph
from consult.documents.queries.versions import list_paragraphs, paragraph_texts, text_of
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


def occurs_in(version: DocumentVersion, paragraph: Paragraph | None, quoted: str, *, language: str) -> bool:
    """Whether one edition of a draft says these words, in one block or anywhere in it; however white space falls.

    Words count as people see and copy them, and also as they were imported, with their marks.
    """
    wanted = _spaced(quoted)
    blocks = list_paragraphs(version) if paragraph is None else [paragraph]
    texts = paragraph_texts([] if language == version.language else blocks, language)
    # A number stands before the words of its block, and copying over several blocks may or may not take it along.
    said = [(block.number, text_of(block, texts, version.language).text) for block in blocks]
    seen = [(block.number, _words_seen(block.kind, text)) for block, (_number, text) in zip(blocks, said, strict=True)]
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
