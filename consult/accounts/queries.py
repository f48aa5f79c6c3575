"""Reading accounts and sign-ins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from consult.accounts.enums import TokenPurpose
from consult.accounts.models import Account, MailedLink, SignIn
from consult.accounts.names import is_mail_shaped, normalise_name
from consult.core.db import db
from consult.core.errors import Gone, NotFound
from consult.core.locale import gettext as _
from consult.core.paging import Page, fetch_page
from consult.core.secrets import key_digest


def find_account(email: str) -> Account | None:
    """The account of that address, in any case."""
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().lower()))


def what_is_typed(identifier: str) -> str:
    """What somebody signs in with, in the form that is compared: an e-mail address, or a name."""
    if is_mail_shaped(identifier):
        return identifier.strip().lower()
    return normalise_name(identifier)


def find_account_called(identifier: str, *, lock: bool = False) -> Account | None:
    """The account of an e-mail address or a name, as typed; one query of one shape in every case.

    Args:
        identifier: as typed.
        lock: whether nobody else may change the account until this transaction ends.
    """
    column = Account.email if is_mail_shaped(identifier) else Account.sign_in_name
    statement = sa.select(Account).where(column == what_is_typed(identifier))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def lock_account(account_id: int) -> Account:
    """Lock an account and read it afresh: of two acts that decide on its roles, or on how it is signed in to, the
    second waits for the first and sees it.
    """
    return db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)


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
    return {key: name or _("Somebody whose account is closed") for key, name in rows}


def find_sign_in(key: str, now: datetime, *, unchecked: bool = False) -> SignIn | None:
    """The sign-in that a cookie's key opens, unless it has ended or expired.

    Args:
        key: of the cookie.
        now: when.
        unchecked: whether it may be of an account that nobody has confirmed, which can do nothing but that.
    """
    found = db.session.scalar(
        sa.select(SignIn).where(
            SignIn.key_digest == key_digest(key), SignIn.ended_at.is_(None), SignIn.expires_at > now
        )
    )
    return found if found and (unchecked or found.account.confirmed_at is not None) else None


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
    """The link that was mailed with that key, to the address of its account.

    Raises:
        Gone: unknown, used, or expired; which of these is not told.
    """
    link = _find_link(key, purpose, now)
    if link is None or link.new_address is not None:
        if purpose is TokenPurpose.CONFIRM:
            raise Gone(
                _("This link has been used or has expired. If you have used it, sign in; if not, sign up again.")
            )
        raise Gone(_("This link has been used or has expired. Ask for a new one on the sign-in page."))
    return link


def get_address_link(key: str, account: Account, now: datetime) -> MailedLink:
    """The link that was mailed with that key to an address that this account is to have.

    Raises:
        Gone: unknown, used, expired, or asked for by another account; which of these is not told.
    """
    link = _find_link(key, TokenPurpose.CONFIRM, now)
    if link is None or link.new_address is None or link.account_id != account.id:
        raise Gone(
            _(
                "This link has been used or has expired, or another account asked for it. "
                "Ask for a new one in your account, under “How you sign in”."
            )
        )
    return link


def _find_link(key: str, purpose: TokenPurpose, now: datetime) -> MailedLink | None:
    return db.session.scalar(
        sa.select(MailedLink).where(
            MailedLink.key_digest == key_digest(key),
            MailedLink.purpose == purpose,
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > now,
        )
    )
