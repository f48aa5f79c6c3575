"""Where a point points: the exact words of a paragraph."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, trigger_of

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# The words that a point is about are on record with it: neither added, nor changed, nor taken away, but with the point.
GUARDED = {
    "quotation": (
        ("added", "INSERT", None, "NEW"),
        ("changed", "UPDATE", None, "OLD"),
        ("deleted", "DELETE", None, "OLD"),
    )
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "quotation",
        sa.Column("comment_id", KEY, autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_quotation")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_quotation_comment_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("exact <> ''", name=op.f("ck_quotation_has_words")),
        sa.CheckConstraint(
            'start >= 0 AND length(exact) = "end" - start', name=op.f("ck_quotation_words_fill_the_place")
        ),
    )
    _guard()


def _guard() -> None:
    """As `core.migrations.guard`, but whether the point is on record stands in another table."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    on_record = (
        "EXISTS (SELECT 1 FROM comment WHERE comment.id = {row}.comment_id "
        "AND comment.reference IS NOT NULL AND comment.withdrawn_at IS NULL)"
    )
    if not is_sqlite:  # a condition of PostgreSQL's triggers cannot look into another table; a function can
        op.execute(
            "CREATE FUNCTION refuse_quotation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF (TG_OP = 'INSERT' AND {on_record.format(row='NEW')}) "
            f"OR (TG_OP <> 'INSERT' AND {on_record.format(row='OLD')}) THEN "
            "RAISE EXCEPTION 'the record is insert-only: %', TG_NAME; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    for rule in GUARDED["quotation"]:
        _name, event, _columns, row = rule
        trigger = trigger_of("quotation", rule)
        head = f"CREATE TRIGGER {trigger} BEFORE {event} ON quotation"
        if is_sqlite:
            refusal = f"SELECT RAISE(ABORT, 'the record is insert-only: {trigger}')"
            op.execute(f"{head} WHEN {on_record.format(row=row)} BEGIN {refusal}; END")
        else:
            op.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION refuse_quotation()")
