"""A consultation with points in every state, read over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.jobs import sweep
from tests.support import build

ROOT = "/api/v1/consultations"


class Api:
    """A program that reads the API, without a cookie.

    Args:
        app: what it reads.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def get(self, path: str = "", **parameters: Any) -> Any:
        """The JSON of an answer that must be there."""
        answer = self.client.get(f"{ROOT}{path}", query_string=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json

    def all(self, path: str = "", **parameters: Any) -> list[dict[str, Any]]:
        """Every item of a list, page by page, as the three lines of the page for people read it."""
        answer = self.get(path, **parameters)
        items = list(answer["data"])
        while answer["links"]["next"]:
            answer = self.client.get(answer["links"]["next"].partition("://")[2].partition("/")[2].join(["/", ""])).json
            items += answer["data"]
        return items

    def act(self, *acts: Callable[[], Any]) -> None:
        """Do something, let it be committed, and let the worker look."""
        from consult.core.db import db

        with self.app.test_request_context("/en/"):
            for one in acts:
                one()
            db.session.commit()
            sweep()


@pytest.fixture
def api(app: Flask) -> Api:
    return Api(app)


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        from consult.core.db import db

        found = build.desk()
        db.session.commit()
        return found
