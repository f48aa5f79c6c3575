"""A retry or a double click makes no second thing: keys of forms, stored with the result's location."""

from __future__ import annotations

import hmac
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, db, primary_key
from consult.core.errors import Conflict
from consult.core.locale import gettext as _


class IdempotencyKey(Base):
    """A form that was sent: by whom, where to, what it led to. The payload is kept as a keyed digest only."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("actor", "route", "key"),)

    id: Mapped[int] = primary_key()
    actor: Mapped[str]
    route: Mapped[str]
    key: Mapped[str]
    payload_digest: Mapped[str]
    location: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


def reserve_key(
    *, actor: str, route: str, key: str, payload: bytes, secret: str, now: datetime
) -> str | IdempotencyKey:
    """Take a form's key for this transaction.

    Returns:
        The location that the first sending led to, if this is a replay; otherwise the row, whose ``location`` is to
        be set before the commit.

    Raises:
        Conflict: the same key with another payload.
    """
    digest = hmac.digest(secret.encode(), payload, "sha256").hex()
    row = IdempotencyKey(actor=actor, route=route, key=key, payload_digest=digest, location="", created_at=now)
    found = _find(actor, route, key)
    if found is None:
        db.session.add(row)
        try:
            db.session.flush()
        except IntegrityError:
            db.session.rollback()
            found = _find(actor, route, key)
        else:
            return row
    if found is None or found.payload_digest != digest:
        raise Conflict(_("This form was sent before with other words. Go back, reload the page, and send it again."))
    return found.location


def _find(actor: str, route: str, key: str) -> IdempotencyKey | None:
    return db.session.scalar(
        sa.select(IdempotencyKey).where(
            IdempotencyKey.actor == actor, IdempotencyKey.route == route, IdempotencyKey.key == key
        )
    )


def forget_keys(before: datetime) -> None:
    """Delete the keys of forms sent before that moment."""
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < before))
