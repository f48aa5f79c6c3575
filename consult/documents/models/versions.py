"""Document versions, their language editions and paragraphs.

The words of the authentic edition are in ``Paragraph.text``. Another language edition is the translations of the
same paragraphs (``texts.Translation``, subject ``paragraph``, field ``text``): one store, the same eIds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from consult.consultations.models import Round, in_preparation
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.documents.enums import BlockKind
from consult.texts.models import SearchText
from consult.texts.searchable import Searchable, declare


class DocumentVersion(Base):
    """One dated draft, consulted on in one round."""

    __tablename__ = "document_version"

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), unique=True)
    language: Mapped[str]
    imported_at: Mapped[datetime]

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    editions: Mapped[list[Edition]] = relationship(order_by="Edition.language", cascade="all, delete-orphan")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


class Edition(Base):
    """That draft in one language: which file it came from."""

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("version_id", "language"),)

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    language: Mapped[str]
    source_digest: Mapped[str]
    imported_at: Mapped[datetime]


class Paragraph(Base):
    """The addressable unit: a heading, paragraph, list item, table or quotation, by its eId."""

    __tablename__ = "paragraph"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "eid"),
        sa.UniqueConstraint("version_id", "position"),
        sa.CheckConstraint("(kind = 'heading') = (level > 0)", name="only_headings_have_levels"),
    )

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    eid: Mapped[str]
    position: Mapped[int]
    kind: Mapped[BlockKind] = mapped_column(enum_type(BlockKind))
    level: Mapped[int]
    number: Mapped[str]
    text: Mapped[str]


def _consultation_of_paragraph() -> sa.ScalarSelect[Any]:
    block, version, of_round = aliased(Paragraph), aliased(DocumentVersion), aliased(Round)
    return (
        sa.select(of_round.consultation_id)
        .join(version, version.round_id == of_round.id)
        .join(block, block.version_id == version.id)
        .where(block.id == SearchText.subject_id)
        .correlate(SearchText)
        .scalar_subquery()
    )


declare(
    Searchable(
        Paragraph,
        "paragraph",
        fields=("text",),
        language=lambda: (
            sa.select(DocumentVersion.language).where(DocumentVersion.id == Paragraph.version_id).scalar_subquery()
        ),
        is_hidden=lambda: in_preparation(_consultation_of_paragraph()),
    )
)
