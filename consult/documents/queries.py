"""Reading documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import contains_eager, selectinload

from consult.consultations.models import Consultation, Round
from consult.consultations.queries import MissingPart, held
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.markdown import to_html, to_inline_html
from consult.documents.enums import BlockKind
from consult.documents.models import Corrigendum, DocumentVersion, Edition, Paragraph
from consult.texts.models import Translation
from consult.texts.queries import Texts, load_texts
from consult.texts.values import LocalizedText, source_digest


def find_version(round_: Round) -> DocumentVersion | None:
    """The draft of a round, with its editions, if one was imported."""
    return db.session.scalar(
        sa.select(DocumentVersion)
        .where(DocumentVersion.round_id == round_.id)
        .options(selectinload(DocumentVersion.editions))
    )


def get_version(round_: Round) -> DocumentVersion:
    """The draft of a round.

    Raises:
        NotFound: none was imported.
    """
    version = find_version(round_)
    if version is None:
        raise NotFound
    return version


def list_paragraphs(version: DocumentVersion) -> Sequence[Paragraph]:
    """All blocks of a draft, in their order."""
    return db.session.scalars(
        sa.select(Paragraph).where(Paragraph.version_id == version.id).order_by(Paragraph.position)
    ).all()


def get_paragraph(round_: Round, eid: str) -> Paragraph:
    """The block of that eId in the draft of a round.

    Raises:
        NotFound: none such in this draft.
    """
    found = db.session.scalar(
        sa.select(Paragraph)
        .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
        .where(DocumentVersion.round_id == round_.id, Paragraph.eid == eid)
    )
    if found is None:
        raise NotFound
    return found


def paragraph_texts(paragraphs: Iterable[Paragraph], language: str) -> Texts:
    """What is translated of these blocks."""
    return load_texts("paragraph", [paragraph.id for paragraph in paragraphs], language)


def text_of(paragraph: Paragraph, texts: Texts, original_language: str) -> LocalizedText:
    """The words of one block in the reader's language, or the original, marked."""
    return texts.of(paragraph.id, "text", paragraph.text, original_language)


@dataclass(frozen=True)
class Place:
    """Where a block stands, in words: the nearest heading above it and its own number in there.

    ``language`` is that of the heading, which is the original where the draft has no edition in the reader's.
    """

    number: str
    heading: str
    eid: str
    language: str = ""


def places(version: DocumentVersion, language: str) -> dict[int, Place]:
    """For every block of a draft, by key: what to call it in lists and answers."""
    paragraphs = list_paragraphs(version)
    is_there = held(version.round.consultation, language) and any(e.language == language for e in version.editions)
    texts = paragraph_texts([p for p in paragraphs if is_there and p.kind is BlockKind.HEADING], language)
    found: dict[int, Place] = {}
    number = heading = words_in = ""
    for paragraph in paragraphs:
        if paragraph.kind is BlockKind.HEADING:
            words = text_of(paragraph, texts, version.language)
            number, heading, words_in = paragraph.number, words.text, words.language
            found[paragraph.id] = Place(number, heading, paragraph.eid, words_in)
        else:
            inside = paragraph.eid.rpartition("_")[2]
            found[paragraph.id] = Place(f"{number} ¶ {inside}".strip(), heading, paragraph.eid, words_in)
    return found


def places_of(paragraphs: Iterable[Paragraph], language: str) -> dict[int, Place]:
    """What to call some blocks, of one draft or of several, by key; three queries, however many there are."""
    wanted = {paragraph.id: paragraph for paragraph in paragraphs}
    if not wanted:
        return {}
    version_ids = {paragraph.version_id for paragraph in wanted.values()}
    versions: Any = db.session.execute(
        sa.select(DocumentVersion.id, DocumentVersion.language, Consultation.languages, Edition.id.label("edition"))
        .join(Round, Round.id == DocumentVersion.round_id)
        .join(Consultation, Consultation.id == Round.consultation_id)
        .outerjoin(Edition, sa.and_(Edition.version_id == DocumentVersion.id, Edition.language == language))
        .where(DocumentVersion.id.in_(version_ids))
    ).all()
    originals = {row.id: row.language for row in versions}
    # Of a language in preparation the draft has blocks, and no edition; of one given up before the opening both.
    there = {row.id for row in versions if row.edition is not None and held(row, language)}
    headings = db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.version_id.in_(version_ids), Paragraph.kind == BlockKind.HEADING)
        .order_by(Paragraph.version_id, Paragraph.position)
    ).all()
    texts = paragraph_texts([heading for heading in headings if heading.version_id in there], language)
    found = {}
    for key, paragraph in wanted.items():
        above = [h for h in headings if h.version_id == paragraph.version_id and h.position <= paragraph.position]
        number, words = "", LocalizedText("", originals[paragraph.version_id])
        if above:
            number, words = above[-1].number, text_of(above[-1], texts, originals[paragraph.version_id])
        if paragraph.kind is not BlockKind.HEADING:
            number = f"{number} ¶ {paragraph.eid.rpartition('_')[2]}".strip()
        found[key] = Place(number, words.text, paragraph.eid, words.language)
    return found


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


def count_blocks(version: DocumentVersion) -> dict[BlockKind, int]:
    """How many blocks of each kind a draft has; one query."""
    rows = db.session.execute(
        sa.select(Paragraph.kind, sa.func.count())
        .where(Paragraph.version_id == version.id)
        .group_by(Paragraph.kind)
        .order_by(Paragraph.kind)
    )
    return {row[0]: row[1] for row in rows}


def texts_of_edition(version: DocumentVersion, language: str) -> list[str]:
    """The translation of every block, in order; nothing where one is missing or of earlier words; one query.

    Read as columns: there are many.
    """
    is_of = sa.and_(
        Translation.subject == "paragraph",
        Translation.subject_id == Paragraph.id,
        Translation.field == "text",
        Translation.language == language,
    )
    rows = db.session.execute(
        sa.select(Paragraph.text, Translation.text, Translation.source_digest)
        .outerjoin(Translation, is_of)
        .where(Paragraph.version_id == version.id)
        .order_by(Paragraph.position)
    ).all()
    is_complete = all(not words or digest == source_digest(words) for words, _text, digest in rows)
    return [text or "" for _words, text, _digest in rows] if is_complete else []


def list_missing_editions(round_: Round) -> list[MissingPart]:
    """The languages of a consultation in which the draft is missing; an opening check."""
    version = find_version(round_)
    # An edition in another authentic language than the consultation's counts for nothing: it was changed since.
    fits = version is not None and version.language == round_.consultation.authentic_language
    have = {edition.language for edition in version.editions} if version and fits else set()
    return [MissingPart("document", "draft", code) for code in round_.consultation.languages if code not in have]


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
    shown = [row for row in rows if held(of_rounds[row.version.round_id].consultation, language)]
    texts = load_texts("corrigendum", [row.id for row in shown if row.version.language != language], language)
    return [
        CorrigendumInWords(
            row, texts.of(row.id, "words", row.words, row.version.language), row.language or row.version.language
        )
        for row in rows
    ]
