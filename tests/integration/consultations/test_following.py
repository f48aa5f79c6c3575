"""Another round: a newer draft at the consultation's address, and everything of the rounds before at theirs."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_round
from consult.consultations.services import create_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import InvalidTransition
from consult.jobs import sweep
from consult.publication.services import request_release
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, main_of, redirects_to
from tests.support.race import Races

PUBLIC = "/en/consultations/minerals"


def released(app: Flask, desk: Desk) -> str:
    """A first round that was answered and released; gives the reference of its point."""
    with app.app_context():
        round_ = build.released_round(desk.staff, "A point on the first draft.")
        request_release(round_, actor=desk.staff.manager, now=utc_now())
        db.session.commit()
        sweep()
        return str(build.points_of(round_)[0].reference)


def test_a_second_round_is_set_up_and_opened_at_the_desk(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    released(app, desk)
    form = fill_in(forms_in(manager.get("/en/desk/minerals/next-round").text)[0], {})
    assert redirects_to(manager.post("/en/desk/minerals/next-round", data=form), "/en/desk/minerals/rounds/2/setup")
    again = build.post(manager, "/en/desk/minerals/next-round")
    assert again.status_code == 409
    assert "The next round is being set up already." in again.text
    before = main_of(manager.get("/en/desk/minerals/next-round"))
    assert "The next round is being set up already." in before
    assert "<form" not in before
    visitor = browse(None)
    assert visitor.get(f"{PUBLIC}/rounds/2").status_code == 404
    assert "Round 2" not in visitor.get(PUBLIC).text
    setup = main_of(manager.get("/en/desk/minerals/rounds/2/setup"))
    for section in ("introduction", "round", "questions"):
        assert f'href="/en/desk/minerals/rounds/2/setup/{section}"' in setup
    assert "/setup/terms" not in setup
    assert manager.get("/en/desk/minerals/rounds/2/setup/terms").status_code == 404
    assert manager.get("/en/desk/minerals/rounds/2/setup/basics").status_code == 404
    assert manager.get("/en/desk/minerals/setup/introduction").status_code == 404
    introduction = "/en/desk/minerals/rounds/2/setup/introduction"
    told = forms_in(manager.get(introduction).text)[0]
    page = manager.post(introduction, data=fill_in(told, {"introduction-en": "Section 2 is new."}))
    assert redirects_to(page, "/en/desk/minerals/rounds/2/setup/round")
    with app.app_context():
        assert get_round("minerals/rounds/2").introduction == "Section 2 is new."
        assert get_round("minerals").number == 1
    start = main_of(manager.get("/en/desk"))
    assert 'href="/en/desk/minerals/rounds/2"' in start
    assert "1 part is missing" not in start


def test_what_is_cited_of_the_first_round_stays_where_it_is(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    reference = released(app, desk)
    visitor = browse(None)
    before = visitor.get(f"{PUBLIC}/response-log").location
    assert before.endswith("/en/consultations/minerals/rounds/1/response-log/1")
    with app.app_context():
        second = build.following_round(get_round("minerals"), desk.staff.manager)
        build.submit(second, build.person("Late reader"), "A point on the second draft.")
        build.publish(second, desk.staff.moderator)
        db.session.commit()
    assert "last section" in visitor.get(f"{PUBLIC}/draft").text
    first = visitor.get(f"{PUBLIC}/rounds/1/draft").text
    assert "second section" in first
    assert 'href="/en/consultations/minerals/rounds/1/comments"' in first, "links stay in the round"
    assert "You are reading round 1, an earlier one." in first
    assert 'href="/en/consultations/minerals/rounds/2"' in first
    assert "A point on the first draft." in visitor.get(before).text
    assert "A point on the first draft." in visitor.get(f"{PUBLIC}/rounds/1/comments").text
    points = visitor.get(f"{PUBLIC}/comments").text
    assert "A point on the second draft." in points
    assert "A point on the first draft." not in points
    found = visitor.get(f"/r/{reference}").location
    assert found.endswith(f"/consultations/minerals/rounds/1/comments/{reference}")
    assert "A point on the first draft." in visitor.get(found).text
    assert "What is new in en." in visitor.get(PUBLIC).text
    for unknown in ("rounds/3", "rounds/0", "rounds/01", "rounds/99999", "rounds/1/rounds/1"):
        assert visitor.get(f"{PUBLIC}/{unknown}/draft").status_code == 404
    work = main_of(manager.get("/en/desk/minerals"))
    assert 'href="/en/desk/minerals/rounds/1"' in work
    assert "Begin another round" not in work, "the second still takes input"


def test_points_of_the_first_round_are_not_forgotten_over_the_second(app: Flask, desk: Desk, browse: Browse) -> None:
    with app.app_context():
        first = build.open_consultation(desk.staff.host, desk.staff.manager)
        build.submit(first, build.person("Author"), "Not answered yet.")
        build.publish(first, desk.staff.moderator)
        build.close(first)
        build.following_round(first, desk.staff.manager)
        db.session.commit()
    visitor = browse(None)
    home = visitor.get("/en/").text
    assert 'href="/en/consultations/minerals/rounds/1"' in home
    assert 'href="/en/consultations/minerals"' in home
    waiting = visitor.get("/en/consultations?state=awaiting").text
    assert 'href="/en/consultations/minerals/rounds/1"' in waiting
    assert 'href="/en/consultations/minerals"' not in waiting


def test_a_draft_of_the_first_round_does_not_become_one_of_the_second(app: Flask, desk: Desk, browse: Browse) -> None:
    with app.app_context():
        first = build.open_consultation(desk.staff.host, desk.staff.manager)
        author = build.person("Author")
        build.draft(first, author, "Begun in the first round.")
        build.close(first)
        build.following_round(first, desk.staff.manager)
        db.session.commit()
    signed_in = browse(author)
    assert "Begun in the first round." not in signed_in.get("/en/take-part/minerals/points").text
    assert "Begun in the first round." in signed_in.get("/en/take-part/minerals/rounds/1/points").text


def test_two_managers_who_begin_a_round_at_once_begin_one(app: Flask, desk: Desk) -> None:
    with app.app_context():
        consultation_id = build.released_round(desk.staff, "A point.").consultation_id
        db.session.commit()
    both = Races()
    both.app = app

    def begin() -> Round:
        consultation = db.session.get_one(Consultation, consultation_id)
        return create_round(consultation, actor=desk.staff.manager, now=utc_now())

    assert isinstance(both.race(begin, begin), InvalidTransition)
    with app.app_context():
        assert len(db.session.get_one(Consultation, consultation_id).rounds) == 2
