"""Reading the outbox, and the folder of messages that an instance without a mail server writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

import sqlalchemy as sa

from consult.core.db import db
from consult.mail.enums import MailStatus
from consult.mail.models import OutgoingMail

_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


def count_waiting() -> int:
    """How many messages have not been delivered yet."""
    statement = sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.status == MailStatus.WAITING)
    return db.session.scalar(statement) or 0


@dataclass(frozen=True)
class DeliveredMail:
    """One message as it lies in the folder; ``name`` is its file's, without the ending."""

    name: str
    recipient: str
    subject: str
    at: datetime
    language: str
    body: str
    html: str


@dataclass(frozen=True)
class Piece:
    """Some words of a message; with ``href`` when they are an address to open."""

    words: str
    href: str | None = None


def list_delivered(folder: Path, *, words: str = "") -> list[DeliveredMail]:
    """Messages in a folder, newest first.

    Args:
        folder: where; it need not exist.
        words: must be in the recipient or the subject.
    """
    wanted = words.casefold()
    found = [_read(path) for path in folder.glob("*.eml")]
    found = [mail for mail in found if wanted in f"{mail.recipient} {mail.subject}".casefold()]
    return sorted(found, key=lambda mail: (mail.at, mail.name), reverse=True)


def find_delivered(folder: Path, name: str) -> DeliveredMail | None:
    """The message of that name. The name is looked for among the files, so that it cannot lead out of the folder."""
    return next((_read(path) for path in folder.glob("*.eml") if path.stem == name), None)


def pieces(body: str) -> Iterator[Piece]:
    """The words of a message, with its addresses apart."""
    end = 0
    for match in _LINK.finditer(body):
        if match.start() > end:
            yield Piece(body[end : match.start()])
        yield Piece(match[0], match[0])
        end = match.end()
    if end < len(body):
        yield Piece(body[end:])


def _read(path: Path) -> DeliveredMail:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
    return DeliveredMail(
        name=path.stem,
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])),
        language=str(message["Content-Language"] or "en"),
        body=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body(preferencelist=(kind,))
    return str(found.get_content()) if found is not None else ""
