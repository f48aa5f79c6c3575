"""Managers are reminded in time, once for each occasion, whatever the worker does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask

from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM
from consult.commitments.enums import CommitmentStatus
from consult.commitments.models import CommitmentReminder
from consult.commitments.queries import get_public_commitment
from consult.commitments.services import Change, change_commitment, find_host_to_remind, remind_managers
from consult.core.clock import utc_now
from consult.core.db import db, unit_of_work
from consult.jobs import remind_of_commitments
from consult.secretariats.models import Membership
from consult.secretariats.services import assign_role, end_role
from tests.support import build
from tests.support.browse import mails_to
from tests.support.race import Races

DUE = (utc_now() + timedelta(days=200)).date()
"""Of every commitment here; the days of the tests lie around it, and after the day on which they are written."""


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


class TestReminding(Races):
    @pytest.fixture(autouse=True)
    def _prepare(self, app: Flask) -> None:
        self.app = app
        with app.test_request_context("/en/"):
            self.staff = build.desk()
            self.second = build.person("Second", roles={self.staff.host: [StaffRole.MANAGER]}, locale="ar")
            self.host_id = self.staff.host.id
            self.reference = build.commitment(self.staff.host, self.staff.manager, due=DUE).reference
            db.session.commit()
        self.manager = self.staff.manager.account.email

    def remind(self, day: date) -> int:
        """What the worker does on a day: look for hosts until none is left, and once more."""
        done, tried = 0, set()
        with self.app.app_context():
            while (host_id := find_host_to_remind(now=on(day), besides=tried)) is not None:
                tried.add(host_id)
                with unit_of_work():
                    done += remind_managers(host_id, now=on(day))
        return done

    def mails(self, address: str) -> list[str]:
        return [
            mail.body
            for mail in mails_to(self.app, address)
            if "of your host need" in mail.subject or mail.locale == "ar"
        ]

    def test_a_month_before_the_day_after_and_then_each_month(self) -> None:
        begun = DUE - timedelta(days=45)
        days = [begun + timedelta(days=n) for n in range(45 + 70)]
        sent = [day for day in days for _again in (1, 2) if self.remind(day)]
        assert sent[:2] == [DUE - timedelta(days=30), DUE + timedelta(days=1)]
        assert len(sent) == 4
        assert all(28 <= (after - before).days <= 31 for before, after in pairwise(sent))
        mails = self.mails(self.manager)
        assert len(mails) == 4
        assert "due within a month" in mails[0]
        assert "overdue" in mails[1]
        assert f"/en/desk/hosts/{self.staff.host.slug}/commitments/{self.reference}" in mails[0]
        assert len(self.mails(self.second.account.email)) == 4

    def test_a_worker_that_slept_sends_the_newest_occasion_alone(self) -> None:
        assert self.remind(DUE + timedelta(days=100)) == 1
        assert self.remind(DUE + timedelta(days=100)) == 0
        (mail,) = self.mails(self.manager)
        assert "overdue" in mail

    def test_nobody_is_reminded_of_what_they_wrote_a_moment_ago(self) -> None:
        with self.app.test_request_context("/en/"):
            build.commitment(self.staff.host, self.staff.manager, due=utc_now().date() + timedelta(days=5))
            build.commitment(self.staff.host, self.staff.manager, due=utc_now().date() - timedelta(days=50))
            db.session.commit()
        with self.app.app_context():
            assert remind_of_commitments() == 0

    def test_a_moved_day_begins_anew_and_what_is_kept_is_left_alone(self) -> None:
        assert self.remind(DUE + timedelta(days=1)) == 1
        later = DUE + timedelta(days=60)

        def change(status: CommitmentStatus, due: date, day: date) -> None:
            one = get_public_commitment(self.reference)
            change_commitment(one, Change(status, due, {"en": "Why."}), actor=self.staff.manager, now=on(day))

        self.now(lambda: change(CommitmentStatus.UNDER_WAY, later, DUE + timedelta(days=2)))
        assert self.remind(DUE + timedelta(days=3)) == 0
        assert self.remind(later - timedelta(days=30)) == 1
        self.now(lambda: change(CommitmentStatus.KEPT, later, later))
        assert self.remind(later + timedelta(days=1)) == 0

    def test_two_workers_at_once_send_one_message(self) -> None:
        day = on(DUE + timedelta(days=1))
        second = self.race(
            lambda: remind_managers(self.host_id, now=day), lambda: remind_managers(self.host_id, now=day)
        )
        assert second == 0
        assert len(self.mails(self.manager)) == 1
        with self.app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(CommitmentReminder)) == 1

    def test_a_host_without_a_manager_waits_for_one_and_others_do_not(self) -> None:
        with self.app.test_request_context("/en/"):
            elsewhere = build.desk()
            build.commitment(elsewhere.host, elsewhere.manager, due=DUE)
            db.session.commit()
            managers = sa.select(Membership).where(
                Membership.host_id == self.host_id, Membership.role == StaffRole.MANAGER
            )
            for membership in db.session.scalars(managers).all():
                end_role(membership, actor=build.person("Administrator", administrator=True), now=utc_now())
            db.session.commit()
        assert self.remind(DUE) == 1
        assert self.mails(self.manager) == []
        with self.app.test_request_context("/en/"):
            host = db.session.merge(self.staff.host)
            account = db.session.merge(self.staff.responder.account)
            assign_role(host, account=account, role=StaffRole.MANAGER, actor=SYSTEM, now=utc_now())
            db.session.commit()
        assert self.remind(DUE) == 1
        assert len(self.mails(self.staff.responder.account.email)) == 1

    def test_many_due_at_once_are_one_message(self) -> None:
        with self.app.test_request_context("/en/"):
            for number in range(60):
                build.commitment(self.staff.host, self.staff.manager, what=f"Promise {number}", due=DUE)
            db.session.commit()
        assert self.remind(DUE) == 61
        (mail,) = self.mails(self.manager)
        assert mail.count("/commitments/C-") == 50
        assert "11 more are at your desk" in mail
