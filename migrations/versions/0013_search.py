"""The index that finds words in every script.

The table is the same on both databases; the application makes the tokens. SQLite finds rows by an FTS5 table that
triggers keep equal to it, PostgreSQL by a GIN index. `consult migrate` fills it afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The tokens hold nothing but letters, marks and digits, parted by spaces: splitting at ASCII signs cuts them rightly.
FTS5 = (
    (
        "CREATE VIRTUAL TABLE search_words USING fts5"
        "(tokens, content='search_text', content_rowid='id', tokenize='ascii', detail='none')"
    ),
    (
        "CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN "
        "INSERT INTO search_words (rowid, tokens) VALUES (new.id, new.tokens); END"
    ),
    (
        "CREATE TRIGGER search_text_removed AFTER DELETE ON search_text BEGIN "
        "INSERT INTO search_words (search_words, rowid, tokens) VALUES ('delete', old.id, old.tokens); END"
    ),
    (
        "CREATE TRIGGER search_text_changed BEFORE UPDATE ON search_text BEGIN "
        "SELECT RAISE(ABORT, 'rows of search_text are made anew, not changed'); END"
    ),
)


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "search_text",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("translation_id", KEY, nullable=True),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["translation_id"], ["translation.id"], name=op.f("fk_search_text_translation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_text")),
        sa.UniqueConstraint(
            "subject", "subject_id", "field", "language", "part",
            name=op.f("uq_search_text_subject_subject_id_field_language_part"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_search_text_translation_id"), "search_text", ["translation_id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in FTS5:
            op.execute(statement)
    else:
        op.create_index(
            op.f("ix_search_text_tokens"),
            "search_text",
            [sa.text("array_to_tsvector(string_to_array(btrim(tokens), ' '))")],
            postgresql_using="gin",
        )
