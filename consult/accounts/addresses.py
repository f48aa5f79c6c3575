"""The e-mail address of an account: added, changed and removed later; taken over only once its mailbox has said so."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from consult.access.roles import Actor
from consult.accounts import emails
from consult.accounts.enums import TokenPurpose
from consult.accounts.models import MAILBOX, Account, MailedLink
from consult.accounts.queries import find_account, lock_account
from consult.accounts.recovering import require_password
from consult.accounts.services import create_link
from consult.accounts.signing_in import person_of
from consult.core.db import db
from consult.core.errors import BadInput, Gone, InvalidTransition
from consult.core.locale import gettext as _
from consult.core.personal import forget_address
from consult.ledger.services import record


def ask_for_address(account: Account, *, email: str, password: str, name: str, now: datetime) -> None:
    """Mail a link to an address that the account is to have; until it is opened, nothing changes.

    The answer is the same whether or not the address has an account: only its mailbox learns that.

    Args:
        account: whose.
        email: the new address.
        password: the present one.
        name: what messages call its owner, where the account has no name yet.
        now: when.

    Raises:
        BadInput: it is the address of this account already, or the password is wrong.
    """
    require_password(account, password)
    address = email.strip().lower()
    if address == account.email:
        raise BadInput(_("This is the address of your account already."), "email")
    if not account.name:
        account.name = name
    # Made in both cases, so that both take the same time; a key that is not mailed opens nothing.
    key = create_link(account, TokenPurpose.CONFIRM, f"{MAILBOX}{address}", now)
    other = find_account(address)
    if other is None:
        emails.queue_prove_address(account, address, key=key, now=now)
    else:
        emails.queue_address_taken(other, now=now)


def take_address(link: MailedLink, *, actor: Actor, now: datetime) -> Account:
    """Make the address that a link proves that of its account; the one before is told, and its links end.

    Raises:
        Gone: the link was used a moment ago, or another account has the address by now.
    """
    account = lock_account(link.account_id)
    used = sa.update(MailedLink).where(MailedLink.id == link.id, MailedLink.used_at.is_(None)).values(used_at=now)
    if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]
        raise Gone
    before = account.email
    try:
        with db.session.begin_nested():
            account.email = link.new_address
            db.session.flush()
    except IntegrityError:
        raise Gone(_("Another account has this address by now. Your account is unchanged.")) from None
    _end_links(account, now)
    if before:
        forget_address(before)
        emails.queue_address_changed(account, before, now=now)
    record("account:address:take", account, actor=actor, now=now)
    return account


def check_can_do_without_address(account: Account) -> None:
    """Refuse to leave an account that its owner could lose, or whom nobody reaches who works here.

    Raises:
        InvalidTransition: with what is missing.
    """
    if account.is_administrator or any(person_of(account, sign_in_key="").staff_roles.values()):
        raise InvalidTransition(
            _("You work for a host organisation here, and roles are given to e-mail addresses. "
              "As long as you have a role, your account keeps its address.")
        )  # fmt: skip
    if account.sign_in_name is None or not account.has_checked_code:
        raise InvalidTransition(
            _("First choose a name to sign in with, and make a recovery code: "
              "without an e-mail address nothing else opens your account.")
        )  # fmt: skip


def remove_address(account: Account, *, password: str, actor: Actor, now: datetime) -> None:
    """Forget the e-mail address of an account; it is told once more, and then no message goes there.

    Raises:
        BadInput: the password is wrong.
        InvalidTransition: the account has no name or no checked code, or a role at a host.
    """
    require_password(account, password)
    account = lock_account(account.id)
    check_can_do_without_address(account)
    before = account.email
    if before is None:
        return
    account.email = None
    _end_links(account, now)
    forget_address(before)
    emails.queue_address_removed(account, before, now=now)
    db.session.flush()
    record("account:address:remove", account, actor=actor, now=now)


def _end_links(account: Account, now: datetime) -> None:
    """Whoever reads the mailbox that an account had must not open it by a link that lies there."""
    db.session.execute(
        sa.update(MailedLink)
        .where(MailedLink.account_id == account.id, MailedLink.used_at.is_(None))
        .values(used_at=now)
    )
