"""Reading accounts and sign-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.accounts.enums import TokenPurpose
from consult.accounts.models import Account, MailedLink, SignIn
from consult.core.db import db
from consult.core.errors import Gone, NotFound
from consult.core.locale import gettext as _
from consult.core.paging import Page, fetch_page
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


def names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """What people are called, by key of the account; one query. For showing staff who of the staff did what."""
    wanted = set(account_ids)
    rows = db.session.execute(sa.select(Account.id, Account.name).where(Account.id.in_(wanted)).order_by(Account.id))
    return {key: name for key, name in rows}  # noqa: C416 - rows are not tuples to the type checker


def find_sign_in(key: str, now: datetime) -> SignIn | None:
    """The sign-in that a cookie's key opens, unless it has ended or expired."""
    return db.session.scalar(
        sa.select(SignIn).where(
            SignIn.key_digest == key_digest(key), SignIn.ended_at.is_(None), SignIn.expires_at > now
        )
    )


def page_of_sign_ins(
    account: Account, now: datetime, *, after: str | None = None, before: str | None = None
) -> Page[SignIn]:
    """Where somebody is signed in, newest first.

    Raises:
        NotFound: a page key that is not ours.
    """
    statement = sa.select(SignIn).where(
        SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > now
    )
    return fetch_page(
        db.session, statement, [SignIn.id], lambda row: [row.id], after=after, before=before, descending=True
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
        if purpose is TokenPurpose.CONFIRM:
            raise Gone(
                _("This link has been used or has expired. If you have used it, sign in; if not, sign up again.")
            )
        raise Gone(_("This link has been used or has expired. Ask for a new one on the sign-in page."))
    return link
