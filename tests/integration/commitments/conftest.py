"""A consultation whose two points are answered, and a commitment that came of them."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.commitments.models import Commitment
from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.submissions.models import Comment
from tests.support import build


class Register:
    """What the tests of the register begin with; each act of a test loads its rows anew."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        with app.test_request_context("/en/"):
            self.staff = build.desk()
            self.author = build.person("Author One", email="one@example.org")
            self.second = build.person("Author Two", email="two@example.org", locale="ar")
            self.round_id = self._answered(self.author, self.second).id
            db.session.commit()

    def _answered(self, *authors: Person) -> Round:
        staff = self.staff
        round_ = build.open_consultation(staff.host, staff.manager, languages=("en", "ar"))
        self.references = []
        for author in authors:
            submission = build.submit(round_, author, "First words.", "Second words.")
            self.references += [comment.reference or "" for comment in submission.comments]
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        return round_

    @property
    def round(self) -> Round:
        return db.session.get_one(Round, self.round_id)

    @property
    def consultation(self) -> Consultation:
        return self.round.consultation

    def points(self, *references: str) -> list[Comment]:
        """The points of these references; of all that are answered, without any."""
        wanted = Comment.reference.in_(references or self.references)
        return list(db.session.scalars(sa.select(Comment).where(wanted).order_by(Comment.id)).unique())

    def made(self, *references: str, due: date | None = None, draft: bool = False) -> str:
        """The reference of a commitment that the answers to these points made."""
        with self.app.test_request_context("/en/"):
            points = self.points(*references)
            made = build.commitment(self.consultation, self.staff.manager, *points, due=due, draft=draft)
            db.session.commit()
            return made.reference

    def find(self, reference: str) -> Commitment:
        return db.session.scalars(sa.select(Commitment).where(Commitment.reference == reference)).unique().one()


@pytest.fixture
def register(app: Flask, client: FlaskClient) -> Register:
    return Register(app, client)
