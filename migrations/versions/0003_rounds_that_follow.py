"""A round that follows another says what is new in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import rebuild

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.add_column("round", sa.Column("introduction", sa.Text(), nullable=False, server_default=""))
    with rebuild("round") as round_:
        round_.alter_column("introduction", server_default=None)
