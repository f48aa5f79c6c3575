"""What the record tells of respondents: their kind, never their key, whatever else they do here."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from consult.access.roles import StaffRole
from consult.core.db import db
from consult.ledger.models import HeldEntry, LedgerEntry
from consult.submissions.enums import PublicationSetting
from tests.support import build


def test_staff_who_take_part_leave_no_key_beside_their_submission(app: Flask) -> None:
    with app.app_context():
        staff = build.desk()
        round_ = build.open_consultation(staff.host, staff.manager)
        for author in (
            build.person("Author"),
            build.person("Colleague", roles={staff.host: [StaffRole.RESPONDER]}),
            build.person("Administrator", administrator=True),
        ):
            build.submit(round_, author, "A point.", setting=PublicationSetting.ANONYMOUS)
        build.publish(round_, staff.moderator)
        assert (
            db.session.scalars(sa.select(HeldEntry.actor_kind).where(HeldEntry.actor_id.is_(None))).all()
            == ["respondent"] * 6
        )
        build.close(round_)
        build.lift(round_)
        rows = db.session.execute(
            sa.select(LedgerEntry.act, LedgerEntry.actor_kind, LedgerEntry.actor_id).where(
                LedgerEntry.subject.in_(["submission", "comment"])
            )
        ).all()
        own = [(kind, key) for act, kind, key in rows if act.startswith("account:")]
        assert len(own) == 6
        assert set(own) == {("respondent", None)}
        assert {key for act, _kind, key in rows if act.startswith("desk:")} == {staff.moderator.actor_id}
