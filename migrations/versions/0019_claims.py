"""Submissions opened with a code; acknowledgements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, Rule, guard, rebuild, trigger_of

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# What is on record goes to an account in one case alone: its author shows the code of it, and the code goes. Nothing
# gives a code to what is on record.
GUARDED: dict[str, tuple[Rule, ...]] = {
    "submission": (
        (
            "owner",
            "UPDATE",
            "account_id",
            (
                "OLD.status <> 'draft' AND NEW.account_id IS NOT NULL "
                "AND (OLD.claim_digest IS NULL OR NEW.claim_digest IS NOT NULL)"
            ),
        ),
        ("code", "UPDATE", "claim_digest", "OLD.status <> 'draft' AND NEW.claim_digest IS NOT NULL"),
    ),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON submission"
    op.execute(f"DROP TRIGGER {trigger_of('submission', GUARDED['submission'][0])}{on}")
    op.execute("UPDATE submission SET draft_key_digest = NULL WHERE status <> 'draft'")
    with rebuild("submission") as batch:
        batch.create_check_constraint(
            op.f("ck_submission_handed_in_by_somebody"),
            "status = 'draft' OR source <> 'online' OR account_id IS NOT NULL OR claim_digest IS NOT NULL "
            "OR forgotten_on IS NOT NULL",
        )
        batch.create_check_constraint(
            op.f("ck_submission_code_is_checked"),
            "(claim_checked_at IS NULL OR claim_digest IS NOT NULL) "
            "AND (status = 'draft' OR claim_digest IS NULL OR claim_checked_at IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_submission_account_or_code"), "account_id IS NULL OR claim_digest IS NULL"
        )
        batch.create_check_constraint(
            op.f("ck_submission_draft_key_of_a_draft"), "status = 'draft' OR draft_key_digest IS NULL"
        )
    guard(GUARDED)
    op.create_table(
        "claim_opening",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key_digest", sa.Text(), nullable=False),
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_claim_opening_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_opening")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_claim_opening_key_digest")),
    )
    op.create_index(op.f("ix_claim_opening_submission_id"), "claim_opening", ["submission_id"])
    _acknowledgement()


def _acknowledgement() -> None:
    with rebuild("delivery") as batch:
        batch.drop_constraint(op.f("ck_delivery_route"), type_="check")
        batch.create_check_constraint(op.f("ck_delivery_route"), "route IN ('account', 'claim_code', 'publication')")
    op.create_table(
        "acknowledgement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("response_version_id", KEY, nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.CheckConstraint("verdict IN ('yes', 'no')", name=op.f("ck_acknowledgement_verdict")),
        sa.CheckConstraint("verdict = 'no' OR words = ''", name=op.f("ck_acknowledgement_words_say_why_not")),
        sa.ForeignKeyConstraint(
            ["response_version_id"],
            ["response_version.id"],
            name=op.f("fk_acknowledgement_response_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("response_version_id", name=op.f("uq_acknowledgement_response_version_id")),
    )
