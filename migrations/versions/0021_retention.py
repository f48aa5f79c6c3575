"""How long what is personal is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, rebuild

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# As `privacy.enums.LIMITS` has them: the shortest and the longest time that a host may set, in days.
LIMITS = {
    "draft_days": (14, 365),
    "account_days": (365, 1825),
    "security_days": (1, 90),
    "delivery_days": (7, 180),
}
COUNTS = ("drafts", "accounts_told", "accounts_closed", "security_events", "deliveries")


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "retention_rule",
        sa.Column("host_id", KEY, nullable=False, autoincrement=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in LIMITS],
        sa.Column("set_by", KEY, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_retention_rule_host_id")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_retention_rule_set_by")),
        sa.PrimaryKeyConstraint("host_id", name=op.f("pk_retention_rule")),
        *[
            sa.CheckConstraint(f"{name} BETWEEN {least} AND {most}", name=op.f(f"ck_retention_rule_{name}_in_limits"))
            for name, (least, most) in LIMITS.items()
        ],
    )
    op.create_table(
        "retention_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("host_id", KEY, nullable=True),
        sa.Column("ran_on", sa.Date(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS],
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_retention_run_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
        sa.UniqueConstraint("host_id", "ran_on", name=op.f("uq_retention_run_host_id_ran_on")),
    )
    op.create_index(
        "uq_retention_run_of_the_instance",
        "retention_run",
        ["ran_on"],
        unique=True,
        sqlite_where=sa.text("host_id IS NULL"),
        postgresql_where=sa.text("host_id IS NULL"),
    )
    op.create_table(
        "inactivity_notice",
        sa.Column("account_id", KEY, nullable=False, autoincrement=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inactivity_notice_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_inactivity_notice")),
    )
    with rebuild("outgoing_mail") as batch:
        batch.add_column(sa.Column("is_last", sa.Boolean(), nullable=False, server_default=sa.false()))
    with rebuild("outgoing_mail") as batch:
        batch.alter_column("is_last", server_default=None)
    # Nobody is told to have been away before this release began to look.
    op.execute("UPDATE account SET active_on = CURRENT_DATE WHERE active_on IS NULL AND closed_on IS NULL")
