"""Translations name their machine, and can be contested; the role of translators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, rebuild

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with rebuild("translation") as batch:
        batch.add_column(sa.Column("made_with", sa.Text(), nullable=False, server_default=""))
    with rebuild("translation") as batch:
        batch.alter_column("made_with", server_default=None)
        batch.create_check_constraint(
            op.f("ck_translation_machine_is_named"), "(origin = 'machine') = (made_with <> '')"
        )
    with rebuild("membership") as batch:
        batch.drop_constraint(op.f("ck_membership_staffrole"), type_="check")
        batch.create_check_constraint(
            op.f("ck_membership_staffrole"),
            "role IN ('manager', 'moderator', 'responder', 'approver', 'translator')",
        )
    op.create_table(
        "translation_contest",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("translation_id", KEY, nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_translation_contest_has_reason")),
        sa.CheckConstraint(
            "settled_at IS NOT NULL OR settled_by IS NULL", name=op.f("ck_translation_contest_settled_by_somebody")
        ),
        sa.CheckConstraint(
            "settled_at IS NOT NULL OR answer = ''", name=op.f("ck_translation_contest_answered_is_settled")
        ),
        sa.ForeignKeyConstraint(
            ["translation_id"],
            ["translation.id"],
            name=op.f("fk_translation_contest_translation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_contest")),
    )
    op.create_index(op.f("ix_translation_contest_translation_id"), "translation_contest", ["translation_id"])
    op.create_index(
        "uq_translation_contest_one_open",
        "translation_contest",
        ["translation_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "translated_answer",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("response_version_id", KEY, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_version_id"],
            ["response_version.id"],
            name=op.f("fk_translated_answer_response_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translated_answer")),
        sa.UniqueConstraint(
            "response_version_id", "language", name=op.f("uq_translated_answer_response_version_id_language")
        ),
    )
