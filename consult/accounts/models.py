"""Accounts, sign-ins, links in e-mails, counted attempts."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.enums import AttemptKind, Capacity, TokenPurpose
from consult.core.db import Base, enum_type, primary_key, reference_to
from consult.core.personal import OF_A_PERSON


class Account(Base):
    """A person with a password and an e-mail address, or a name of their own choosing to sign in with, or both.

    Without an e-mail address a code that they wrote down opens the account again. One that was closed is an empty
    shell, which keeps what staff did with it pointing at somebody.

    The profile (constituencies, capacity, organisation, country) only fills in the form of the next submission;
    a submission freezes what was said in it.
    """

    __tablename__ = "account"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_is_lower"),
        sa.CheckConstraint(
            "email IS NOT NULL OR sign_in_name IS NOT NULL OR closed_on IS NOT NULL", name="can_be_signed_in_to"
        ),
        sa.CheckConstraint("(sign_in_name IS NULL) = (typed_name IS NULL)", name="name_has_both_forms"),
        sa.CheckConstraint(
            "closed_on IS NULL OR (email IS NULL AND sign_in_name IS NULL AND recovery_digest IS NULL "
            "AND password_hash IS NULL AND name = '' AND organisation = '' AND country IS NULL AND capacity IS NULL)",
            name="closed_is_empty",
        ),
    )

    id: Mapped[int] = primary_key()
    email: Mapped[str | None] = mapped_column(unique=True)
    # In the form that is compared (`accounts.names`), to be found by; and as its owner typed it, shown to them alone.
    sign_in_name: Mapped[str | None] = mapped_column(unique=True)
    typed_name: Mapped[str | None]
    # The digest of the code that opens the account when the password is lost, and when its owner proved to have it.
    recovery_digest: Mapped[str | None] = mapped_column(unique=True)
    recovery_checked_at: Mapped[datetime | None]
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
    # The last day on which somebody was signed in: a day, not a time; for retention alone.
    active_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    @property
    def signs_in_as(self) -> str | None:
        """What its owner types to sign in; nothing once it is closed."""
        return self.email or self.sign_in_name

    @property
    def has_checked_code(self) -> bool:
        """Whether its owner has shown to have the code that opens it without the password."""
        return self.recovery_digest is not None and self.recovery_checked_at is not None

    @property
    def needs_code(self) -> bool:
        """Whether nothing would open it again once the password is forgotten."""
        return self.email is None and not self.has_checked_code


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


MAILBOX = "mailto:"


class MailedLink(Base):
    """A link that was mailed: used once, for one purpose, until it expires. Only its digest is kept.

    It leads to a path of ours, or, as a ``mailto:`` address (RFC 6068), to the mailbox that the account is to have
    once its owner has opened the link there.
    """

    __tablename__ = "mailed_link"

    id: Mapped[int] = primary_key()
    key_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = reference_to("account.id", cascade=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_type(TokenPurpose))
    next_path: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")

    @property
    def new_address(self) -> str | None:
        """The e-mail address that this link proves and that the account does not have yet."""
        path = self.next_path or ""
        return path.removeprefix(MAILBOX) if path.startswith(MAILBOX) else None


class Attempt(Base):
    """A sign-in, sign-up or reset that counts against a limit; addresses are kept as keyed digests only."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_kind_key_at", "kind", "key_digest", "at"),)

    id: Mapped[int] = primary_key()
    kind: Mapped[AttemptKind] = mapped_column(enum_type(AttemptKind))
    key_digest: Mapped[str] = mapped_column(info=OF_A_PERSON)
    at: Mapped[datetime]
