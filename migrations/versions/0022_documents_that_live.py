"""Versions of a text through time: proposals, figures, what continues what, and a final text that has no round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from consult.core.migrations import KEY, rebuild

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KINDS = "'heading', 'text', 'item', 'table', 'quote', 'code', 'note', 'figure'"
FORMATS = "'docx', 'markdown', 'html', 'pdf', 'version', 'translations'"
FILES = "'pdf', 'docx', 'odt', 'xlsx', 'png', 'jpeg', 'mp3', 'm4a', 'ogg'"
STATES = "'waiting', 'reading', 'ready', 'refused', 'kept', 'dropped'"
CONTINUATIONS = "'unchanged', 'edited', 'moved', 'moved_edited', 'split', 'merged', 'new', 'removed'"
GROUNDS = "'same_words', 'similar_words', 'by_hand', 'edited_here'"
IN_HAND = "state IN ('waiting', 'reading', 'ready', 'refused')"


def upgrade() -> None:
    """Go forward; going back is restoring a backup."""
    _version()
    _figure()
    _edition()
    _paragraph()
    _proposal()
    _proposed()
    _correspondence()


def _one(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _version() -> None:
    with rebuild("document_version") as batch:
        batch.add_column(sa.Column("consultation_id", KEY, nullable=True))
    op.execute(
        "UPDATE document_version SET consultation_id = "
        "(SELECT consultation_id FROM round WHERE round.id = document_version.round_id)"
    )
    with rebuild("document_version") as batch:
        batch.alter_column("consultation_id", existing_type=KEY, nullable=False)
        batch.alter_column("round_id", existing_type=KEY, nullable=True)
        batch.create_foreign_key(
            op.f("fk_document_version_consultation_id"), "consultation", ["consultation_id"], ["id"]
        )
    op.create_index(op.f("ix_document_version_consultation_id"), "document_version", ["consultation_id"])
    _one("uq_document_version_one_final", "document_version", ["consultation_id"], "round_id IS NULL")


def _figure() -> None:
    op.create_table(
        "figure",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.CheckConstraint(f"kind IN ({FILES})", name=op.f("ck_figure_kind")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_figure_has_a_size")),
    )
    op.create_index(op.f("ix_figure_sha256"), "figure", ["sha256"])


def _edition() -> None:
    with rebuild("edition") as batch:
        batch.add_column(sa.Column("source_format", sa.String(40), nullable=False, server_default="markdown"))
        batch.create_check_constraint(op.f("ck_edition_sourceformat"), f"source_format IN ({FORMATS})")
    with rebuild("edition") as batch:
        batch.alter_column("source_format", existing_type=sa.String(40), server_default=None)


def _paragraph() -> None:
    with rebuild("paragraph") as batch:
        batch.add_column(sa.Column("inside", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("figure_id", KEY, nullable=True))
        batch.drop_constraint(op.f("ck_paragraph_blockkind"), type_="check")
        batch.create_check_constraint(op.f("ck_paragraph_blockkind"), f"kind IN ({KINDS})")
        batch.create_foreign_key(op.f("fk_paragraph_figure_id"), "figure", ["figure_id"], ["id"])
    # Until now the eId of a block ended in its place inside the section.
    paragraph = sa.table("paragraph", sa.column("id"), sa.column("eid"), sa.column("kind"), sa.column("inside"))
    rows = op.get_bind().execute(sa.select(paragraph.c.id, paragraph.c.eid).where(paragraph.c.kind != "heading")).all()
    places: dict[int, list[int]] = {}
    for key, eid in rows:
        places.setdefault(int(eid.rpartition("_")[2]), []).append(key)
    for place, keys in places.items():
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            op.execute(sa.update(paragraph).where(paragraph.c.id.in_(some)).values(inside=place))
    with rebuild("paragraph") as batch:
        batch.alter_column("inside", existing_type=sa.Integer(), server_default=None)
        batch.create_check_constraint(op.f("ck_paragraph_headings_begin_sections"), "(kind = 'heading') = (inside = 0)")
        batch.create_check_constraint(
            op.f("ck_paragraph_only_figures_have_pictures"), "figure_id IS NULL OR kind = 'figure'"
        )
    op.create_index(op.f("ix_paragraph_figure_id"), "paragraph", ["figure_id"])


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("consultation_id", KEY, nullable=False),
        sa.Column("round_id", KEY, nullable=True),
        sa.Column("base_id", KEY, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source_format", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_proposal_consultation_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_proposal_round_id")),
        sa.ForeignKeyConstraint(["base_id"], ["document_version.id"], name=op.f("fk_proposal_base_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_proposal_proposed_by")),
        sa.CheckConstraint(f"source_format IN ({FORMATS})", name=op.f("ck_proposal_sourceformat")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_proposal_proposalstate")),
        sa.CheckConstraint(f"({IN_HAND}) = (ended_at IS NULL)", name=op.f("ck_proposal_ended_has_moment")),
        sa.CheckConstraint("state <> 'refused' OR problem <> ''", name=op.f("ck_proposal_refused_has_problem")),
        sa.CheckConstraint("done BETWEEN 0 AND 100", name=op.f("ck_proposal_done_in_percent")),
        sa.CheckConstraint("ended_at IS NULL OR source_sha256 IS NULL", name=op.f("ck_proposal_ended_has_no_file")),
        sa.CheckConstraint(
            "(state = 'reading') = (leased_until IS NOT NULL)", name=op.f("ck_proposal_reading_is_leased")
        ),
    )
    for name in ("consultation_id", "round_id", "base_id", "source_sha256", "state"):
        op.create_index(op.f(f"ix_proposal_{name}"), "proposal", [name])
    _one(
        "uq_proposal_one_in_hand",
        "proposal",
        ["consultation_id", "round_id", "language"],
        f"{IN_HAND} AND round_id IS NOT NULL",
    )
    _one(
        "uq_proposal_one_final_in_hand",
        "proposal",
        ["consultation_id", "language"],
        f"{IN_HAND} AND round_id IS NULL",
    )


def _proposed() -> None:
    op.create_table(
        "source_piece",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_piece")),
        sa.UniqueConstraint("proposal_id", "position", name=op.f("uq_source_piece_proposal_id_position")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_source_piece_proposal_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "proposed_block",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("figure_id", KEY, nullable=True),
        sa.Column("first_piece", sa.Integer(), nullable=True),
        sa.Column("last_piece", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_block")),
        sa.UniqueConstraint("proposal_id", "position", name=op.f("uq_proposed_block_proposal_id_position")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposed_block_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["figure_id"], ["figure.id"], name=op.f("fk_proposed_block_figure_id")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_proposed_block_blockkind")),
        sa.CheckConstraint(
            "(kind = 'heading') = (level > 0)", name=op.f("ck_proposed_block_only_headings_have_levels")
        ),
        sa.CheckConstraint(
            "(first_piece IS NULL) = (last_piece IS NULL)", name=op.f("ck_proposed_block_pieces_begin_and_end")
        ),
    )
    op.create_index(op.f("ix_proposed_block_figure_id"), "proposed_block", ["figure_id"])
    op.create_table(
        "proposed_match",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("proposal_id", KEY, nullable=False),
        sa.Column("paragraph_id", KEY, nullable=True),
        sa.Column("block_id", KEY, nullable=True),
        sa.Column("continuation", sa.String(40), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_match")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposed_match_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraph.id"], name=op.f("fk_proposed_match_paragraph_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], ["proposed_block.id"], name=op.f("fk_proposed_match_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_proposed_match_decided_by")),
        sa.CheckConstraint(f"continuation IN ({CONTINUATIONS})", name=op.f("ck_proposed_match_continuation")),
        sa.CheckConstraint(
            "(paragraph_id IS NULL) = (continuation = 'new')", name=op.f("ck_proposed_match_new_has_no_paragraph")
        ),
        sa.CheckConstraint(
            "(block_id IS NULL) = (continuation = 'removed')", name=op.f("ck_proposed_match_removed_has_no_block")
        ),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1000", name=op.f("ck_proposed_match_likeness_per_mille")),
        sa.CheckConstraint(
            "continuation <> 'unchanged' OR likeness = 1000", name=op.f("ck_proposed_match_unchanged_is_the_same")
        ),
        sa.UniqueConstraint("paragraph_id", "block_id", name=op.f("uq_proposed_match_paragraph_id_block_id")),
    )
    _one("uq_proposed_match_one_new", "proposed_match", ["block_id"], "paragraph_id IS NULL")
    _one("uq_proposed_match_one_removed", "proposed_match", ["proposal_id", "paragraph_id"], "block_id IS NULL")
    for name in ("proposal_id", "paragraph_id", "block_id"):
        op.create_index(op.f(f"ix_proposed_match_{name}"), "proposed_match", [name])


def _correspondence() -> None:
    op.create_table(
        "correspondence",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("base_id", KEY, nullable=False),
        sa.Column("before_id", KEY, nullable=True),
        sa.Column("after_id", KEY, nullable=True),
        sa.Column("continuation", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", KEY, nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondence")),
        sa.UniqueConstraint("before_id", "after_id", name=op.f("uq_correspondence_before_id_after_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_correspondence_version_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["base_id"], ["document_version.id"], name=op.f("fk_correspondence_base_id")),
        sa.ForeignKeyConstraint(["before_id"], ["paragraph.id"], name=op.f("fk_correspondence_before_id")),
        sa.ForeignKeyConstraint(
            ["after_id"], ["paragraph.id"], name=op.f("fk_correspondence_after_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_correspondence_confirmed_by")),
        sa.CheckConstraint(f"continuation IN ({CONTINUATIONS})", name=op.f("ck_correspondence_continuation")),
        sa.CheckConstraint(f"ground IN ({GROUNDS})", name=op.f("ck_correspondence_ground")),
        sa.CheckConstraint(
            "(before_id IS NULL) = (continuation = 'new')", name=op.f("ck_correspondence_new_has_nothing_before")
        ),
        sa.CheckConstraint(
            "(after_id IS NULL) = (continuation = 'removed')", name=op.f("ck_correspondence_removed_has_nothing_after")
        ),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1000", name=op.f("ck_correspondence_likeness_per_mille")),
        sa.CheckConstraint(
            "continuation <> 'unchanged' OR likeness = 1000", name=op.f("ck_correspondence_unchanged_is_the_same")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NOT NULL OR ground = 'same_words'", name=op.f("ck_correspondence_somebody_confirmed")
        ),
    )
    _one("uq_correspondence_one_new", "correspondence", ["after_id"], "before_id IS NULL")
    _one("uq_correspondence_one_removed", "correspondence", ["version_id", "before_id"], "after_id IS NULL")
    for name in ("version_id", "base_id", "before_id", "after_id"):
        op.create_index(op.f(f"ix_correspondence_{name}"), "correspondence", [name])
