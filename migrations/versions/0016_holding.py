"""What is held until its round has closed, with its entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, Rule, guard, rebuild

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HELD = "is_held"
# An entry waits as it was written; it goes when it is in the ledger, and its salt with the words that it is about.
GUARDED: dict[str, tuple[Rule, ...]] = {
    "held_entry": (
        ("changed", "UPDATE", "batch, held_by, act, subject, subject_id, host_id, actor_kind, digest", "TRUE"),
        ("salt", "UPDATE", "salt", "NEW.salt IS NOT NULL"),
    ),
    "lifting": (("changed", "UPDATE", None, "TRUE"), ("deleted", "DELETE", None, "TRUE")),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "held_entry",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("held_by", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_entry")),
    )
    op.create_index("ix_held_entry_batch", "held_entry", ["batch", "held_by"])
    op.create_index("ix_held_entry_subject", "held_entry", ["subject", "subject_id"])
    op.create_index(op.f("ix_held_entry_actor_id"), "held_entry", ["actor_id"])
    op.create_table(
        "lifting",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_lifting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifting")),
        sa.UniqueConstraint("round_id", "lifted_on", name=op.f("uq_lifting_round_id_lifted_on")),
    )
    # Earlier releases kept when a draft was begun and saved beside what was submitted: of protected authors it goes, as
    # with every protected submission from now on. The moment of submitting is frozen, and stays.
    op.execute(
        "UPDATE submission SET begun_at = NULL, saved_at = NULL WHERE status IN ('submitted', 'withdrawn') "
        "AND publication_setting IN ('pseudonym', 'anonymous', 'not_published')"
    )
    # Earlier releases counted the points of a compilation among those that wait for an answer; it asks for none.
    compiled = r"name IN (SELECT 'round:' || id || '\:asked' FROM round WHERE visibility = 'compilation_only')"
    for name in ("counter", "counter_delta"):
        op.execute(sa.update(sa.table(name, sa.column("amount"))).values(amount=0).where(sa.text(compiled)))
    # What was public before stays so: nothing that is on the record now is held afterwards.
    _add("comment", sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("release", sa.Column("counted_only", sa.Integer(), nullable=False, server_default=sa.text("0")))
    for table in ("submission", "comment"):
        op.create_index(
            f"ix_{table}_held", table, ["round_id"], sqlite_where=sa.text(HELD), postgresql_where=sa.text(HELD)
        )
    guard(GUARDED)


def _add(table: str, column: sa.Column[object]) -> None:
    name = column.name
    with rebuild(table) as batch:
        batch.add_column(column)
    with rebuild(table) as batch:
        batch.alter_column(name, server_default=None)
