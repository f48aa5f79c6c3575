"""What the pages of the officers say in each state: of a look, and of a proposal to strike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.core.clock import utc_now
from consult.core.db import db
from consult.protection.models import Strike
from consult.protection.queries import protected_code
from consult.protection.services import (
    DAYS_TO_DECIDE,
    LOOKS_A_DAY,
    confirm_strike,
    lapse_old_proposals,
    reject_strike,
    take_back_strike,
)
from consult.secretariats.models import Membership
from consult.submissions.services import withdraw_comment
from tests.integration.protection.conftest import Case
from tests.integration.protection.test_looking import LIST, WHY, look
from tests.integration.protection.test_striking import STRIKES, propose
from tests.support import build
from tests.support.browse import main_of

ALONE = "This host has one protection officer alone, so nobody can confirm what you propose."
OF_A_LOOK = {
    "You can look": f"You can look {LOOKS_A_DAY} times within a day.",
    "Shown once": "Shown once",
    "on record": "This look is on record.",
    "nobody": "Nobody has looked.",
    "none": "This submission has no points.",
}


def said(page: str, sentences: dict[str, str]) -> set[str]:
    return {name for name, words in sentences.items() if words in page}


def test_a_look_says_what_it_costs_before_and_that_it_is_on_record_after(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.app_context():
        build.sign_in(client, case.staff.protection)
        url = f"{LIST}/submissions/{protected_code(case.submission)}"
    before = main_of(client.get(url))
    assert said(before, OF_A_LOOK) == {"You can look", "nobody"}
    assert "The points of this submission:" in before
    shown = main_of(build.post(client, url, {"reason": "safety", "why": WHY}))
    assert said(shown, OF_A_LOOK) == {"Shown once", "on record"}
    assert "An account without an e-mail address" not in shown
    assert said(main_of(client.get(url)), OF_A_LOOK) == {"You can look"}
    assert "<bdi>Protection</bdi>, Somebody’s safety" in main_of(client.get(url))


def test_a_look_says_which_way_there_is_to_the_person(app: Flask, client: FlaskClient, case: Case) -> None:
    with app.app_context():
        build.sign_in(client, case.staff.protection)
        case.author.account.sign_in_name = case.author.account.typed_name = "zofia"
        case.author.account.email = None
        db.session.merge(case.author.account)
        coded, _code = build.submit_with_code(db.session.merge(case.round), "One point.")
        coded.asked_for_protection = True
        db.session.commit()
        codes = [protected_code(one) for one in (case.submission, coded)]
    for code, way, points in zip(codes, ("An account without an e-mail address", "No account"), ("s", ""), strict=True):
        page = main_of(build.post(client, f"{LIST}/submissions/{code}", {"reason": "safety", "why": WHY}))
        assert f">{way}<" in page
        assert f"The point{points} of this submission:" in page


def test_an_officer_who_has_looked_often_is_told_so_and_sees_nobody(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    with app.test_request_context("/en/"):
        for _ in range(LOOKS_A_DAY):
            look(case)
        url = f"{LIST}/submissions/{protected_code(case.submission)}"
        db.session.commit()
        build.sign_in(client, case.staff.protection)
    answer = build.post(client, url, {"reason": "safety", "why": WHY})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert not said(answer.text, {name: OF_A_LOOK[name] for name in ("Shown once", "on record")})


def confirmed(strike: Strike, case: Case) -> None:
    confirm_strike(strike, actor=case.second, now=utc_now())


def rejected(strike: Strike, case: Case) -> None:
    reject_strike(strike, words="No.", actor=case.second, now=utc_now())


def taken_back(strike: Strike, case: Case) -> None:
    take_back_strike(strike, actor=case.staff.protection, now=utc_now())


def lapsed(_strike: Strike, _case: Case) -> None:
    lapse_old_proposals(now=utc_now() + timedelta(days=DAYS_TO_DECIDE + 1))


def withdrawn(_strike: Strike, case: Case) -> None:
    withdraw_comment(case.comments[0], actor=case.author, now=utc_now())


STANDS = {
    "waits": ">Waits for a decision<",
    "struck": ">Struck<",
    "rejected": ">Rejected<",
    "taken back": ">Taken back<",
    "lapsed": ">Lapsed: nobody decided in time<",
    "withdrawn": ">Withdrawn by its author meanwhile<",
}
OF_A_POINT = {
    "decide": "Striking erases the words",
    "own": f"Another protection officer decides. If nobody does within {DAYS_TO_DECIDE} days, the proposal lapses.",
    "propose": "Off topic, false or unwelcome is never a reason.",
    "struck": "Drafts of answers to it stay at the desk, and may quote it.",
    "gone": "Its author has withdrawn it. Its words are gone.",
    "alone": ALONE,
}


@pytest.mark.parametrize(
    ("end", "stands", "proposer", "other"),
    [
        (None, "waits", {"own"}, {"decide"}),
        (confirmed, "struck", {"struck"}, {"struck"}),
        (rejected, "rejected", {"propose"}, {"propose"}),
        (taken_back, "taken back", {"propose"}, {"propose"}),
        (lapsed, "lapsed", {"propose"}, {"propose"}),
        (withdrawn, "withdrawn", {"gone"}, {"gone"}),
    ],
)
def test_the_pages_of_strikes_say_where_one_stands(
    app: Flask,
    client: FlaskClient,
    case: Case,
    end: Callable[[Strike, Case], None] | None,
    stands: str,
    proposer: set[str],
    other: set[str],
) -> None:
    with app.test_request_context("/en/"):
        strike = propose(case.comments[0], case.staff.protection)
        if end is not None:
            end(strike, case)
        db.session.commit()
    for who, sentences in ((case.staff.protection, proposer), (case.second, other)):
        with app.app_context():
            build.sign_in(client, who)
        assert said(main_of(client.get(STRIKES)), STANDS) == {stands}
        point = main_of(client.get(f"{STRIKES}/{case.references[0]}"))
        assert said(point, OF_A_POINT) == sentences
        assert said(point, STANDS) == ({stands} - {"waits"})


def test_an_officer_without_a_second_is_told_so(app: Flask, client: FlaskClient, case: Case) -> None:
    """While there is nobody who could confirm; who is no officer any more reads nothing of it."""
    pages = (STRIKES, f"{STRIKES}/{case.references[0]}")
    with app.app_context():
        build.sign_in(client, case.staff.protection)
    assert not any(ALONE in client.get(page).text for page in pages)
    for gone, told in ((case.second, {True}), (case.staff.protection, set())):
        with app.app_context():
            role = sa.select(Membership).where(Membership.account_id == gone.actor_id)
            db.session.scalars(role).one().ended_at = utc_now()
            db.session.commit()
        answers = [client.get(page) for page in pages]
        assert {ALONE in answer.text for answer in answers if answer.status_code == 200} == told
