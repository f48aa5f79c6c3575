"""What the outbox holds of people: their address, and what they were written about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.mail.enums import MailStatus
from consult.mail.models import OutgoingMail
from consult.mail.services import forget_mail_to


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.email is None:
        return
    words = {
        MailStatus.WAITING: _("Waits to be sent"),
        MailStatus.SENT: _("Sent"),
        MailStatus.FAILED: _("Could not be delivered"),
    }
    rows = db.session.scalars(
        sa.select(OutgoingMail).where(OutgoingMail.recipient == owner.email).order_by(OutgoingMail.id.desc())
    )
    yield Section(
        "messages",
        _("E-mails to you"),
        _("Whoever looks after the server. The words are kept only until a message is sent."),
        [
            Entry(
                [
                    Fact("subject", _("Subject"), row.subject, language=row.locale),
                    Fact("recipient", _("To"), row.recipient),
                    Fact("status", _("Where it stands"), row.status.value, words[row.status]),
                    Fact("created_at", _("Written"), row.created_at),
                    Fact("sent_at", _("Sent"), row.sent_at),
                    Fact("text", _("What it says"), row.body, language=row.locale),
                ]
            )
            for row in rows
        ],
    )


def _erase(owner: Owner, *, now: datetime) -> None:
    if owner.email is not None:
        forget_mail_to(owner.email)


COLLECTORS = (
    Collector(
        key="messages",
        title=_l("E-mails to you"),
        tables=("outgoing_mail",),
        when_closed=_l("Messages that have not been sent are not sent, and every trace of them here is erased."),
        collect=_collect,
        erase=_erase,
        forget_address=forget_mail_to,
    ),
)
