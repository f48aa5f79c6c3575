"""Meetings on the timeline: added, changed, deleted while they are still to come."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import MeetingKind
from consult.consultations.models import Meeting
from consult.consultations.queries import get_consultation
from consult.consultations.services import delete_meeting, save_meeting
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import Conflict, InvalidTransition
from consult.ledger.models import LedgerEntry
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import main_of, redirects_to, send

TIMELINE = "/en/desk/open/timeline"


def test_a_meeting_is_added_changed_and_deleted(app: Flask, desk: Desk, manager: FlaskClient, browse: Browse) -> None:
    with app.app_context():
        build.open_consultation(desk.staff.host, desk.staff.manager, slug="open", code="OPEN", languages=("en", "fr"))
        db.session.commit()
    day = utc_now().date() + timedelta(days=12)
    typed = {
        "kind": "validation", "title-en": "Workshop in A", "title-fr": "Atelier à A", "place-en": "City A",
        "first_day": day.isoformat(), "last_day": (day + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    refused = send(manager, f"{TIMELINE}/meetings/new", {**typed, "last_day": "2020-01-01", "record_url": "ftp://x"})
    assert refused.status_code == 422
    assert "beginning with https://" in refused.text
    assert "Workshop in A" in refused.text
    order = send(manager, f"{TIMELINE}/meetings/new", {**typed, "last_day": "2020-01-01"})
    assert order.status_code == 422
    assert "The last day comes before the first." in order.text
    assert redirects_to(send(manager, f"{TIMELINE}/meetings/new", typed), TIMELINE)
    assert "Workshop in A" in main_of(manager.get(TIMELINE))
    anybody = browse(None)
    assert "Atelier à A" in anybody.get("/fr/consultations/open").text
    with app.app_context():
        key = db.session.scalars(sa.select(Meeting.id)).one()
    changed = send(manager, f"{TIMELINE}/meetings/{key}", {"title-en": "Workshop in B", "title-fr": ""})
    assert redirects_to(changed, TIMELINE)
    page = anybody.get("/fr/consultations/open").text
    assert "Workshop in B" in page
    assert "Atelier à A" not in page
    assert redirects_to(send(manager, f"{TIMELINE}/meetings/{key}/delete"), TIMELINE)
    assert "Workshop" not in anybody.get("/en/consultations/open").text
    with app.app_context():
        acts = db.session.scalars(
            sa.select(LedgerEntry.act).where(LedgerEntry.subject == "meeting").order_by(LedgerEntry.id)
        )
        assert list(acts) == ["desk:meeting:save", "desk:meeting:save", "desk:meeting:delete"]


def test_one_that_was_held_stays_and_meetings_of_others_are_not_found(app: Flask, desk: Desk, browse: Browse) -> None:
    with app.test_request_context("/en/"):
        manager, now = desk.staff.manager, utc_now()
        consultation = get_consultation("bare")
        build.consultation_in_setup(consultation.host, manager, slug="open", code="OPEN")
        held = save_meeting(
            consultation, None, kind=MeetingKind.OTHER, title={"en": "Held"}, first_day=now.date() - timedelta(days=3),
            last_day=None, place={}, record_url="", actor=manager, now=now,
        )  # fmt: skip
        key = held.id
        with pytest.raises(InvalidTransition):
            delete_meeting(held, actor=manager, now=now)
        with pytest.raises(Conflict):
            save_meeting(
                consultation, held, kind=MeetingKind.OTHER, title={"en": "Other"}, first_day=now.date(), last_day=None,
                place={}, record_url="", actor=manager, now=now, version=held.version + 1,
            )  # fmt: skip
        db.session.commit()
    client = browse(desk.staff.manager)
    assert client.get(f"/en/desk/bare/timeline/meetings/{key}").status_code == 200
    assert client.get(f"/en/desk/open/timeline/meetings/{key}").status_code == 404
    for who in (desk.stranger, desk.staff.moderator):
        for path in (
            "timeline",
            f"timeline/meetings/{key}",
            "timeline/meetings/new",
            f"timeline/meetings/{key}/delete",
        ):
            assert browse(who).get(f"/en/desk/bare/{path}").status_code in {403, 404}
