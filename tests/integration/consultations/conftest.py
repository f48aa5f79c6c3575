"""A host with its staff, another host, and browsers for whoever is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.consultations.enums import TextType
from consult.consultations.models import Consultation
from consult.consultations.queries import get_consultation
from consult.consultations.services import create_consultation
from consult.core.clock import utc_now
from consult.core.db import db
from tests.support import build

Browse = Callable[[Person | None], FlaskClient]


@dataclass(frozen=True)
class Desk:
    """Staff of a host, and the manager of another."""

    app: Flask
    staff: build.Desk
    stranger: Person

    def read(self, slug: str, look: Callable[[Consultation], Any]) -> Any:
        """What is stored of a consultation now."""
        with self.app.app_context():
            return look(get_consultation(slug))


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        staff = build.desk()
        stranger = build.person("Stranger", roles={build.host(): [StaffRole.MANAGER]})
        create_consultation(
            staff.host, slug="bare", code="BARE", text_type=TextType.GUIDELINE, title="Bare", authentic_language="en",
            languages=["en", "fr"], zone="Asia/Jakarta", actor=staff.manager, now=utc_now(),
        )  # fmt: skip
        db.session.commit()
    return Desk(app, staff, stranger)


@pytest.fixture
def browse(app: Flask) -> Browse:
    def make(who: Person | None) -> FlaskClient:
        client = app.test_client()
        if who is not None:
            with app.app_context():
                build.sign_in(client, who)
        return client

    return make


@pytest.fixture
def manager(desk: Desk, browse: Browse) -> FlaskClient:
    return browse(desk.staff.manager)
