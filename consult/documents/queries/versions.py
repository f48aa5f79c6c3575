"""Drafts, their blocks and editions; in which order they are, and what addresses call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from consult.consultations.history import is_concluded
from consult.consultations.models import Consultation, Outcome, Round
from consult.consultations.queries import MissingPart
from consult.core.db import db
from consult.core.errors import NotFound
from consult.documents.enums import BlockKind
from consult.documents.models import DocumentVersion, Paragraph
from consult.texts.models import Translation
from consult.texts.queries import Texts, load_texts
from consult.texts.values import LocalizedText, source_digest

FINAL = "final"
IN_ORDER = (sa.case((DocumentVersion.round_id.is_(None), 1), else_=0), Round.number)
"""The versions of one consultation, outer-joined to their rounds: these by their numbers, the final text last."""


def key_of(version: DocumentVersion) -> str:
    """What addresses call a version: the number of its round, or the name of the final text."""
    return FINAL if version.of_round is None else str(version.of_round.number)


def pick_version(versions: Iterable[DocumentVersion], key: str) -> DocumentVersion:
    """The one of these that an address names.

    Raises:
        NotFound: none of them.
    """
    for version in versions:
        if key_of(version) == key:
            return version
    raise NotFound


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


def find_final_text(consultation: Consultation) -> DocumentVersion | None:
    """The text that a process ended with, where it was brought; whether its outcome is recorded or not."""
    return db.session.scalar(
        sa.select(DocumentVersion)
        .where(DocumentVersion.consultation_id == consultation.id, DocumentVersion.round_id.is_(None))
        .options(selectinload(DocumentVersion.editions))
    )


def get_final_text(consultation: Consultation) -> DocumentVersion:
    """The final text, as everybody may read it.

    Raises:
        NotFound: there is none, or the outcome is not recorded yet.
    """
    version = find_final_text(consultation)
    if version is None or not is_fixed(version):
        raise NotFound
    return version


def is_fixed(version: DocumentVersion) -> bool:
    """Whether its text never changes again: its round was opened or, of the final text, the outcome is recorded."""
    if version.of_round is not None:
        return version.of_round.opened_at is not None
    return is_concluded(version.consultation)


def fixed_in_sql(*, coming: bool = False) -> sa.ColumnElement[bool]:
    """SQL: `is_fixed` of a version.

    Args:
        coming: also true of a final text that is kept, as if its outcome were recorded.
    """
    asked = aliased(Round)
    opened = sa.exists().where(asked.id == DocumentVersion.round_id, asked.opened_at.is_not(None))
    is_final = DocumentVersion.round_id.is_(None)
    concluded = sa.exists().where(Outcome.consultation_id == DocumentVersion.consultation_id)
    return sa.or_(opened, is_final if coming else sa.and_(is_final, concluded))


def list_paragraphs(version: DocumentVersion) -> Sequence[Paragraph]:
    """All blocks of a draft, in their order."""
    return db.session.scalars(
        sa.select(Paragraph).where(Paragraph.version_id == version.id).order_by(Paragraph.position)
    ).all()


def list_places_of_blocks(version: DocumentVersion) -> dict[str, int]:
    """The place of each block of a draft, by its eId; one query."""
    rows = db.session.execute(
        sa.select(Paragraph.eid, Paragraph.position)
        .where(Paragraph.version_id == version.id)
        .order_by(Paragraph.position)
    )
    return {row[0]: row[1] for row in rows}


def list_paragraphs_by_id(keys: Iterable[int]) -> Sequence[Paragraph]:
    """Some blocks of any versions; without a query for none."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    return db.session.scalars(
        sa.select(Paragraph).where(Paragraph.id.in_(wanted)).order_by(Paragraph.version_id, Paragraph.position)
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
