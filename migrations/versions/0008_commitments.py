"""The register of commitments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, guard

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATUSES = ("not_started", "under_way", "kept", "given_up", "replaced")
GUARDED = {
    # What is in the public register stays as it was promised; status, date and successor go on, with their history.
    "commitment": (
        ("words", "UPDATE",
         ("host_id, consultation_id, reference, language, what, office, origin, source_title, source_url, "
          "source_date, made_by, made_at, published_by, published_at"),
         "OLD.published_at IS NOT NULL"),
        ("deleted", "DELETE", None, "OLD.published_at IS NOT NULL"),
    ),
    "commitment_point": (("changed", "UPDATE", None, "TRUE"),),
    "commitment_update": (("changed", "UPDATE", None, "TRUE"), ("deleted", "DELETE", None, "TRUE")),
    "commitment_evidence": (
        ("changed", "UPDATE", None, "TRUE"),
        ("deleted", "DELETE", None, "OLD.update_id IS NOT NULL"),
    ),
    "commitment_reminder": (("changed", "UPDATE", None, "TRUE"), ("deleted", "DELETE", None, "TRUE")),
}  # fmt: skip


def _status(name: str) -> sa.Enum:
    return sa.Enum(*STATUSES, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "commitment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("host_id", KEY, nullable=False),
        sa.Column("consultation_id", KEY, nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("status", _status("commitmentstatus"), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "response", "statement", name="commitmentorigin", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("replaced_by_id", KEY, nullable=True),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", KEY, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(origin = 'statement' AND source_title <> '' AND source_date IS NOT NULL "
            "AND (source_url LIKE 'http://%' OR source_url LIKE 'https://%')) OR (origin = 'response' "
            "AND source_title = '' AND source_url = '' AND source_date IS NULL AND consultation_id IS NOT NULL)",
            name=op.f("ck_commitment_origin_has_source"),
        ),
        sa.CheckConstraint(
            "(status = 'replaced') = (replaced_by_id IS NOT NULL)", name=op.f("ck_commitment_replaced_by_another")
        ),
        sa.CheckConstraint("replaced_by_id <> id", name=op.f("ck_commitment_not_replaced_by_itself")),
        sa.CheckConstraint(
            "published_at IS NOT NULL OR status IN ('not_started', 'under_way', 'kept')",
            name=op.f("ck_commitment_draft_has_first_status"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name=op.f("ck_commitment_published_by_somebody")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_commitment_host_id")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_commitment_consultation_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["commitment.id"], name=op.f("fk_commitment_replaced_by_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_commitment_made_by")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_commitment_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("reference", name=op.f("uq_commitment_reference")),
    )
    op.create_index(op.f("ix_commitment_host_id"), "commitment", ["host_id"])
    op.create_index(op.f("ix_commitment_consultation_id"), "commitment", ["consultation_id"])
    op.create_index(op.f("ix_commitment_replaced_by_id"), "commitment", ["replaced_by_id"])
    op.create_index("ix_commitment_status_due", "commitment", ["status", "due"])
    op.create_table(
        "commitment_point",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("commitment_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_point_commitment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_commitment_point_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_point")),
        sa.UniqueConstraint("commitment_id", "comment_id", name=op.f("uq_commitment_point_commitment_id_comment_id")),
    )
    op.create_index(op.f("ix_commitment_point_comment_id"), "commitment_point", ["comment_id"])
    op.create_table(
        "commitment_update",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("commitment_id", KEY, nullable=False),
        sa.Column("status_before", _status("status_before"), nullable=False),
        sa.Column("status_after", _status("status_after"), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due_after", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "note <> '' OR (status_before = status_after AND due_before = due_after)",
            name=op.f("ck_commitment_update_change_has_note"),
        ),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_update_commitment_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_commitment_update_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_update")),
    )
    op.create_index(op.f("ix_commitment_update_commitment_id"), "commitment_update", ["commitment_id"])
    op.create_table(
        "commitment_evidence",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("commitment_id", KEY, nullable=False),
        sa.Column("update_id", KEY, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_commitment_evidence_has_title")),
        sa.CheckConstraint(
            "(url LIKE 'http://%' OR url LIKE 'https://%')", name=op.f("ck_commitment_evidence_is_a_web_address")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_commitment_evidence_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["update_id"], ["commitment_update.id"], name=op.f("fk_commitment_evidence_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_evidence")),
    )
    op.create_index(op.f("ix_commitment_evidence_commitment_id"), "commitment_evidence", ["commitment_id"])
    op.create_index(op.f("ix_commitment_evidence_update_id"), "commitment_evidence", ["update_id"])
    op.create_table(
        "commitment_reminder",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("commitment_id", KEY, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("occasion", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_reminder_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_reminder")),
        sa.UniqueConstraint(
            "commitment_id", "due", "occasion", name=op.f("uq_commitment_reminder_commitment_id_due_occasion")
        ),
    )
    guard(GUARDED)
