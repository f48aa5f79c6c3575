"""How one version continues another: what is proposed, decided, kept, and read over several versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.accounts.actors import Person
from consult.accounts.models import Account
from consult.consultations import services as consultations
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import Conflict, InvalidTransition
from consult.documents.enums import Continuation, Ground, ProposalState
from consult.documents.models import Correspondence, Paragraph, Proposal, ProposedBlock
from consult.documents.queries import (
    find_base,
    find_version,
    get_version,
    is_fixed,
    list_paragraphs,
    list_versions,
    pairs_of,
    successors,
)
from consult.documents.services import import_document
from consult.documents.services.keeping import keep_proposal, why_overtaken
from consult.documents.services.matching import match_block, propose_matches
from consult.documents.services.proposing import drop_proposal, propose_text
from consult.secretariats.queries import staff_roles_of
from tests.support import build
from tests.support.build import Desk as Staff
from tests.support.continuing import conclude, final_text
from tests.support.race import second_of_two
from tests.support.versions import AFTER, BEFORE, decide_all, eids, first_version, following, matches, proposed


@pytest.fixture
def staff(app: Flask) -> Iterator[Staff]:
    with app.app_context():
        yield build.desk()


def test_nothing_is_kept_while_something_is_uncertain(staff: Staff) -> None:
    round_ = following(staff, first_version(staff))
    proposal = proposed(staff, round_, AFTER)
    open_ones = [one for one in matches(proposal) if not one[3]]
    assert open_ones
    with pytest.raises(InvalidTransition):
        keep_proposal(proposal, actor=staff.manager, now=utc_now())
    decide_all(staff, proposal)
    version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
    assert proposal.state is ProposalState.KEPT
    assert find_version(round_) is version
    assert [edition.language for edition in version.editions] == ["en"]


def test_what_continues_a_paragraph_has_its_eid_and_nothing_else_ever_does(staff: Staff) -> None:
    first = first_version(staff)
    before = eids(get_version(first))
    round_ = following(staff, first)
    proposal = proposed(staff, round_, AFTER)
    decide_all(staff, proposal)
    version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
    after = eids(version)
    assert after["Everybody is"] == before["Everybody is"]
    assert after["Nobody loses"] == before["Nobody loses"] == "sec_2__para_3"
    assert after["A wholly oth"] == "sec_2__para_4"  # none that a paragraph had that is gone
    parts = {after["The fund pay"], after["It pays for "]}
    assert before["The fund pay"] in parts
    assert len(parts) == 2
    assert len(set(after.values())) == len(list_paragraphs(version)) - 1  # "Reserved." stands there twice


def test_every_paragraph_and_every_block_is_accounted_for(staff: Staff) -> None:
    first = first_version(staff)
    round_ = following(staff, first)
    proposal = proposed(staff, round_, AFTER)
    decide_all(staff, proposal)
    version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
    pairs = pairs_of(get_version(first), version)
    assert {one.before for one in pairs} - {None} == {one.id for one in list_paragraphs(get_version(first))}
    assert {one.after for one in pairs} - {None} == {one.id for one in list_paragraphs(version)}
    grounds = {one.ground for one in pairs}
    assert grounds == {Ground.BY_HAND}


def test_a_match_is_decided_otherwise_by_hand(staff: Staff) -> None:
    first = first_version(staff)
    round_ = following(staff, first)
    proposal = proposed(staff, round_, AFTER)
    blocks = {
        block.text[:12]: block
        for block in db.session.scalars(sa.select(ProposedBlock).where(ProposedBlock.proposal_id == proposal.id))
    }
    olds = {paragraph.text[:12]: paragraph for paragraph in list_paragraphs(get_version(first))}
    match_block(proposal, blocks["A wholly oth"], [olds["It holds for"]], actor=staff.manager, now=utc_now())
    match_block(
        proposal, blocks["It pays for "], [olds["The fund pay"]], shares=True, actor=staff.manager, now=utc_now()
    )
    now = matches(proposal)
    assert ("It holds for", "A wholly oth", Continuation.EDITED, True) in now
    assert ("The fund pay", "It pays for ", Continuation.SPLIT, True) in now
    assert ("The fund pay", "The fund pay", Continuation.SPLIT, True) in now
    match_block(proposal, blocks["A wholly oth"], [], actor=staff.manager, now=utc_now())
    now = matches(proposal)
    assert ("", "A wholly oth", Continuation.NEW, True) in now
    assert ("It holds for", "", Continuation.REMOVED, False) in now  # waits for its own decision
    propose_matches(proposal)  # as after a change of the blocks: what was decided stays
    again = matches(proposal)
    assert ("", "A wholly oth", Continuation.NEW, True) in again
    assert ("The fund pay", "It pays for ", Continuation.SPLIT, True) in again


def test_chains_lead_over_several_versions(staff: Staff) -> None:
    first = first_version(staff)
    for source in (AFTER, AFTER.replace("Nobody loses a house", "No one loses a house")):
        round_ = following(staff, find_last(first))
        proposal = proposed(staff, round_, source)
        decide_all(staff, proposal)
        keep_proposal(proposal, actor=staff.manager, now=utc_now())
        for name in ("introduction",):
            consultations.update_introduction(round_, {"en": name}, actor=staff.manager, now=utc_now())
        build.set_dates(round_, utc_now() - timedelta(minutes=1), utc_now() + timedelta(days=3))
        consultations.open_round(round_, actor=staff.manager, now=utc_now())
    one, _two, three = list_versions(first.consultation)
    olds = {paragraph.text[:12]: paragraph for paragraph in list_paragraphs(one)}
    ends = {paragraph.text[:12]: paragraph for paragraph in list_paragraphs(three)}
    found = successors([paragraph.id for paragraph in olds.values()], three)
    (step,) = found[olds["Nobody loses"].id]
    assert step.paragraph_id == ends["No one loses"].id
    assert step.eid == olds["Nobody loses"].eid
    assert step.continuation in {Continuation.EDITED, Continuation.MOVED_EDITED}
    assert {one.paragraph_id for one in found[olds["The fund pay"].id]} == {
        ends["The fund pay"].id,
        ends["It pays for "].id,
    }
    (gone,) = found[olds["It holds for"].id]
    assert (gone.paragraph_id, gone.continuation) == (None, Continuation.REMOVED)
    pairs = pairs_of(one, three)
    assert {pair.before for pair in pairs} - {None} == {paragraph.id for paragraph in list_paragraphs(one)}
    assert {pair.after for pair in pairs} - {None} == {paragraph.id for paragraph in list_paragraphs(three)}


def find_last(round_: Round) -> Round:
    """The newest round of the same consultation."""
    return max(round_.consultation.rounds, key=lambda one: one.number)


def test_what_was_opened_never_changes(staff: Staff) -> None:
    first = first_version(staff)
    round_ = following(staff, first)
    assert find_base(first.consultation, round_) == get_version(first)
    import_document(round_, AFTER, language="en", actor=staff.manager, now=utc_now())
    db.session.commit()
    for statement in (
        "UPDATE paragraph SET text = 'x' WHERE version_id = {first}",
        "DELETE FROM paragraph WHERE version_id = {first}",
        (
            "INSERT INTO paragraph (version_id, eid, position, kind, level, number, inside, text) "
            "VALUES ({first}, 'x', 900, 'text', 0, '', 1, 'x')"
        ),
        "UPDATE edition SET source_digest = 'x' WHERE version_id = {first}",
        "UPDATE correspondence SET likeness = 1 WHERE version_id = {second}",
    ):
        keys = {"first": get_version(first).id, "second": get_version(round_).id}
        with pytest.raises(sa.exc.DBAPIError, match="insert-only"):
            db.session.execute(sa.text(statement.format(**keys)))
        db.session.rollback()
    # What is being set up is replaced as often as it is imported.
    import_document(round_, BEFORE, language="en", actor=staff.manager, now=utc_now())


def test_importing_carries_nothing_on_a_guess(staff: Staff) -> None:
    first = first_version(staff)
    round_ = following(staff, first)
    import_document(round_, AFTER, language="en", actor=staff.manager, now=utc_now())
    rows = db.session.scalars(sa.select(Correspondence)).all()
    carried = {row.after.text[:12] for row in rows if row.before is not None and row.after is not None}
    assert carried == {"Aim", "Scope", "Reserved.", "Nobody loses"} & carried
    assert "Nobody loses" in carried
    assert all(row.before.text == row.after.text for row in rows if row.before is not None and row.after is not None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Paragraph)) == len(
        {row.before_id for row in rows if row.before_id} | {row.after_id for row in rows if row.after_id}
    )


def test_of_two_who_keep_at_once_the_second_is_told(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        proposal = proposed(staff, following(staff, first_version(staff)), AFTER)
        decide_all(staff, proposal)
        db.session.commit()
        key, manager = proposal.id, staff.manager.account.id

    def keep() -> None:
        one = db.session.get_one(Proposal, key)
        assert one.consultation.version  # as the page that asks has loaded it
        account = db.session.get_one(Account, manager)
        keep_proposal(one, actor=Person(account, staff_roles_of(manager)), now=utc_now())

    lost = second_of_two(app, keep, keep)
    assert isinstance(lost, Conflict), lost
    with app.app_context():
        assert len(list_versions(db.session.get_one(Proposal, key).consultation)) == 2


def test_a_final_text_that_a_round_has_overtaken_is_brought_anew_before_the_outcome(staff: Staff) -> None:
    first = first_version(staff)
    build.close(first)
    assert "none can be brought" in consultations.list_outcome_warnings(first.consultation)[0]
    brought = propose_text(first.consultation, None, AFTER, language="en", actor=staff.manager, now=utc_now())
    assert "in hand and not kept" in consultations.list_outcome_warnings(first.consultation)[0]
    drop_proposal(brought, actor=staff.manager, now=utc_now())
    final = final_text(first, AFTER, staff.manager)
    assert why_overtaken(first.consultation) == ""
    assert "bring it anew" in consultations.list_opening_warnings(first)[0]
    second = build.following_round(first, staff.manager)
    build.close(second)
    assert "Bring the final text anew" in why_overtaken(first.consultation)
    with pytest.raises(InvalidTransition, match="Bring the final text anew"):
        conclude(second, staff.manager)
    final_text(second, AFTER, staff.manager)
    assert why_overtaken(first.consultation) == ""
    conclude(second, staff.manager)
    assert is_fixed(final)
