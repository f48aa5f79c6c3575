"""Input received late: offered, accepted by a manager and marked, or declined; never once something is released."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from consult.access.roles import StaffRole
from consult.accounts.actors import Person
from consult.accounts.queries import get_account
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.paging import PAGE_SIZE
from consult.jobs import sweep
from consult.publication.services import build_release, request_release
from consult.submissions.enums import PublicationSetting, SubmissionStatus
from consult.submissions.models import Submission, short_key
from consult.submissions.queries import (
    code_of,
    exact_progress,
    exact_public_progress,
    page_of_offered,
    progress_of,
)
from consult.submissions.services import (
    accept_late,
    begin_revision,
    decline_late,
    offer_late,
    take_back_offer,
    update_publication,
    withdraw_submission,
)
from tests.integration.publication.releasing import table_of
from tests.integration.submissions.conftest import START, Opened, speak
from tests.support import build
from tests.support.browse import forms_in, mails_to, send
from tests.support.race import Races

DESK = "/en/desk/minerals/late"
LIST = "/en/consultations/minerals/comments"
LATE_QUERIES = 11
REASON = "The post was on strike."
PLEA = "I was in hospital."


def drafted(opened: Opened, name: str = "Author", *, offered: bool = False) -> Submission:
    """A complete draft begun a week before the round closed, which it has; offered late, or not yet."""
    round_, author = opened.round(), build.person(name)
    draft = build.draft(round_, author, f"Late words of {name}.")
    speak(draft, author)
    if round_.is_open(utc_now()):
        build.close(round_)
    assert round_.closes_at is not None
    draft.begun_at = round_.closes_at - timedelta(days=7)
    if offered:
        offer_late(draft, actor=author, now=utc_now())
    db.session.flush()
    return draft


def author_of(submission: Submission) -> Person:
    return Person(get_account(submission.account_id or 0))


def test_it_is_handed_in_accepted_and_marked_everywhere(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        draft = drafted(opened)
        author, code, key = author_of(draft), code_of(draft), draft.key
        host = opened.round().consultation.host
        manager = build.person("Manager", roles={host: list(StaffRole)})
        build.sign_in(client, author)
    assert "you can ask for it to be taken as received late" in client.get(START).text
    assert "Go on to hand it in late" in client.get(START + "check").text
    assert send(client, START + "late", {"plea": "w" * 1_001}).status_code == 422
    assert send(client, START + "late", {"plea": PLEA}).status_code == 302
    assert PLEA in client.get(START).text
    assert PLEA in client.get(START + "late").text
    assert "it waits for the secretariat" in client.get(START).text
    assert "Handed in late on" in client.get("/en/account/submissions").text
    assert client.get(f"{START}receipt/{key}").status_code == 404  # not on the record
    with app.app_context():
        assert exact_progress(opened.round()).submitted == 0
        build.sign_in(client, manager)
    assert "One submission" not in client.get(LIST).text
    for url in (DESK, f"{DESK}/{code}", "/en/desk/minerals", "/en/desk/minerals/queue?status="):
        page = client.get(url).text
        assert "Late words" not in page, url
        assert (PLEA in page) == (url == f"{DESK}/{code}"), url
    assert "Author" in client.get(DESK).text
    assert "<summary>Menu: Received late</summary>" in client.get(DESK).text
    assert "1 submission handed in late waits for a decision" in client.get("/en/desk/minerals").text
    refused = send(client, f"{DESK}/{code}", {"decision": "accept", "reason": ""})
    assert refused.status_code == 422
    assert send(client, f"{DESK}/{code}", {"decision": "accept", "reason": REASON}).status_code == 302
    assert "This was accepted as received late." in client.get(f"{DESK}/{code}").text
    (mail,) = mails_to(app, author.account.email)
    assert REASON in mail.body
    assert PLEA not in mail.body
    with app.app_context():
        round_ = get_round("minerals")
        submission = db.session.query(Submission).filter_by(key=key).one()
        assert (submission.is_late, submission.late_reason) == (True, REASON)
        reference = submission.comments[0].reference
        assert progress_of([round_])[round_.id] == exact_public_progress(round_)
        assert exact_progress(round_).asked == 1
        build.publish(round_, opened.staff.moderator)
        db.session.commit()
    for url in ("/en/desk/minerals/queue?status=", f"/en/desk/minerals/queue/{reference}", LIST, f"{LIST}/{reference}"):
        page = client.get(url).text
        assert "Received late, on" in page, url
        assert REASON in page, url
        assert PLEA not in page, url
    with app.app_context():
        build.sign_in(client, author)
    assert REASON in client.get(f"{START}receipt/{key}").text
    assert REASON in client.get(f"{START}receipt/{key}/download").text
    with app.app_context():
        round_ = get_round("minerals")
        build.answer_all(round_, opened.staff.responder, opened.staff.approver)
        release = request_release(round_, actor=opened.staff.manager, now=utc_now())
        build_release(release.id, now=utc_now())
        (row,) = table_of(release)
        assert row["late_reason"] == REASON
        assert row["received_late"]
        assert PLEA not in str(row)
        db.session.commit()
    assert REASON in client.get("/en/consultations/minerals/rounds/1/response-log/1").text
    assert PLEA not in client.get(f"/api/v1/points/{reference}").text
    with app.app_context():
        submission = db.session.query(Submission).filter_by(key=key).one()
        assert submission.late_plea == PLEA
        withdraw_submission(submission, actor=author, now=utc_now())
        db.session.commit()
        assert submission.late_plea == ""


def test_the_reason_ties_no_points_of_a_protected_author_together(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        draft = drafted(opened)
        author, key, code = author_of(draft), draft.key, code_of(draft)
        draft.publication_setting = PublicationSetting.ANONYMOUS
        offer_late(draft, actor=author, now=utc_now())
        db.session.commit()
        build.sign_in(client, opened.staff.manager)
    assert "no reason, which would tell that they belong together" in client.get(f"{DESK}/{code}").text
    assert send(client, f"{DESK}/{code}", {"decision": "accept", "reason": REASON}).status_code == 302
    with app.app_context():
        round_ = get_round("minerals")
        reference = db.session.query(Submission).filter_by(key=key).one().comments[0].reference
        build.publish(round_, opened.staff.moderator)
        build.lift(round_)
        build.answer_all(round_, opened.staff.responder, opened.staff.approver)
        release = request_release(round_, actor=opened.staff.manager, now=utc_now())
        build_release(release.id, now=utc_now())
        (row,) = table_of(release)
        assert (bool(row["received_late"]), row["late_reason"]) == (True, "")
        db.session.commit()
        sweep()
    for url in (LIST, f"{LIST}/{reference}", "/en/consultations/minerals/rounds/1/response-log/1"):
        page = client.get(url).text
        assert "Received late" in page, url
        assert REASON not in page, url
    (item,) = client.get("/api/v1/consultations/minerals/comments").json["data"]
    assert (item["late"], item["late_reason"]) == (True, "")
    with app.app_context():
        build.sign_in(client, author)
    assert REASON in client.get(f"{START}receipt/{key}").text


def test_it_is_declined_and_stays_the_authors_to_read(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        draft = drafted(opened, offered=True)
        draft.round.consultation.contact_email = "contact@example.org"
        author = author_of(draft)
        author.account.locale = "fr"
        decline_late(draft, reason="It came a year late.", actor=opened.staff.manager, now=utc_now())
        build.sign_in(client, author)
    (mail,) = mails_to(app, author.account.email)
    assert mail.locale == "fr"
    assert "It came a year late." in mail.body
    page = client.get(START).text
    assert "It came a year late." in page
    assert "Late words of Author." in client.get(START + "points").text
    assert "The secretariat has declined it" in client.get("/en/account/submissions").text
    assert client.get(START + "late").status_code == 409
    assert "It came a year late." not in client.get(LIST).text
    with app.app_context():
        draft = db.session.query(Submission).one()
        for act in (
            lambda: offer_late(draft, actor=author, now=utc_now()),
            lambda: take_back_offer(draft, actor=author, now=utc_now()),
            lambda: accept_late(draft, reason=REASON, actor=opened.staff.manager, now=utc_now()),
        ):
            with pytest.raises(InvalidTransition):
                act()


def test_a_declined_draft_is_deleted_at_its_authors_wish(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        submitted = build.submit(opened.round(), build.person("Second"), "On the record.")
        draft = drafted(opened, offered=True)
        author, key, other = author_of(draft), draft.key, submitted.key
        decline_late(draft, reason="Too late.", actor=build.person("Manager"), now=utc_now())
        db.session.commit()
        build.sign_in(client, author)
    assert client.get(f"{START}draft/{other}/delete").status_code == 404, "somebody else’s"
    assert f"{START}draft/{key}/delete" in client.get(START).text
    assert send(client, f"{START}draft/{key}/delete").status_code == 302
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission).where(Submission.key == key)) == 0
        build.sign_in(client, author_of(db.session.scalars(sa.select(Submission)).one()))
    assert build.post(client, f"{START}draft/{other}/delete").status_code == 404, "it is withdrawn, not deleted"


def test_what_was_offered_does_not_change_and_can_be_taken_back(
    client: FlaskClient, opened: Opened, app: Flask
) -> None:
    with app.app_context():
        draft = drafted(opened)
        author = author_of(draft)
        offer_late(draft, plea=PLEA, actor=author, now=utc_now())
        with pytest.raises(InvalidTransition):
            update_publication(draft, PublicationSetting.ANONYMOUS, pseudonym="", now=utc_now())
        build.sign_in(client, author)
    answer = send(client, START + "late", {"action": "take_back"})
    assert answer.status_code == 302
    with app.app_context():
        draft = db.session.query(Submission).one()
        assert (draft.status, draft.late_plea) == (SubmissionStatus.DRAFT, "")
        offer_late(draft, actor=author, now=utc_now())
        with pytest.raises(BadInput):
            accept_late(draft, reason="", actor=opened.staff.manager, now=utc_now())


def test_who_is_protected_stays_so_before_the_manager(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        draft = drafted(opened, "Protected Person")
        draft.publication_setting = PublicationSetting.ANONYMOUS
        offer_late(draft, actor=author_of(draft), now=utc_now())
        url = f"{DESK}/{code_of(draft)}"
        host = opened.round().consultation.host
        build.sign_in(client, build.person("Boss", roles={host: [StaffRole.MANAGER]}))
    for page in (DESK, url):
        text = client.get(page).text
        assert "Protected Person" not in text
        assert "Name protected, not shown to staff" in text


def test_the_order_of_protected_ones_tells_nothing_of_arrival(opened: Opened, app: Flask) -> None:
    with app.app_context():
        last = drafted(opened, "Last of the open ones", offered=True)
        table = Submission.__table__
        row = dict(db.session.execute(sa.select(table).where(table.c.id == last.id)).mappings().one())
        del row["id"]
        keys = [short_key() for _ in range(40)]
        hidden = {"publication_setting": PublicationSetting.ANONYMOUS, "is_held": True}
        asked = {"publication_setting": PublicationSetting.ORGANISATION_ONLY, "asked_for_protection": True}
        shown: dict[str, Any] = {}
        for number, key in enumerate(keys):
            kind = (hidden, shown, asked)[number % 3]
            db.session.execute(sa.insert(Submission).values({**row, **kind, "key": key}))
        db.session.commit()
        found: list[Submission] = []
        after = None
        for _page in range(2):
            page = page_of_offered(opened.round(), after=after, before=None)
            found, after = [*found, *page.items], page.after
        assert after is None
        assert [one.key for one in found if not one.is_protected] == [last.key, *keys[1::3]]
        protected = [one.key for one in found if one.is_protected]
        assert protected == [one.key for one in found[-len(protected) :]]  # after the others, not among them
        assert protected == sorted(set(keys) - set(keys[1::3]))
        back = page_of_offered(opened.round(), after=None, before=page.before)
        assert [one.key for one in back.items] == [one.key for one in found[:PAGE_SIZE]]


def test_what_cannot_be_offered(opened: Opened, app: Flask) -> None:
    with app.app_context():
        round_, author = opened.round(), build.person("Author")
        draft = build.draft(round_, author, "Words.")
        now = utc_now()
        with pytest.raises(InvalidTransition):  # while the round is open one submits
            offer_late(draft, actor=author, now=now)
        closes = round_.closes_at
        assert closes is not None
        with pytest.raises(InvalidTransition):  # in the grace too
            offer_late(draft, actor=author, now=closes + timedelta(minutes=1))
        later = closes + timedelta(days=1)
        with pytest.raises(InvalidTransition):  # not complete
            offer_late(draft, actor=author, now=later)
        speak(draft, author)
        draft.begun_at = closes + timedelta(seconds=1)
        with pytest.raises(InvalidTransition):  # begun after the closing
            offer_late(draft, actor=author, now=later)
        draft.begun_at = closes - timedelta(seconds=1)
        offer_late(draft, actor=author, now=later)
        assert draft.status is SubmissionStatus.OFFERED


def test_nothing_is_released_before_and_nothing_is_taken_after(client: FlaskClient, opened: Opened, app: Flask) -> None:
    with app.app_context():
        submitted = build.submit(opened.round(), build.person("In time"), "In time.")
        round_ = submitted.round
        build.publish(round_, opened.staff.moderator)
        build.answer_all(round_, opened.staff.responder, opened.staff.approver)
        waiting, too_late = drafted(opened, "First", offered=True), None
        build.set_dates(round_, utc_now() - timedelta(days=9), utc_now() + timedelta(days=1))
        too_late = drafted(opened, "Second")
        with pytest.raises(InvalidTransition):
            request_release(round_, actor=opened.staff.manager, now=utc_now())
        decline_late(waiting, reason="No.", actor=opened.staff.manager, now=utc_now())
        request_release(round_, actor=opened.staff.manager, now=utc_now())
        with pytest.raises(InvalidTransition):
            offer_late(too_late, actor=author_of(too_late), now=utc_now())
        too_late.status, too_late.submitted_at = SubmissionStatus.OFFERED, utc_now()
        with pytest.raises(InvalidTransition):
            accept_late(too_late, reason=REASON, actor=opened.staff.manager, now=utc_now())


def test_a_revision_that_came_late_supersedes_when_it_is_accepted(opened: Opened, app: Flask) -> None:
    with app.app_context():
        author = build.person("Author")
        first = build.submit(opened.round(), author, "One.")
        draft = begin_revision(first, actor=author, now=utc_now())
        build.close(first.round)
        assert first.round.closes_at is not None
        draft.begun_at = first.round.closes_at - timedelta(days=1)
        offer_late(draft, actor=author, now=utc_now())
        assert exact_progress(first.round).asked == 1
        accept_late(draft, reason=REASON, actor=opened.staff.manager, now=utc_now())
        assert exact_progress(first.round).asked == 1
        assert first.comments[0].response_status.value == "closed"


def test_the_mark_stays(opened: Opened, app: Flask) -> None:
    with app.app_context():
        draft = drafted(opened, offered=True)
        accept_late(draft, reason=REASON, actor=opened.staff.manager, now=utc_now())
        db.session.commit()
        with pytest.raises(DBAPIError, match="insert-only"):
            db.session.execute(sa.update(Submission).values(is_late=False, late_reason=""))


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_desk_asks_as_often_for_300(client: FlaskClient, opened: Opened, app: Flask, number: int) -> None:
    with app.app_context():
        draft = drafted(opened, offered=True)
        table = Submission.__table__
        row = dict(db.session.execute(sa.select(table).where(table.c.id == draft.id)).mappings().one())
        del row["id"]
        rows = [{**row, "key": f"key-{place}"} for place in range(number - 1)]
        if rows:
            db.session.execute(sa.insert(Submission), rows)
        host = opened.round().consultation.host
        build.sign_in(client, build.person("Boss", roles={host: [StaffRole.MANAGER]}))
    with build.count_queries(app) as queries:
        page = client.get(DESK)
    assert f"{number} submission" in page.text
    assert len(queries) == LATE_QUERIES, queries.statements
    assert len(forms_in(page.text)) == 0


class TestRaces(Races):
    """Two who decide at one moment."""

    @pytest.fixture(autouse=True)
    def _begin(self, app: Flask, opened: Opened) -> None:
        self.app = app
        with app.app_context():
            self.key = drafted(opened, offered=True).id
            self.staff = opened.staff
            db.session.commit()

    def _accept(self) -> None:
        accept_late(db.session.get_one(Submission, self.key), reason=REASON, actor=self.staff.manager, now=utc_now())

    def test_two_managers_decide_once(self, opened: Opened) -> None:
        found = self.race(
            self._accept,
            lambda: decline_late(
                db.session.get_one(Submission, self.key), reason="No.", actor=self.staff.manager, now=utc_now()
            ),
        )
        assert isinstance(found, InvalidTransition)
        with self.app.app_context():
            assert exact_progress(opened.round()).submitted == 1

    def test_taken_back_while_it_is_accepted(self, opened: Opened) -> None:
        def take_back() -> None:
            submission = db.session.get_one(Submission, self.key)
            take_back_offer(submission, actor=author_of(submission), now=utc_now())

        assert isinstance(self.race(take_back, self._accept), InvalidTransition)
        with self.app.app_context():
            assert exact_progress(opened.round()).submitted == 0
