"""Accounts, sign-ins, links in e-mails, counted attempts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.enums import AttemptKind, Capacity, TokenPurpose
from consult.core.db import Base, enum_type, primary_key, reference_to


class Account(Base):
    """A person with an e-mail address and a password.

    The profile (constituencies, capacity, organisation, country) only fills in the form of the next submission;
    a submission freezes what was said in it.
    """

    __tablename__ = "account"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email_is_lower"),)

    id: Mapped[int] = primary_key()
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str]
    time_zone: Mapped[str | None]
    is_administrator: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[Capacity | None] = mapped_column(enum_type(Capacity))
    organisation: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]
    constituencies: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class SignIn(Base):
    """One sign-in on one device; the cookie holds the key, this row only its digest. Ending it signs out."""

    __tablename__ = "sign_in"

    id: Mapped[int] = primary_key()
    key_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = reference_to("account.id", cascade=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")


class MailedLink(Base):
    """A link that was mailed: used once, for one purpose, until it expires. Only its digest is kept."""

    __tablename__ = "mailed_link"

    id: Mapped[int] = primary_key()
    key_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = reference_to("account.id", cascade=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_type(TokenPurpose))
    next_path: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")


class Attempt(Base):
    """A sign-in, sign-up or reset that counts against a limit; addresses are kept as keyed digests only."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_kind_key_at", "kind", "key_digest", "at"),)

    id: Mapped[int] = primary_key()
    kind: Mapped[AttemptKind] = mapped_column(enum_type(AttemptKind))
    key_digest: Mapped[str]
    at: Mapped[datetime]
