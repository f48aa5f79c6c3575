"""A consultation in two languages that is being set up, and its translator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.consultations.models import Consultation, Round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.translating.queries import load_work, units_by_key
from consult.translating.units import Unit, Work
from tests.support import build
from tests.support.translate import save_translation


class Desk:
    """What the tests of translating begin with; each act of a test loads its rows anew."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        with app.test_request_context("/en/"):
            self.staff = build.desk()
            self.author = build.person("Author One", email="one@example.org")
            self.round_id = 0
            db.session.commit()

    def in_setup(self, **options: Any) -> None:
        """A consultation that nobody has opened."""
        self._keep(lambda: build.consultation_in_setup(self.staff.host, self.staff.manager, **options))

    def opened(self, **options: Any) -> None:
        """A consultation that takes input."""
        self._keep(lambda: build.open_consultation(self.staff.host, self.staff.manager, **options))

    def _keep(self, make: Callable[[], Round]) -> None:
        with self.app.test_request_context("/en/"):
            self.round_id = make().id
            db.session.commit()

    @property
    def round(self) -> Round:
        return db.session.get_one(Round, self.round_id)

    @property
    def consultation(self) -> Consultation:
        return self.round.consultation

    def work(self, language: str, actor: Person | None = None) -> Work:
        return load_work(self.consultation, language, actor=actor or self.staff.translator)

    def unit(self, key: str, language: str, actor: Person | None = None) -> Unit:
        found = units_by_key(self.work(language, actor)).get(key)
        assert found is not None, key
        return found

    def keys(self, language: str, group: str, actor: Person | None = None) -> list[str]:
        return [unit.key for one in self.work(language, actor).groups if one.name == group for unit in one.units]

    def translate(self, key: str, text: str, *, language: str, actor: Person | None = None, **options: Any) -> None:
        """Save one translation made from what is stored."""
        unit = self.unit(key, language, actor)
        options = {"made_from": unit.version, **options}
        save_translation(
            self.consultation, unit, text, language=language, actor=actor or self.staff.translator, now=utc_now(),
            **options,
        )  # fmt: skip

    def translate_all(self, language: str, group: str = "", actor: Person | None = None) -> None:
        """Translate everything, or a group, into a language."""
        for one in self.work(language, actor).groups:
            for unit in one.units:
                if group in {"", one.name} and not unit.is_fixed:
                    self.translate(unit.key, f"{unit.source} ({language})", language=language, actor=actor)


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    return Desk(app, client)
