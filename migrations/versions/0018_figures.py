"""Figures, counted once a day; how much the rows of releases tell of the sort of author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, Rule, guard, rebuild

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WHO = (
    "'government', 'intergovernmental', 'civil_society', 'indigenous_peoples', 'trade_union', 'local_community', "
    "'womens_group', 'youth_group', 'industry', 'investor', 'academia', 'other', 'several', 'not_stated', 'protected'"
)
# A reissue may tell less of an author; it never goes back to telling all.
GUARDED: dict[str, tuple[Rule, ...]] = {
    "release_row": (("told", "UPDATE", "told", "NEW.told = 'all'"),),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _figures()
    # Every row told all until now; those of protected authors are thereby outdated, and the worker makes them anew.
    with rebuild("release_row") as batch:
        batch.add_column(sa.Column("told", sa.String(40), nullable=False, server_default="all"))
    with rebuild("release_row") as batch:
        batch.alter_column("told", server_default=None)
        batch.create_check_constraint(op.f("ck_release_row_told"), "told IN ('all', 'group', 'nothing')")
    guard(GUARDED)


def _figures() -> None:
    op.create_table(
        "figure_cube",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("departed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_figure_cube_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_cube")),
        sa.UniqueConstraint("round_id", name=op.f("uq_figure_cube_round_id")),
    )
    op.create_table(
        "figure_cell",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("cube_id", KEY, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("option_id", KEY, nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 5", name=op.f("ck_figure_cell_large_enough")),
        sa.CheckConstraint("option_id IS NOT NULL OR value = ''", name=op.f("ck_figure_cell_value_of_an_option")),
        sa.CheckConstraint(f"who IN ({WHO})", name=op.f("ck_figure_cell_who")),
        sa.ForeignKeyConstraint(
            ["cube_id"], ["figure_cube.id"], name=op.f("fk_figure_cell_cube_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["question_option.id"], name=op.f("fk_figure_cell_option_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_cell")),
    )
    op.create_index(op.f("ix_figure_cell_cube_id"), "figure_cell", ["cube_id"])
    op.create_index(op.f("ix_figure_cell_option_id"), "figure_cell", ["option_id"])
    op.create_table(
        "figure_member",
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.CheckConstraint(f"who IN ({WHO})", name=op.f("ck_figure_member_who")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_figure_member_submission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "who", name=op.f("pk_figure_member")),
    )
