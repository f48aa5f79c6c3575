"""What changed for the public, in one order; what is public already is noted by the worker's first sweep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "public_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_change")),
        sa.UniqueConstraint("sequence", name=op.f("uq_public_change_sequence")),
    )
    op.create_index("ix_public_change_subject", "public_change", ["kind", "subject_id"])
    op.create_index(
        "ix_public_change_unsequenced",
        "public_change",
        ["id"],
        sqlite_where=sa.text("sequence IS NULL"),
        postgresql_where=sa.text("sequence IS NULL"),
    )
    op.create_table(
        "followed_round",
        sa.Column("round_id", KEY, autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_followed_round_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_followed_round")),
    )
    op.create_table(
        "followed_commitment",
        sa.Column("commitment_id", KEY, autoincrement=False, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_followed_commitment_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_followed_commitment")),
    )
