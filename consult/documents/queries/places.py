"""What to call a block in lists and answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from consult.consultations.models import Consultation
from consult.consultations.queries import held
from consult.core.db import db
from consult.documents.enums import BlockKind
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.queries.versions import list_paragraphs, paragraph_texts, text_of
from consult.texts.values import LocalizedText


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
    is_there = held(version.consultation, language) and any(e.language == language for e in version.editions)
    texts = paragraph_texts([p for p in paragraphs if is_there and p.kind is BlockKind.HEADING], language)
    found: dict[int, Place] = {}
    number = heading = words_in = ""
    for paragraph in paragraphs:
        if paragraph.kind is BlockKind.HEADING:
            words = text_of(paragraph, texts, version.language)
            number, heading, words_in = paragraph.number, words.text, words.language
            found[paragraph.id] = Place(number, heading, paragraph.eid, words_in)
        else:
            found[paragraph.id] = Place(f"{number} ¶ {paragraph.inside}".strip(), heading, paragraph.eid, words_in)
    return found


def places_of(paragraphs: Iterable[Paragraph], language: str) -> dict[int, Place]:
    """What to call some blocks, of one draft or of several, by key; three queries, however many there are."""
    wanted = {paragraph.id: paragraph for paragraph in paragraphs}
    if not wanted:
        return {}
    version_ids = {paragraph.version_id for paragraph in wanted.values()}
    versions: Any = db.session.execute(
        sa.select(DocumentVersion.id, DocumentVersion.language, Consultation.languages, Edition.id.label("edition"))
        .join(Consultation, Consultation.id == DocumentVersion.consultation_id)
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
            number = f"{number} ¶ {paragraph.inside}".strip()
        found[key] = Place(number, words.text, paragraph.eid, words.language)
    return found
