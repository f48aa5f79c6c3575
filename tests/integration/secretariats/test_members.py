"""The members of a host and their delegates: the list, the mailed link, who may take part by it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.accounts.actors import Person
from consult.consultations.enums import Audience
from consult.consultations.models import Round
from consult.consultations.queries import is_participant
from consult.consultations.recipients import list_recipients
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput, Gone, NotFound
from consult.mail.models import OutgoingMail
from consult.secretariats.enums import MemberStatus
from consult.secretariats.forms import read_members
from consult.secretariats.models import Member, MemberDelegate
from consult.secretariats.queries import get_delegate, get_delegate_of, has_delegates
from consult.secretariats.services import (
    DELEGATE_LINK_LIFE,
    MemberEntry,
    MembersAdded,
    accept_delegation,
    add_members,
    revoke_delegate,
)
from tests.support import build


def add(staff: build.Desk, *entries: MemberEntry) -> MembersAdded:
    return add_members(staff.host, entries, locale="en", actor=staff.manager, now=utc_now())


def state(name: str, email: str = "", status: MemberStatus = MemberStatus.MEMBER) -> MemberEntry:
    return MemberEntry(name, status, email)


def delegate_of(email: str) -> MemberDelegate:
    return db.session.scalars(sa.select(MemberDelegate).where(MemberDelegate.email == email)).one()


def mailed_key(to: str) -> str:
    body = db.session.scalars(
        sa.select(OutgoingMail.body).where(OutgoingMail.recipient == to).order_by(OutgoingMail.id.desc())
    ).first()
    found = re.search(r"/account/delegation/(\S+)", body or "")
    assert found is not None
    return found[1]


def test_a_list_is_added_once_and_links_are_mailed_once(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        entries = [
            state("Member State A", "one@example.org"),
            state("Member State A", "two@example.org"),
            state("Observer B", "three@example.org", MemberStatus.OBSERVER),
            state("Partner C", status=MemberStatus.DIALOGUE_PARTNER),
        ]
        assert add(staff, *entries) == MembersAdded(3, 0, 3)
        assert add(staff, *entries) == MembersAdded(0, 0, 0)
        assert add(staff, state("Observer B")) == MembersAdded(0, 1, 0)
        assert db.session.scalars(sa.select(Member.status).where(Member.name == "Observer B")).one() == "member"
        with pytest.raises(BadInput):
            add(staff, state("Member State A"), state("Member State A", status=MemberStatus.OTHER))
        revoke_delegate(delegate_of("one@example.org"), actor=staff.manager, now=utc_now())
        delegate_of("two@example.org").expires_at = utc_now() - timedelta(days=1)
        assert add(staff, *entries[:2]) == MembersAdded(0, 0, 2)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MemberDelegate)) == 3
        other = build.desk()
        with pytest.raises(NotFound):
            get_delegate_of(other.host, delegate_of("one@example.org").key_digest)


def test_a_link_works_once_until_it_expires_or_is_taken_back(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        now = utc_now()
        add(staff, *(state("Member State A", f"{name}@example.org") for name in ("used", "late", "back")))
        keys = {name: mailed_key(f"{name}@example.org") for name in ("used", "late", "back")}
        who = build.person("Delegate")
        accept_delegation(get_delegate(keys["used"], now), actor=who, now=now)
        revoke_delegate(delegate_of("back@example.org"), actor=staff.manager, now=now)
        for name, moment in (("used", now), ("back", now), ("late", now + DELEGATE_LINK_LIFE + timedelta(days=1))):
            with pytest.raises(Gone):
                get_delegate(keys[name], moment)
        late = get_delegate(keys["late"], now)
        late.expires_at = now
        db.session.flush()
        with pytest.raises(Gone):
            accept_delegation(late, actor=who, now=now)


def test_delegates_of_members_take_part_and_nobody_else(app: Flask) -> None:
    with app.app_context():
        staff, elsewhere = build.desk(), build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.MEMBERS_ONLY)
        assert not has_delegates(staff.host.id)
        delegate = build.delegate(staff, "Member State A")
        assert has_delegates(staff.host.id)
        others = {
            "observer": build.delegate(staff, "Observer B", is_member=False),
            "of another host": build.delegate(elsewhere, "Member State A"),
            "nobody": build.person("Nobody"),
        }
        assert is_participant(delegate, round_)
        assert [name for name, who in others.items() if is_participant(who, round_)] == []
        assert [one.address for one in list_recipients(round_, utc_now())] == [delegate.account.email]
        add(staff, state("Member State A", status=MemberStatus.OBSERVER))
        assert not is_participant(delegate, round_)
        add(staff, state("Member State A"))
        revoke_delegate(delegate_of(delegate.account.email), actor=staff.manager, now=utc_now())
        assert not is_participant(delegate, round_)
        assert list_recipients(round_, utc_now()) == []


def test_a_pasted_list_is_read_line_by_line() -> None:
    lines = [
        "Member State A; member; One@example.org",
        "",
        "Partner  C ;Dialogue partner",
        "Observer B\tObserver\ttwo@example.org",
        "Nobody",
        "State D; guest; d@example.org",
        "State E; member; no address",
        "; member; x@example.org",
    ]
    entries, wrong = read_members(lines)
    assert entries == [
        MemberEntry("Member State A", MemberStatus.MEMBER, "One@example.org"),
        MemberEntry("Partner C", MemberStatus.DIALOGUE_PARTNER),
        MemberEntry("Observer B", MemberStatus.OBSERVER, "two@example.org"),
    ]
    assert [number for number, _sentence in wrong] == [5, 6, 7, 8]


def test_the_way_from_the_list_to_the_draft(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=Audience.MEMBERS_ONLY)
        guest = build.person("Guest", email="guest@example.org")
        list_url = f"/en/admin/hosts/{staff.host.slug}/members"
        host = staff.host.name
        assert isinstance(round_, Round)
        db.session.commit()
        build.sign_in(client, staff.manager)
    assert "No members yet" in client.get(list_url).text
    bad = build.post(client, f"{list_url}/add", {"lines": "State A; friend; x", "language": "en"})
    assert bad.status_code == 422
    assert "Line 1: “friend” is no status." in bad.text
    done = build.post(
        client, f"{list_url}/add", {"lines": "State A; member; guest@example.org", "language": "en"},
        follow_redirects=True,
    )  # fmt: skip
    assert "1 member is added. 1 delegate gets a link by e-mail." in done.text
    one = {"name": "State B", "status": "observer", "email": "", "language": "en"}
    assert "1 member is added." in build.post(client, list_url, one, follow_redirects=True).text
    assert "State B" not in client.get(f"{list_url}?words=guest").text
    with app.app_context():
        key = mailed_key("guest@example.org")
    client.delete_cookie("consult")
    page = client.get(f"/en/account/delegation/{key}")
    assert host in page.text
    assert "Sign in first" in page.text
    draft = "/en/consultations/minerals/draft"
    assert client.get(draft).status_code == 403
    assert f"delegates of the members of {host}" in client.get("/en/consultations/minerals").text
    with app.app_context():
        build.sign_in(client, guest)
    assert client.get(draft).status_code == 403
    assert (
        "You are a delegate of State A."
        in build.post(client, f"/en/account/delegation/{key}", follow_redirects=True).text
    )
    assert client.get(draft).status_code == 200
    assert client.get("/en/take-part/minerals/").status_code == 200
    with app.app_context():
        digest = delegate_of("guest@example.org").key_digest
        build.sign_in(client, staff.manager)
    assert "can then no longer read drafts" in client.get(f"{list_url}/{digest}/revoke").text
    build.post(client, f"{list_url}/{digest}/revoke")
    with app.app_context():
        build.sign_in(client, guest)
    assert client.get(draft).status_code == 403
    assert client.get(f"/en/account/delegation/{key}").status_code == 410


def test_opening_for_members_without_delegates_warns(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        build.consultation_in_setup(staff.host, staff.manager, audience=Audience.MEMBERS_ONLY)
        db.session.commit()
        build.sign_in(client, staff.manager)
    assert "Nobody could take part yet" in client.get("/en/desk/minerals/open").text
    with app.app_context():
        build.delegate(staff, "Member State A")
        db.session.commit()
    assert "Nobody could take part yet" not in client.get("/en/desk/minerals/open").text


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_list_takes_as_many_queries_for_any_number(app: Flask, client: FlaskClient, number: int) -> None:
    with app.app_context():
        staff = build.desk()
        add(staff, *(state(f"State {place}", f"{place}@example.org") for place in range(number)))
        manager: Person = staff.manager
        address = f"/en/admin/hosts/{staff.host.slug}/members"
        db.session.commit()
        build.sign_in(client, manager)
    with build.count_queries(app) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) == 6
