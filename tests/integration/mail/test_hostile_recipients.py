"""A message that cannot be built keeps no other from going."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from consult.core.clock import utc_now
from consult.core.db import db
from consult.jobs import deliver_waiting_mail
from consult.mail.models import OutgoingMail
from consult.mail.services import queue_mail


def test_an_address_that_the_library_cannot_read_is_a_failure_of_its_own(app: Flask) -> None:
    with app.app_context():
        for recipient in ("undisclosed:;@example.org", "a@example.org"):
            queue_mail(recipient=recipient, locale="en", subject="Answer", body="Words.", now=utc_now())
        db.session.commit()
        assert deliver_waiting_mail() == 1
        db.session.expire_all()
        rows = db.session.execute(sa.select(OutgoingMail.recipient, OutgoingMail.error).order_by(OutgoingMail.id)).all()
        assert [(recipient, bool(error)) for recipient, error in rows] == [
            ("undisclosed:;@example.org", True),
            ("a@example.org", False),
        ]
    for path in app.extensions["consult.settings"].data_dir.glob("mail/*.eml"):
        path.unlink()
