"""What hosts promise about keeping, and what the worker makes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import Visitor
from consult.accounts.models import Account, SignIn
from consult.accounts.services import create_sign_in
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.core.errors import BadInput
from consult.jobs import forget_what_expired
from consult.ledger.models import LedgerEntry
from consult.mail.models import OutgoingMail
from consult.mail.services import queue_mail
from consult.privacy.enums import LIMITS, NOTICE_DAYS, Kept
from consult.privacy.jobs import forget_what_is_kept_no_longer
from consult.privacy.models import InactivityNotice, RetentionRun
from consult.privacy.services import (
    close_unused_account,
    list_unused_accounts,
    set_retention,
    tell_unused_account,
)
from consult.submissions.enums import PublicationSetting
from consult.submissions.models import Submission
from consult.submissions.services import begin_draft, make_claim_code
from tests.support import build

DEFAULTS = {kept: limits.default for kept, limits in LIMITS.items()}


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        made = build.desk()
        db.session.commit()
        return made


def runs() -> dict[int | None, RetentionRun]:
    return {run.host_id: run for run in db.session.scalars(sa.select(RetentionRun).order_by(RetentionRun.id))}


def long_unused(account: Account, days: int) -> None:
    account.active_on = utc_now().date() - timedelta(days=days)
    db.session.commit()


def test_old_drafts_go_and_the_run_says_how_many(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        now = utc_now()
        round_ = build.open_consultation(staff.host, staff.manager)
        visitors, _key = begin_draft(round_, actor=Visitor(), now=now)
        old = build.draft(round_, build.person("Old"), "Old words.")
        fresh = build.draft(round_, build.person("Fresh"), "Fresh words.")
        other = build.desk()
        elsewhere = build.draft(
            build.open_consultation(other.host, other.manager, slug="other", code="OTH"), build.person("Else"), "Words."
        )
        for draft in (visitors, old, elsewhere):
            draft.saved_at = now - timedelta(days=20)
        set_retention(staff.host, {**DEFAULTS, Kept.DRAFT: 14}, actor=staff.manager, now=now)
        db.session.commit()
        assert forget_what_is_kept_no_longer() == 1  # the visitor's: that of an account waits for the closing
        build.set_dates(round_, now - timedelta(days=60), now - timedelta(days=15))
        db.session.execute(sa.delete(RetentionRun))
        kept = {fresh.id, elsewhere.id}
        db.session.commit()
        assert forget_what_is_kept_no_longer() == 1
        assert set(db.session.scalars(sa.select(Submission.id))) == kept
        assert {key: run.drafts for key, run in runs().items()} == {staff.host.id: 1, other.host.id: 0, None: 0}
        assert forget_what_is_kept_no_longer() == 0  # once a day
        assert all(run.finished_at for run in runs().values())


def test_a_draft_that_a_code_opens_is_kept_as_long_as_its_host_says(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        now = utc_now()
        round_ = build.open_consultation(staff.host, staff.manager)
        lost, coded = (begin_draft(round_, actor=Visitor(), now=now)[0] for _number in range(2))
        make_claim_code(coded, now=now)
        lost.saved_at = coded.saved_at = now - timedelta(days=100)
        coded_id = coded.id
        set_retention(staff.host, {**DEFAULTS, Kept.DRAFT: 120}, actor=staff.manager, now=now)
        db.session.commit()
        assert forget_what_expired() == 1  # that of which a browser alone had the key
        assert forget_what_is_kept_no_longer() == 0
        assert list(db.session.scalars(sa.select(Submission.id))) == [coded_id]
        db.session.get_one(Submission, coded_id).saved_at = now - timedelta(days=121)
        db.session.execute(sa.delete(RetentionRun))
        db.session.commit()
        assert forget_what_is_kept_no_longer() == 1


def test_a_killed_run_goes_on_where_it_was(app: Flask, staff: build.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consult.privacy.services.retaining.AT_ONCE", 2)
    monkeypatch.setattr("consult.privacy.jobs.AT_ONCE", 2)
    with app.app_context():
        now = utc_now()
        round_ = build.open_consultation(staff.host, staff.manager)
        for _number in range(5):
            draft, _key = begin_draft(round_, actor=Visitor(), now=now)
            draft.saved_at = now - timedelta(days=100)
        db.session.commit()
        from consult.privacy.services import forget_drafts_of

        with unit_of_work():
            assert forget_drafts_of(staff.host.id, now=now) == 2
        assert runs()[staff.host.id].finished_at is None
        assert forget_what_is_kept_no_longer() == 3
        assert runs()[staff.host.id].drafts == 5


def test_logs_are_kept_as_short_as_any_host_wants(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        now, who = utc_now(), build.person("Who")
        create_sign_in(who.account, now=now - timedelta(days=20))
        create_sign_in(who.account, now=now)
        for days in (20, 1):
            mail = queue_mail(recipient="a@example.org", locale="en", subject="S", body="B", now=now)
            assert mail is not None
            mail.status, mail.sent_at, mail.created_at = "sent", now, now - timedelta(days=days)  # type: ignore[assignment]
        queue_mail(recipient="a@example.org", locale="en", subject="S", body="B", now=now - timedelta(days=200))
        other = build.desk()
        set_retention(staff.host, {**DEFAULTS, Kept.SECURITY: 10, Kept.DELIVERY: 14}, actor=staff.manager, now=now)
        set_retention(other.host, {**DEFAULTS, Kept.SECURITY: 80, Kept.DELIVERY: 100}, actor=other.manager, now=now)
        db.session.commit()
        assert forget_what_is_kept_no_longer() == 2
        assert (runs()[None].security_events, runs()[None].deliveries) == (1, 1)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 2  # one still waits


def test_an_unused_account_is_told_once_then_closed_and_its_words_stay(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        now = utc_now()
        who = build.person("Planted Name", email="planted@example.org")
        round_ = build.open_consultation(staff.host, staff.manager)
        kept = build.submit(round_, who, "Words.", setting=PublicationSetting.ANONYMOUS)
        long_unused(who.account, LIMITS[Kept.ACCOUNT].default + 5)
        account_id = who.account.id
        assert forget_what_is_kept_no_longer() == 0
        assert runs()[None].accounts_told == 1
        assert db.session.get_one(Account, account_id).closed_on is None
        told = sa.select(OutgoingMail).where(OutgoingMail.subject == "Your account closes unless you sign in")
        assert db.session.scalars(told).one().recipient == "planted@example.org"
        for days, is_closed in ((0, False), (NOTICE_DAYS - 1, False), (NOTICE_DAYS, True)):
            moment = now + timedelta(days=days)
            with unit_of_work():
                assert not tell_unused_account(account_id, now=moment)
                assert close_unused_account(account_id, now=moment) is is_closed
        assert db.session.scalar(sa.select(InactivityNotice.told_on)) is None
        assert kept.comments[0].text == "Words."
        assert kept.forgotten_on is not None


def test_signing_in_keeps_the_account_and_the_longest_of_its_hosts_counts(
    app: Flask, staff: build.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        now = utc_now()
        other = build.desk()
        set_retention(staff.host, {**DEFAULTS, Kept.ACCOUNT: 365}, actor=staff.manager, now=now)
        set_retention(other.host, {**DEFAULTS, Kept.ACCOUNT: 1825}, actor=other.manager, now=now)
        here, both = build.person("Here"), build.person("Both")
        round_ = build.open_consultation(staff.host, staff.manager)
        elsewhere = build.open_consultation(other.host, other.manager, slug="other", code="OTH")
        build.submit(round_, here, "Words.")
        build.submit(round_, both, "Words.")
        build.submit(elsewhere, both, "Words.")
        worker = build.person("Worker", roles={staff.host: [StaffRole.MODERATOR]})
        for who in (here, both, worker):
            long_unused(who.account, 400)
        assert list_unused_accounts(after=0, now=now) == ([here.account.id], None)
        monkeypatch.setattr("consult.privacy.services.retaining.AT_ONCE", 1)
        assert list_unused_accounts(after=here.account.id, now=now) == ([], both.account.id)
        forget_what_is_kept_no_longer()
        assert list(db.session.scalars(sa.select(InactivityNotice.account_id))) == [here.account.id]
        create_sign_in(here.account, now=now)
        db.session.commit()
        with unit_of_work():
            assert not close_unused_account(here.account.id, now=now + timedelta(days=NOTICE_DAYS + 1))


def test_without_an_address_nobody_is_told(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        who = build.person("No Address")
        who.account.sign_in_name = who.account.typed_name = "noaddress"
        who.account.email = None
        long_unused(who.account, LIMITS[Kept.ACCOUNT].default - 1)
        assert forget_what_is_kept_no_longer() == 0
        db.session.execute(sa.delete(RetentionRun))
        long_unused(who.account, LIMITS[Kept.ACCOUNT].default)
        assert forget_what_is_kept_no_longer() == 1
        assert db.session.get_one(Account, who.account.id).closed_on is not None
        assert db.session.scalar(sa.select(OutgoingMail.id)) is None


def test_a_host_sets_it_within_limits_and_the_public_reads_it(
    app: Flask, client: FlaskClient, staff: build.Desk
) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        for age in (30, 20):
            draft = begin_draft(round_, actor=Visitor(), now=utc_now())[0]
            draft.saved_at = utc_now() - timedelta(days=age)
        hidden = build.desk().host.slug
        for kept, limits in LIMITS.items():
            for wrong in (limits.least - 1, limits.most + 1):
                with pytest.raises(BadInput):
                    set_retention(staff.host, {**DEFAULTS, kept: wrong}, actor=staff.manager, now=utc_now())
        slug = staff.host.slug
        build.sign_in(client, staff.manager)
    page = f"/en/desk/hosts/{slug}/retention"
    days = {kept.value: str(number) for kept, number in {**DEFAULTS, Kept.DRAFT: 21}.items()}
    assert build.post(client, page, {**days, "draft_days": "7"}).status_code == 422
    asked = build.post(client, page, {**days, "security_days": "80"}).text
    assert "21 days, in place of 60 days. 1 draft would be deleted." in asked
    assert "of all hosts" not in asked  # what is kept longer than before is not asked about
    assert build.post(client, page, {**days, "confirmed": "yes"}).status_code == 302
    assert build.post(client, page, days).status_code == 302  # nothing gets shorter
    sentence = "A draft without an account is kept for 21 days"
    for address in (page, f"/en/privacy/{slug}", "/en/consultations/minerals/safety"):
        assert sentence in client.get(address).text, address
    assert sentence not in client.get("/en/privacy").text
    assert "goes 61 days" not in client.get(page).text  # they are gone by then
    assert client.get(f"/en/privacy/{hidden}").status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(LedgerEntry.id).where(LedgerEntry.act == "host:retention:set")) is not None
        build.sign_in(client, staff.moderator)
    assert client.get(page).status_code == 403


RETENTION_QUERIES = 7


@pytest.mark.parametrize("number", [1, 3, 300])
def test_queries_of_the_desk_page_do_not_grow(app: Flask, client: FlaskClient, staff: build.Desk, number: int) -> None:
    with app.app_context():
        today = utc_now()
        db.session.add_all(
            RetentionRun(host_id=staff.host.id, ran_on=today.date() - timedelta(days=day), drafts=day)
            for day in range(number)
        )
        build.sign_in(client, staff.manager)
        slug = staff.host.slug
    with build.count_queries(app) as queries:
        assert client.get(f"/en/desk/hosts/{slug}/retention").status_code == 200
    assert len(queries) == RETENTION_QUERIES, queries.statements
