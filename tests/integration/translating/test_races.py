"""Two people at the same text at the same moment: neither loses a word."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.services import update_texts
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from consult.texts.queries import list_translations
from consult.translating.services import ChangedMeanwhile
from tests.integration.translating.conftest import Desk
from tests.support import build
from tests.support.race import Races


class Race(Races):
    """Acts on the consultation of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.app, self.desk = desk.app, desk


@pytest.fixture
def races(app: Flask, client: FlaskClient) -> Race:
    desk = Desk(app, client)
    desk.opened()
    return Race(desk)


def test_of_two_first_translations_one_is_kept_and_the_other_handed_back(races: Race) -> None:
    desk = races.desk
    key = "consultation-{}-title"

    def save(words: str) -> Any:
        # Both pages were drawn before anybody had translated it.
        return lambda: desk.translate(key.format(desk.consultation.id), words, language="fr", made_from=0)

    lost = races.race(save("Le premier"), save("Le second"))
    assert isinstance(lost, ChangedMeanwhile)
    assert lost.stored == "Le premier"


def test_of_two_changes_one_is_kept_and_the_other_handed_back(races: Race) -> None:
    desk = races.desk
    with desk.app.test_request_context("/en/"):
        key = f"consultation-{desk.consultation.id}-title"
    races.now(lambda: desk.translate(key, "Le titre", language="fr"))
    with desk.app.test_request_context("/en/"):
        seen = desk.unit(key, "fr").version
    lost = races.race(
        lambda: desk.translate(key, "Le premier", language="fr", made_from=seen),
        lambda: desk.translate(key, "Le second", language="fr", made_from=seen),
    )
    assert isinstance(lost, ChangedMeanwhile)
    assert lost.stored == "Le premier"


def test_two_different_texts_are_both_kept(races: Race) -> None:
    desk = races.desk
    with desk.app.test_request_context("/en/"):
        first, second = (f"consultation-{desk.consultation.id}-{name}" for name in ("title", "contact"))
    assert races.race(
        lambda: desk.translate(first, "Le titre", language="fr"),
        lambda: desk.translate(second, "Le contact", language="fr"),
    ) is None  # fmt: skip
    with desk.app.test_request_context("/en/"):
        assert (desk.unit(first, "fr").text, desk.unit(second, "fr").text) == ("Le titre", "Le contact")


def test_a_point_that_is_withdrawn_meanwhile_leaves_no_translation(races: Race) -> None:
    desk = races.desk
    with desk.app.test_request_context("/en/"):
        (comment,) = build.submit(desk.round, desk.author, "A point.").comments
        build.publish(desk.round, desk.staff.moderator)
        key, unit = comment.id, f"comment-{comment.reference}-text"
        db.session.commit()
        seen = desk.unit(unit, "km")

    def withdraw() -> None:
        withdraw_comment(db.session.get_one(Comment, key), actor=desk.author, now=utc_now())

    def translate() -> None:
        from tests.support.translate import save_translation

        save_translation(
            desk.consultation, seen, "ចំណុច", language="km", made_from=0, actor=desk.staff.translator, now=utc_now()
        )

    assert isinstance(races.race(withdraw, translate), InvalidTransition)
    with desk.app.test_request_context("/en/"):
        assert list_translations("comment", [key]) == []


def test_a_set_up_saved_meanwhile_by_a_manager_loses_nothing(app: Flask, client: FlaskClient) -> None:
    desk = Desk(app, client)
    desk.in_setup(languages=("en", "fr"))
    race = Race(desk)
    with app.test_request_context("/en/"):
        key, seen = f"consultation-{desk.consultation.id}-contact", desk.consultation.version

    def save() -> None:
        update_texts(
            desk.consultation, {"contact": {"en": "Contact", "fr": "Écrasé"}}, version=seen, actor=desk.staff.manager,
            now=utc_now(),
        )  # fmt: skip

    lost = race.race(lambda: desk.translate(key, "Le contact", language="fr"), save)
    assert lost is not None
    with app.test_request_context("/en/"):
        assert desk.unit(key, "fr").text == "Le contact"
