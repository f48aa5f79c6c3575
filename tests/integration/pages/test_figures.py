"""Numbers of points are a part of the input: no public page tells them before the round's visibility allows it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience, Visibility
from consult.core.db import db
from consult.jobs import fold_waiting_counters
from tests.support import build

PAGES = ("/en/", "/en/consultations", "/en/consultations/minerals", "/en/consultations/minerals/response-log")


def pages_with(client: FlaskClient, *words: str) -> list[str]:
    return [page for page in PAGES if any(word in client.get(page).text for word in words)]


@pytest.mark.parametrize("visibility", list(Visibility))
def test_figures_obey_the_visibility(app: Flask, client: FlaskClient, visibility: Visibility) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, visibility=visibility)
        build.submit(round_, build.person(), "One point.", "Another.")
        db.session.commit()
        fold_waiting_counters()
    told = pages_with(client, "2 points so far", "2 points answered")
    assert bool(told) is (visibility is Visibility.AS_RECEIVED), told
    with app.app_context():
        build.close(db.session.merge(round_))
        db.session.commit()
    told = pages_with(client, "2 points so far", "2 points answered")
    assert bool(told) is (visibility in {Visibility.AS_RECEIVED, Visibility.AFTER_CLOSING}), told


def test_a_release_for_participants_is_not_offered_to_the_public(app: Flask, client: FlaskClient) -> None:
    from consult.core.clock import utc_now
    from consult.jobs import sweep
    from consult.publication.services import request_release

    with app.app_context():
        staff = build.desk()
        round_ = build.released_round(
            staff, "A point.", visibility=Visibility.PARTICIPANTS_ONLY, audience=Audience.PUBLIC
        )
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
    assert client.get("/en/consultations/minerals/response-log/1").status_code == 404
    assert "/response-log/1" not in client.get("/en/consultations/minerals").text
