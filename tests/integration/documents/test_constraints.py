"""What the tables of drafts refuse, whatever program writes: each rule by its name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.consultations.services import open_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.models import (
    Comparison,
    Correspondence,
    DocumentVersion,
    Edition,
    Figure,
    Paragraph,
    Proposal,
    ProposalStep,
    ProposedBlock,
    ProposedMatch,
    SourcePiece,
)
from consult.documents.services.keeping import keep_proposal
from consult.files.kinds import Kind
from tests.support import build
from tests.support.record import assert_broken, assert_refused, checks_of, said_of
from tests.support.versions import AFTER, BEFORE, decide_all, first_version, following, proposed

TABLES = (Comparison, Correspondence, DocumentVersion, Edition, Figure, Paragraph, Proposal, ProposalStep,
          ProposedBlock, ProposedMatch, SourcePiece)  # fmt: skip

ENDED = f"'{utc_now():%Y-%m-%d %H:%M:%S}'"
PAIR = "paragraph_id IS NOT NULL AND block_id IS NOT NULL"


def correspondence(before: str, after: str, continuation: str, ground: str, likeness: int, by: str = "1") -> str:
    """One more row beside those of the second version: from and to a paragraph, or from or to nothing."""
    return f"""
        INSERT INTO correspondence (version_id, base_id, before_id, after_id, continuation, ground, likeness,
                                    confirmed_by, confirmed_at)
        SELECT version_id, base_id, {before}, {after}, '{continuation}', '{ground}', {likeness}, {by}, confirmed_at
        FROM correspondence WHERE before_id IS NOT NULL AND after_id IS NOT NULL ORDER BY id LIMIT 1
    """


OTHER = "(SELECT max(id) FROM paragraph)"
BROKEN = {
    "ck_comparison_two_versions": "UPDATE comparison SET newer_id = older_id",
    "ck_comparison_made_has_file": "UPDATE comparison SET sha256 = 'ab'",
    "ck_correspondence_new_has_nothing_before": correspondence("before_id", OTHER, "new", "same_words", 0),
    "ck_correspondence_removed_has_nothing_after": correspondence("before_id", OTHER, "removed", "same_words", 0),
    "ck_correspondence_likeness_per_mille": correspondence("before_id", OTHER, "edited", "by_hand", 1001),
    "ck_correspondence_somebody_confirmed": correspondence("before_id", OTHER, "edited", "by_hand", 900, "NULL"),
    "ck_correspondence_unchanged_is_the_same": correspondence("before_id", OTHER, "unchanged", "by_hand", 999),
    "ck_figure_has_a_size": "INSERT INTO figure (sha256, kind, width, height) VALUES ('ab', 'png', 1, 0)",
    "ck_paragraph_only_headings_have_levels": "UPDATE paragraph SET level = 2 WHERE kind <> 'heading'",
    "ck_paragraph_headings_begin_sections": "UPDATE paragraph SET inside = 1 WHERE kind = 'heading'",
    "ck_paragraph_only_figures_have_pictures": "UPDATE paragraph SET figure_id = (SELECT id FROM figure)",
    "ck_proposal_ended_has_moment": "UPDATE proposal SET state = 'dropped', source_sha256 = NULL",
    "ck_proposal_ended_has_no_file": f"UPDATE proposal SET state = 'dropped', ended_at = {ENDED}",
    "ck_proposal_reading_is_leased": f"UPDATE proposal SET leased_until = {ENDED}",
    "ck_proposal_refused_has_problem": "UPDATE proposal SET state = 'refused'",
    "ck_proposal_done_in_percent": "UPDATE proposal SET done = 101",
    "ck_proposed_block_only_headings_have_levels": "UPDATE proposed_block SET level = 1",
    "ck_proposed_block_pieces_begin_and_end": "UPDATE proposed_block SET first_piece = 0",
    "ck_proposed_match_new_has_no_paragraph": f"UPDATE proposed_match SET continuation = 'new' WHERE {PAIR}",
    "ck_proposed_match_removed_has_no_block": f"UPDATE proposed_match SET continuation = 'removed' WHERE {PAIR}",
    "ck_proposed_match_likeness_per_mille": "UPDATE proposed_match SET likeness = -1 WHERE block_id IS NULL",
    "ck_proposed_match_unchanged_is_the_same": f"UPDATE proposed_match SET continuation = 'unchanged', likeness = 999 "
    f"WHERE {PAIR}",
}
MORE_MATCHES = (
    "INSERT INTO proposed_match (proposal_id, paragraph_id, block_id, continuation, likeness, is_certain) "
    "SELECT proposal_id, paragraph_id, block_id, continuation, likeness, is_certain FROM proposed_match WHERE "
)
TWICE = {
    "a pair": correspondence("before_id", "after_id", "edited", "by_hand", 900),
    "what is new": correspondence("NULL", "(SELECT after_id FROM correspondence WHERE before_id IS NULL)", "new",
                                  "by_hand", 0),
    "what was removed": correspondence("(SELECT before_id FROM correspondence WHERE after_id IS NULL)", "NULL",
                                       "removed", "by_hand", 0),
    "a pair that is proposed": f"{MORE_MATCHES} {PAIR}",
    "what is proposed as new": f"{MORE_MATCHES} paragraph_id IS NULL",
    "what is proposed as removed": f"{MORE_MATCHES} block_id IS NULL",
    "a final text": "INSERT INTO document_version (consultation_id, language, imported_at) "
    "SELECT consultation_id, language, imported_at FROM document_version",
}  # fmt: skip


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """A draft that was opened, the next one that continues it, and a text that may take that one's place."""
    with app.app_context():
        staff = build.desk()
        first = first_version(staff)
        second = following(staff, first)
        proposal = proposed(staff, second, AFTER)
        decide_all(staff, proposal)
        version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
        proposed(staff, second, BEFORE.replace("Reserved.", "Kept free.") + "\n\nA wholly other one about rivers.\n")
        older = db.session.scalars(sa.select(DocumentVersion).where(DocumentVersion.round_id == first.id)).one()
        db.session.add_all(
            [
                Figure(sha256="ab", kind=Kind.PNG, width=1, height=1),
                Comparison(older=older, newer=version, language="en", source="ab", asked_at=utc_now()),
            ]
        )
        db.session.commit()
        return staff


