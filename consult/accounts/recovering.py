"""Accounts that need no e-mail: a name to sign in with, and a code on paper that opens the account again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from consult.access.roles import Actor
from consult.accounts.actors import SYSTEM
from consult.accounts.models import Account
from consult.accounts.names import check_name, normalise_name
from consult.accounts.queries import find_account_called, lock_account
from consult.accounts.services import check_password, create_account, end_sign_ins, has_password, hash_password
from consult.core.codes import code_digest, is_code, new_code
from consult.core.db import db
from consult.core.errors import BadInput, Conflict
from consult.core.locale import gettext as _
from consult.ledger.services import record


def sign_up_by_name(*, sign_in_name: str, password: str, locale: str, now: datetime) -> tuple[Account, str]:
    """Make an account with a name; it opens nothing until its code was typed in once.

    Sent twice, or again by the same person before the code was checked, it is one account with a new code.

    Returns:
        The account, and its code, which is kept nowhere.

    Raises:
        BadInput: the name or the password is not acceptable.
        Conflict: somebody else has that name. It cannot be hidden that a name is taken, so whoever asks is counted.
    """
    name = check_name(sign_in_name)
    check_password(password)
    _differs(name, password)
    hashed = hash_password(password)
    account = find_account_called(name)
    if account is None:
        account = _create_or_find(sign_in_name, hashed, locale, now)
    if account.password_hash != hashed:
        account = lock_account(account.id)
        is_own = account.confirmed_at is None and account.email is None and has_password(account, password)
        if not is_own or account.sign_in_name != name:
            raise _taken()
        account.typed_name = sign_in_name
    return account, renew_code(account, actor=SYSTEM, now=now)


def _create_or_find(typed: str, password_hash: str, locale: str, now: datetime) -> Account:
    """A new account, or the one that was made with that name at the same moment."""
    try:
        with db.session.begin_nested():
            account = create_account(email=None, sign_in_name=typed, name="", password=None, locale=locale, now=now)
            account.password_hash = password_hash
            db.session.flush()
            return account
    except IntegrityError:
        found = find_account_called(typed)
        if found is None:
            raise
        return found


def _taken() -> Conflict:
    return Conflict(_("Somebody else has this name. Choose another one."), "sign_in_name")


def _differs(name: str, password: str) -> None:
    if normalise_name(password) == name:
        raise BadInput(_("This password is easy to guess. Choose another one, such as four words."), "password")


def renew_code(account: Account, *, actor: Actor, now: datetime) -> str:
    """Give an account a new code; the one before opens nothing any more.

    Returns:
        The code, to be shown once; it is kept nowhere.
    """
    code = new_code()
    account.recovery_digest, account.recovery_checked_at = code_digest(code), None
    db.session.flush()
    record("account:code:renew", account, actor=actor, now=now)
    return code


def check_code(account: Account, code: str, *, now: datetime) -> Account:
    """Take it as shown that the owner of an account has its code; an account without an address is confirmed by it.

    Raises:
        BadInput: it is another code.
    """
    account = lock_account(account.id)
    if not _is_code_of(account, code):
        raise BadInput(
            _("This is not the code that we showed you last. Look again, or make a new one."), "written_code"
        )
    account.recovery_checked_at = now
    if account.confirmed_at is None and account.email is None:
        account.confirmed_at = now
        record("account:account:confirm", account, actor=SYSTEM, now=now)
    db.session.flush()
    return account


def _is_code_of(account: Account | None, code: str) -> bool:
    return is_code(account.recovery_digest if account is not None else None, code)


def is_owner(account: Account, secret: str) -> bool:
    """Whether somebody at the screen proves to be the owner: by the password, or by the recovery code."""
    return has_password(account, secret) or _is_code_of(account, secret)


def recover(*, identifier: str, code: str, password: str, now: datetime) -> tuple[Account, str]:
    """Choose a new password with the code: every sign-in ends, and so does the code, once for all who try at a time.

    The answer is the same for a name that nobody has and for a code that is wrong.

    Args:
        identifier: the name or the e-mail address, as typed.
        code: as `normalise_code` gives it.
        password: the new one.
        now: when.

    Returns:
        The account, and its next code, to be shown once and checked.

    Raises:
        BadInput: there is no such account with that code, or the password is not acceptable.
    """
    check_password(password, identifier)
    _differs(normalise_name(identifier), password)
    account = find_account_called(identifier, lock=True)
    if not _is_code_of(account, code) or account is None:
        raise BadInput(_("The name or the code is not right. Check both, letter by letter, and try again."))
    account.password_hash = hash_password(password)
    end_sign_ins(account, now=now)
    record("account:password:recover", account, actor=SYSTEM, now=now)
    return account, renew_code(account, actor=SYSTEM, now=now)


def choose_name(account: Account, *, sign_in_name: str, password: str, actor: Actor, now: datetime) -> None:
    """Give an account a name to sign in with, or another one.

    Raises:
        BadInput: the name is not acceptable, or the present password is wrong.
        Conflict: somebody else has it.
    """
    name = check_name(sign_in_name)
    require_password(account, password)
    _differs(name, password)
    account = lock_account(account.id)
    try:
        with db.session.begin_nested():
            account.sign_in_name, account.typed_name = name, sign_in_name
            db.session.flush()
    except IntegrityError:
        db.session.refresh(account)
        raise _taken() from None
    record("account:name:choose", account, actor=actor, now=now)


def require_password(account: Account, password: str) -> None:
    """Refuse whoever sits at somebody else's open screen.

    Raises:
        BadInput: it is not the account's password.
    """
    if not has_password(account, password):
        raise BadInput(_("This is not your present password."), "present_password")
