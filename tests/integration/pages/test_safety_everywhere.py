"""Safety before any consultation is chosen: the general part, and whom to turn to at each host."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.models import Consultation
from consult.core.db import db
from consult.secretariats.models import Host
from tests.support import build

SAFETY_QUERIES = 2
SAFETY_OF_ONE_QUERIES = 5


def test_safety_and_privacy_name_each_host(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.open_consultation(staff.host, staff.manager)
        db.session.commit()
        name, slug = staff.host.name, staff.host.slug
    assert name in client.get("/en/safety").text
    assert f"/en/privacy/{slug}" in client.get("/en/privacy").text
    assert "/en/safety" in client.get("/en/").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_safety_costs_the_same_whatever_the_number_of_hosts(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        build.copies_of(build.open_consultation(staff.host, staff.manager), number - 1)
        rows = [{"slug": f"of-{place}", "name": f"Host {place}", "safety_contact": ""} for place in range(number - 1)]
        if rows:
            common = {"created_at": staff.host.created_at}
            db.session.execute(sa.insert(Host), [{**row, **common} for row in rows])
        hosts = db.session.scalars(sa.select(Host.id).order_by(Host.id)).all()
        consultations = db.session.scalars(sa.select(Consultation.id).order_by(Consultation.id)).all()
        for key, host in zip(consultations, hosts, strict=True):
            db.session.execute(sa.update(Consultation).where(Consultation.id == key).values(host_id=host))
        db.session.commit()
    for address, most in (("/en/safety", SAFETY_QUERIES), ("/en/consultations/minerals/safety", SAFETY_OF_ONE_QUERIES)):
        with build.count_queries(app) as queries:
            page = client.get(address)
        assert page.status_code == 200
        assert len(queries) == most, queries.statements
    assert client.get("/en/safety").text.count("This host has named no safety contact") == number
