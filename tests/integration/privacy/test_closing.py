"""Closing an account: the person goes, the public record stays under the setting that was chosen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.guard import CLAIM
from consult.access.roles import StaffRole
from consult.accounts.actors import Person, Visitor
from consult.accounts.enums import Capacity
from consult.accounts.models import Account
from consult.core.clock import utc_now
from consult.core.codes import code_digest, new_code
from consult.core.db import Base, db
from consult.core.errors import InvalidTransition
from consult.jobs import deliver_waiting_mail, sweep
from consult.mail.models import OutgoingMail
from consult.privacy.enums import Fate
from consult.privacy.services import close_account, forget_submission
from consult.publication.services import request_release
from consult.secretariats.enums import MemberStatus
from consult.secretariats.models import MemberDelegate
from consult.secretariats.services import MemberEntry, add_members
from consult.submissions.enums import CommentType, PublicationSetting, SubmissionStatus
from consult.submissions.models import Submission, SubmissionIdentity
from consult.submissions.queries import get_identity
from consult.submissions.services import (
    begin_draft,
    check_claim_code,
    make_claim_code,
    save_comment,
    submit_submission,
    update_publication,
    update_speaker,
)
from tests.support import build

PLANTED = ("Planted Name", "planted@example.org", "Planted Organisation", "Planted draft")


def everything_stored() -> str:
    """Every value of every table, as one text."""
    rows = [db.session.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables]
    return "\n".join(str(row) for of_table in rows for row in of_table)


@pytest.fixture
def staff(app: Flask) -> build.Desk:
    with app.app_context():
        made = build.desk()
        db.session.commit()
        return made


def person(**options: str) -> Person:
    who = build.person("Planted Name", email="planted@example.org", **options)
    who.account.organisation, who.account.country, who.account.time_zone = "Planted Organisation", "LAO", "Asia/Jakarta"
    return who


def test_nothing_of_the_person_is_left_and_their_words_stay(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        who = person()
        kept = build.submit(round_, who, "Words that stay.", setting=PublicationSetting.ANONYMOUS)
        build.submit(round_, who, "Words of the organisation.", setting=PublicationSetting.ORGANISATION_ONLY,
                     capacity=Capacity.ORGANISATION, organisation="Organisation E")  # fmt: skip
        build.draft(round_, who, "Planted draft")
        build.publish(round_, staff.moderator)
        close_account(who.account, fates={}, actor=who, now=utc_now())
        db.session.commit()
        assert deliver_waiting_mail() >= 1
        stored = everything_stored()
        assert [planted for planted in PLANTED if planted in stored] == []
        assert "Words that stay." in stored
        assert kept.account_id is None
        assert kept.forgotten_on == utc_now().date()
        assert get_identity(kept) is None
        [left] = db.session.scalars(sa.select(SubmissionIdentity).where(SubmissionIdentity.organisation != ""))
        assert (left.name, left.organisation) == ("", "Organisation E")
        assert who.account.closed_on == utc_now().date()
        assert db.session.scalar(sa.select(OutgoingMail.id)) is None


def test_what_was_named_and_is_kept_stays_named(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        who = person()
        point = build.submit(round_, who, "Words.").comments[0]
        build.publish(round_, staff.moderator)
        close_account(who.account, fates={}, actor=who, now=utc_now())
        db.session.commit()
        address = f"/r/{point.reference}"
    assert "Planted Name" in client.get(address, follow_redirects=True).text


def test_stricter_and_withdrawn_reissue_what_was_released(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        who = person()
        silent = build.submit(round_, who, "Words that nobody reads.")
        gone = build.submit(round_, who, "Words that go.")
        build.publish(round_, staff.moderator)
        build.answer_all(round_, staff.responder, staff.approver)
        build.close(round_)
        request_release(round_, actor=staff.manager, now=utc_now())
        db.session.commit()
        sweep()
        fates = {silent.key: PublicationSetting.NOT_PUBLISHED.value, gone.key: Fate.WITHDRAW.value}
        close_account(who.account, fates=fates, actor=who, now=utc_now())
        db.session.commit()
        assert sweep()["reissue_outdated_releases"] == 1
        assert silent.publication_setting is PublicationSetting.NOT_PUBLISHED
        assert gone.status is SubmissionStatus.WITHDRAWN
        assert "Words that go." not in everything_stored()
        assert get_identity(silent) is None


def test_staff_give_up_their_roles_first_and_the_last_manager_stays(
    app: Flask, client: FlaskClient, staff: build.Desk
) -> None:
    with app.app_context(), pytest.raises(InvalidTransition, match="Give up your roles first"):
        close_account(db.session.get_one(Account, staff.moderator.account.id), fates={}, actor=staff.moderator,
                      now=utc_now())  # fmt: skip
    with app.app_context():
        build.sign_in(client, staff.moderator)
    page = client.get("/en/account/close").text
    address = next(part.split('"')[0] for part in page.split('href="') if "/give-up" in part)
    assert build.post(client, address).status_code == 302
    assert "Close the account and erase me" in build.post(client, "/en/account/close", {"step": "choose"}).text
    with app.app_context():
        build.sign_in(client, staff.manager)
    page = client.get("/en/account/close").text
    own = next(part.split('"')[0] for part in page.split('href="') if "/give-up" in part)
    assert client.get(address).status_code == 404  # of somebody else
    refused = build.post(client, own)
    assert refused.status_code == 409
    assert "the last manager" in refused.text


def test_the_only_administrator_cannot_leave_nor_can_anybody_close_anothers(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        only = build.person("Only", administrator=True)
        with pytest.raises(InvalidTransition, match="Nobody else looks after"):
            close_account(only.account, fates={}, actor=only, now=utc_now())
        second = build.person("Second", administrator=True)
        close_account(second.account, fates={}, actor=second, now=utc_now())
        assert not second.account.is_administrator


def test_the_pages_ask_twice_and_for_the_password(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        who = person()
        submission = build.submit(round_, who, "Words.")
        key = submission.key
        build.sign_in(client, who)
        account_id = who.account.id
    page = "/en/account/close"
    assert "What becomes of what we hold" in client.get(page).text
    each = build.post(client, page, {"step": "choose", "whole": "each"})
    assert f'name="fate-{key}"' in each.text
    chosen = {"whole": "each", f"fate-{key}": "anonymous"}
    assert "Without any name" in build.post(client, page, {"step": "each", **chosen}).text
    sure = {"step": "confirm", **chosen, "secret": build.PASSWORD, "understood": "y"}
    for wrong in ({"secret": "another password"}, {"understood": ""}, {f"fate-{key}": "named"}):
        assert build.post(client, page, {**sure, **wrong}).status_code == 422
    assert client.post(page, data=sure).status_code == 400  # without the token
    with app.app_context():
        assert db.session.get_one(Account, account_id).closed_on is None
    done = build.post(client, page, sure)
    assert done.location.endswith("/account/closed")
    assert client.get(done.location).status_code == 200
    assert client.get("/en/account/profile").status_code == 302
    with app.app_context():
        assert db.session.get_one(Account, account_id).closed_on is not None
        assert db.session.scalars(sa.select(Submission)).one().publication_setting is PublicationSetting.ANONYMOUS


def test_the_recovery_code_closes_too_and_the_shell_opens_to_nobody(
    app: Flask, client: FlaskClient, staff: build.Desk
) -> None:
    code = new_code()
    with app.app_context():
        who = person()
        who.account.recovery_digest, who.account.recovery_checked_at = code_digest(code), utc_now()
        build.sign_in(client, who)
    sure = {"step": "confirm", "secret": code.lower(), "understood": "y"}
    assert build.post(client, "/en/account/close", sure).status_code == 302
    again = build.post(
        app.test_client(), "/en/account/sign-in", {"email": "planted@example.org", "password": build.PASSWORD}
    )
    assert again.status_code == 422
    with app.app_context():  # the address is free again, for another account
        assert build.person("Planted Name", email="planted@example.org").account.id


def claimed(staff: build.Desk) -> tuple[Submission, str, str]:
    """A submission without an account, its code, and the key of the browser that has it open."""
    round_, now = build.open_consultation(staff.host, staff.manager), utc_now()
    draft, key = begin_draft(round_, actor=Visitor(), now=now)
    save_comment(
        draft, None, paragraph=None, question=None, comment_type=CommentType.GENERAL, text="Words.",
        proposed_change="", language="en", now=now,
    )  # fmt: skip
    update_speaker(
        draft, name="Planted Name", capacity=Capacity.INDIVIDUAL, constituencies=[], organisation="", country=None,
        language="en", now=now,
    )  # fmt: skip
    update_publication(draft, PublicationSetting.PSEUDONYM, pseudonym="A reader", now=now)
    code = make_claim_code(draft, now=now)
    opening = check_claim_code(draft, code, now=now)
    submit_submission(draft, actor=Visitor(draft_keys=[key or ""], claimed_id=draft.id), now=now)
    db.session.commit()
    return draft, code, opening


def test_what_was_submitted_with_a_code_is_forgotten_once(app: Flask, client: FlaskClient, staff: build.Desk) -> None:
    with app.app_context():
        submission, code, opening = claimed(staff)
        address = f"/en/take-part/minerals/receipt/{submission.key}/forget"
        key = submission.id
    assert client.get(address).status_code in {302, 404}
    with client.session_transaction() as session:
        session[CLAIM] = [opening, int(utc_now().timestamp())]
    page = client.get(address)
    assert page.status_code == 200
    assert " checked" not in page.text  # what is lost for good is chosen by its author alone
    missing = build.post(client, address, {"written_code": code}).text
    assert "Choose one of these." in missing
    assert "Tick this box" in missing
    sure = {"fate": "anonymous", "written_code": code, "understood": "y"}
    for wrong in ({"written_code": new_code()}, {"understood": ""}, {"fate": "named"}):
        assert build.post(client, address, {**sure, **wrong}).status_code == 422
    done = build.post(client, address, sure)
    assert done.status_code == 302
    assert client.get(done.location).status_code == 200
    assert client.get(address).status_code in {302, 404}
    with app.app_context():
        found = db.session.get_one(Submission, key)
        assert (found.claim_digest, found.pseudonym) == (None, "")
        assert found.publication_setting is PublicationSetting.ANONYMOUS
        assert "Planted Name" not in everything_stored()
        with pytest.raises(InvalidTransition):
            forget_submission(found, fate=Fate.KEEP, actor=Visitor(), now=utc_now())


def test_who_is_gone_is_in_no_list_of_those_written_to_and_others_stay(app: Flask, staff: build.Desk) -> None:
    def written_to() -> list[str]:
        return list(db.session.scalars(sa.select(MemberDelegate.email).order_by(MemberDelegate.email)))

    with app.app_context():
        submission, who, now = claimed(staff)[0], build.delegate(staff, "State A"), utc_now()
        entries = [
            MemberEntry("State B", MemberStatus.MEMBER, "a.waits@example.org"),
            MemberEntry("State C", MemberStatus.MEMBER, "b.new@example.org"),
        ]
        add_members(staff.host, entries, locale="en", actor=staff.manager, now=now)
        everybody = ["a.waits@example.org", "b.new@example.org", who.account.email]
        who.account.email = "b.new@example.org"  # their first list has the account, the other one the new address
        assert written_to() == everybody
        forget_submission(submission, fate=Fate.KEEP, actor=Visitor(), now=now)  # nobody with an account
        assert written_to() == everybody
        close_account(who.account, fates={}, actor=who, now=now)
        assert written_to() == ["a.waits@example.org"]


def test_answers_go_on_and_reach_nobody(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        round_ = build.open_consultation(staff.host, staff.manager)
        who = person()
        build.submit(round_, who, "Words.", setting=PublicationSetting.ANONYMOUS)
        build.publish(round_, staff.moderator)
        close_account(who.account, fates={}, actor=who, now=utc_now())
        db.session.commit()
        deliver_waiting_mail()
        build.answer_all(round_, staff.responder, staff.approver)
        db.session.commit()
        assert db.session.scalar(sa.select(OutgoingMail.id)) is None


def test_roles_that_ended_keep_pointing_at_an_empty_account(app: Flask, staff: build.Desk) -> None:
    with app.app_context():
        who = build.person("Gone", roles={staff.host: [StaffRole.MODERATOR]})
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, build.person("Author"), "Words.")
        build.publish(round_, who)
        db.session.execute(sa.text("UPDATE membership SET ended_at = created_at WHERE account_id = :id"),
                           {"id": who.account.id})  # fmt: skip
        close_account(who.account, fates={}, actor=who, now=utc_now() + timedelta(seconds=1))
        db.session.commit()
        assert "Gone" not in everything_stored()
