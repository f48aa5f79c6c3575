"""The language of a comment in its author's own words, where no code is known."""

from __future__ import annotations

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
