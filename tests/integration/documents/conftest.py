"""A text that is brought: the consultation it is of, and who brings it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from tests.support import build


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    """A consultation in English and French with a draft that is not opened."""
    with app.app_context():
        made = build.desk()
        build.consultation_in_setup(made.host, made.manager, languages=("en", "fr"))
        db.session.commit()
        return made


@pytest.fixture
def manager(app: Flask, staff: build.Desk) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        build.sign_in(client, staff.manager)
    return client
