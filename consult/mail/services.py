"""Queueing messages and delivering them."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from consult.core import context
from consult.core.afterwards import do_after_commit
from consult.core.db import db, unit_of_work
from consult.core.marking import without_marks
from consult.core.secrets import keyed_digest
from consult.core.settings import Settings
from consult.core.text import check_line
from consult.core.wake import want_worker
from consult.mail.enums import MailStatus
from consult.mail.folder import MailFolder
from consult.mail.html import html_of
from consult.mail.models import OutgoingMail

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=5)

Deliver = Callable[[EmailMessage], None]


def queue_mail(*, recipient: str | None, locale: str, subject: str, body: str, now: datetime) -> OutgoingMail | None:
    """Put a message in the outbox, in the transaction of the act it tells of.

    Args:
        recipient: one address; None for an account without one, to which nothing goes.
        locale: the language it is written in.
        subject: one line; line breaks cannot get in.
        body: plain text.
        now: when it may go.
    """
    if recipient is None:
        return None
    mail = OutgoingMail(
        recipient=recipient, locale=locale, subject=check_line(subject), body=body, due_at=now, created_at=now
    )
    db.session.add(mail)
    want_worker()
    return mail


def forget_mail_to(address: str) -> None:
    """Delete every message to an address, sent or not: its owner has closed their account, or has another one now.

    With a message goes the file that an instance without a mail server has written of it.
    """
    settings = context.settings()
    keys = db.session.scalars(sa.select(OutgoingMail.id).where(OutgoingMail.recipient == address)).all()
    for key in keys:
        do_after_commit(partial(folder_of(settings).delete, _name_of(key, settings)))
    db.session.execute(sa.delete(OutgoingMail).where(OutgoingMail.recipient == address))


def _old(before: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(OutgoingMail.status != MailStatus.WAITING, OutgoingMail.created_at < before)


def count_old_deliveries(before: datetime) -> int:
    """How many messages `forget_deliveries` would delete; one query."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail).where(_old(before))) or 0


def forget_deliveries(before: datetime, *, limit: int) -> int:
    """Delete what the outbox keeps of messages that were sent, or given up, before that moment; returns how many.

    So goes what lies in the folder of an instance without a mail server, all at once.

    Args:
        before: the moment.
        limit: at most so many.
    """
    old = sa.select(OutgoingMail.id).where(_old(before)).order_by(OutgoingMail.id).limit(limit)
    keys = db.session.scalars(old).all()
    db.session.execute(sa.delete(OutgoingMail).where(OutgoingMail.id.in_(keys)))
    folder_of(context.settings()).forget(before)
    return len(keys)


def queue_mails(recipients: Iterable[str], *, locale: str, subject: str, body: str, now: datetime) -> None:
    """Put the same message to many people in the outbox, each in a message of their own; one statement.

    Args:
        recipients: addresses, each of which gets one message that names no other.
        locale: the language it is written in.
        subject: one line.
        body: plain text.
        now: when they may go.
    """
    common = {"locale": locale, "subject": check_line(subject), "body": body, "due_at": now, "created_at": now}
    rows = [{**common, "recipient": address} for address in recipients]
    if rows:
        db.session.execute(sa.insert(OutgoingMail), rows)
        want_worker()


def lease_mail(*, now: datetime) -> int | None:
    """Take the next message that is due, so that no other worker sends it meanwhile; its key, or None."""
    with unit_of_work() as session:
        mail = session.scalar(
            sa.select(OutgoingMail)
            .where(
                OutgoingMail.status == MailStatus.WAITING,
                OutgoingMail.due_at <= now,
                sa.or_(OutgoingMail.leased_until.is_(None), OutgoingMail.leased_until < now),
            )
            .order_by(OutgoingMail.due_at, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is None:
            return None
        mail.leased_until = now + LEASE
        mail.attempts += 1
        return mail.id


def deliver_mail(mail_id: int, *, settings: Settings, deliver: Deliver, now: datetime) -> bool:
    """Deliver one leased message; True when it went.

    A failure is kept with the row and tried again later, each time after twice as long; what the server said is
    kept without the recipient's address.
    """
    mail = db.session.get(OutgoingMail, mail_id)
    if mail is None or mail.status is not MailStatus.WAITING:
        return False
    failure: str | None = None
    try:
        deliver(_message(mail, settings, now))
    # Not only what servers say: the library fails in many ways on an address that it cannot read, and a message that
    # always fails must not keep the others from going.
    except Exception as error:
        failure = type(error).__name__
    with unit_of_work() as session:
        mail = session.get(OutgoingMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is None:  # its reader has closed their account meanwhile
            return failure is None
        mail.leased_until = None
        mail.error = failure
        if failure is None:
            mail.status, mail.sent_at = MailStatus.SENT, now
            mail.body = ""  # the words have arrived; the outbox does not keep a second copy of them
            if mail.is_last:
                session.delete(mail)
        elif mail.attempts >= MAX_ATTEMPTS and mail.is_last:
            session.delete(mail)
        elif mail.attempts >= MAX_ATTEMPTS:
            # Nobody will send it any more: an address beside references would tie the two for as long as the row stays.
            mail.status, mail.body = MailStatus.FAILED, ""
        else:
            mail.due_at = now + timedelta(minutes=2**mail.attempts)
    return failure is None


def _message(mail: OutgoingMail, settings: Settings, now: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(mail, settings)
    message["Auto-Submitted"] = "auto-generated"
    text = without_marks(mail.body)
    public_url = settings.public_url.rstrip("/")
    html = html_of(mail.body, language=mail.locale, title=mail.subject, public_url=public_url)
    # Never 8bit: a line may have 998 bytes (RFC 5322, 2.1.1), and a paragraph in Burmese has more.
    message.set_content(text, cte=_encoding(text))
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    message["Content-Language"] = mail.locale  # last: setting the content takes such headers away
    return message


def _message_id(mail: OutgoingMail, settings: Settings) -> str:
    """The same at each attempt."""
    return f"<{_name_of(mail.id, settings)}@{urlsplit(settings.public_url).hostname}>"


def _name_of(mail_id: int, settings: Settings) -> str:
    """A digest that only this instance can make: keys count messages, and when somebody else gets one is nobody's to
    read."""
    return keyed_digest(f"mail:{mail_id}", settings.secret_key.get_secret_value())[:32]


def _encoding(text: str) -> str:
    """What takes less room, and can be read in a log where most letters are ASCII."""
    wide = sum(1 for character in text if not character.isascii())
    return "base64" if wide * 4 > len(text) else "quoted-printable"


def folder_of(settings: Settings) -> MailFolder:
    """Where an instance without a mail server delivers to."""
    return MailFolder(settings.data_dir / "mail")


def smtp_delivery(address: str) -> Deliver:
    """Delivery over SMTP with TLS, unless the server is on this machine.

    Args:
        address: ``smtp://user:password@host:587`` or ``smtps://user:password@host:465``.
    """
    parts = urlsplit(address)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()

    def deliver(message: EmailMessage) -> None:
        if parts.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=30, context=context)
        else:
            client = smtplib.SMTP(host, parts.port or 587, timeout=30)
        with client:
            if parts.scheme == "smtp" and host not in {"localhost", "127.0.0.1", "::1"}:
                client.starttls(context=context)
            if parts.username:
                client.login(unquote(parts.username), unquote(parts.password or ""))
            client.send_message(message)

    return deliver


def make_delivery(settings: Settings) -> Deliver:
    """The delivery that the settings ask for."""
    address = settings.smtp_url.get_secret_value()
    return smtp_delivery(address) if address else folder_of(settings).deliver
