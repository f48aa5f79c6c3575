"""Reading the documents that staff give out beside the draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from consult.consultations.models import BackgroundFile, Consultation
from consult.core.db import db
from consult.core.errors import NotFound
from consult.texts.queries import load_texts
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class Background:
    """A document with its title in the reader's language."""

    row: BackgroundFile
    title: LocalizedText


def list_background(consultation: Consultation, language: str) -> Sequence[Background]:
    """The documents that are given out with a consultation, in the order in which they were added; two queries.

    Args:
        consultation: whose.
        language: the reader's.
    """
    rows = db.session.scalars(
        sa.select(BackgroundFile)
        .where(BackgroundFile.consultation_id == consultation.id, BackgroundFile.file_id.is_not(None))
        .order_by(BackgroundFile.number)
    ).all()
    texts = load_texts("background_file", [row.id for row in rows], language)
    authentic = consultation.authentic_language
    return [Background(row, texts.of(row.id, "title", row.title, authentic)) for row in rows]


def count_background(consultation: Consultation) -> int:
    """How many documents are given out with a consultation."""
    statement = sa.select(sa.func.count()).where(
        BackgroundFile.consultation_id == consultation.id, BackgroundFile.file_id.is_not(None)
    )
    return db.session.scalar(statement) or 0


def get_background(consultation: Consultation, number: int) -> BackgroundFile:
    """One document of a consultation.

    Raises:
        NotFound: none such, or taken away.
    """
    found = db.session.scalar(
        sa.select(BackgroundFile).where(
            BackgroundFile.consultation_id == consultation.id,
            BackgroundFile.number == number,
            BackgroundFile.file_id.is_not(None),
        )
    )
    if found is None:
        raise NotFound
    return found
