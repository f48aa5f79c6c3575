"""Translations and what their readers say against them; originals are plain columns of the feature that owns them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.personal import OF_A_PERSON
from consult.texts.enums import Origin


class Translation(Base):
    """One field of one subject in one other language: who or what made it, when, and from which source."""

    __tablename__ = "translation"
    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_id", "field", "language"),
        sa.CheckConstraint("(origin = 'machine') = (made_with <> '')", name="machine_is_named"),
    )

    id: Mapped[int] = primary_key()
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    field: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    origin: Mapped[Origin] = mapped_column(enum_type(Origin))
    made_with: Mapped[str] = mapped_column(default="")
    source_digest: Mapped[str]
    translated_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    translated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Contest(Base):
    """The author of the words says that a translation of them is not right; settled with an answer, or by another text.

    Of a translation one at a time is open. Nobody is named who settles it where a program saved the other text.

    Who the author is follows from the words: no key of a person stands here. The reason is read by the secretariat.
    """

    __tablename__ = "translation_contest"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="has_reason"),
        sa.CheckConstraint("settled_at IS NOT NULL OR settled_by IS NULL", name="settled_by_somebody"),
        sa.CheckConstraint("settled_at IS NOT NULL OR answer = ''", name="answered_is_settled"),
        sa.Index(
            "uq_translation_contest_one_open",
            "translation_id",
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = primary_key()
    translation_id: Mapped[int] = reference_to("translation.id", cascade=True)
    text_digest: Mapped[str]
    reason: Mapped[str]
    contested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    answer: Mapped[str] = mapped_column(default="")


class SearchText(Base):
    """The tokens of one field of one subject in one language, as `texts.tokens` makes them: one row, or several parts.

    The databases index the tokens each in its own way (migration 0013); which rows there are follows the record, by
    `texts.indexing`. Nothing is stored here that cannot be made anew, so backups leave it out.
    """

    __tablename__ = "search_text"
    __table_args__ = (sa.UniqueConstraint("subject", "subject_id", "field", "language", "part"),)

    id: Mapped[int] = primary_key()
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    field: Mapped[str]
    language: Mapped[str]
    part: Mapped[int]
    tokens: Mapped[str] = mapped_column(info=OF_A_PERSON)
    # A translation's tokens go with it, whatever deletes it.
    translation_id: Mapped[int | None] = reference_to("translation.id", nullable=True, cascade=True)
    rules: Mapped[int]
