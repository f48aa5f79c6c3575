"""The time zone that a person reads deadlines in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.add_column("account", sa.Column("time_zone", sa.Text(), nullable=True))
