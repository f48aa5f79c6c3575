"""Comment tables that were brought in: the import, the rows that were taken, the mappings that a host remembers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.enums import Capacity
from consult.consultations.models import Round
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE
from consult.intake.enums import ImportStatus
from consult.submissions.enums import PublicationSetting


class CommentImport(Base):
    """One comment table: first a draft that is looked at, then the record of what was taken and what was not.

    The file waits in the file store while it is a draft, under a digest of its own; afterwards the rows that were
    not taken wait here, with the name of the file. All of it is forgotten after some days, or when who spoke
    withdraws everything; the numbers stay. `file_digest` is keyed: nobody proves with a file what it brought in.
    """

    __tablename__ = "comment_import"
    __table_args__ = (
        sa.CheckConstraint("(status = 'imported') = (imported_at IS NOT NULL)", name="imported_has_time"),
        sa.CheckConstraint(
            "status = 'draft' OR (setting IS NOT NULL AND capacity IS NOT NULL AND language IS NOT NULL)",
            name="imported_is_complete",
        ),
    )

    id: Mapped[int] = primary_key()
    key: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = reference_to("round.id")
    status: Mapped[ImportStatus] = mapped_column(enum_type(ImportStatus), default=ImportStatus.DRAFT)
    file_name: Mapped[str]
    file_digest: Mapped[str]
    kept_digest: Mapped[str | None] = mapped_column(index=True, info=NAMES_A_FILE)
    begun_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    begun_at: Mapped[datetime]
    imported_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)
    imported_at: Mapped[datetime | None] = mapped_column(index=True)

    sheet: Mapped[str | None]
    encoding: Mapped[str | None]
    header: Mapped[int | None]
    headings: Mapped[str] = mapped_column(default="")
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    speaker: Mapped[str] = mapped_column(default="")
    capacity: Mapped[Capacity | None] = mapped_column(enum_type(Capacity))
    setting: Mapped[PublicationSetting | None] = mapped_column(enum_type(PublicationSetting))
    language: Mapped[str | None]
    how_permitted: Mapped[str] = mapped_column(default="")
    late_reason: Mapped[str] = mapped_column(default="")
    # What a person decided: of places by their words, of respondents by their names.
    places: Mapped[dict[str, Any]] = mapped_column(default=dict)
    capacities: Mapped[dict[str, Any]] = mapped_column(default=dict)

    rows_taken: Mapped[int] = mapped_column(default=0)
    rows_known: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    groups: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The rows that were not taken, as they stood in the file, until they are forgotten.
    refused: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), deferred=True)

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id

    @property
    def is_draft(self) -> bool:
        """Whether nothing of it has been taken yet."""
        return self.status is ImportStatus.DRAFT


class ImportedRow(Base):
    """A row that was taken, by a keyed digest of its cells: it is not taken again, whatever file it comes in.

    Who spoke is not part of the digest where the setting protects that. Of two rows that are the same in one file
    both are taken: the digest counts them. When the point is withdrawn the digest goes, and the number of the row:
    nothing then shows what stood there, nor that it was this row.
    """

    __tablename__ = "imported_row"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "digest"),
        sa.CheckConstraint("(digest IS NULL) = (row_number = 0)", name="withdrawn_is_empty"),
    )

    id: Mapped[int] = primary_key()
    round_id: Mapped[int] = reference_to("round.id", index=False)
    import_id: Mapped[int] = reference_to("comment_import.id")
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), unique=True)
    row_number: Mapped[int]
    digest: Mapped[str | None]


class ColumnMapping(Base):
    """Which column of a table with these headings holds what, as a host decided it the last time."""

    __tablename__ = "column_mapping"
    __table_args__ = (sa.UniqueConstraint("host_id", "headings"),)

    id: Mapped[int] = primary_key()
    host_id: Mapped[int] = reference_to("host.id", index=False)
    headings: Mapped[str]
    columns: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
