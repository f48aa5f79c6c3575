"""All kinds of questions; revised submissions; input received late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, guard, rebuild

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = "'free_text', 'single_choice', 'multiple_choice', 'agreement', 'positions'"
STATUSES = "'draft', 'offered', 'declined', 'submitted', 'withdrawn'"
GUARDED = {
    "comment": (("place", "UPDATE", "option_id, supersedes_id", "OLD.reference IS NOT NULL"),),
    "submission": (
        ("revision", "UPDATE", "supersedes_id, revision", "OLD.status IN ('submitted', 'withdrawn')"),
        ("late", "UPDATE", "is_late, late_reason", "OLD.is_late"),
    ),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    with rebuild("question") as batch:
        batch.drop_constraint(op.f("ck_question_questionkind"), type_="check")
        batch.create_check_constraint(op.f("ck_question_questionkind"), f"kind IN ({KINDS})")
    _choices()
    _comments()
    _submissions()
    guard(GUARDED)


def _choices() -> None:
    kinds = {
        "agreement": ("strongly_agree", "agree", "neither", "disagree", "strongly_disagree"),
        "stance": ("support", "not_support", "no_position_yet", "reserve"),
    }
    with rebuild("choice") as batch:
        # What there is so far are choices of one option of several.
        batch.add_column(sa.Column("is_only", sa.Boolean(), nullable=False, server_default=sa.true()))
        for name in kinds:
            batch.add_column(sa.Column(name, sa.String(40), nullable=True))
        batch.drop_constraint(op.f("uq_choice_submission_id_question_id"), type_="unique")
    with rebuild("choice") as batch:
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
    with rebuild("comment") as batch:
        batch.add_column(sa.Column("option_id", KEY, nullable=True))
        batch.add_column(sa.Column("supersedes_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_comment_option_id"), "question_option", ["option_id"], ["id"])
        batch.create_foreign_key(op.f("fk_comment_supersedes_id"), "comment", ["supersedes_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_comment_submission_id_option_id"), ["submission_id", "option_id"])
        batch.create_unique_constraint(op.f("uq_comment_supersedes_id"), ["supersedes_id"])
        batch.create_check_constraint(
            op.f("ck_comment_option_of_a_question"), "option_id IS NULL OR question_id IS NOT NULL"
        )
        batch.create_index(op.f("ix_comment_option_id"), ["option_id"])


def _submissions() -> None:
    with rebuild("submission") as batch:
        batch.add_column(sa.Column("supersedes_id", KEY, nullable=True))
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
    with rebuild("submission") as batch:
        for name in ("revision", "is_late", "late_reason", "late_plea"):
            batch.alter_column(name, server_default=None)
