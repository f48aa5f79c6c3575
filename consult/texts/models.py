"""Translations; originals are plain columns of the feature that owns them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, enum_type, primary_key
from consult.texts.enums import Origin


class Translation(Base):
    """One field of one subject in one other language: who or what made it, when, and from which source."""

    __tablename__ = "translation"
    __table_args__ = (sa.UniqueConstraint("subject", "subject_id", "field", "language"),)

    id: Mapped[int] = primary_key()
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    field: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    origin: Mapped[Origin] = mapped_column(enum_type(Origin))
    source_digest: Mapped[str]
    translated_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    translated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
