"""The whole role × permission table, asked of real actors about real subjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from consult.access.permissions import Permission
from consult.access.policy import POLICY, permits
from consult.access.roles import Actor, Relation, StaffRole
from consult.accounts.actors import Visitor
from consult.consultations.enums import Audience, Visibility
from consult.consultations.models import Invitation
from consult.consultations.services import accept_invitation, invite
from consult.core.clock import utc_now
from consult.core.db import db
from consult.submissions.models import Submission
from tests.support import build

R = Relation
OF_A_SUBMISSION = {Permission.SUBMIT, Permission.SUBMISSION_OWN}
OF_A_HOST = {Permission.STAFF_MANAGE, Permission.CONSULTATION_CREATE}
OF_THE_INSTANCE = {Permission.HOSTS_MANAGE, Permission.ACCOUNT_USE, Permission.DESK_ENTER}


def everybody(staff: build.Desk) -> Mapping[str, tuple[Actor, set[Relation]]]:
    """Actors by name, each with the relations that it has to a round by invitation, as received, at this host."""
    public = {R.ANYONE, R.INPUT_READER}
    signed_in = public | {R.SIGNED_IN}
    elsewhere = build.host()
    return {
        "visitor": (Visitor(), public),
        "stranger": (build.person("Stranger"), signed_in),
        "manager": (staff.manager, signed_in | {R.STAFF, R.MANAGER}),
        "moderator": (staff.moderator, signed_in | {R.STAFF, R.MODERATOR}),
        "responder": (staff.responder, signed_in | {R.STAFF, R.RESPONDER}),
        "approver": (staff.approver, signed_in | {R.STAFF, R.APPROVER}),
        "all roles elsewhere": (
            build.person("Elsewhere", roles={elsewhere: list(StaffRole)}),
            signed_in | {R.STAFF},
        ),
        "administrator": (build.person("Admin", administrator=True), signed_in | {R.STAFF, R.ADMINISTRATOR}),
    }


def subject_of(permission: Permission, submission: Submission) -> Any:
    if permission in OF_THE_INSTANCE:
        return None
    if permission in OF_A_HOST:
        return submission.round.consultation.host
    return submission if permission in OF_A_SUBMISSION else submission.round


def test_the_whole_table(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(
            staff.host, staff.manager, audience=Audience.BY_INVITATION, visibility=Visibility.AS_RECEIVED
        )
        author = build.person("Author")
        invite(round_, [author.account.email], locale="en", actor=staff.manager, now=utc_now())
        accept_invitation(db.session.query(Invitation).one(), actor=author, now=utc_now())
        submission = build.submit(round_, author, "A point.")
        actors = dict(everybody(staff))
        invited = {R.ANYONE, R.SIGNED_IN, R.READER, R.PARTICIPANT, R.INPUT_READER}
        actors["author"] = (author, invited | {R.AUTHOR})
        asked = 0
        for permission in Permission:
            for name, (actor, relations) in actors.items():
                expected = bool(POLICY[permission] & relations)
                assert permits(actor, permission, subject_of(permission, submission)) is expected, (name, permission)
                asked += 1
        assert asked == len(Permission) * 9


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("visibility", list(Visibility))
def test_audience_and_visibility_while_open_and_after(app: Flask, audience: Audience, visibility: Visibility) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager, audience=audience, visibility=visibility)
        is_public = audience is Audience.PUBLIC
        assert permits(Visitor(), Permission.DRAFT_READ, round_) is is_public
        assert permits(Visitor(), Permission.TAKE_PART, round_) is is_public
        assert permits(staff.moderator, Permission.DRAFT_READ, round_)
        assert permits(Visitor(), Permission.INPUT_READ, round_) is (visibility is Visibility.AS_RECEIVED)
        build.close(round_)
        after = visibility is not Visibility.PARTICIPANTS_ONLY
        assert permits(Visitor(), Permission.INPUT_READ, round_) is after


def test_nothing_is_public_before_the_round_is_opened(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.consultation_in_setup(staff.host, staff.manager)
        for permission in (Permission.DRAFT_READ, Permission.TAKE_PART, Permission.INPUT_READ):
            assert not permits(Visitor(), permission, round_)
        assert permits(staff.manager, Permission.DRAFT_READ, round_)
