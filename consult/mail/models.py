"""The outbox."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, enum_type, primary_key
from consult.mail.enums import MailStatus


class OutgoingMail(Base):
    """A message that joined the transaction of the act it tells of; the words go once it is delivered."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.Index("ix_outgoing_mail_due", "status", "due_at"),
    )

    id: Mapped[int] = primary_key()
    recipient: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    status: Mapped[MailStatus] = mapped_column(enum_type(MailStatus), default=MailStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    # The last one to somebody whose account is closed, or who has given up this address: nothing of it stays once it
    # has gone, or cannot go.
    is_last: Mapped[bool] = mapped_column(default=False)
