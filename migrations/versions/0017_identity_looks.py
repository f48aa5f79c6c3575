"""Looks at protected identities; texts struck."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, Rule, guard, rebuild

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REASONS = "'safety', 'legal_duty', 'asked', 'conflict_of_interest', 'false_name'"
STRIKES = "'proposed', 'confirmed', 'rejected', 'taken_back', 'lapsed', 'withdrawn'"
CLASSES = "'safety', 'law'"
COUNTS = "status IN ('proposed', 'confirmed')"
# Who looked, when and why stays; the words may be erased with the person. A proposal is settled once.
GUARDED: dict[str, tuple[Rule, ...]] = {
    "identity_look": (
        ("changed", "UPDATE", "submission_id, host_id, officer_id, reason, looked_at", "TRUE"),
        ("words", "UPDATE", "words", "NEW.words <> ''"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
    "strike": (
        ("changed", "UPDATE", "comment_id, reason, order_reference, proposed_by, proposed_at", "TRUE"),
        ("words", "UPDATE", "words", "NEW.words <> ''"),
        ("settled", "UPDATE", "status, settled_by, settled_at", "OLD.status <> 'proposed'"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
    "comment": (("struck", "UPDATE", "struck_as", "OLD.struck_as IS NOT NULL"),),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _looks()
    _struck_points()
    _strikes()
    guard(GUARDED)


def _looks() -> None:
    op.create_table(
        "identity_look",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("host_id", KEY, nullable=False),
        sa.Column("officer_id", KEY, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_identity_look_lookreason")),
        sa.CheckConstraint("(erased_on IS NULL) = (words <> '')", name=op.f("ck_identity_look_words_or_erased")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_identity_look_submission_id")),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_identity_look_host_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["account.id"], name=op.f("fk_identity_look_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_look")),
    )
    op.create_index(op.f("ix_identity_look_submission_id"), "identity_look", ["submission_id"])
    op.create_index(op.f("ix_identity_look_host_id"), "identity_look", ["host_id"])
    op.create_index(op.f("ix_identity_look_officer_id_looked_at"), "identity_look", ["officer_id", "looked_at"])


def _struck_points() -> None:
    with rebuild("comment") as batch:
        batch.add_column(sa.Column("struck_as", sa.String(40), nullable=True))
        batch.create_check_constraint(op.f("ck_comment_strikereason"), f"struck_as IN ({CLASSES})")
        batch.create_check_constraint(
            op.f("ck_comment_struck_is_empty"), "struck_as IS NULL OR withdrawn_at IS NOT NULL"
        )
    with rebuild("release_row") as batch:
        batch.drop_constraint(op.f("ck_release_row_shown"), type_="check")
        batch.create_check_constraint(
            op.f("ck_release_row_shown"),
            "shown IN ('text', 'not_published', 'restricted', 'withdrawn', 'struck')",
        )


def _strikes() -> None:
    op.create_table(
        "strike",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("order_reference", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decision_id", KEY, nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", KEY, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_words", sa.Text(), nullable=False),
        sa.CheckConstraint(f"reason IN ({CLASSES})", name=op.f("ck_strike_strikereason")),
        sa.CheckConstraint(f"status IN ({STRIKES})", name=op.f("ck_strike_strikestatus")),
        sa.CheckConstraint("(status = 'proposed') = (settled_at IS NULL)", name=op.f("ck_strike_settled_has_time")),
        sa.CheckConstraint(
            "status NOT IN ('confirmed', 'rejected') OR (settled_by IS NOT NULL AND settled_by <> proposed_by)",
            name=op.f("ck_strike_decided_by_another"),
        ),
        sa.CheckConstraint(
            "status <> 'taken_back' OR settled_by = proposed_by", name=op.f("ck_strike_taken_back_by_the_same")
        ),
        sa.CheckConstraint(
            "status NOT IN ('proposed', 'lapsed', 'withdrawn') OR settled_by IS NULL",
            name=op.f("ck_strike_settled_by_nobody"),
        ),
        sa.CheckConstraint("words <> '' OR status NOT IN ('proposed', 'confirmed')", name=op.f("ck_strike_has_words")),
        sa.CheckConstraint("reason <> 'law' OR order_reference <> ''", name=op.f("ck_strike_law_has_order")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_strike_comment_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["moderation_decision.id"], name=op.f("fk_strike_decision_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_strike_proposed_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_strike_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
    )
    op.create_index(op.f("ix_strike_comment_id"), "strike", ["comment_id"])
    op.create_index(op.f("ix_strike_proposed_at"), "strike", ["proposed_at"])
    op.create_index(
        "uq_strike_one_that_counts",
        "strike",
        ["comment_id"],
        unique=True,
        sqlite_where=sa.text(COUNTS),
        postgresql_where=sa.text(COUNTS),
    )
