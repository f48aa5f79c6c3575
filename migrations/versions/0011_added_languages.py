"""Languages that a consultation is given after its opening; translated files that wait to be looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, guard

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GUARDED = {
    # What everybody was told stays; what is in preparation can be withdrawn.
    "added_language": (
        ("changed", "UPDATE", None, "OLD.published_at IS NOT NULL"),
        ("deleted", "DELETE", None, "OLD.published_at IS NOT NULL"),
    )
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "added_language",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("begun_by", KEY, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extension_id", KEY, nullable=True),
        sa.CheckConstraint(
            "published_at IS NOT NULL OR (reason = '' AND extension_id IS NULL)",
            name=op.f("ck_added_language_decided_when_published"),
        ),
        sa.CheckConstraint("reason = '' OR extension_id IS NULL", name=op.f("ck_added_language_reason_or_extension")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_added_language_consultation_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_added_language_round_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["account.id"], name=op.f("fk_added_language_begun_by")),
        sa.ForeignKeyConstraint(["extension_id"], ["round_extension.id"], name=op.f("fk_added_language_extension_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_added_language")),
        sa.UniqueConstraint("consultation_id", "language", name=op.f("uq_added_language_consultation_id_language")),
    )
    for column in ("round_id", "extension_id"):
        op.create_index(op.f(f"ix_added_language_{column}"), "added_language", [column])
    op.create_table(
        "translated_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("kept_digest", sa.Text(), nullable=False),
        sa.Column("begun_by", KEY, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_translated_file_consultation_id")
        ),
        sa.ForeignKeyConstraint(["begun_by"], ["account.id"], name=op.f("fk_translated_file_begun_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translated_file")),
        sa.UniqueConstraint("key", name=op.f("uq_translated_file_key")),
    )
    for column in ("consultation_id", "kept_digest", "begun_at"):
        op.create_index(op.f(f"ix_translated_file_{column}"), "translated_file", [column])
    guard(GUARDED)
