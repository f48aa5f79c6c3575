"""Who employs the staff, and who may hold the protection role: never who is seconded or speaks for a State."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from consult.access.roles import StaffRole
from consult.accounts.actors import SYSTEM, Person
from consult.accounts.enums import Capacity, Constituency
from consult.core.clock import utc_now
from consult.core.db import db
from consult.core.errors import BadInput
from consult.mail.models import OutgoingMail
from consult.secretariats.enums import MemberStatus, StaffStanding
from consult.secretariats.models import Host, MemberDelegate, Membership
from consult.secretariats.queries import staff_roles_of
from consult.secretariats.services import (
    MemberEntry,
    accept_delegation,
    add_members,
    assign_role,
    change_standing,
)
from tests.support import build
from tests.support.browse import main_of

NEW = {"email": "officer@example.org", "name": "New Officer", "role": "protection", "standing": "own"}


def give(at: Host, who: Person, role: StaffRole, standing: StaffStanding = StaffStanding.OWN, **by: Any) -> Membership:
    return assign_role(at, account=who.account, role=role, standing=standing, actor=by.get("by", SYSTEM), now=utc_now())


def roles(who: Person) -> dict[int, frozenset[StaffRole]]:
    return dict(staff_roles_of(who.account.id))


def test_who_is_seconded_or_speaks_for_a_state_never_gets_the_protection_role(app: Flask) -> None:
    with app.test_request_context("/en/"):
        staff, elsewhere = build.desk(), build.host()
        seconded, delegate, official = build.person("Seconded"), build.delegate(staff, "Member State A"), build.person()
        give(elsewhere, seconded, StaffRole.TRANSLATOR, StaffStanding.SECONDED)
        round_ = build.open_consultation(staff.host, staff.manager)
        build.submit(round_, official, "For a State.", capacity=Capacity.STATE_DELEGATION)
        ministry = build.person()
        build.submit(
            round_, ministry, "A ministry.", constituencies=[Constituency.GOVERNMENT], organisation="Ministry E"
        )
        itself = build.person(administrator=True)
        cases = [(seconded, SYSTEM), (delegate, SYSTEM), (official, SYSTEM), (ministry, SYSTEM), (itself, itself)]
        for who, by in [*cases, (staff.manager, SYSTEM), (staff.approver, SYSTEM)]:
            with pytest.raises(BadInput):
                give(staff.host, who, StaffRole.PROTECTION, by=by)
        for standing in (StaffStanding.SECONDED, StaffStanding.GOVERNMENT):
            with pytest.raises(BadInput):
                give(staff.host, build.person(), StaffRole.PROTECTION, standing)
        with pytest.raises(BadInput):  # who sees identities decides on nothing
            give(staff.host, staff.protection, StaffRole.MODERATOR)
        give(staff.host, staff.translator, StaffRole.PROTECTION)
        give(elsewhere, staff.manager, StaffRole.PROTECTION)


@pytest.mark.parametrize("what", ["standing here", "role elsewhere", "delegation", "for a State"])
def test_the_protection_role_ends_with_what_forbids_it(app: Flask, what: str) -> None:
    with app.test_request_context("/en/"):
        staff, elsewhere = build.desk(), build.host()
        who = staff.protection
        if what == "standing here":
            own = db.session.scalars(sa.select(Membership).where(Membership.account_id == who.account.id)).one()
            assert change_standing(own, StaffStanding.SECONDED, actor=SYSTEM, now=utc_now()) == 1
        elif what == "role elsewhere":
            give(elsewhere, who, StaffRole.MANAGER, StaffStanding.GOVERNMENT)
        elif what == "delegation":
            _accept_as_delegate(staff, who)
        else:
            round_ = build.open_consultation(staff.host, staff.manager)
            build.submit(round_, who, "For a State.", capacity=Capacity.STATE_DELEGATION)
        db.session.commit()
        assert StaffRole.PROTECTION not in roles(who).get(staff.host.id, frozenset())
        told = db.session.scalars(
            sa.select(OutgoingMail.subject).where(OutgoingMail.recipient == who.account.email)
        ).all()
        assert "You are no protection officer any more" in told


def _accept_as_delegate(staff: build.Desk, who: Person) -> None:
    entry = MemberEntry("Member State A", MemberStatus.MEMBER, who.account.email or "")
    add_members(staff.host, [entry], locale="en", actor=staff.manager, now=utc_now())
    accept_delegation(db.session.scalars(sa.select(MemberDelegate)).one(), actor=who, now=utc_now())


def test_the_administrator_alone_names_officers_and_managers_hear_of_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        page = f"/en/admin/hosts/{staff.host.slug}/staff"
        administrator = build.person(administrator=True)
        db.session.commit()
        build.sign_in(client, staff.manager)
    assert 'value="protection"' not in client.get(page).text
    assert build.post(client, page, NEW).status_code == 422
    assert build.post(client, page, {**NEW, "role": "responder", "standing": ""}).status_code == 422
    with app.app_context():
        build.sign_in(client, administrator)
    assert build.post(client, page, {**NEW, "standing": "government"}).status_code == 422
    assert build.post(client, page, NEW).status_code == 302
    with app.app_context():
        told = db.session.scalars(
            sa.select(OutgoingMail.recipient)
            .where(OutgoingMail.subject == "Somebody is a protection officer now")
            .order_by(OutgoingMail.id)
        ).all()
        assert set(told) == {staff.manager.account.email, staff.protection.account.email}


def test_a_manager_changes_who_employs_somebody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = build.desk()
        own = db.session.scalars(sa.select(Membership).where(Membership.role == StaffRole.PROTECTION)).one()
        page = f"/en/admin/hosts/{staff.host.slug}/staff"
        address = f"{page}/{own.id}/standing"
        db.session.commit()
        build.sign_in(client, staff.manager)
    assert address in client.get(page).text
    assert "loses the protection role" in main_of(client.get(address))
    assert build.post(client, address, {"standing": "lent"}).status_code == 422
    assert build.post(client, address, {"standing": "seconded"}).status_code == 302
    assert "the protection role of this person has ended" in client.get(page).text
    assert client.get(address).status_code == 404
