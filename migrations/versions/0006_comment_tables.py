"""Input from comment tables: imports, their rows, remembered columns; submissions that have no account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, guard, rebuild

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GUARDED = {
    "comment": (
        ("as_written", "UPDATE", "place_as_written",
         "OLD.reference IS NOT NULL AND NOT (NEW.withdrawn_at IS NOT NULL AND NEW.place_as_written = '')"),
    ),
    "submission": (
        ("door", "UPDATE", "source, transcribed_by", "OLD.status <> 'draft'"),
        ("permission", "UPDATE", "how_permitted", "OLD.status <> 'draft' AND NEW.how_permitted <> ''"),
    ),
    "imported_row": (
        ("changed", "UPDATE", "id, round_id, import_id, comment_id", "TRUE"),
        ("number", "UPDATE", "row_number", "NEW.row_number <> 0"),
        ("digest", "UPDATE", "digest", "NEW.digest IS NOT NULL"),
        ("deleted", "DELETE", None, "TRUE"),
    ),
    "comment_import": (
        ("changed", "UPDATE",
         ("round_id, file_digest, headings, imported_by, imported_at, setting, capacity, language, rows_taken, "
          "rows_known, rows_refused"),
         "OLD.status = 'imported'"),
        ("permission", "UPDATE", "how_permitted", "OLD.status = 'imported' AND NEW.how_permitted <> ''"),
        ("deleted", "DELETE", None, "OLD.status = 'imported'"),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _submissions()
    _comments()
    _deliveries()
    _tables()
    guard(GUARDED)


def _submissions() -> None:
    with rebuild("submission") as batch:
        batch.add_column(sa.Column("source", sa.String(40), nullable=False, server_default="online"))
        batch.add_column(sa.Column("transcribed_by", KEY, nullable=True))
        batch.add_column(sa.Column("how_permitted", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_submission_transcribed_by"), "account", ["transcribed_by"], ["id"])
        batch.drop_constraint(op.f("ck_submission_has_an_owner"), type_="check")
        batch.drop_constraint(op.f("ck_submission_submitted_is_complete"), type_="check")
        batch.create_check_constraint(op.f("ck_submission_submissionsource"), "source IN ('online', 'comment_table')")
        batch.create_check_constraint(
            op.f("ck_submission_has_an_owner"),
            "account_id IS NOT NULL OR draft_key_digest IS NOT NULL OR source <> 'online'",
        )
        batch.create_check_constraint(
            op.f("ck_submission_submitted_is_complete"),
            "status = 'draft' OR (submitted_at IS NOT NULL AND (account_id IS NOT NULL OR source <> 'online') "
            "AND capacity IS NOT NULL AND publication_setting IS NOT NULL AND language IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_submission_transcribed_with_permission"),
            "source = 'online' OR status <> 'submitted' OR how_permitted <> ''",
        )
    with rebuild("submission") as batch:
        batch.alter_column("source", server_default=None)
        batch.alter_column("how_permitted", server_default=None)


def _comments() -> None:
    with rebuild("comment") as batch:
        batch.add_column(sa.Column("place_as_written", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint(op.f("ck_comment_withdrawn_is_empty"), type_="check")
        batch.create_check_constraint(
            op.f("ck_comment_withdrawn_is_empty"),
            "(withdrawn_at IS NULL) OR (text = '' AND proposed_change = '' AND place_as_written = '')",
        )
    with rebuild("comment") as batch:
        batch.alter_column("place_as_written", server_default=None)


def _deliveries() -> None:
    with rebuild("delivery") as batch:
        batch.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint(op.f("ck_delivery_route"), type_="check")
        batch.create_check_constraint(op.f("ck_delivery_route"), "route IN ('account', 'publication')")
        batch.create_check_constraint(
            op.f("ck_delivery_published_alone_has_reason"), "route <> 'publication' OR reason <> ''"
        )
    with rebuild("delivery") as batch:
        batch.alter_column("reason", server_default=None)


def _tables() -> None:
    op.create_table(
        "comment_import",
        sa.Column("id", KEY, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("kept_digest", sa.Text(), nullable=True),
        sa.Column("begun_by", KEY, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", KEY, nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("header", sa.Integer(), nullable=True),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("capacity", sa.String(40), nullable=True),
        sa.Column("setting", sa.String(40), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("how_permitted", sa.Text(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("capacities", sa.JSON(), nullable=False),
        sa.Column("rows_taken", sa.Integer(), nullable=False),
        sa.Column("rows_known", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "(status = 'imported') = (imported_at IS NOT NULL)", name=op.f("ck_comment_import_imported_has_time")
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (setting IS NOT NULL AND capacity IS NOT NULL AND language IS NOT NULL)",
            name=op.f("ck_comment_import_imported_is_complete"),
        ),
        sa.CheckConstraint("status IN ('draft', 'imported')", name=op.f("ck_comment_import_importstatus")),
        sa.CheckConstraint(
            "capacity IN ('individual', 'organisation', 'state_delegation')", name=op.f("ck_comment_import_capacity")
        ),
        sa.CheckConstraint(
            "setting IN ('named', 'organisation_only', 'pseudonym', 'anonymous', 'not_published')",
            name=op.f("ck_comment_import_publicationsetting"),
        ),
        sa.UniqueConstraint("key", name=op.f("uq_comment_import_key")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_comment_import_round_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["account.id"], name=op.f("fk_comment_import_begun_by")),
        sa.ForeignKeyConstraint(["imported_by"], ["account.id"], name=op.f("fk_comment_import_imported_by")),
    )
    for column in ("imported_at", "kept_digest", "round_id"):
        op.create_index(op.f(f"ix_comment_import_{column}"), "comment_import", [column])
    op.create_table(
        "imported_row",
        sa.Column("id", KEY, primary_key=True, autoincrement=True),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.CheckConstraint("(digest IS NULL) = (row_number = 0)", name=op.f("ck_imported_row_withdrawn_is_empty")),
        sa.UniqueConstraint("round_id", "digest", name=op.f("uq_imported_row_round_id_digest")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_imported_row_comment_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_imported_row_round_id")),
        sa.ForeignKeyConstraint(["import_id"], ["comment_import.id"], name=op.f("fk_imported_row_import_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_imported_row_comment_id")),
    )
    op.create_index(op.f("ix_imported_row_import_id"), "imported_row", ["import_id"])
    op.create_table(
        "column_mapping",
        sa.Column("id", KEY, primary_key=True, autoincrement=True),
        sa.Column("host_id", KEY, nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("host_id", "headings", name=op.f("uq_column_mapping_host_id_headings")),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_column_mapping_host_id")),
    )
