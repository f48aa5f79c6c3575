"""The desk's page of releases: what is missing, asking, watching, what was issued."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import sweep
from consult.publication.models import Release
from consult.publication.services import MAX_ATTEMPTS
from consult.responses.enums import Disposition
from consult.responses.services import clear_responses, send_responses, write_correction
from consult.submissions.enums import ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.services import withdraw_comment
from tests.support import build
from tests.support.browse import redirects_to, send

DESK = "/en/desk/minerals/release"
WAITING = "data-look-again"


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        found = build.desk()
        db.session.commit()
        return found


def ready(app: Flask, client: FlaskClient, staff: build.Desk, *texts: str) -> None:
    """A round that can be released, and its manager signed in."""
    with app.app_context():
        build.released_round(staff, *(texts or ("One.",)))
        build.sign_in(client, staff.manager)


def change(app: Flask, model: Any, **values: Any) -> None:
    with app.app_context():
        db.session.execute(sa.update(model).values(**values))
        db.session.commit()


def test_what_keeps_a_round_from_being_released_is_said_with_links(
    app: Flask, client: FlaskClient, staff: build.Desk
) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), "One.")
        roles = {staff.host: [StaffRole.MANAGER, StaffRole.MODERATOR]}
        build.sign_in(client, build.person("Both", roles=roles))
    page = client.get(DESK).text
    assert "The round takes input." in page
    assert "drafts begun before can still be submitted for 60 minutes" in page
    assert 'href="/en/desk/minerals/queue">Points wait to be read by a moderator.' in page
    assert "/en/desk/minerals/missing" in page
    assert "/en/desk/minerals/credentials" in page
    assert '<form method="post" action="/en/desk/minerals/release"' not in page
    answer = build.post(client, DESK)
    assert redirects_to(answer, DESK)
    assert "cannot be released yet" in client.get(DESK).text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Release)) == 0


def test_a_release_is_asked_for_watched_and_found(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    ready(app, client, staff, "One.", "Two.")
    page = client.get(DESK).text
    assert "Everything is there: 2 points" in page
    assert WAITING not in page
    assert redirects_to(send(client, DESK, action=DESK), DESK)
    page = client.get(DESK).text
    assert "Release 1 is being built" in page
    assert "A log of 2 points" in page
    assert WAITING in page
    build.post(client, DESK)
    assert "A release is being built already." in client.get(DESK).text
    with app.app_context():
        sweep()
    page = client.get(DESK).text
    assert WAITING not in page
    assert "/en/consultations/minerals/response-log/1" in page
    assert "asked for by Manager" in page
    assert "MIN-1-release-1-issue-1.csv" in page
    assert "Nothing has changed since the last release" in page


def test_a_failure_is_told_and_can_be_tried_again(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    ready(app, client, staff)
    build.post(client, DESK)
    change(app, Comment, response_status=ResponseStatus.UNANSWERED)
    with app.app_context():
        sweep()
    page = client.get(DESK).text
    assert "Release 1 could not be built" in page
    assert "It was tried once (InvalidTransition)." in page
    assert "It is tried again by itself after" in page
    assert "Jakarta time" in page
    assert "Points ask for an answer that was not sent yet." in page
    assert WAITING not in page
    change(app, Release, attempts=MAX_ATTEMPTS)
    assert "It is not tried again by itself." in client.get(DESK).text
    change(app, Comment, response_status=ResponseStatus.SENT)
    answer = send(client, DESK, action=DESK + "/retry")
    assert redirects_to(answer, DESK)
    assert WAITING in client.get(DESK).text
    with app.app_context():
        sweep()
    assert "MIN-1-release-1-issue-1.csv" in client.get(DESK).text


def test_the_history_of_issues_is_shown(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    ready(app, client, staff, "One.", "Two.")
    build.post(client, DESK)
    with app.app_context():
        sweep()
        point = db.session.scalars(sa.select(Comment).order_by(Comment.id)).unique().first()
        assert point is not None
        withdraw_comment(point, actor=build.person("Author"), now=utc_now())
        db.session.commit()
    assert "Something in it was taken back." in client.get(DESK).text
    with app.app_context():
        sweep()
    page = client.get(DESK).text
    assert "Something in it was taken back." not in page
    assert page.count("(replaced, no longer given out)") == 2
    assert "MIN-1-release-1-issue-1-manifest.json" in page
    assert "MIN-1-release-1-issue-2.json" in page


def test_the_desk_says_what_a_new_release_would_show(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    ready(app, client, staff, "One.", "Two.", "Three.")
    build.post(client, DESK)
    overview = "/en/desk/minerals"
    with app.test_request_context("/en/"):
        sweep()
        points = build.points_of(get_round("minerals"))[:2]
        before = client.get(DESK).text + client.get(overview).text
        write_correction(
            points, disposition=Disposition.ACCEPTED, rationale="Why.", text="Better.", language="en", reason="A slip.",
            actor=staff.responder, now=utc_now(),
        )  # fmt: skip
        clear_responses(points, actor=staff.approver, now=utc_now())
        send_responses(get_round("minerals"), actor=staff.approver, now=utc_now())
        db.session.commit()
    news = "2 corrected answers are not in release 1 yet."
    assert news not in before
    assert "Release again" not in before
    assert news in client.get(DESK).text
    page = client.get(overview).text
    assert news in page
    assert f'href="{DESK}">Release again' in page
    build.post(client, DESK)
    assert news not in client.get(overview).text  # release 2 is being built
    with app.app_context():
        build.sign_in(client, staff.moderator)
    assert "Release again" not in client.get(overview).text


@pytest.mark.parametrize("role", ["moderator", "responder", "approver"])
def test_only_a_manager_releases(app: Flask, client: FlaskClient, staff: build.Desk, role: str) -> None:
    ready(app, client, staff)
    with app.app_context():
        build.sign_in(client, getattr(staff, role))
    page = client.get(DESK)
    assert page.status_code == 200
    assert "A manager of the host releases it." in page.text
    assert build.post(client, DESK).status_code == 403
    assert build.post(client, DESK + "/retry").status_code == 403


def test_another_host_sees_nothing(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    ready(app, client, staff)
    with app.app_context():
        build.sign_in(client, build.desk().manager)
    assert client.get(DESK).status_code == 404
    assert build.post(client, DESK).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_page_takes_as_many_queries_for_any_number_of_points(
    app: Flask, client: FlaskClient, staff: build.Desk, number: int
) -> None:
    ready(app, client, staff, *[f"Point {n}." for n in range(number)])
    with build.count_queries(app) as queries:
        client.get(DESK)
    before = len(queries)
    build.post(client, DESK)
    with app.app_context():
        sweep()
    with build.count_queries(app) as queries:
        client.get(DESK)
    assert (before, len(queries)) == (20, 22)
