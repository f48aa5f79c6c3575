"""Stored files: what is kept of what was handed in or given out. The file as it came is never kept."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, enum_type, primary_key
from consult.core.personal import OF_A_PERSON
from consult.core.storage import NAMES_A_FILE
from consult.files.enums import ScanState
from consult.files.kinds import Kind, Removed


class StoredFile(Base):
    """One cleaned file. What it belongs to, and who may see it, is for the room whose row refers to it."""

    __tablename__ = "stored_file"
    __table_args__ = (
        sa.CheckConstraint("(sha256 IS NULL) = (state = 'infected')", name="infected_is_deleted"),
        sa.CheckConstraint("size > 0", name="holds_something"),
    )

    id: Mapped[int] = primary_key()
    # Of the cleaned bytes. Two rows may name the same ones: the bytes go with the last of them.
    sha256: Mapped[str | None] = mapped_column(index=True, info=NAMES_A_FILE)
    size: Mapped[int] = mapped_column(sa.BigInteger())
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    name: Mapped[str] = mapped_column(info=OF_A_PERSON)
    # What was taken out of it: values of `Removed`.
    removed: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[ScanState] = mapped_column(enum_type(ScanState), default=ScanState.WAITING, index=True)
    created_on: Mapped[date]

    @property
    def removed_codes(self) -> list[Removed]:
        """What was taken out of it, as far as this release knows the word."""
        return [Removed(code) for code in self.removed if code in set(Removed)]

    @property
    def is_given_out(self) -> bool:
        """Whether its bytes may be downloaded, by whoever may see it."""
        return self.state.is_given_out
