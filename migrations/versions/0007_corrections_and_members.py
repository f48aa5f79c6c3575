"""Corrected answers; the members of a host; under which name a compilation gave out a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SETTINGS = ("named", "organisation_only", "pseudonym", "anonymous", "not_published")
GUARDED = {
    "response_correction": (
        ("words", "UPDATE", "response_version_id, reason", "TRUE"),
        ("taken_back", "UPDATE", "taken_back_at, taken_back_by", "OLD.taken_back_at IS NOT NULL"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
    # A reissue takes words out of a row and seals it anew; nothing else ever changes one.
    "release_row": (
        ("place", "UPDATE", "release_id, ordinal, comment_id", "TRUE"),
        ("answer", "UPDATE", "response_version_id", "NEW.response_version_id IS NOT NULL"),
        ("shown", "UPDATE", "shown", "NEW.shown = 'text'"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    op.create_table(
        "response_correction",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("response_version_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", KEY, nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_response_correction_has_reason")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)",
            name=op.f("ck_response_correction_taken_back_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["response_version_id"],
            ["response_version.id"],
            name=op.f("fk_response_correction_response_version_id"),
        ),
        sa.ForeignKeyConstraint(["taken_back_by"], ["account.id"], name=op.f("fk_response_correction_taken_back_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_correction")),
        sa.UniqueConstraint("response_version_id", name=op.f("uq_response_correction_response_version_id")),
    )
    op.create_table(
        "member",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("host_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "member", "observer", "dialogue_partner", "other",
                name="memberstatus", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_member_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("host_id", "name", name=op.f("uq_member_host_id_name")),
    )  # fmt: skip
    op.create_index(op.f("ix_member_host_id"), "member", ["host_id"])
    op.create_table(
        "member_delegate",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (account_id IS NULL)", name=op.f("ck_member_delegate_accepted_by_an_account")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_delegate_account_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_delegate_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_delegate")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_member_delegate_key_digest")),
        sa.UniqueConstraint("member_id", "email", name=op.f("uq_member_delegate_member_id_email")),
    )
    op.create_index(op.f("ix_member_delegate_account_id"), "member_delegate", ["account_id"])
    op.create_index(op.f("ix_member_delegate_member_id"), "member_delegate", ["member_id"])
    # In one statement, which both databases know: rebuilding the table on SQLite would lose its checks.
    values = ", ".join(f"'{setting}'" for setting in SETTINGS)
    op.execute(
        "ALTER TABLE release_row ADD COLUMN setting VARCHAR(40) "
        f"CONSTRAINT ck_release_row_publicationsetting CHECK (setting IN ({values}))"
    )
    guard(GUARDED)
