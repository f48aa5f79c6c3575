"""Which point caused which change, and what changed though no point asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "change_trace",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("eid", sa.Text(), nullable=False),
        sa.Column("paragraph_id", KEY, nullable=True),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", KEY, nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removal_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_trace")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_change_trace_comment_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_change_trace_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraph.id"], name=op.f("fk_change_trace_paragraph_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_change_trace_made_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["account.id"], name=op.f("fk_change_trace_removed_by")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_change_trace_removed_by_somebody")
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removal_reason = '')", name=op.f("ck_change_trace_removed_has_reason")
        ),
    )
    op.create_index(op.f("ix_change_trace_comment_id"), "change_trace", ["comment_id"])
    op.create_index(op.f("ix_change_trace_paragraph_id"), "change_trace", ["paragraph_id"])
    op.create_index("ix_change_trace_change", "change_trace", ["version_id", "eid"])
    counts = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_change_trace_one_that_counts",
        "change_trace",
        ["comment_id", "version_id", "eid"],
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )
    op.create_table(
        "unreflected_reason",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", KEY, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreflected_reason")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_unreflected_reason_comment_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_unreflected_reason_comment_id")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_unreflected_reason_given_by")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_unreflected_reason_has_reason")),
    )
    op.create_table(
        "change_source",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("is_editorial", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", KEY, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_source")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_change_source_consultation_id")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_change_source_given_by")),
        sa.CheckConstraint("is_editorial OR reason <> ''", name=op.f("ck_change_source_says_why")),
    )
    op.create_index(op.f("ix_change_source_consultation_id"), "change_source", ["consultation_id"])
    op.create_table(
        "sourced_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("eid", sa.Text(), nullable=False),
        sa.Column("paragraph_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sourced_change")),
        sa.UniqueConstraint("version_id", "eid", name=op.f("uq_sourced_change_version_id_eid")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["change_source.id"], name=op.f("fk_sourced_change_source_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_sourced_change_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraph.id"], name=op.f("fk_sourced_change_paragraph_id"), ondelete="SET NULL"
        ),
    )
    op.create_index(op.f("ix_sourced_change_source_id"), "sourced_change", ["source_id"])
    op.create_index(op.f("ix_sourced_change_paragraph_id"), "sourced_change", ["paragraph_id"])
