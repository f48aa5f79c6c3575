"""A round with somebody to protect, and two protection officers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.consultations.models import Round
from consult.core.db import db
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from tests.support import build

NAME, ORGANISATION, WORDS = "Zofia Unmistakable", "Union of Zinc Workers", "The dam near my house leaks."


@dataclass
class Case:
    """One protected submission with two points, published, and who is about it."""

    staff: build.Desk
    second: Person
    author: Person
    round: Round
    submission_id: int
    references: list[str]

    @property
    def submission(self) -> Submission:
        return db.session.get_one(Submission, self.submission_id)

    @property
    def comments(self) -> list[Comment]:
        return list(self.submission.comments)


def make_case(app: Flask, setting: PublicationSetting) -> Case:
    """Somebody has submitted two points, which a moderator has published."""
    with app.app_context():
        staff = build.desk()
        second = build.person("Second officer", roles={staff.host: [StaffRole.PROTECTION]})
        author = build.person(NAME, email="zofia@example.org")
        round_ = build.open_consultation(staff.host, staff.manager)
        submission = build.submit(
            round_, author, WORDS, "Another point.", setting=setting, organisation=ORGANISATION, country="POL"
        )
        build.publish(round_, staff.moderator)
        db.session.commit()
        references = [comment.reference or "" for comment in submission.comments]
        return Case(staff, second, author, round_, submission.id, references)


@pytest.fixture
def case(app: Flask) -> Case:
    return make_case(app, PublicationSetting.ANONYMOUS)
