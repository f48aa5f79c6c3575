"""Creating accounts, confirming addresses, signing in and out, counting attempts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from consult.access.roles import Actor
from consult.accounts import emails
from consult.accounts.actors import SYSTEM
from consult.accounts.enums import AttemptKind, Capacity, Constituency, TokenPurpose
from consult.accounts.models import Account, Attempt, MailedLink, SignIn
from consult.accounts.queries import find_account
from consult.core.context import settings
from consult.core.db import db, own_transaction
from consult.core.errors import BadInput, TooManyAttempts
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.core.secrets import key_digest, keyed_digest, new_key
from consult.ledger.services import record

# OWASP's second choice: 19 MiB, two passes, one lane; about 35 ms on the reference machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD_MIN = 10
PASSWORD_MAX = 200
LINK_LIFE = timedelta(hours=24)


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    """A hash to verify against when there is no account, so that both cases take the same time."""
    return _HASHER.hash(new_key())


def check_password(password: str, email: str) -> None:
    """Refuse passwords that are guessed first.

    Raises:
        BadInput: too short, too long, one character repeated, or the e-mail address.
    """
    if len(password) < PASSWORD_MIN:
        raise BadInput(_("Use at least %(count)s characters. Four words are a good password.", count=PASSWORD_MIN))
    if len(password) > PASSWORD_MAX:
        raise BadInput(_("Use at most %(count)s characters.", count=PASSWORD_MAX))
    if len(set(password)) < 4 or password.lower() in {email.lower(), email.split("@")[0].lower()}:
        raise BadInput(_("This password is easy to guess. Choose another one, such as four words."))


def reserve_attempt(*, email: str | None, address: str, now: datetime) -> None:
    """Count an attempt before it is made, in a transaction of its own, so that a race cannot pass the limit.

    Args:
        email: the account that is tried, if the attempt is at a password.
        address: network address, as the trusted proxies tell it.
        now: when.

    Raises:
        TooManyAttempts: the limit of the account or of the address is reached.
    """
    config = settings()
    secret = config.secret_key.get_secret_value()
    window = timedelta(minutes=config.attempt_window_minutes)
    limits = [(AttemptKind.ADDRESS, address, config.attempts_per_address)]
    if email:
        limits.append((AttemptKind.ACCOUNT, email.strip().lower(), config.attempts_per_account))
    allowed = True
    with own_transaction() as session:
        session.execute(sa.delete(Attempt).where(Attempt.at < now - window))
        digests = [(kind, keyed_digest(value, secret), limit) for kind, value, limit in limits]
        session.add_all(Attempt(kind=kind, key_digest=digest, at=now) for kind, digest, _limit in digests)
        session.flush()
        for kind, digest, limit in digests:
            made = session.scalar(
                sa.select(sa.func.count())
                .select_from(Attempt)
                .where(Attempt.kind == kind, Attempt.key_digest == digest, Attempt.at > now - window)
            )
            allowed = allowed and (made or 0) <= limit
    if not allowed:
        raise TooManyAttempts(
            ngettext(
                "Too many attempts. Wait one minute, then try again.",
                "Too many attempts. Wait %(num)s minutes, then try again.",
                config.attempt_window_minutes,
            ),
            retry_after=config.attempt_window_minutes * 60,
        )


def create_account(
    *,
    email: str,
    name: str,
    password: str | None,
    locale: str,
    now: datetime,
    is_administrator: bool = False,
    confirmed: bool = False,
) -> Account:
    """Create an account; without a password it waits for its owner to choose one through a mailed link."""
    if password is not None:
        check_password(password, email)
    account = Account(
        email=email.strip().lower(),
        name=name,
        password_hash=_HASHER.hash(password) if password is not None else None,
        locale=locale,
        is_administrator=is_administrator,
        organisation="",
        constituencies=[],
        created_at=now,
        confirmed_at=now if confirmed else None,
    )
    db.session.add(account)
    db.session.flush()
    record("account:account:create", account, actor=SYSTEM, now=now)
    return account


def sign_up(*, email: str, name: str, password: str, locale: str, next_path: str | None, now: datetime) -> None:
    """Ask for an account. The answer is the same whether or not the address has one: an e-mail goes to it.

    Raises:
        BadInput: the password is not acceptable.
    """
    check_password(password, email)
    hashed = _HASHER.hash(password)
    account = find_account(email)
    if account is not None and account.confirmed_at is not None:
        emails.queue_already_registered(account, now=now)
        return
    if account is None:
        account = create_account(email=email, name=name, password=None, locale=locale, now=now)
    else:
        account.name, account.locale = name, locale
    # Whoever asked last holds the link to the mailbox; an unconfirmed password opens nothing.
    account.password_hash = hashed
    emails.queue_confirmation(account, key=_create_link(account, TokenPurpose.CONFIRM, next_path, now), now=now)


def ask_for_reset(*, email: str, now: datetime) -> None:
    """Mail a link to choose a new password, if there is such an account; nothing tells whether there is."""
    account = find_account(email)
    if account is not None:
        emails.queue_reset(account, key=_create_link(account, TokenPurpose.RESET, None, now), now=now)


def invite_to_choose_password(account: Account, *, now: datetime) -> None:
    """Mail a link to somebody whose account was made for them."""
    emails.queue_welcome(account, key=_create_link(account, TokenPurpose.RESET, None, now), now=now)


def _create_link(account: Account, purpose: TokenPurpose, next_path: str | None, now: datetime) -> str:
    db.session.execute(
        sa.update(MailedLink)
        .where(MailedLink.account_id == account.id, MailedLink.purpose == purpose, MailedLink.used_at.is_(None))
        .values(used_at=now)
    )
    key = new_key()
    db.session.add(
        MailedLink(
            key_digest=key_digest(key),
            account=account,
            purpose=purpose,
            next_path=next_path,
            expires_at=now + LINK_LIFE,
        )
    )
    db.session.flush()
    return key


def confirm_account(link: MailedLink, *, now: datetime) -> Account:
    """Take the address as confirmed; the link is used up."""
    link.used_at = now
    account = link.account
    if account.confirmed_at is None:
        account.confirmed_at = now
        record("account:account:confirm", account, actor=SYSTEM, now=now)
    return account


def reset_password(link: MailedLink, *, password: str, now: datetime) -> Account:
    """Set a new password and end every sign-in; the link also proves the address.

    Raises:
        BadInput: the password is not acceptable.
    """
    check_password(password, link.account.email)
    account = confirm_account(link, now=now)
    account.password_hash = _HASHER.hash(password)
    end_sign_ins(account, now=now)
    record("account:password:reset", account, actor=SYSTEM, now=now)
    return account


def find_account_by_password(*, email: str, password: str) -> Account | None:
    """The confirmed account that this password opens; takes the same time whether or not there is one."""
    account = find_account(email)
    stored = account.password_hash if account and account.password_hash and account.confirmed_at else None
    try:
        _HASHER.verify(stored or _decoy_hash(), password[:PASSWORD_MAX])
    except (VerificationError, InvalidHashError):
        return None
    return account if stored else None


def create_sign_in(account: Account, *, now: datetime) -> str:
    """Sign somebody in on one device and return the key for its cookie."""
    key = new_key()
    db.session.add(
        SignIn(
            key_digest=key_digest(key),
            account=account,
            created_at=now,
            expires_at=now + timedelta(hours=settings().session_hours),
        )
    )
    db.session.flush()
    return key


def end_sign_in(key: str, *, now: datetime) -> None:
    """Sign out one device."""
    db.session.execute(sa.update(SignIn).where(SignIn.key_digest == key_digest(key)).values(ended_at=now))


def end_sign_ins(account: Account, *, now: datetime, except_key: str | None = None) -> None:
    """Sign somebody out everywhere, or everywhere but here."""
    statement = sa.update(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    if except_key:
        statement = statement.where(SignIn.key_digest != key_digest(except_key))
    db.session.execute(statement.values(ended_at=now))


def update_profile(
    account: Account,
    *,
    name: str,
    locale: str,
    capacity: Capacity | None,
    organisation: str,
    country: str | None,
    constituencies: list[Constituency],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what fills in the next submission's form; earlier submissions stay as they were."""
    account.name, account.locale = name, locale
    account.capacity, account.organisation, account.country = capacity, organisation, country
    account.constituencies = [c.value for c in constituencies]
    db.session.flush()
    record("account:profile:update", account, actor=actor, now=now)
