"""A deadline beside the reader's own time: at once where the account has a zone, by the browser elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.models import Round
from consult.consultations.services import extend_round
from consult.core.clock import utc_now
from consult.core.db import db
from tests.support import build
from tests.support.browse import mails_to

CLOSES = datetime(2037, 3, 14, 16, 59, tzinfo=UTC)
CONSULTATION = "/en/consultations/minerals"
OURS = "14 March 2037, 23:59 Jakarta time"


@pytest.fixture
def round_(app: Flask) -> None:
    """An open round that closes just before midnight in Jakarta."""
    with app.app_context():
        staff = build.desk()
        build.set_dates(build.open_consultation(staff.host, staff.manager), utc_now() - timedelta(days=1), CLOSES)
        db.session.commit()


def signed_in(app: Flask, client: FlaskClient, zone: str | None) -> str:
    with app.app_context():
        person = build.person("Rosa")
        person.account.time_zone = zone
        build.sign_in(client, person)
        return person.account.email


@pytest.mark.usefixtures("round_")
def test_a_page_that_is_the_same_to_all_leaves_it_to_the_browser(client: FlaskClient) -> None:
    page = client.get(CONSULTATION)
    assert page.headers["Cache-Control"].startswith("public")
    marked = (
        '<time datetime="2037-03-14T16:59Z" data-wall="2037-03-14T23:59" '
        'data-yours="14 March 2037, 23:59 Jakarta time ({time} your time)">'
        f"{OURS}</time>, "
    )
    assert marked in page.text
    assert page.text.count(marked.removesuffix(", ")) == 2  # on the timeline too
    assert marked in client.get("/en/").text


@pytest.mark.usefixtures("round_")
@pytest.mark.parametrize(
    ("zone", "yours"),
    [("Europe/Paris", " (17:59 your time)"), ("Asia/Tokyo", " (15 March, 01:59 your time)"), ("Asia/Bangkok", "")],
)
def test_the_accounts_zone_needs_no_script(app: Flask, client: FlaskClient, zone: str, yours: str) -> None:
    signed_in(app, client, zone)
    page = client.get(CONSULTATION).text
    assert f'<time datetime="2037-03-14T16:59Z">{OURS}{yours}</time>, ' in page
    assert "data-yours" not in page


@pytest.mark.usefixtures("round_")
def test_without_a_zone_the_browser_says_it_here_too(app: Flask, client: FlaskClient) -> None:
    signed_in(app, client, None)
    assert "data-yours" in client.get(CONSULTATION).text


def test_a_message_says_it_in_the_zone_of_whoever_reads(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        build.set_dates(round_, utc_now() - timedelta(days=1), CLOSES)
        readers = [build.person(zone) for zone in ("Asia/Kolkata", "Asia/Jakarta")]
        for reader in readers:
            reader.account.time_zone = reader.name
            build.draft(round_, reader, "A point.")
        _extend(round_, staff)
        db.session.commit()
        addresses = [reader.account.email for reader in readers]
    far, near = (mails_to(app, address)[0].body for address in addresses)
    assert "It now closes on 24 March 2037, 23:59 Jakarta time (22:29 your time)." in far
    assert "It now closes on 24 March 2037, 23:59 Jakarta time." in near


def _extend(round_: Round, staff: build.Desk) -> None:
    extend_round(
        round_, closes_wall=datetime(2037, 3, 24, 23, 59), response_due=datetime(2037, 5, 1).date(),  # noqa: DTZ001
        reason={"en": "More time."}, actor=staff.manager, now=utc_now(),
    )  # fmt: skip
