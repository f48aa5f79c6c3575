"""Files, handed in and given out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import FROZEN, KEY, Rule, guard

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = "'pdf', 'docx', 'odt', 'xlsx', 'png', 'jpeg', 'mp3', 'm4a', 'ogg'"
REASONS = (
    "'personal_data', 'hate_or_threat', 'unlawful', 'spam', 'sacred_or_traditional_knowledge', 'commercial_secret', "
    "'impersonation'"
)
GUARDED: dict[str, tuple[Rule, ...]] = {
    "stored_file": (("content", "UPDATE", "sha256, size, kind", "OLD.sha256 IS NULL OR NEW.sha256 IS NOT NULL"),),
    "file_decision": tuple(FROZEN),
}


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _stored_file()
    _attachment()
    _file_decision()
    _background_file()
    guard(GUARDED)


def _stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_stored_file_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'clean', 'not_scanned', 'failed', 'infected')", name=op.f("ck_stored_file_scanstate")
        ),
        sa.CheckConstraint("(sha256 IS NULL) = (state = 'infected')", name=op.f("ck_stored_file_infected_is_deleted")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_holds_something")),
    )
    for name in ("sha256", "state"):
        op.create_index(op.f(f"ix_stored_file_{name}"), "stored_file", [name])


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("moderation_status", sa.String(40), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("key", name=op.f("uq_attachment_key")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_attachment_submission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_attachment_comment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_attachment_file_id")),
        sa.CheckConstraint("audience IN ('public', 'secretariat')", name=op.f("ck_attachment_fileaudience")),
        sa.CheckConstraint(
            "moderation_status IN ('waiting', 'published', 'restricted')", name=op.f("ck_attachment_moderationstatus")
        ),
        sa.CheckConstraint("(file_id IS NULL) = (erased_on IS NOT NULL)", name=op.f("ck_attachment_erased_has_day")),
        sa.CheckConstraint("erased_on IS NULL OR description = ''", name=op.f("ck_attachment_erased_is_empty")),
    )
    for name in ("comment_id", "file_id"):
        op.create_index(op.f(f"ix_attachment_{name}"), "attachment", [name])
    op.create_index("ix_attachment_queue", "attachment", ["submission_id", "id"])


def _file_decision() -> None:
    op.create_table(
        "file_decision",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("attachment_id", KEY, nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("public_reason", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("decided_by", KEY, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_decision")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_file_decision_attachment_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_file_decision_decided_by")),
        sa.CheckConstraint("decision IN ('publish', 'restrict')", name=op.f("ck_file_decision_decision")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_file_decision_restrictionreason")),
        sa.CheckConstraint(
            "(decision = 'restrict') = (reason IS NOT NULL AND public_reason <> '')",
            name=op.f("ck_file_decision_restriction_has_reason"),
        ),
    )
    op.create_index(op.f("ix_file_decision_attachment_id"), "file_decision", ["attachment_id"])


def _background_file() -> None:
    op.create_table(
        "background_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("added_by", KEY, nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_file")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_background_file_consultation_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_background_file_file_id")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_background_file_added_by")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_background_file_consultation_id_number")),
        sa.CheckConstraint(
            "(file_id IS NULL) = (removed_on IS NOT NULL)", name=op.f("ck_background_file_removed_has_day")
        ),
    )
    op.create_index(op.f("ix_background_file_file_id"), "background_file", ["file_id"])
