"""Looking at who is behind protected input: rare, recorded, told, and nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.models import Account
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.core.errors import BadInput, InvalidTransition, NotPermitted, TooManyAttempts
from consult.core.idempotency import IdempotencyKey
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.protection.enums import LookReason
from consult.protection.models import IdentityLook
from consult.protection.queries import looks_at, page_of_looks, protected_code
from consult.protection.services import LOOKS_A_DAY, look_behind
from consult.secretariats.models import Membership
from consult.secretariats.services import end_role
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.services import withdraw_submission
from tests.integration.protection.conftest import NAME, ORGANISATION, WORDS, Case
from tests.support import build
from tests.support.browse import forms_in, main_of
from tests.support.race import in_thread, second_of_two, until_blocked

LIST = "/en/desk/minerals/protection"
WHY = "A threat was reported to us."
PRIVATE = (NAME, ORGANISATION, "zofia@example.org")


def look(case: Case, **given: str) -> object:
    return look_behind(
        case.submission, reason=LookReason.SAFETY, words=given.get("words", WHY), actor=case.staff.protection,
        now=utc_now(),
    )  # fmt: skip


def look_page(app: Flask, case: Case) -> str:
    with app.app_context():
        return f"{LIST}/submissions/{protected_code(case.submission)}"


def as_officer(app: Flask, client: FlaskClient, case: Case) -> FlaskClient:
    with app.app_context():
        build.sign_in(client, case.staff.protection)
    return client


def test_an_officer_sees_the_identity_once_and_the_person_reads_that(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    officer, page = as_officer(app, client, case), look_page(app, case)
    listed = officer.get(LIST)
    assert min(case.references) in listed.text
    assert page in listed.text
    assert officer.get(LIST, query_string={"reference": case.references[1].lower()}).location.endswith(page)
    assert "No protected submission of this round" in officer.get(LIST, query_string={"reference": "MIN-1"}).text
    asked = officer.get(page)
    assert WORDS in asked.text  # nobody decides blind
    assert not any(words in listed.text + asked.text for words in PRIVATE)
    form = next(form for form in forms_in(asked.text) if "reason" in form.values or "why" in form.values)
    data = {**form.values, "reason": "safety", "why": WHY}
    answer = officer.post(page, data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert all(words in answer.text for words in PRIVATE)
    assert "Poland" in answer.text
    # The same form once more, as a reload sends it, leads to the page that asks: nothing is revealed without a look.
    again = officer.post(page, data=data)
    assert again.status_code == 302
    assert again.location.endswith(page)
    assert not any(words in officer.get(page).text for words in PRIVATE)
    with app.app_context():
        (row,) = db.session.scalars(sa.select(IdentityLook)).all()
        assert (row.officer_id, row.reason, row.words) == (case.staff.protection.actor_id, LookReason.SAFETY, WHY)
        assert db.session.scalars(
            sa.select(LedgerEntry.actor_id).where(LedgerEntry.act == "desk:identity:look")
        ).all() == [case.staff.protection.actor_id]
        kept = db.session.scalars(sa.select(IdempotencyKey.location).where(IdempotencyKey.location.contains("protec")))
        assert list(kept) == [page]
        mails = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.recipient == "zofia@example.org")).all()
        told = mails[-1]
        assert told.subject == "A message for you"
        assert not any(words in told.body for words in (*case.references, "minerals", WHY, "Protection"))
        key = case.submission.key
        build.sign_in(client, case.author)
    receipt = main_of(client.get(f"/en/take-part/minerals/receipt/{key}"))
    assert "<bdi>Protection</bdi>, protection officer of <bdi>Secretariat" in receipt
    assert "Somebody’s safety" in receipt
    assert WHY in receipt
    assert "If a look was wrong" in receipt
    assert "Looked at who you are: 1 time" in main_of(client.get("/en/account/submissions"))


def test_a_look_needs_words_and_a_reason(app: Flask, client: FlaskClient, case: Case) -> None:
    officer, page = as_officer(app, client, case), look_page(app, case)
    for data in ({"reason": "safety", "why": " "}, {"reason": "curiosity", "why": WHY}, {"why": WHY}):
        answer = build.post(officer, page, data)
        assert answer.status_code == 422
        assert not any(words in answer.text for words in PRIVATE)
    with app.app_context(), pytest.raises(BadInput):
        look(case, words="")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IdentityLook)) == 0


def test_an_open_submission_is_not_among_the_protected(app: Flask, client: FlaskClient, case: Case) -> None:
    with app.app_context():
        open_ = build.submit(db.session.merge(case.round), build.person("Somebody"), "Openly.")
        asked = build.submit(db.session.merge(case.round), build.person("Afraid"), "On request.")
        asked.asked_for_protection = True
        db.session.commit()
        shown, asked_page = f"{LIST}/submissions/{protected_code(open_)}", protected_code(asked)
        references = open_.comments[0].reference or "", asked.comments[0].reference or ""
        with pytest.raises(InvalidTransition):
            look_behind(open_, reason=LookReason.SAFETY, words=WHY, actor=case.staff.protection, now=utc_now())
    officer = as_officer(app, client, case)
    listed = officer.get(LIST).text
    assert references[0] not in listed
    assert references[1] in listed
    assert officer.get(shown).status_code == 404
    assert officer.get(f"{LIST}/submissions/{asked_page}").status_code == 200


def test_an_officer_whose_account_was_closed_since_is_nobody_by_name(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        look(case)
        db.session.get_one(Account, case.staff.protection.actor_id).name = ""
        db.session.commit()
        (one,) = looks_at([case.submission.id])[case.submission.id]
        (entry,) = page_of_looks(case.staff.host, after=None, before=None).items
        assert one.officer == entry.officer == "Somebody whose account is closed"


def test_an_officer_looks_only_so_often_within_a_day(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        now = utc_now()
        old = [now - timedelta(hours=25)] * 3
        for moment in (*old, *[now - timedelta(hours=1)] * (LOOKS_A_DAY - 1)):
            db.session.add(
                IdentityLook(
                    submission_id=case.submission_id, host_id=case.staff.host.id, reason=LookReason.ASKED, words=WHY,
                    officer_id=case.staff.protection.actor_id, looked_at=moment,
                )
            )  # fmt: skip
        look(case)
        with pytest.raises(TooManyAttempts):
            look(case)
        other = look_behind(  # a limit of each officer
            case.submission, reason=LookReason.SAFETY, words=WHY, actor=case.second, now=now
        )
        assert other.name == NAME


def test_what_is_recorded_of_a_look_stays(app: Flask, case: Case) -> None:
    with app.test_request_context("/en/"):
        look(case)
        db.session.commit()
        for change in (
            sa.update(IdentityLook).values(reason=LookReason.ASKED),
            sa.update(IdentityLook).values(words="Something else."),
            sa.update(IdentityLook).values(words=""),
            sa.delete(IdentityLook),
        ):
            with pytest.raises(sa.exc.DBAPIError):
                db.session.execute(change)
            db.session.rollback()
        db.session.execute(sa.update(IdentityLook).values(words="", erased_on=utc_now().date()))
        db.session.commit()


def test_looking_while_its_author_withdraws_waits_and_shows_nothing(app: Flask, case: Case) -> None:
    def act() -> None:
        with app.app_context(), app.test_request_context("/en/"), unit_of_work():
            look(case)

    with app.app_context(), app.test_request_context("/en/"):
        with unit_of_work():
            withdraw_submission(case.submission, actor=case.author, now=utc_now())
            waiting = in_thread(act)
            until_blocked(app, waiting)
        assert isinstance(waiting.exception(timeout=30), InvalidTransition)
        assert looks_at([case.submission_id])[case.submission_id] == []


def test_who_loses_the_role_within_the_request_sees_nobody(app: Flask, case: Case) -> None:
    officer = case.staff.protection

    def end() -> None:
        held = sa.select(Membership).where(Membership.account_id == officer.actor_id)
        end_role(db.session.scalars(held).unique().one(), actor=case.staff.manager, now=utc_now())

    assert isinstance(second_of_two(app, end, lambda: look(case)), NotPermitted)
    with app.app_context():
        assert looks_at([case.submission_id])[case.submission_id] == []


def test_managers_read_who_looked_and_why_and_never_at_whom(app: Flask, client: FlaskClient, case: Case) -> None:
    with app.test_request_context("/en/"):
        look(case)
        db.session.commit()
        slug = case.staff.host.slug
        build.sign_in(client, case.staff.manager)
    page = client.get(f"/en/admin/hosts/{slug}/looks")
    assert page.status_code == 200
    assert "Somebody’s safety: 1" in page.text
    assert "Title of minerals" in page.text
    for words in (*PRIVATE, *case.references, WHY):
        assert words not in page.text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_lists_cost_the_same_whatever_their_length(
    app: Flask, client: FlaskClient, case: Case, number: int
) -> None:
    with app.test_request_context("/en/"):
        look(case)
        row = dict(
            db.session.execute(
                sa.select(Submission.__table__).where(Submission.__table__.c.id == case.submission_id)
            ).mappings().one()
        )  # fmt: skip
        del row["id"]
        copies = [{**row, "key": f"key-{place:03}", "claim_digest": None} for place in range(number - 1)]
        looks = [
            {
                "submission_id": case.submission_id, "host_id": case.staff.host.id, "reason": "asked",
                "officer_id": case.second.actor_id, "words": WHY, "looked_at": utc_now(),
            }
            for _ in copies
        ]  # fmt: skip
        for table, rows in ((Submission.__table__, copies), (IdentityLook.__table__, looks)):
            if rows:
                db.session.execute(sa.insert(table), rows)
        db.session.commit()
        slug = case.staff.host.slug
    as_officer(app, client, case)
    with build.count_queries(app) as queries:
        page = client.get(LIST)
    # Who asks (2), the round, the page, its points, its looks, how many in all, what waits to be struck; the next page.
    assert len(queries) == (11 if number > 25 else 10)
    assert re.search(rf"\b{number} protected submission", page.text)
    with app.app_context():
        build.sign_in(client, case.staff.manager)
    with build.count_queries(app) as queries:
        page = client.get(f"/en/admin/hosts/{slug}/looks")
    assert len(queries) == 7  # who asks (2), the host, the page, its consultations, by reason, their titles
    assert re.search(rf"\b{number} look", page.text)


def test_pages_of_protected_submissions_follow_one_another(app: Flask, client: FlaskClient, case: Case) -> None:
    with app.app_context():
        references = [
            build.submit(
                db.session.merge(case.round), build.person(f"P{place}"), "Words.", setting=PublicationSetting.ANONYMOUS
            ).comments[0].reference
            for place in range(30)
        ]  # fmt: skip
        db.session.commit()
    officer = as_officer(app, client, case)
    found: list[str] = []
    page = officer.get(LIST).text
    for _ in range(2):
        found += re.findall(r'<th scope="row"><code class="ref">([^<]+)', page)
        following = re.search(r'href="([^"]*after=[^"]*)"', page)
        if following is None:
            break
        page = officer.get(following[1].replace("&amp;", "&")).text
    assert found == sorted([*references, min(case.references)])  # by a random reference: no order of arrival
