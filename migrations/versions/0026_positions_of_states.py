"""Reservations and statements of position: published verbatim beside a paragraph, and not answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import guard, rebuild

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NATURES = "'point', 'reservation', 'statement'"
GUARDED = {"comment": (("nature", "UPDATE", "nature", "OLD.reference IS NOT NULL AND NEW.nature <> OLD.nature"),)}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with rebuild("comment") as batch:
        batch.add_column(sa.Column("nature", sa.String(40), nullable=False, server_default="point"))
        batch.create_check_constraint(op.f("ck_comment_nature"), f"nature IN ({NATURES})")
        batch.create_check_constraint(
            op.f("ck_comment_of_states_on_the_text"), "nature = 'point' OR question_id IS NULL"
        )
        batch.create_check_constraint(
            op.f("ck_comment_of_states_is_not_answered"),
            "nature = 'point' OR response_status IN ('unanswered', 'closed')",
        )
    with rebuild("comment") as batch:
        batch.alter_column("nature", existing_type=sa.String(40), server_default=None)
    where = sa.text("nature <> 'point'")
    op.create_index("ix_comment_of_states", "comment", ["round_id"], sqlite_where=where, postgresql_where=where)
    guard(GUARDED)
