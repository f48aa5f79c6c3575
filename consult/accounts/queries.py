"""Reading accounts and sign-ins."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.accounts.enums import TokenPurpose
from consult.accounts.models import Account, MailedLink, SignIn
from consult.core.db import db
from consult.core.errors import Gone, NotFound
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest


def find_account(email: str) -> Account | None:
    """The account of that address, in any case."""
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().lower()))


def get_account(account_id: int) -> Account:
    """The account of that key.

    Raises:
        NotFound: no such account.
    """
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def find_sign_in(key: str, now: datetime) -> SignIn | None:
    """The sign-in that a cookie's key opens, unless it has ended or expired."""
    return db.session.scalar(
        sa.select(SignIn).where(
            SignIn.key_digest == key_digest(key), SignIn.ended_at.is_(None), SignIn.expires_at > now
        )
    )


def list_sign_ins(account: Account, now: datetime) -> list[SignIn]:
    """Where somebody is signed in, newest first."""
    return list(
        db.session.scalars(
            sa.select(SignIn)
            .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
            .order_by(SignIn.created_at.desc(), SignIn.id.desc())
        )
    )


def get_mailed_link(key: str, purpose: TokenPurpose, now: datetime) -> MailedLink:
    """The link that was mailed with that key.

    Raises:
        Gone: unknown, used, or expired; which of these is not told.
    """
    link = db.session.scalar(
        sa.select(MailedLink).where(
            MailedLink.key_digest == key_digest(key),
            MailedLink.purpose == purpose,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > now,
        )
    )
    if link is None:
        raise Gone(_("This link has been used or has expired. Ask for a new one."))
    return link
