"""Document versions, their language editions and paragraphs.

The words of the authentic edition are in ``Paragraph.text``. Another language edition is the translations of the
same paragraphs (``texts.Translation``, subject ``paragraph``, field ``text``): one store, the same eIds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from consult.consultations.models import Consultation, Round, in_preparation
from consult.core.db import Base, enum_type, only_one, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE
from consult.documents.enums import BlockKind, SourceFormat
from consult.files.kinds import Kind
from consult.texts.models import SearchText
from consult.texts.searchable import Searchable, declare


class DocumentVersion(Base):
    """One dated draft, consulted on in one round; or the final text, which belongs to no round.

    It never changes once its round is opened or, if it is the final text, once the outcome is recorded.
    """

    __tablename__ = "document_version"
    __table_args__ = (only_one("uq_document_version_one_final", "consultation_id", where="round_id IS NULL"),)

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"), unique=True)
    language: Mapped[str]
    imported_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    of_round: Mapped[Round | None] = relationship(lazy="joined")
    editions: Mapped[list[Edition]] = relationship(order_by="Edition.language", cascade="all, delete-orphan")

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id

    @property
    def is_final(self) -> bool:
        """Whether it is the text that the process ended with."""
        return self.of_round is None

    @property
    def round(self) -> Round:
        """The round that it is consulted on in.

        Raises:
            RuntimeError: it is the final text.
        """
        if self.of_round is None:
            raise RuntimeError("the final text is consulted on in no round")
        return self.of_round


class Edition(Base):
    """That draft in one language: what it was made from."""

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("version_id", "language"),)

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    language: Mapped[str]
    source_format: Mapped[SourceFormat] = mapped_column(enum_type(SourceFormat), default=SourceFormat.MARKDOWN)
    source_digest: Mapped[str]
    imported_at: Mapped[datetime]


class Figure(Base):
    """A picture of a draft, made anew from what the file held: nothing else of it is kept."""

    __tablename__ = "figure"
    __table_args__ = (sa.CheckConstraint("width > 0 AND height > 0", name="has_a_size"),)

    id: Mapped[int] = primary_key()
    sha256: Mapped[str] = mapped_column(index=True, info=NAMES_A_FILE)
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    width: Mapped[int]
    height: Mapped[int]


class Paragraph(Base):
    """The addressable unit: a heading, paragraph, list item, table and so on, by its eId.

    The eId is stable for the life of the document: what continues a paragraph of an earlier version has its eId,
    wherever it stands now, and no other paragraph ever gets it. ``inside`` says where it stands in its section, from
    1; of a heading it is 0.
    """

    __tablename__ = "paragraph"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "eid"),
        sa.UniqueConstraint("version_id", "position"),
        sa.CheckConstraint("(kind = 'heading') = (level > 0)", name="only_headings_have_levels"),
        sa.CheckConstraint("(kind = 'heading') = (inside = 0)", name="headings_begin_sections"),
        sa.CheckConstraint("figure_id IS NULL OR kind = 'figure'", name="only_figures_have_pictures"),
    )

    id: Mapped[int] = primary_key()
    version_id: Mapped[int] = reference_to("document_version.id", cascade=True)
    eid: Mapped[str]
    position: Mapped[int]
    kind: Mapped[BlockKind] = mapped_column(enum_type(BlockKind))
    level: Mapped[int]
    number: Mapped[str]
    inside: Mapped[int]
    text: Mapped[str]
    figure_id: Mapped[int | None] = reference_to("figure.id", nullable=True)

    figure: Mapped[Figure | None] = relationship()


def _consultation_of_paragraph() -> sa.ScalarSelect[Any]:
    block, version = aliased(Paragraph), aliased(DocumentVersion)
    return (
        sa.select(version.consultation_id)
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
