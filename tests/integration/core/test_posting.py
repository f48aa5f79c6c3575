"""Every form is refused without its token, and sent twice it does once what it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from consult.documents.models import (
    Correspondence,
    DocumentVersion,
    Paragraph,
    Proposal,
    ProposalStep,
    ProposedBlock,
    ProposedMatch,
)
from consult.ledger.models import LedgerEntry
from consult.responses.enums import Disposition
from consult.responses.models import ChangeSource, ChangeTrace, SourcedChange, UnreflectedReason
from tests.integration.documents.bringing import work
from tests.support import build
from tests.support.browse import forms_in
from tests.support.continuing import EDITED, NEW, REMOVED, traced
from tests.support.versions import AFTER, first_version, following

DESK = "/en/desk/minerals"
TEXT = f"{DESK}/rounds/2/document/en"
LOOK = f"{TEXT}/proposal"
COUNTED = (Proposal, ProposedBlock, ProposalStep, ProposedMatch, DocumentVersion, Paragraph, Correspondence, ChangeTrace,
           ChangeSource, SourcedChange, UnreflectedReason, LedgerEntry)  # fmt: skip


def test_every_post_asks_for_the_token(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        build.sign_in(client, build.person("A"))
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    answers = {rule.rule: client.post(_address(rule.rule)).status_code for rule in rules}
    assert len(answers) > 100
    assert {rule: status for rule, status in answers.items() if status != 400} == {}


def _address(rule: str) -> str:
    """An address that the rule takes, of nothing that is there."""
    found = rule.replace("<locale:locale>", "en")
    found = re.sub(r"<int[^>]*>", "1", found)
    found = re.sub(r"<any\((\w+)[^>]*>", r"\1", found)
    return re.sub(r"<[^>]*>", "x", found)


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {m.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(m)) or 0 for m in COUNTED}


def twice(app: Flask, client: FlaskClient, url: str, typed: Mapping[str, Any]) -> None:
    """As by a double click; and once more from a page that was loaded anew."""
    before = rows(app)
    data = {**typed, "idempotency_key": f"{url}{sorted(typed)}"}
    first = build.post(client, url, data)
    assert first.status_code == 302, (url, first.text)
    once = rows(app)
    assert once != before, f"{url} does nothing"
    second = build.post(client, url, data)
    assert (second.status_code, second.location) == (302, first.location), url
    assert rows(app) == once, url
    assert build.post(client, url, typed).status_code < 500, url


def block_forms(client: FlaskClient, text: str, app: Flask) -> tuple[str, dict[str, str]]:
    """Where one block is edited, and what its form sends as it stands."""
    with app.app_context():
        key = db.session.scalars(sa.select(ProposedBlock.id).where(ProposedBlock.text.startswith(text))).one()
    address = f"{LOOK}/block/{key}"
    form = next(form for form in forms_in(client.get(address).text) if "seen" in form.values)
    return address, {name: values[0] for name, values in form.values.items() if values and name != "idempotency_key"}


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    """At the desk of a second round that is being set up."""
    client = app.test_client()
    with app.app_context():
        staff = build.desk()
        following(staff, first_version(staff))
        db.session.commit()
        build.sign_in(client, staff.manager)
    return client


def test_a_text_that_is_brought_mended_and_kept_by_double_clicks(app: Flask, manager: FlaskClient) -> None:
    twice(app, manager, f"{TEXT}/from-version", {})
    twice(app, manager, f"{LOOK}/drop", {})
    twice(app, manager, f"{TEXT}/paste", {"text": AFTER})
    assert work(app) == 1
    address, typed = block_forms(manager, "The fund", app)
    twice(app, manager, address, typed | {"act": "merge"})
    with app.app_context():
        step = str(db.session.scalar(sa.select(sa.func.max(ProposalStep.id))))
    twice(app, manager, f"{LOOK}/undo", {"step": step})
    with app.app_context():
        after = str(db.session.scalar(sa.select(sa.func.max(ProposedBlock.id))))
    twice(app, manager, f"{LOOK}/insert?after={after}", {"text": "One more.", "kind": "text"})
    with app.app_context():
        waiting = db.session.scalars(sa.select(ProposedMatch.id).where(ProposedMatch.is_certain.is_(False))).all()
    twice(app, manager, f"{LOOK}/review", {f"match-{key}": "yes" for key in waiting})
    twice(app, manager, f"{LOOK}/keep", {})


def test_links_reasons_and_sources_by_double_clicks(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        one = traced(Disposition.ACCEPTED, Disposition.ACCEPTED)
        first, second = (point.reference for point in one.points)
        db.session.commit()
        build.sign_in(client, one.staff.manager)
    twice(app, client, f"{DESK}/traces/link", {"point": first, "change": f"final:{EDITED}"})
    twice(app, client, f"{DESK}/traces/changes/points", {"change": f"final:{NEW}", "point": first})
    twice(app, client, f"{DESK}/traces/reason", {"point": second, "reason-en": "In the annex."})
    twice(app, client, f"{DESK}/traces/changes", {"change": f"final:{REMOVED}", "action": "editorial"})
    typed = {"change": f"final:{NEW}", "source-en": "Legal review", "reason-en": "The act asks for it."}
    twice(app, client, f"{DESK}/traces/changes/source", typed)
    with app.app_context():
        link = db.session.scalars(sa.select(ChangeTrace.id).where(ChangeTrace.eid == EDITED)).one()
    twice(app, client, f"{DESK}/traces/links/{link}/take-back", {"reason": ""})
