"""The language of a comment in its author's own words, where no code is known; what it was asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import guard, rebuild

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GUARDED = {
    "comment": (
        ("language_words", "UPDATE", "language_words",
         "OLD.reference IS NOT NULL AND NOT (NEW.withdrawn_at IS NOT NULL AND NEW.language_words = '')"),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with rebuild("comment") as batch:
        batch.add_column(sa.Column("language_words", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("language_guess", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint(op.f("ck_comment_withdrawn_is_empty"), type_="check")
        batch.create_check_constraint(
            op.f("ck_comment_withdrawn_is_empty"),
            "(withdrawn_at IS NULL) OR "
            "(text = '' AND proposed_change = '' AND place_as_written = '' AND language_words = '')",
        )
        batch.create_check_constraint(op.f("ck_comment_words_where_no_code"), "language_words = '' OR language = 'mis'")
    with rebuild("comment") as batch:
        batch.alter_column("language_words", server_default=None)
        batch.alter_column("language_guess", server_default=None)
    guard(GUARDED)
