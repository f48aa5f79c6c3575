"""Comparisons of versions, computed once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "comparison",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("older_id", KEY, nullable=False),
        sa.Column("newer_id", KEY, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_of", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
        sa.UniqueConstraint("older_id", "newer_id", "language", name=op.f("uq_comparison_older_id_newer_id_language")),
        sa.ForeignKeyConstraint(
            ["older_id"], ["document_version.id"], name=op.f("fk_comparison_older_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["newer_id"], ["document_version.id"], name=op.f("fk_comparison_newer_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("older_id <> newer_id", name=op.f("ck_comparison_two_versions")),
        sa.CheckConstraint("(sha256 IS NULL) = (made_of = '')", name=op.f("ck_comparison_made_has_file")),
    )
    for name in ("older_id", "newer_id", "sha256"):
        op.create_index(op.f(f"ix_comparison_{name}"), "comparison", [name])
