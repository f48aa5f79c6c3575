"""The desk page where a manager decides what the aligner is not sure of."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.documents.comparing.texts import Unit, What, compare_texts, counted
from consult.documents.enums import BlockKind, Continuation
from consult.documents.importing.reading import Finding, FindingCode, sentence_of
from consult.documents.models import Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import get_version, list_paragraphs, pairs_of
from consult.documents.queries.changes import list_changes
from consult.documents.queries.matching import Part, count_matches, count_undecided, undecided
from consult.documents.services.keeping import keep_proposal
from consult.documents.services.matching import decide_matches, match_block
from consult.submissions.enums import PublicationSetting
from consult.submissions.services import accept_late, offer_late, update_publication, update_speaker
from tests.support import build
from tests.support.build import Desk
from tests.support.versions import AFTER, decide_all, first_version, following, proposed

URL = "/en/desk/minerals/rounds/2/document/en/proposal/review"


@pytest.fixture
def staff(app: Flask) -> Desk:
    """A manager with a text that was brought for the next round."""
    with app.app_context():
        staff = build.desk()
        proposed(staff, following(staff, first_version(staff)), AFTER)
        db.session.commit()
        return staff


@pytest.fixture
def manager(app: Flask, client: FlaskClient, staff: Desk) -> FlaskClient:
    with app.app_context():
        build.sign_in(client, staff.manager)
    return client


def the_proposal() -> Proposal:
    return db.session.scalars(sa.select(Proposal)).one()


def waiting_in(app: Flask) -> list[tuple[int, Continuation]]:
    with app.app_context():
        rows = db.session.scalars(
            sa.select(ProposedMatch).where(ProposedMatch.is_certain.is_(False), ProposedMatch.decided_by.is_(None))
        )
        return [(row.id, row.continuation) for row in rows]


def asked(html: str) -> list[str]:
    """The names of the questions of a page."""
    return list(dict.fromkeys(re.findall(r'name="(match-[\d-]+)"', html)))


def test_what_is_uncertain_is_asked_and_decided(app: Flask, manager: FlaskClient) -> None:
    page = manager.get(URL)
    assert page.status_code == 200
    waiting = waiting_in(app)
    assert waiting
    named = [int(key) for name in asked(page.text) for key in name.split("-")[1:]]
    assert sorted(named) == sorted(key for key, _kind in waiting)
    assert "/proposal/keep" not in page.text  # nothing is kept while something is uncertain
    split = [key for key, kind in waiting if kind is Continuation.SPLIT]
    name = "-".join(["match", *map(str, split)])
    answers = {one: "no" if one == name else "yes" for one in asked(page.text)}
    assert name in answers
    assert build.post(manager, URL, answers | {"match-999999": "yes", "match-x": "yes"}).status_code == 302
    with app.app_context():
        proposal = the_proposal()
        assert all(db.session.get(ProposedMatch, key) is None for key in split)  # removed, and new in both places
        assert count_undecided(proposal) == 0
        assert count_matches(proposal, {}).parts[Part.DECIDED] >= len(answers)
    assert "/proposal/keep" in manager.get(URL).text


def test_one_split_is_one_question_and_strikes_nothing_that_stands_in_a_part(app: Flask, manager: FlaskClient) -> None:
    html = manager.get(URL).text
    (split,) = (part for part in html.split("<fieldset") if "Yes, it was split into these" in part)
    with app.app_context():
        parts = [row.block.position for row in db.session.scalars(sa.select(ProposedMatch)) if row.block is not None
                 and row.continuation is Continuation.SPLIT]  # fmt: skip
        assert count_matches(the_proposal(), {}).parts[Part.OPEN] == len(asked(html))
    assert len(parts) == split.count("Now: ") == 2
    assert split.count("Before: ") == split.count('value="yes"') == 1
    gone = " ".join(re.findall(r"<del>(.*?)</del>", split, re.DOTALL))
    assert not {"schools", "villages", "clearing", "roads"}.intersection(re.findall(r"\w+", gone))


def test_a_merger_in_another_order_is_not_shown_as_a_replacement(app: Flask, client: FlaskClient) -> None:
    one = "Nobody loses a house without a new one that stands on dry ground."
    other = "Every village is told of the plans for a mine two years before."
    with app.app_context():
        staff = build.desk()
        round_ = first_version(staff, f"# 1 Aim\n\n{one}\n\n{other}\n")
        proposal = proposed(staff, following(staff, round_), f"# 1 Aim\n\n{other} {one}\n")
        _heading, first, second = list_paragraphs(get_version(round_))
        block = db.session.scalars(sa.select(ProposedBlock).order_by(ProposedBlock.position.desc())).first()
        assert block is not None
        match_block(proposal, block, [first, second], actor=staff.manager, now=utc_now())
        db.session.commit()
        build.sign_in(client, staff.manager)
    (merger,) = (part for part in client.get(f"{URL}?part=decided").text.split("<fieldset") if "Now: " in part)
    assert merger.count("Before: ") == 2
    assert one in merger
    gone = "".join(re.findall(r"<del>(.*?)</del>", merger, re.DOTALL))
    assert "village" not in gone
    assert "house" not in gone


def test_of_a_table_the_rows_that_changed_are_shown(app: Flask, client: FlaskClient) -> None:
    table = "# 1 Aim\n\n| Group | Seats |\n|---|---|\n| Unions | 2 |\n| Women | 2 |\n| Youth | 2 |\n"
    with app.app_context():
        staff = build.desk()
        round_ = first_version(staff, table)
        proposal = proposed(staff, following(staff, round_), table.replace("Unions | 2", "Unions | 3"))
        decide_all(staff, proposal)
        db.session.commit()
        build.sign_in(client, staff.manager)
    (shown,) = (part for part in client.get(f"{URL}?part=decided").text.split("<fieldset") if "Unions" in part)
    assert shown.count("<tr>") == 2
    assert "Women" not in shown.partition("</table>")[0]


def test_of_what_is_split_and_merged_at_once_all_counts_agree(app: Flask) -> None:
    first, half = (
        "Nobody loses a house without a new one on dry ground.",
        "The fund pays for the clearing of old mines.",
    )
    second = "Every village is told of the plans for a mine two years before."
    with app.app_context():
        staff = build.desk()
        round_ = first_version(staff, f"# 1 Aim\n\n{first} {half}\n\n{second}\n")
        proposal = proposed(staff, following(staff, round_), f"# 1 Aim\n\n{first}\n\n{half} {second}\n")
        _heading, whole, other = older = list_paragraphs(get_version(round_))
        blocks = db.session.scalars(sa.select(ProposedBlock).order_by(ProposedBlock.position)).all()
        for block, olds in ((blocks[1], [whole]), (blocks[2], [whole, other])):
            match_block(proposal, block, olds, actor=staff.manager, now=utc_now(), shares=True)
        reviewed = count_matches(proposal, []).kinds
        version = keep_proposal(proposal, actor=staff.manager, now=utc_now())
        listed = Counter(change.continuation for change in list_changes(version))
        units = [
            [Unit(one.id, one.eid, one.kind, one.number, one.text, one.eid) for one in paragraphs]
            for paragraphs in (older, list_paragraphs(version))
        ]
        pairs = [
            (pair.before, pair.after, pair.continuation)
            for pair in pairs_of(get_version(round_), version)
            if pair.before is not None and pair.after is not None
        ]
        compared = counted(compare_texts(*units, pairs, "en"))
    assert {kind: number for kind, number in reviewed.items() if number} == {
        Continuation.UNCHANGED: 1,
        Continuation.SPLIT: 2,
    }
    assert listed == {Continuation.SPLIT: 2}
    assert compared == {What.UNCHANGED: 1, What.SPLIT: 2}


def test_what_has_points_comes_first_with_their_number(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = first_version(staff)
        places = [paragraph.text[:12] for paragraph in list_paragraphs(get_version(round_))]
        build.submit(round_, build.person("Author"), "One.", "Two.", paragraph=places.index("It holds for") - 1)
        proposed(staff, following(staff, round_), AFTER)
        db.session.commit()
        build.sign_in(client, staff.manager)
    first, *others = client.get(URL).text.split("<fieldset")[1:]
    assert "It holds for every mine" in first  # removed; without points that would be certain, and stand behind all
    assert "2 points are on it" in first
    assert others
    assert "on it" not in "".join(others)


def test_points_that_came_late_are_asked_about_before_the_text_is_kept(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = first_version(staff)
        places = [paragraph.text[:12] for paragraph in list_paragraphs(get_version(round_))]
        author = build.person("Author")
        late = build.draft(round_, author, "Late.", paragraph=places.index("It holds for") - 1)
        update_speaker(
            late, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=[Constituency.CIVIL_SOCIETY],
            organisation="", country=None, language="en", now=utc_now(),
        )  # fmt: skip
        update_publication(late, PublicationSetting.NAMED, pseudonym="", now=utc_now())
        proposal = proposed(staff, following(staff, round_), AFTER)
        rows = db.session.scalars(sa.select(ProposedMatch).where(undecided({}))).all()
        decide_matches(proposal, {row.id: True for row in rows}, actor=staff.manager, now=utc_now())
        assert count_undecided(proposal) == 0  # that the paragraph is removed is certain
        assert round_.closes_at is not None
        late.begun_at = round_.closes_at - timedelta(days=1)
        offer_late(late, actor=author, now=utc_now())
        accept_late(late, reason="It came by post.", actor=staff.manager, now=utc_now())
        assert count_undecided(proposal) == 1
        with pytest.raises(InvalidTransition):
            keep_proposal(proposal, actor=staff.manager, now=utc_now())
        db.session.commit()
        build.sign_in(client, staff.manager)
    page = client.get(URL).text
    assert "It holds for every mine" in page
    assert "1 point is on it" in page
    assert "It holds for every mine" not in client.get(f"{URL}?part=certain").text
    (name,) = asked(page)
    assert build.post(client, URL, {name: "yes"}).status_code == 302
    with app.app_context():
        keep_proposal(the_proposal(), actor=staff.manager, now=utc_now())


def test_the_text_is_not_kept_before_its_matches_are_decided(app: Flask, manager: FlaskClient) -> None:
    text, keep = (URL.replace("/review", end) for end in ("", "/keep"))
    number = len(asked(manager.get(URL).text))
    for page in (manager.get(text), manager.get(keep), build.post(manager, keep, {"seen": ""})):
        assert f"Decide {number} matches" in page.text
        assert f'href="{URL}"' in page.text
        assert "Keep this text" not in page.text


def test_another_paragraph_is_found_by_words_or_number_and_chosen(app: Flask, manager: FlaskClient) -> None:
    with app.app_context():
        match = db.session.scalars(
            sa.select(ProposedMatch).where(ProposedMatch.continuation == Continuation.NEW)
        ).first()
        assert match is not None
        block, key = match.block_id, match.id
    address = f"{URL}/{key}"
    assert manager.get(address).status_code == 200
    found = manager.get(f"{address}?words=deeper+metres").text
    assert 'value="sec_2__para_2"' in found
    assert found.count('name="chosen"') == 1
    assert manager.get(f"{address}?words=2").text.count('name="chosen"') == 4  # its heading, and what is below
    assert build.post(manager, f"{address}?words=deeper", {"how": "continues"}).status_code == 422
    assert build.post(manager, address, {"how": "continues", "chosen": "sec_2__para_2"}).status_code == 302
    with app.app_context():
        row = db.session.scalars(sa.select(ProposedMatch).where(ProposedMatch.block_id == block)).one()
        assert row.paragraph is not None
        assert row.paragraph.eid == "sec_2__para_2"
        assert row.decided_by is not None
    assert manager.get(f"{URL}/999999").status_code == 404


def test_where_a_removed_paragraph_goes_on_is_chosen(app: Flask, manager: FlaskClient) -> None:
    with app.app_context():
        match = db.session.scalars(
            sa.select(ProposedMatch).where(ProposedMatch.continuation == Continuation.REMOVED)
        ).first()
        assert match is not None
        paragraph, address = match.paragraph_id, f"{URL}/{match.id}"
    found = manager.get(f"{address}?words=rivers").text
    block = found.partition('name="chosen" value="')[2].partition('"')[0]
    assert block.isdigit()
    assert build.post(manager, address, {"how": "merged", "chosen": block}).status_code == 302
    with app.app_context():
        row = db.session.scalars(sa.select(ProposedMatch).where(ProposedMatch.paragraph_id == paragraph)).one()
        assert row.block_id == int(block)


@pytest.mark.parametrize("part", ["open", "decided", "certain", "nonsense"])
def test_each_part_is_a_page_for_managers_alone(app: Flask, manager: FlaskClient, staff: Desk, part: str) -> None:
    assert manager.get(f"{URL}?part={part}").status_code == 200
    with app.app_context():
        build.sign_in(manager, staff.responder)
    assert manager.get(f"{URL}?part={part}").status_code == 403


def test_what_was_left_out_is_said_once_more_before_the_text_is_kept(
    app: Flask, manager: FlaskClient, staff: Desk
) -> None:
    finding = Finding(FindingCode.TRACKED_DELETIONS, 3, [])
    with app.app_context():
        proposal = the_proposal()
        proposal.findings = [{"code": finding.code.value, "count": 3, "places": []}]
        decide_all(staff, proposal)
        db.session.commit()
    page = manager.get(URL.replace("/review", "/keep")).text
    with app.test_request_context("/en/"):
        assert str(sentence_of(finding)) in page
    assert "Keep it" in page


def test_the_page_costs_the_same_however_many_wait(app: Flask, manager: FlaskClient) -> None:
    costs = []
    with app.app_context():
        key = the_proposal().id
        row = {"proposal_id": key, "kind": BlockKind.TEXT, "level": 0, "number": "", "text": "Said."}
        db.session.execute(sa.insert(ProposedBlock), [row | {"position": 900 + place} for place in range(300)])
        db.session.commit()
        blocks = db.session.scalars(sa.select(ProposedBlock.id).where(ProposedBlock.position >= 900)).all()
    for number in (1, 3, 300):
        match = {"proposal_id": key, "paragraph_id": None, "continuation": Continuation.NEW, "likeness": 0}
        with app.app_context():
            db.session.execute(sa.delete(ProposedMatch))
            rows = [match | {"block_id": one, "is_certain": False} for one in blocks[:number]]
            db.session.execute(sa.insert(ProposedMatch), rows)
            db.session.commit()
        with build.count_queries(app) as queries:
            assert len(asked(manager.get(URL).text)) == min(number, 25)
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs
