"""The e-mail address of an account: added, changed and removed later, and never taken over before its mailbox says so."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.addresses import take_address
from consult.accounts.models import Account, MailedLink
from consult.accounts.queries import get_account
from consult.accounts.recovering import check_code, renew_code
from consult.consultations.enums import Audience
from consult.consultations.models import Invitation
from consult.consultations.recipients import list_recipients
from consult.consultations.services import invite
from consult.core.clock import utc_now
from consult.core.db import Base, db, unit_of_work
from consult.core.errors import Gone
from consult.jobs import sweep
from consult.mail.services import forget_deliveries, queue_mail
from consult.secretariats.enums import MemberStatus
from consult.secretariats.services import MemberEntry, add_members
from tests.support import build
from tests.support.browse import link_in, mails_to, redirects_to, send
from tests.support.build import PASSWORD

ADDRESS = "/en/account/address"
REMOVE = "/en/account/address/remove"
NAME = "/en/account/name"
OLD, NEW = "rosa@example.org", "new@example.org"
ASK = {"email": NEW, "present_password": PASSWORD}


@pytest.fixture
def rosa(app: Flask, client: FlaskClient) -> int:
    """Somebody signed in, with an e-mail address; the key of the account."""
    with app.app_context():
        person = build.person("Rosa", email=OLD)
        build.sign_in(client, person)
        return person.account.id


def email_of(app: Flask, account_id: int) -> str | None:
    with app.app_context():
        return get_account(account_id).email


def with_name_and_code(app: Flask, account_id: int, name: str = "blueriver") -> None:
    with app.app_context():
        account = get_account(account_id)
        account.sign_in_name = account.typed_name = name
        check_code(account, renew_code(account, actor=SYSTEM, now=utc_now()), now=utc_now())
        db.session.commit()


def ask(app: Flask, client: FlaskClient, email: str = NEW) -> str:
    """Ask for an address, and return the path of the link that was mailed."""
    assert redirects_to(send(client, ADDRESS, {**ASK, "email": email}), "/en/account/address/mailed")
    return link_in(mails_to(app, email)[-1])


def test_the_address_changes_once_its_mailbox_says_so_and_the_old_one_is_told(
    app: Flask, client: FlaskClient, rosa: int
) -> None:
    send(app.test_client(), "/en/account/reset", {"email": OLD})
    reset = link_in(mails_to(app, OLD)[-1])
    link = ask(app, client)
    for _ in range(2):
        assert "Invitations to it that you have not accepted lapse" in client.get(link).text  # programs open links too
    assert email_of(app, rosa) == OLD
    assert redirects_to(send(client, link), "/en/account/ways")
    assert email_of(app, rosa) == NEW
    told = mails_to(app, OLD)[-1]
    assert "another e-mail address" in told.subject
    assert NEW not in told.body
    assert client.get(link).status_code == 410
    assert client.get(reset).status_code == 410  # what lies in the old mailbox opens nothing


def test_an_account_without_one_gets_an_address_and_a_name_for_messages(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        account = Account(
            email=None, sign_in_name="blueriver", typed_name="blueriver", name="", locale="en", created_at=utc_now(),
            confirmed_at=utc_now(),
            password_hash=build.person("x").account.password_hash,
        )  # fmt: skip
        db.session.add(account)
        db.session.flush()
        account_id = account.id
        build.sign_in(client, Person(account))
    assert send(client, ADDRESS, ASK).status_code == 422
    assert redirects_to(send(client, ADDRESS, {**ASK, "name": "Rosa"}), "/en/account/address/mailed")
    send(client, link_in(mails_to(app, NEW)[-1]))
    assert email_of(app, account_id) == NEW
    assert redirects_to(send(app.test_client(), "/en/account/sign-in", {"email": NEW, "password": PASSWORD}), "/en/")


def test_an_address_of_somebody_else_is_answered_alike_and_only_its_mailbox_learns(
    app: Flask, client: FlaskClient, rosa: int
) -> None:
    """User enumeration: the answer, and what the database is asked, tell nothing of who has an account."""
    with app.app_context():
        build.person("Theirs", email="theirs@example.org")
        db.session.commit()
    answers = []
    for email in ("theirs@example.org", "nobody@example.org"):
        answer = send(client, ADDRESS, {**ASK, "email": email})
        answers.append((answer.status_code, answer.location, client.get(answer.location).text.count("<p")))
    assert answers[0] == answers[1]
    (told,) = mails_to(app, "theirs@example.org")
    assert "account/address/" not in told.body
    assert "belongs to your account already" in told.body
    assert email_of(app, rosa) == OLD


def test_nobody_else_can_use_the_link(app: Flask, client: FlaskClient, rosa: int) -> None:
    """Whoever is asked to open a link that others caused gets nothing, and gives nothing away."""
    link = ask(app, client)
    stranger = app.test_client()
    assert stranger.get(link).status_code == 302
    with app.app_context():
        build.sign_in(stranger, build.person("Stranger"))
    assert stranger.get(link).status_code == 410
    assert build.post(stranger, link).status_code == 410
    key = link.rpartition("/")[2]
    for other in ("confirm", "reset"):  # nor is it a link for anything else
        assert stranger.get(f"/en/account/{other}/{key}").status_code == 410
    assert email_of(app, rosa) == OLD


def test_the_link_expires_and_a_later_one_ends_it(app: Flask, client: FlaskClient, rosa: int) -> None:
    first, second = ask(app, client), ask(app, client, "second@example.org")
    assert client.get(first).status_code == 410
    with app.app_context():
        db.session.execute(sa.update(MailedLink).values(expires_at=utc_now() - timedelta(seconds=1)))
        db.session.commit()
    assert client.get(second).status_code == 410
    assert build.post(client, second).status_code == 410


def test_two_accounts_that_ask_for_one_address(app: Flask, rosa: int) -> None:
    with app.app_context():
        keys = [rosa, build.person("Second").account.id]
        now = utc_now()
        for number, key in enumerate(keys):
            db.session.add(
                MailedLink(
                    key_digest=str(number), account_id=key, purpose="confirm", next_path=f"mailto:{NEW}",
                    expires_at=now + timedelta(hours=1),
                )
            )  # fmt: skip
        db.session.commit()

    def take(digest: str) -> bool:
        with app.test_request_context("/en/"):
            try:
                with unit_of_work() as session:
                    link = session.scalars(sa.select(MailedLink).where(MailedLink.key_digest == digest)).one()
                    take_address(link, actor=SYSTEM, now=utc_now())
            except Gone:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, ["0", "1", "0", "1"])) == 1


def test_the_password_is_asked_for(app: Flask, client: FlaskClient, rosa: int) -> None:
    with_name_and_code(app, rosa)
    for url, typed in ((ADDRESS, {"email": NEW}), (REMOVE, {}), (NAME, {"sign_in_name": "another"})):
        answer = send(client, url, {**typed, "present_password": "wrong words here"})
        assert answer.status_code == 422
        assert "not your present password" in answer.text
    assert email_of(app, rosa) == OLD
    assert mails_to(app, NEW) == []


def test_an_address_goes_only_where_a_name_and_a_checked_code_stay(app: Flask, client: FlaskClient, rosa: int) -> None:
    assert "First choose a name" in client.get(REMOVE).text
    assert build.post(client, REMOVE, {"present_password": PASSWORD}).status_code == 422
    with_name_and_code(app, rosa)
    assert redirects_to(send(client, REMOVE, {"present_password": PASSWORD}), "/en/account/ways")
    assert email_of(app, rosa) is None
    assert "last message" in mails_to(app, OLD)[-1].body
    assert redirects_to(client.get(REMOVE), "/en/account/ways")
    browser = app.test_client()
    assert send(browser, "/en/account/sign-in", {"email": OLD, "password": PASSWORD}).status_code == 422
    assert redirects_to(send(browser, "/en/account/sign-in", {"email": "Blue River", "password": PASSWORD}), "/en/")


@pytest.mark.parametrize("administrator", [False, True])
def test_who_works_here_keeps_the_address(app: Flask, client: FlaskClient, administrator: bool) -> None:
    with app.app_context():
        roles = {} if administrator else {build.host(): [StaffRole.TRANSLATOR]}
        person = build.person("Staff", email=OLD, roles=roles, administrator=administrator)
        build.sign_in(client, person)
        account_id = person.account.id
    with_name_and_code(app, account_id)
    assert "You work for a host organisation" in client.get(REMOVE).text
    assert build.post(client, REMOVE, {"present_password": PASSWORD}).status_code == 422
    assert email_of(app, account_id) == OLD


def test_a_name_of_somebody_else_is_refused_and_ones_own_is_kept(app: Flask, client: FlaskClient, rosa: int) -> None:
    with app.app_context():
        other = build.person("Other").account.id
        db.session.commit()
    with_name_and_code(app, other, "greenriver")
    refused = send(client, NAME, {"sign_in_name": "Green-River", "present_password": PASSWORD})
    assert refused.status_code == 422
    assert "Somebody else has this name" in refused.text
    taken = send(client, NAME, {"sign_in_name": "Blue River", "present_password": PASSWORD})
    assert redirects_to(taken, "/en/account/ways")
    assert redirects_to(
        send(app.test_client(), "/en/account/sign-in", {"email": "BLUERIVER", "password": PASSWORD}), "/en/"
    )


def test_who_was_invited_and_removed_the_address_is_written_to_no_more(app: Flask, rosa: int) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        now = utc_now()
        invite(round_, [OLD, "guest@example.org"], locale="en", actor=staff.manager, now=now)
        account = get_account(rosa)
        row = db.session.scalars(sa.select(Invitation).where(Invitation.email == OLD)).one()
        row.account_id, row.accepted_at = account.id, now
        db.session.flush()
        assert {one.address for one in list_recipients(round_, now)} == {OLD, "guest@example.org"}
        account.sign_in_name = account.typed_name = "blueriver"
        account.email = None
        db.session.flush()
        assert {one.address for one in list_recipients(round_, now)} == {"guest@example.org"}


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_nothing_stays_under_an_address_that_was_given_up(app: Flask, client: FlaskClient, rosa: int, how: str) -> None:
    """Closing the account would not find it any more: messages that name references, open invitations, delegations."""
    folder = app.extensions["consult.settings"].data_dir / "mail"
    shutil.rmtree(folder, ignore_errors=True)

    def write(subject: str) -> None:
        queue_mail(recipient=OLD, locale="en", subject=subject, body="Your point MIN-1-3T2K9M.", now=utc_now())
        db.session.commit()

    def delivered() -> list[bytes]:
        return [content for content in (path.read_bytes() for path in folder.glob("*.eml")) if OLD.encode() in content]

    with app.app_context():
        staff, now = build.desk(), utc_now()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.BY_INVITATION)
        write("An answer that was sent")
        sweep()
        assert len(delivered()) == 1
        write("An answer that waits")
        invite(round_, [OLD, "guest@example.org"], locale="en", actor=staff.manager, now=now)
        delegates = [MemberEntry("Member State A", MemberStatus.MEMBER, one) for one in (OLD, "guest@example.org")]
        add_members(staff.host, delegates, locale="en", actor=staff.manager, now=now)
        db.session.commit()
    if how == "changed":
        send(client, ask(app, client))
    else:
        with_name_and_code(app, rosa)
        send(client, REMOVE, {"present_password": PASSWORD})
    (notice,) = mails_to(app, OLD)
    with app.app_context():
        sweep()
        (last,) = delivered()
        assert notice.subject.encode() in last
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)).mappings():
                assert OLD not in str(dict(row)), table.name
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 1
        forget_deliveries(utc_now() + timedelta(days=1), limit=9)
        assert delivered() == []
