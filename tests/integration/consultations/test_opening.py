"""Opening a round: what is missing, what freezes, and taking it back before it begins."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience
from consult.consultations.queries import get_round
from consult.consultations.services import update_contact_email
from consult.core.clock import utc_now
from consult.core.db import db
from consult.documents.services import import_document
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to, send

OPEN = "/en/desk/ready/open"
PUBLIC = "/en/consultations/ready"


def set_up(app: Flask, desk: Desk, **options: object) -> None:
    with app.app_context():
        build.consultation_in_setup(desk.staff.host, desk.staff.manager, slug="ready", code="READY", **options)  # type: ignore[arg-type]
        db.session.commit()


def test_what_is_missing_leads_to_the_very_field(desk: Desk, manager: FlaskClient) -> None:
    page = main_of(manager.get("/en/desk/bare/open"))
    links = re.findall(r'<a href="(/en/desk/bare/[^"]+)">([^<]+)</a>', page)
    assert ("/en/desk/bare/setup/basics#title-fr", "French") in links
    assert ("/en/desk/bare/setup/terms#terms_support-en", "English") in links
    assert ("/en/desk/bare/setup/decision#seats-drafting", "Seats in the drafting body") in links
    assert ("/en/desk/bare/setup/round#closes_wall", "When the round closes") in links
    assert ("/en/desk/bare/document#draft-fr", "French") in links
    assert "<form" not in page
    for address, _words in links:
        path, _hash, anchor = address.partition("#")
        if anchor:
            assert f'id="{anchor}"' in manager.get(path).text, address


def test_a_round_that_lacks_something_does_not_open(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    set_up(app, desk)
    form = forms_in(manager.get(OPEN).text)[0]
    with app.app_context():
        update_contact_email(get_round("ready").consultation, "", actor=desk.staff.manager, now=utc_now())
        db.session.commit()
    answer = manager.post(OPEN, data=fill_in(form, {}))
    assert answer.status_code == 409
    assert "The round cannot open yet: 1 part is missing." in answer.text
    assert desk.read("ready", lambda c: c.is_published) is False


def test_opening_publishes_and_freezes(app: Flask, desk: Desk, manager: FlaskClient, browse: Browse) -> None:
    set_up(app, desk)
    page = main_of(manager.get(OPEN))
    assert "That time has passed: the round begins at once." in page
    assert "the code READY" in page
    visitor = browse(None)
    assert visitor.get(PUBLIC).status_code == 404
    assert visitor.get(f"{PUBLIC}/draft").status_code == 404
    form = fill_in(forms_in(manager.get(OPEN).text)[0], {})
    assert redirects_to(manager.post(OPEN, data=form), "/en/desk/ready")
    assert redirects_to(manager.post(OPEN, data=form), "/en/desk/ready")
    assert visitor.get(PUBLIC).status_code == 200
    assert visitor.get(f"{PUBLIC}/draft").status_code == 200
    again = main_of(manager.get(OPEN))
    assert "The round has begun." in again
    assert "<form" not in again
    assert build.post(manager, OPEN).status_code == 409
    assert build.post(manager, f"{OPEN}/take-back").status_code == 409
    assert desk.read("ready", lambda c: c.is_published)


def test_an_upcoming_round_can_be_taken_back(app: Flask, desk: Desk, manager: FlaskClient, browse: Browse) -> None:
    set_up(app, desk, opens_in=timedelta(days=2))
    assert "Until the round begins you can take this back." in main_of(manager.get(OPEN))
    send(manager, OPEN)
    assert browse(None).get(PUBLIC).status_code == 200
    assert redirects_to(send(manager, OPEN, action=f"{OPEN}/take-back"), "/en/desk/ready/setup")
    assert browse(None).get(PUBLIC).status_code == 404
    assert "Everything is there. The round can open." in manager.get("/en/desk/ready/setup").text
    assert redirects_to(send(manager, OPEN), "/en/desk/ready")


def test_a_round_by_invitation_goes_on_to_its_invitations(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    set_up(app, desk, audience=Audience.BY_INVITATION)
    assert "Only those you invite read the draft" in main_of(manager.get(OPEN))
    assert redirects_to(send(manager, OPEN), "/en/desk/ready/invitations")


@pytest.mark.parametrize("path", ["open", "open/take-back"])
def test_only_its_manager_opens_or_takes_back(app: Flask, desk: Desk, browse: Browse, path: str) -> None:
    set_up(app, desk, opens_in=timedelta(days=2))
    if path != "open":
        send(browse(desk.staff.manager), OPEN)
    before = desk.read("ready", lambda c: c.is_published)
    url = f"/en/desk/ready/{path}"
    assert build.post(browse(None), url).status_code == 302
    for who, status in ((desk.staff.moderator, 403), (desk.staff.approver, 403), (desk.stranger, 404)):
        assert build.post(browse(who), url).status_code == status
    assert desk.read("ready", lambda c: c.is_published) is before


def test_the_draft_does_not_change_while_the_round_is_opened(app: Flask, desk: Desk, manager: FlaskClient) -> None:
    """Importing gives the consultation a new version, so that only one of the two goes through."""
    set_up(app, desk)
    version = desk.read("ready", lambda c: c.version)
    with app.app_context():
        import_document(
            get_round("ready"), "# 1 Other\n\nText.", language="en", actor=desk.staff.manager, now=utc_now()
        )
        db.session.commit()
    assert desk.read("ready", lambda c: c.version) > version