@pytest.mark.usefixtures("staff")
def test_each_rule_of_a_row_is_held(app: Flask) -> None:
    in_setup = "version_id IN (SELECT max(id) FROM document_version)"  # else it is refused because it was opened
    statements = dict(BROKEN)
    for name in [name for name in statements if name.startswith("ck_paragraph_")]:
        statement = statements[name]
        statements[name] = f"{statement} {'AND' if 'WHERE' in statement else 'WHERE'} {in_setup}"
    statements["ck_proposal_reading_is_leased"] += " WHERE ended_at IS NULL"
    for name in ("ended_has_moment", "ended_has_no_file", "refused_has_problem"):
        statements[f"ck_proposal_{name}"] += " WHERE ended_at IS NULL"
    with app.app_context():
        assert_broken(statements)
    assert set(statements) == checks_of(*TABLES)


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("what", TWICE)
def test_nothing_is_said_twice(app: Flask, what: str) -> None:
    with app.app_context():
        assert "unique" in said_of(TWICE[what]).casefold()


@pytest.mark.usefixtures("staff")
def test_what_was_opened_stays_as_it_is(app: Flask) -> None:
    with app.app_context():
        opened = "(SELECT min(id) FROM document_version)"
        assert_refused(
            f"UPDATE document_version SET language = 'fr' WHERE id = {opened}",
            f"UPDATE document_version SET imported_at = {ENDED} WHERE id = {opened}",
            "UPDATE document_version SET round_id = NULL",
            "UPDATE document_version SET consultation_id = 0",
            f"DELETE FROM document_version WHERE id = {opened}",
            f"UPDATE paragraph SET text = 'Other words.' WHERE version_id = {opened}",
            f"DELETE FROM paragraph WHERE version_id = {opened}",
            f"UPDATE edition SET source_digest = '' WHERE version_id = {opened}",
            f"DELETE FROM edition WHERE version_id = {opened}",
            "UPDATE correspondence SET likeness = 0",
            "UPDATE figure SET sha256 = 'cd'",
        )
        in_setup = "WHERE id IN (SELECT max(id) FROM document_version)"
        assert said_of(f"UPDATE document_version SET language = 'fr' {in_setup}") == ""


def test_a_round_with_input_stays_opened(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        assert said_of("UPDATE round SET opened_at = NULL") == ""
        build.submit(round_, build.person("A"), "A point.")
        assert_refused("UPDATE round SET opened_at = NULL")


def test_an_opened_round_keeps_its_number_and_consultation(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        assert said_of("UPDATE round SET number = 7") == ""
        open_round(round_, actor=staff.manager, now=utc_now())
        assert_refused("UPDATE round SET number = 7", "UPDATE round SET consultation_id = 0")
