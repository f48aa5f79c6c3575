"""Reading documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from consult.consultations.models import Round
from consult.consultations.queries import MissingPart
from consult.core.db import db
from consult.core.errors import NotFound
from consult.documents.enums import BlockKind
from consult.documents.models import DocumentVersion, Paragraph
from consult.texts.queries import Texts, load_texts
from consult.texts.values import LocalizedText


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

    ``language`` is that of the heading, which may be the original where a translation is missing.
    """

    number: str
    heading: str
    eid: str
    language: str = ""


def places(version: DocumentVersion, language: str) -> dict[int, Place]:
    """For every block of a draft, by key: what to call it in lists and answers."""
    paragraphs = list_paragraphs(version)
    texts = paragraph_texts([p for p in paragraphs if p.kind is BlockKind.HEADING], language)
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
    versions = db.session.execute(
        sa.select(DocumentVersion.id, DocumentVersion.language).where(DocumentVersion.id.in_(version_ids))
    )
    originals = {row.id: row.language for row in versions}
    headings = db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.version_id.in_(version_ids), Paragraph.kind == BlockKind.HEADING)
        .order_by(Paragraph.version_id, Paragraph.position)
    ).all()
    texts = paragraph_texts(headings, language)
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


def count_blocks(version: DocumentVersion) -> dict[BlockKind, int]:
    """How many blocks of each kind a draft has; one query."""
    rows = db.session.execute(
        sa.select(Paragraph.kind, sa.func.count())
        .where(Paragraph.version_id == version.id)
        .group_by(Paragraph.kind)
        .order_by(Paragraph.kind)
    )
    return {row[0]: row[1] for row in rows}


def list_missing_editions(round_: Round) -> list[MissingPart]:
    """The languages of a consultation in which the draft is missing; an opening check."""
    version = find_version(round_)
    # An edition in another authentic language than the consultation's counts for nothing: it was changed since.
    fits = version is not None and version.language == round_.consultation.authentic_language
    have = {edition.language for edition in version.editions} if version and fits else set()
    return [MissingPart("document", "draft", code) for code in round_.consultation.languages if code not in have]
