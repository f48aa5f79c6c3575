"""More time for a round: never less, with a reason, and everybody in it is told once, in their language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.consultations.enums import Audience
from consult.consultations.models import Invitation, Round, RoundExtension
from consult.consultations.queries import get_round
from consult.consultations.services import accept_invitation, extend_round, invite, revoke_invitation, take_back_opening
from consult.core.changes import PublicChange
from consult.core.clock import to_wall, utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.mail.models import OutgoingMail
from consult.submissions.services import withdraw_submission
from tests.integration.consultations.conftest import Browse, Desk
from tests.support import build
from tests.support.browse import fill_in, forms_in, mails_to, main_of, redirects_to
from tests.support.race import Races

URL = "/en/desk/open/extend"
REASON = {"en": "Members need time to meet.", "fr": "Il faut du temps pour se réunir."}


def open_round(app: Flask, desk: Desk, **options: Any) -> None:
    with app.app_context():
        build.open_consultation(
            desk.staff.host, desk.staff.manager, slug="open", code="OPEN", languages=("en", "fr"), **options
        )
        db.session.commit()


def later(round_: Round, days: int = 10) -> datetime:
    assert round_.closes_at is not None
    return to_wall(round_.closes_at + timedelta(days=days), round_.zone)


def extend(desk: Desk, days: int = 10, due_days: int = 60, reason: Mapping[str, str] = REASON) -> RoundExtension:
    round_ = get_round("open")
    wall = later(round_, days)
    return extend_round(
        round_, closes_wall=wall, response_due=wall.date() + timedelta(days=due_days), reason=reason,
        actor=desk.staff.manager, now=utc_now(),
    )  # fmt: skip


def test_the_desk_says_who_is_told_then_extends_and_the_public_sees_both_dates(
    app: Flask, desk: Desk, manager: FlaskClient, browse: Browse
) -> None:
    open_round(app, desk)
    with app.app_context():
        build.draft(get_round("open"), build.person("A", locale="fr", email="fr@example.org"), "Un point.")
        build.submit(get_round("open"), build.person("B", email="en@example.org"), "A point.")
        db.session.commit()
        closes = later(get_round("open"))
        before = later(get_round("open"), 0)
    typed = {
        "closes_wall": closes.isoformat(timespec="minutes"),
        "response_due": (closes.date() + timedelta(days=30)).isoformat(),
        "reason-en": REASON["en"],
        "reason-fr": REASON["fr"],
    }
    form = forms_in(manager.get(URL).text)[0]
    look = manager.post(URL, data=fill_in(form, {**typed, "step": "look"}))
    assert look.status_code == 200
    assert "2 people are told by e-mail" in main_of(look)
    assert "English: 1" in main_of(look)
    assert "French: 1" in main_of(look)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RoundExtension)) == 0

    again = forms_in(look.text)[0]
    change = manager.post(URL, data=fill_in(again, {"step": "change"}))
    assert change.status_code == 200
    assert forms_in(change.text)[0].values["reason-fr"] == [REASON["fr"]]
    done = manager.post(URL, data=fill_in(again, {"step": "confirm"}))
    assert redirects_to(done, "/en/desk/open/timeline")
    assert "is extended" in manager.get("/en/desk/open/timeline").text

    english, french = mails_to(app, "en@example.org"), mails_to(app, "fr@example.org")
    told = [mail for mail in english if REASON["en"] in mail.body]
    assert len(told) == 1
    assert "fr@example.org" not in told[0].body
    assert [mail.locale for mail in french] == ["fr"]
    assert REASON["fr"] in french[0].body
    anybody = browse(None)
    old_day = f"It was to close on {before.day} {before:%B} {before.year}"
    for page in ("/en/consultations/open", "/en/consultations/open/timeline"):
        text = anybody.get(page).text
        assert old_day in text, page
        assert REASON["en"] in text, page
    for page in ("/en/consultations/open/draft", "/en/take-part/open/"):  # to come back to: in one line
        text = anybody.get(page).text
        assert 'href="/en/consultations/open/timeline">This round was extended' in text, page
        assert REASON["en"] not in text, page
    words = re.sub("<[^>]+>", "", anybody.get("/en/consultations/open").text)
    assert f"Open until {closes.day} {closes:%B} {closes.year}" in words
    assert REASON["fr"] in anybody.get("/fr/consultations/open").text
    with app.app_context():
        assert db.session.scalars(sa.select(PublicChange.kind)).all()[-1] == "consultation"


@pytest.mark.parametrize(
    ("days", "due_days", "reason", "field"),
    [
        (0, 60, REASON, "closes_wall"),
        (-1, 60, REASON, "closes_wall"),
        (10, -1, REASON, "response_due"),
        (10, 5, REASON, "response_due"),
        (10, 60, {"fr": "Sans original."}, "reason-en"),
        (10, 60, {"en": "  "}, "reason-en"),
    ],
)
def test_never_shorter_never_without_a_reason(
    app: Flask, desk: Desk, days: int, due_days: int, reason: Mapping[str, str], field: str
) -> None:
    open_round(app, desk)
    with app.test_request_context("/en/"):
        with pytest.raises(BadInput) as refusal:
            extend(desk, days, due_days, reason)
        assert refusal.value.field == field


def test_a_closed_round_one_in_setup_and_one_of_strangers_are_not_extended(
    app: Flask, desk: Desk, browse: Browse
) -> None:
    open_round(app, desk)
    with app.test_request_context("/en/"):
        round_ = get_round("open")
        wall, due = later(round_), later(round_, 90).date()
        build.close(round_)
        for one in (round_, get_round("bare")):
            with pytest.raises(InvalidTransition):
                extend_round(
                    one, closes_wall=wall, response_due=due, reason=REASON, actor=desk.staff.manager, now=utc_now()
                )
    for who in (desk.stranger, desk.staff.approver, desk.staff.responder):
        assert browse(who).get(URL).status_code in {403, 404}


def test_an_upcoming_round_that_was_extended_is_not_taken_back_to_be_shortened(app: Flask, desk: Desk) -> None:
    open_round(app, desk, opens_in=timedelta(days=3))
    with app.test_request_context("/en/"):
        extend(desk)
        with pytest.raises(InvalidTransition):
            take_back_opening(get_round("open"), actor=desk.staff.manager, now=utc_now())


def test_those_invited_are_told_once_and_not_whose_invitation_ended(app: Flask, desk: Desk) -> None:
    open_round(app, desk, audience=Audience.BY_INVITATION)
    with app.test_request_context("/en/"):
        round_ = get_round("open")
        addresses = ["open@example.org", "accepted@example.org", "revoked@example.org", "expired@example.org"]
        invite(round_, addresses, locale="fr", actor=desk.staff.manager, now=utc_now())
        found = {row.email: row for row in db.session.scalars(sa.select(Invitation))}
        guest = build.person("Guest", email="guest@example.org", locale="ar")
        accept_invitation(found["accepted@example.org"], actor=guest, now=utc_now())
        revoke_invitation(found["revoked@example.org"], actor=desk.staff.manager, now=utc_now())
        found["expired@example.org"].expires_at = utc_now() - timedelta(days=1)
        build.draft(round_, guest, "A point.")
        gone = build.person("Gone", email="gone@example.org")
        withdraw_submission(build.submit(round_, gone, "A point."), actor=gone, now=utc_now())
        db.session.execute(sa.delete(OutgoingMail))
        with build.count_queries(app) as few:
            extend(desk)
        sent = db.session.execute(
            sa.select(OutgoingMail.recipient, OutgoingMail.locale).order_by(OutgoingMail.recipient)
        )
        assert [tuple(row) for row in sent] == [("guest@example.org", "ar"), ("open@example.org", "fr")]
        invite(round_, [f"p{n}@example.org" for n in range(150)], locale="fr", actor=desk.staff.manager, now=utc_now())
        db.session.flush()
        with build.count_queries(app) as many:
            extend(desk)
        assert len(many) <= len(few)  # one insert takes many messages


class TestTwoAtOnce(Races):
    """Two managers extend at the same moment: each builds on what the other set, and nothing gets shorter."""

    def test_the_shorter_of_two_is_refused_when_it_comes_second(self, app: Flask, desk: Desk) -> None:
        self.app = app
        open_round(app, desk)
        with app.app_context():
            base = get_round("open").closes_at
            assert base is not None
        walls = {days: to_wall(base + timedelta(days=days), "Asia/Jakarta") for days in (5, 20)}

        def act(days: int) -> None:
            extend_round(
                get_round("open"), closes_wall=walls[days], response_due=walls[20].date() + timedelta(days=40),
                reason=REASON, actor=desk.staff.manager, now=utc_now(),
            )  # fmt: skip

        refused = self.race(lambda: act(20), lambda: act(5))
        assert isinstance(refused, BadInput)
        with app.app_context():
            assert get_round("open").closes_at == base + timedelta(days=20)
            rows = db.session.scalars(sa.select(RoundExtension)).all()
            assert [(row.closes_before, row.closes_after) for row in rows] == [(base, base + timedelta(days=20))]

    def test_a_round_that_closes_meanwhile_stays_closed(self, app: Flask, desk: Desk) -> None:
        self.app = app
        open_round(app, desk)
        with app.test_request_context("/en/"):
            round_ = get_round("open")
            wall, due = later(round_), later(round_, 90).date()
            at = round_.closes_at
            assert at is not None
            with pytest.raises(InvalidTransition):
                extend_round(
                    round_, closes_wall=wall, response_due=due, reason=REASON, actor=desk.staff.manager,
                    now=at.astimezone(UTC),
                )  # fmt: skip
            extend_round(
                round_, closes_wall=wall, response_due=due, reason=REASON, actor=desk.staff.manager,
                now=at - timedelta(seconds=1),
            )  # fmt: skip
