"""Safety before any consultation is chosen: the general part, and whom to turn to at each host."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from consult.core.db import db
from tests.support import build


def test_safety_and_privacy_name_each_host(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager)
        db.session.commit()
        name, slug = staff.host.name, staff.host.slug
    assert name in client.get("/en/safety").text
    assert f"/en/privacy/{slug}" in client.get("/en/privacy").text
    assert "/en/safety" in client.get("/en/").text
