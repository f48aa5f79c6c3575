"""Extensions, corrigenda, meetings, outcomes, predecessors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import FROZEN, KEY, guard, rebuild

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GUARDED = dict.fromkeys(("round_extension", "corrigendum", "outcome"), FROZEN)


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _add_predecessors()
    op.add_column("invitation", sa.Column("locale", sa.Text(), nullable=True))
    _create_extensions()
    _create_corrigenda()
    _create_meetings()
    _create_outcomes()
    guard(GUARDED)


def _add_predecessors() -> None:
    with rebuild("consultation") as consultation:
        consultation.add_column(sa.Column("predecessor_id", KEY, nullable=True))
        for name in ("predecessor_title", "predecessor_url"):
            consultation.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        consultation.create_foreign_key(
            op.f("fk_consultation_predecessor_id"), "consultation", ["predecessor_id"], ["id"]
        )
        consultation.create_check_constraint(
            op.f("ck_consultation_predecessor_here_or_elsewhere"), "predecessor_id IS NULL OR predecessor_title = ''"
        )
        consultation.create_check_constraint(
            op.f("ck_consultation_predecessor_link_has_title"), "predecessor_url = '' OR predecessor_title <> ''"
        )
    with rebuild("consultation") as consultation:
        for name in ("predecessor_title", "predecessor_url"):
            consultation.alter_column(name, server_default=None)
    op.create_index(op.f("ix_consultation_predecessor_id"), "consultation", ["predecessor_id"])


def _create_extensions() -> None:
    op.create_table(
        "round_extension",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("closes_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_wall_before", sa.Text(), nullable=False),
        sa.Column("closes_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_wall_after", sa.Text(), nullable=False),
        sa.Column("response_due_before", sa.Date(), nullable=False),
        sa.Column("response_due_after", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_after > closes_before", name=op.f("ck_round_extension_never_shorter")),
        sa.CheckConstraint(
            "response_due_after >= response_due_before", name=op.f("ck_round_extension_response_never_earlier")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_round_extension_has_reason")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_extension_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_extension")),
    )
    op.create_index(op.f("ix_round_extension_round_id"), "round_extension", ["round_id"])


def _create_corrigenda() -> None:
    op.create_table(
        "corrigendum",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("paragraph_id", KEY, nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reads", sa.Text(), nullable=False),
        sa.Column("should_read", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_corrigendum_has_words")),
        sa.CheckConstraint("(reads = '') = (should_read = '')", name=op.f("ck_corrigendum_reads_and_should_read")),
        sa.ForeignKeyConstraint(["version_id"], ["document_version.id"], name=op.f("fk_corrigendum_version_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraph.id"], name=op.f("fk_corrigendum_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrigendum")),
    )
    op.create_index(op.f("ix_corrigendum_version_id"), "corrigendum", ["version_id"])
    op.create_index(op.f("ix_corrigendum_paragraph_id"), "corrigendum", ["paragraph_id"])


def _kinds(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _create_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column(
            "kind",
            _kinds("meetingkind", "technical", "validation", "senior_official", "ministerial", "other"),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("record_url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_meeting_ends_after_beginning")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_meeting_has_title")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_meeting_consultation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_consultation_id"), "meeting", ["consultation_id"])


def _create_outcomes() -> None:
    op.create_table(
        "outcome",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column(
            "kind",
            _kinds("outcomekind", "adopted", "endorsed", "welcomed", "noted", "deferred", "not_adopted"),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("final_text_url", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_outcome_has_body")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_outcome_consultation_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["outcome.id"], name=op.f("fk_outcome_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_outcome_replaces_id")),
    )
    op.create_index(op.f("ix_outcome_consultation_id"), "outcome", ["consultation_id"])
    op.create_index(
        "uq_outcome_one_first",
        "outcome",
        ["consultation_id"],
        unique=True,
        sqlite_where=sa.text("replaces_id IS NULL"),
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
