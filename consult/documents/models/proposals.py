"""Texts that were brought and are not kept yet: what was understood of them, beside their source."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation, Round
from consult.core.db import Base, enum_type, only_one, primary_key, reference_to
from consult.core.storage import NAMES_A_FILE
from consult.documents.enums import BlockKind, Continuation, ProposalState, SourceFormat
from consult.documents.models.versions import DocumentVersion, Figure, Paragraph

_IN_HAND = "state IN ('waiting', 'reading', 'ready', 'refused')"


class Proposal(Base):
    """A text proposed as the draft of a round, or as the final text, in one language.

    A job reads the file; a manager looks at what was understood, mends it, and keeps it or not. One is in hand for
    each round and language. With its end the file, its blocks and matches go; the row stays.

    ``base_id`` is the version that it is compared with, where one came before: the text of the round before. Of another
    language edition it is the version whose paragraphs it is to be aligned with. ``findings`` are codes with counts and
    places: what was left out, or stood there only in the file.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        sa.CheckConstraint(f"({_IN_HAND}) = (ended_at IS NULL)", name="ended_has_moment"),
        sa.CheckConstraint("state <> 'refused' OR problem <> ''", name="refused_has_problem"),
        sa.CheckConstraint("done BETWEEN 0 AND 100", name="done_in_percent"),
        sa.CheckConstraint("ended_at IS NULL OR source_sha256 IS NULL", name="ended_has_no_file"),
        sa.CheckConstraint("(state = 'reading') = (leased_until IS NOT NULL)", name="reading_is_leased"),
        only_one(
            "uq_proposal_one_in_hand",
            "consultation_id",
            "round_id",
            "language",
            where=f"{_IN_HAND} AND round_id IS NOT NULL",
        ),
        only_one(
            "uq_proposal_one_final_in_hand",
            "consultation_id",
            "language",
            where=f"{_IN_HAND} AND round_id IS NULL",
        ),
    )

    id: Mapped[int] = primary_key()
    consultation_id: Mapped[int] = reference_to("consultation.id")
    round_id: Mapped[int | None] = reference_to("round.id", nullable=True)
    base_id: Mapped[int | None] = reference_to("document_version.id", nullable=True)
    language: Mapped[str]
    source_format: Mapped[SourceFormat] = mapped_column(enum_type(SourceFormat))
    name: Mapped[str] = mapped_column(default="")
    source_sha256: Mapped[str | None] = mapped_column(index=True, info=NAMES_A_FILE)
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState), default=ProposalState.WAITING, index=True)
    done: Mapped[int] = mapped_column(default=0)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    problem: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    proposed_by: Mapped[int] = reference_to("account.id", index=False)
    proposed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    consultation: Mapped[Consultation] = relationship(lazy="joined", innerjoin=True)
    of_round: Mapped[Round | None] = relationship(lazy="joined")
    base: Mapped[DocumentVersion | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.consultation.host_id


class SourcePiece(Base):
    """A piece of the file as it was found there, for looking at beside what it became: plain text, never markup.

    ``label`` is what the file calls it: the name of its style, its element, the number of its first line.
    """

    __tablename__ = "source_piece"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "position"),)

    id: Mapped[int] = primary_key()
    proposal_id: Mapped[int] = reference_to("proposal.id", cascade=True, index=False)
    position: Mapped[int]
    label: Mapped[str]
    text: Mapped[str]


class ProposedBlock(Base):
    """One block as it would be kept; ``first_piece`` to ``last_piece`` are the positions of what it comes from."""

    __tablename__ = "proposed_block"
    __table_args__ = (
        sa.UniqueConstraint("proposal_id", "position"),
        sa.CheckConstraint("(kind = 'heading') = (level > 0)", name="only_headings_have_levels"),
        sa.CheckConstraint("(first_piece IS NULL) = (last_piece IS NULL)", name="pieces_begin_and_end"),
    )

    id: Mapped[int] = primary_key()
    proposal_id: Mapped[int] = reference_to("proposal.id", cascade=True, index=False)
    position: Mapped[int]
    kind: Mapped[BlockKind] = mapped_column(enum_type(BlockKind))
    level: Mapped[int]
    number: Mapped[str]
    text: Mapped[str]
    figure_id: Mapped[int | None] = reference_to("figure.id", nullable=True)
    first_piece: Mapped[int | None]
    last_piece: Mapped[int | None]

    figure: Mapped[Figure | None] = relationship()


class ProposalStep(Base):
    """What undoes one act on the blocks of a proposal; the newest is taken back first.

    ``changes`` are splices, undone from the last to the first: where (``at``), how many blocks stand there now
    (``count``), which stood there before (``was``), and what had been decided of those (``pairs``).
    """

    __tablename__ = "proposal_step"

    id: Mapped[int] = primary_key()
    proposal_id: Mapped[int] = reference_to("proposal.id", cascade=True)
    act: Mapped[str]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)


class ProposedMatch(Base):
    """What a block of a proposal is said to continue, before the manager confirms it.

    One row for each pair; of a new block ``paragraph_id`` is empty, of a removed paragraph ``block_id``. ``likeness``
    is that of the words, from 0 to 1000. An uncertain one waits for a person: ``decided_by``.
    """

    __tablename__ = "proposed_match"
    __table_args__ = (
        sa.CheckConstraint("(paragraph_id IS NULL) = (continuation = 'new')", name="new_has_no_paragraph"),
        sa.CheckConstraint("(block_id IS NULL) = (continuation = 'removed')", name="removed_has_no_block"),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1000", name="likeness_per_mille"),
        sa.CheckConstraint("continuation <> 'unchanged' OR likeness = 1000", name="unchanged_is_the_same"),
        sa.UniqueConstraint("paragraph_id", "block_id"),
        only_one("uq_proposed_match_one_new", "block_id", where="paragraph_id IS NULL"),
        only_one("uq_proposed_match_one_removed", "proposal_id", "paragraph_id", where="block_id IS NULL"),
    )

    id: Mapped[int] = primary_key()
    proposal_id: Mapped[int] = reference_to("proposal.id", cascade=True)
    paragraph_id: Mapped[int | None] = reference_to("paragraph.id", nullable=True, cascade=True)
    block_id: Mapped[int | None] = reference_to("proposed_block.id", nullable=True, cascade=True)
    continuation: Mapped[Continuation] = mapped_column(enum_type(Continuation))
    likeness: Mapped[int]
    is_certain: Mapped[bool]
    decided_by: Mapped[int | None] = reference_to("account.id", nullable=True, index=False)

    paragraph: Mapped[Paragraph | None] = relationship()
    block: Mapped[ProposedBlock | None] = relationship()
