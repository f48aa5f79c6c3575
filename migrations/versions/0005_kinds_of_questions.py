"""All kinds of questions; revised submissions; input received late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "'free_text', 'single_choice', 'multiple_choice', 'agreement', 'positions'"
STATUSES = "'draft', 'offered', 'declined', 'submitted', 'withdrawn'"
# As in 0002: (trigger, table, event, columns, condition).
GUARDED = (
    ("frozen_comment_place", "comment", "UPDATE", "option_id, supersedes_id", "OLD.reference IS NOT NULL"),
    ("frozen_submission_revision", "submission", "UPDATE", "supersedes_id, revision",
     "OLD.status IN ('submitted', 'withdrawn')"),
    ("frozen_submission_late", "submission", "UPDATE", "is_late, late_reason", "OLD.is_late"),
)  # fmt: skip


def triggers() -> tuple[tuple[str, str, str, str | None, str], ...]:
    """(trigger, table, event, columns, condition) of each; the function that they call is of 0002."""
    return GUARDED


def create_triggers() -> None:
    """Create those that are not there; a later migration that rebuilds these tables on SQLite calls this again."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, event, columns, condition in triggers():
        if sqlite:
            op.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} OF {columns} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, 'the record is insert-only: {name}'); END"
            )
        else:
            op.execute(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} OF {columns} ON {table} FOR EACH ROW "
                f"WHEN ({condition}) EXECUTE FUNCTION refuse_change()"
            )


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint(op.f("ck_question_questionkind"), type_="check")
        batch.create_check_constraint(op.f("ck_question_questionkind"), f"kind IN ({KINDS})")
    _choices()
    _comments()
    _submissions()
    op.get_context().script.get_revision("0002").module.create_triggers()
    create_triggers()


def _choices() -> None:
    kinds = {
        "agreement": ("strongly_agree", "agree", "neither", "disagree", "strongly_disagree"),
        "stance": ("support", "not_support", "no_position_yet", "reserve"),
    }
    with op.batch_alter_table("choice") as batch:
        # What there is so far are choices of one option of several.
        batch.add_column(sa.Column("is_only", sa.Boolean(), nullable=False, server_default=sa.true()))
        for name in kinds:
            batch.add_column(sa.Column(name, sa.String(40), nullable=True))
        batch.drop_constraint(op.f("uq_choice_submission_id_question_id"), type_="unique")
    with op.batch_alter_table("choice") as batch:
        batch.alter_column("is_only", server_default=None)
        batch.create_unique_constraint(op.f("uq_choice_submission_id_option_id"), ["submission_id", "option_id"])
        batch.create_check_constraint(op.f("ck_choice_one_value_at_most"), "agreement IS NULL OR stance IS NULL")
        for name, values in kinds.items():
            listed = ", ".join(f"'{value}'" for value in values)
            batch.create_check_constraint(op.f(f"ck_choice_{name}"), f"{name} IN ({listed})")
    op.create_index(
        "uq_choice_only_one",
        "choice",
        ["submission_id", "question_id"],
        unique=True,
        sqlite_where=sa.text("is_only"),
        postgresql_where=sa.text("is_only"),
    )


def _comments() -> None:
    with op.batch_alter_table("comment") as batch:
        batch.add_column(sa.Column("option_id", BIG_ID, nullable=True))
        batch.add_column(sa.Column("supersedes_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_comment_option_id"), "question_option", ["option_id"], ["id"])
        batch.create_foreign_key(op.f("fk_comment_supersedes_id"), "comment", ["supersedes_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_comment_submission_id_option_id"), ["submission_id", "option_id"])
        batch.create_unique_constraint(op.f("uq_comment_supersedes_id"), ["supersedes_id"])
        batch.create_check_constraint(
            op.f("ck_comment_option_of_a_question"), "option_id IS NULL OR question_id IS NOT NULL"
        )
        batch.create_index(op.f("ix_comment_option_id"), ["option_id"])


def _submissions() -> None:
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("supersedes_id", BIG_ID, nullable=True))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("is_late", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("late_reason", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("late_plea", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_submission_supersedes_id"), "submission", ["supersedes_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_submission_supersedes_id"), ["supersedes_id"])
        batch.drop_constraint(op.f("ck_submission_submissionstatus"), type_="check")
        batch.create_check_constraint(op.f("ck_submission_submissionstatus"), f"status IN ({STATUSES})")
        batch.create_check_constraint(
            op.f("ck_submission_revision_has_earlier"), "(supersedes_id IS NULL) = (revision = 0)"
        )
        batch.create_check_constraint(
            op.f("ck_submission_late_has_reason"), "late_reason <> '' OR NOT (is_late OR status = 'declined')"
        )
        batch.create_check_constraint(
            op.f("ck_submission_plea_of_an_offer"), "late_plea = '' OR status IN ('offered', 'submitted', 'declined')"
        )
    with op.batch_alter_table("submission") as batch:
        for name in ("revision", "is_late", "late_reason", "late_plea"):
            batch.alter_column(name, server_default=None)
