"""A worker that is killed at any moment of reading a file: it is read anew, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents import jobs
from consult.documents.enums import ProposalState
from consult.documents.jobs import read_waiting_proposals
from consult.documents.models import Figure, Proposal, ProposedBlock, ProposedMatch, SourcePiece
from tests.integration.documents.bringing import keep, upload, work
from tests.support import build, files
from tests.support.word import drawing, heading_styles, p, word

DOCUMENT = "/en/desk/minerals/document"


class Killed(BaseException):
    """No error that anybody could catch: the process is gone, and the database takes its open transaction back."""


def before(step: Callable[..., Any]) -> Callable[..., Any]:
    def ended(*_given: Any, **_named: Any) -> Any:
        raise Killed

    return ended


def after(step: Callable[..., Any]) -> Callable[..., Any]:
    def ended(*given: Any, **named: Any) -> Any:
        step(*given, **named)
        raise Killed

    return ended


MOMENTS = [
    ("lease_proposal", after),  # it is taken up, and nothing else is done
    ("read_source", before),  # it was told that the reading begins
    ("read_source", after),  # the process that reads is done; nothing is written
    ("take_reading", after),  # pieces, blocks and pictures are written, and not committed
    ("finish_reading", before),  # they are committed; what they continue is not known
    ("finish_reading", after),  # that is written too, and not committed
]


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        made = build.desk()
        build.consultation_in_setup(made.host, made.manager)
        db.session.commit()
        build.sign_in(client, made.manager)
    return client


@pytest.mark.parametrize(("step", "moment"), MOMENTS)
def test_a_reading_that_is_killed_is_done_anew(
    app: Flask,
    manager: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    moment: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> None:
    body = p("1 Purpose", style="H1") + p("Words.") + p(drawing("a", "A map"))
    parts: dict[str, str | bytes] = {"styles": heading_styles(), "word/media/a.png": files.png(30, 20)}
    content = word(body, parts=parts, rels=(("a", "image", "media/a.png", False),))
    upload(manager, DOCUMENT, "en", content, "draft.docx")
    with monkeypatch.context() as patched, app.app_context():
        patched.setattr(jobs, step, moment(getattr(jobs, step)))
        with pytest.raises(Killed):
            read_waiting_proposals()
    assert work(app) == 0, "nobody else takes it up while it may still be read"
    with app.app_context():
        assert db.session.scalars(sa.select(Proposal.state)).one() is ProposalState.READING
        db.session.execute(sa.update(Proposal).values(leased_until=utc_now().replace(year=2020)))
        db.session.commit()
    assert work(app) == 1
    with app.app_context():
        proposal = db.session.scalars(sa.select(Proposal)).one()
        assert (proposal.state, proposal.done, proposal.attempts) == (ProposalState.READY, 100, 2)
        texts = db.session.scalars(sa.select(ProposedBlock.text).order_by(ProposedBlock.position)).all()
        assert texts == ["Purpose", "Words.", "A map"]
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(m)) for m in (SourcePiece, Figure)]
        assert counts == [3, 1]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposedMatch)) == 0, "nothing came before it"
    assert keep(manager, DOCUMENT, "en").status_code == 302
