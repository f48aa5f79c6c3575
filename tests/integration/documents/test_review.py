"""The desk page where a manager decides what the aligner is not sure of."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from consult.documents.enums import Continuation
from consult.documents.models import Proposal, ProposedMatch
from consult.documents.queries.matching import Part, count_matches, count_undecided
from tests.support import build
from tests.support.build import Desk
from tests.support.versions import AFTER, first_version, following, proposed

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


def test_what_is_uncertain_comes_first_and_is_decided(app: Flask, manager: FlaskClient) -> None:
    page = manager.get(URL)
    assert page.status_code == 200
    waiting = undecided(app)
    assert waiting
    assert all(f'name="match-{key}"' in page.text for key, _kind in waiting)
    assert "/proposal/keep" not in page.text  # nothing is kept while something is uncertain
    pair = next(key for key, kind in waiting if kind is Continuation.SPLIT)
    answers = {f"match-{key}": "no" if key == pair else "yes" for key, _kind in waiting}
    assert build.post(manager, URL, answers | {"match-999999": "yes", "match-x": "yes"}).status_code == 302
    with app.app_context():
        proposal = the_proposal()
        assert db.session.get(ProposedMatch, pair) is None  # it is new now, and the other part continues alone
        assert count_undecided(proposal) == 0
        assert count_matches(proposal).parts[Part.DECIDED] >= len(waiting)
    assert "/proposal/keep" in manager.get(URL).text


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


def test_the_page_costs_the_same_however_many_wait(app: Flask, manager: FlaskClient) -> None:
    costs = []
    for number in (1, 3, 300):
        with app.app_context():
            keys = db.session.scalars(sa.select(ProposedMatch.id).order_by(ProposedMatch.id)).all()
            row = db.session.scalars(sa.select(ProposedMatch).where(ProposedMatch.block_id.is_not(None))).first()
            assert row is not None
            columns = {name: getattr(row, name) for name in ("proposal_id", "paragraph_id", "block_id", "likeness")}
            kind = {"continuation": row.continuation, "decided_by": None, "is_certain": False}
            db.session.execute(
                sa.insert(ProposedMatch), [columns | kind for _ in range(number - 1)] or [columns | kind]
            )
            db.session.execute(sa.delete(ProposedMatch).where(ProposedMatch.id.in_(keys[1:])))
            db.session.execute(sa.update(ProposedMatch).values(is_certain=False))
            db.session.commit()
        with build.count_queries(app) as queries:
            assert manager.get(URL).status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs
