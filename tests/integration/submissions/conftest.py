"""An open round with a question of each kind, and the addresses of taking part in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.accounts.actors import Person
from consult.accounts.enums import Capacity, Constituency
from consult.consultations.enums import QuestionKind
from consult.consultations.models import Consultation, Round
from consult.consultations.services import open_round, save_question
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Comment, Submission
from consult.submissions.services import update_publication, update_speaker
from tests.support import build
from tests.support.browse import fill_in, forms_in

START = "/en/take-part/minerals/"
CITED = "/en/take-part/minerals/rounds/1/"
POINT = START + "points/new?paragraph=sec_1__para_1"


@dataclass(frozen=True)
class Opened:
    """An open round; read from the database anew by each method, since requests have sessions of their own."""

    app: Flask
    staff: build.Desk
    choice: int
    option: int
    words: int

    def round(self) -> Round:
        return db.session.scalars(
            sa.select(Round).join(Round.consultation).where(Consultation.slug == "minerals")
        ).one()

    def comments(self) -> list[tuple[str, str]]:
        """(text, eId of its paragraph) of every point there is, oldest first."""
        with self.app.app_context():
            rows = db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique()
            return [(row.text, row.paragraph.eid if row.paragraph else "") for row in rows]

    def count(self, model: Any = Submission) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def opened(app: Flask) -> Opened:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager, languages=("en", "ar"))
        words = save_question(
            round_, None, kind=QuestionKind.FREE_TEXT, text={"en": "What hinders you?", "ar": "ما الذي يعيقك؟"},
            options=[], actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        choice = save_question(
            round_, None, kind=QuestionKind.SINGLE_CHOICE, text={"en": "Do you support it?", "ar": "هل تؤيد ذلك؟"},
            options=[{"en": "Support", "ar": "أؤيد"}, {"en": "Do not support", "ar": "لا أؤيد"}],
            actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        open_round(round_, actor=staff.manager, now=utc_now())
        found = Opened(app, staff, choice.id, choice.options[0].id, words.id)
        db.session.commit()
    return found


def write(client: FlaskClient, text: str, url: str = POINT, **typed: Any) -> TestResponse:
    """Open the form of a point, type, and save."""
    form = forms_in(client.get(url).text)[0]
    return client.post(form.action, data=fill_in(form, {"text": text, **typed}))


def autosave_url(page: str) -> str:
    """Where a page's form is saved while somebody types."""
    return page.partition('data-autosave="')[2].partition('"')[0].replace("&amp;", "&")


def speak(draft: Submission, author: Person, constituencies: Sequence[Constituency] = ()) -> None:
    """Say in a draft who speaks, and under which setting, so that it can be submitted."""
    now = utc_now()
    update_speaker(
        draft, name=author.name, capacity=Capacity.INDIVIDUAL, constituencies=constituencies, organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.NAMED, pseudonym="", now=now)
