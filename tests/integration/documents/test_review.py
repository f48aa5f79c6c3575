"""The desk page where a manager decides what the aligner is not sure of."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from consult.documents.enums import BlockKind, Continuation
from consult.documents.importing.reading import Finding, FindingCode, sentence_of
from consult.documents.models import Proposal, ProposedBlock, ProposedMatch
from consult.documents.queries import get_version, list_paragraphs
from consult.documents.queries.matching import Part, count_matches, count_undecided
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


def undecided(app: Flask) -> list[tuple[int, Continuation]]:
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
    waiting = undecided(app)
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
        assert count_matches(proposal).parts[Part.DECIDED] >= len(answers)
    assert "/proposal/keep" in manager.get(URL).text


def test_one_split_is_one_question_and_strikes_nothing_that_stands_in_a_part(app: Flask, manager: FlaskClient) -> None:
    html = manager.get(URL).text
    (split,) = (part for part in html.split("<fieldset") if "Yes, it was split into these" in part)
    with app.app_context():
        parts = [row.block.position for row in db.session.scalars(sa.select(ProposedMatch)) if row.block is not None
                 and row.continuation is Continuation.SPLIT]  # fmt: skip
        assert count_matches(the_proposal()).parts[Part.OPEN] == len(asked(html))
    assert len(parts) == split.count("Now: ") == 2
    assert split.count("Before: ") == split.count('value="yes"') == 1
    gone = " ".join(re.findall(r"<del>(.*?)</del>", split, re.DOTALL))
    assert not {"schools", "villages", "clearing", "roads"}.intersection(re.findall(r"\w+", gone))


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
