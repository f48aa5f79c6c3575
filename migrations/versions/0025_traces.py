"""Which point caused which change, and what changed though no point asked for it."""

from __future__ import annotations

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
