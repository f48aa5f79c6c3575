"""Creating accounts, confirming addresses, signing in and out."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError

from consult.access.roles import Actor
from consult.accounts import emails
from consult.accounts.actors import SYSTEM
from consult.accounts.enums import AttemptKind, Capacity, Constituency, TokenPurpose
from consult.accounts.models import Account, Attempt, MailedLink, SignIn
from consult.accounts.names import normalise_name
from consult.accounts.queries import find_account, find_account_called
from consult.core.context import settings
from consult.core.db import db
from consult.core.errors import BadInput
from consult.core.locale import gettext as _
from consult.core.secrets import key_digest, keyed_digest, new_key
from consult.core.wake import want_worker
from consult.ledger.services import record

# OWASP's second choice: 19 MiB, two passes, one lane; about 35 ms on the reference machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD_MIN = 10
PASSWORD_MAX = 200
LINK_LIFE = timedelta(hours=24)


def _same_form(password: str) -> str:
    """One form for the same letters from different keyboards, as NIST SP 800-63B section 5.1.1.2 asks."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """What is stored of a password; slow by design."""
    return _HASHER.hash(_same_form(password))


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, _same_form(password[:PASSWORD_MAX]))
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    """A hash to verify against when there is no account, so that both cases take the same time."""
    return _HASHER.hash(new_key())


def check_password(password: str, *names: str | None) -> None:
    """Refuse passwords that are guessed first.

    Args:
        password: as typed.
        names: the e-mail address and the name to sign in with, as far as there are any.

    Raises:
        BadInput: too short, too long, one character repeated, or one of those names.
    """
    if len(password) < PASSWORD_MIN:
        raise BadInput(
            _("Use at least %(count)s characters. Four words are a good password.", count=PASSWORD_MIN), "password"
        )
    if len(password) > PASSWORD_MAX:
        raise BadInput(_("Use at most %(count)s characters.", count=PASSWORD_MAX), "password")
    easy = {part for name in names if name for part in (name.lower(), name.split("@")[0].lower())}
    if len(set(password)) < 4 or password.lower() in easy:
        raise BadInput(_("This password is easy to guess. Choose another one, such as four words."), "password")


def create_account(
    *,
    email: str | None,
    name: str,
    password: str | None,
    locale: str,
    now: datetime,
    is_administrator: bool = False,
    confirmed: bool = False,
    sign_in_name: str | None = None,
) -> Account:
    """Create an account; without a password it waits for its owner to choose one through a mailed link.

    A name to sign in with comes as it was typed, and is kept so beside the form that is compared.
    """
    if password is not None:
        check_password(password, email, sign_in_name)
    account = Account(
        email=email.strip().lower() if email else None,
        sign_in_name=normalise_name(sign_in_name) if sign_in_name is not None else None,
        typed_name=sign_in_name,
        name=name,
        password_hash=hash_password(password) if password is not None else None,
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


def sign_up(*, email: str, name: str, password: str, locale: str, next_path: str | None, now: datetime) -> str:
    """Ask for an account. The answer is the same whether or not the address has one: an e-mail goes to it.

    Returns:
        The mark of this sign-up, for the browser to keep (see `mark_of_sign_up`).

    Raises:
        BadInput: the password is not acceptable.
    """
    check_password(password, email)
    hashed = hash_password(password)
    account = find_account(email) or _create_or_find(email=email, name=name, locale=locale, now=now)
    if account.confirmed_at is not None:
        emails.queue_already_registered(account, now=now)
    else:
        account.name, account.locale = name, locale
        # Whoever asked last holds the link to the mailbox; an unconfirmed password opens nothing.
        account.password_hash = hashed
        emails.queue_confirmation(account, key=create_link(account, TokenPurpose.CONFIRM, next_path, now), now=now)
    return _mark(hashed)


def _create_or_find(*, email: str, name: str, locale: str, now: datetime) -> Account:
    """A new account, or the one that a second click of the same person made meanwhile."""
    try:
        with db.session.begin_nested():
            return create_account(email=email, name=name, password=None, locale=locale, now=now)
    except IntegrityError:
        found = find_account(email)
        if found is None:
            raise
        return found


def _mark(password_hash: str) -> str:
    return keyed_digest(password_hash, settings().secret_key.get_secret_value())


def mark_of_sign_up(account: Account) -> str:
    """The mark of the last sign-up with that address.

    A browser that holds it chose the password that confirming puts in force. A digest of the address would not do:
    somebody else may have signed up with the same address, and a password of theirs, a minute later.
    """
    return _mark(account.password_hash or "")


def has_password(account: Account, password: str) -> bool:
    """Whether this is the account's password, confirmed or not."""
    return _verify(account.password_hash or _decoy_hash(), password) and account.password_hash is not None


def ask_for_reset(*, email: str, now: datetime) -> None:
    """Mail a link to choose a new password, if there is such an account; nothing tells whether there is."""
    account = find_account(email)
    if account is not None:
        emails.queue_reset(account, key=create_link(account, TokenPurpose.RESET, None, now), now=now)
    else:
        # Something is written and the worker woken here too: an answer that came 17 ms sooner told who has an account.
        db.session.add(Attempt(kind=AttemptKind.ADDRESS, key_digest=key_digest(new_key()), at=now))
        want_worker()


def invite_to_choose_password(account: Account, *, now: datetime) -> None:
    """Mail a link to somebody whose account was made for them."""
    emails.queue_welcome(account, key=create_link(account, TokenPurpose.RESET, None, now), now=now)


def create_link(account: Account, purpose: TokenPurpose, next_path: str | None, now: datetime) -> str:
    """A link for one purpose, which takes the place of earlier ones; returns its key, which is kept nowhere."""
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
    check_password(password, link.account.email, link.account.sign_in_name)
    account = confirm_account(link, now=now)
    account.password_hash = hash_password(password)
    end_sign_ins(account, now=now)
    record("account:password:reset", account, actor=SYSTEM, now=now)
    return account


def change_password(
    account: Account, *, present_password: str, password: str, actor: Actor, now: datetime, except_key: str
) -> None:
    """Set a new password and sign out every other device.

    Args:
        account: whose.
        present_password: proves that it is not somebody at an unattended screen.
        password: the new one.
        actor: who changes it.
        now: when.
        except_key: of the sign-in that stays.

    Raises:
        BadInput: the present password is wrong, or the new one is not acceptable.
    """
    if not has_password(account, present_password):
        raise BadInput(_("This is not your present password."), "present_password")
    check_password(password, account.email, account.sign_in_name)
    account.password_hash = hash_password(password)
    end_sign_ins(account, now=now, except_key=except_key)
    record("account:password:change", account, actor=actor, now=now)


def find_account_by_password(*, email: str, password: str) -> Account | None:
    """The account that this password opens: a confirmed one, or one without an address whose code is not checked yet.

    A hash is verified in every case, a decoy where there is no account: an answer that came sooner for an unknown
    address would tell which addresses are known. (Tests compare the answers, not the times, which a busy machine
    blurs: both took 27 ms, in the median of 60, on the reference machine.)

    Args:
        email: the address or the name, as typed.
        password: as typed.
    """
    account = find_account_called(email)
    may_sign_in = account is not None and (account.confirmed_at is not None or account.email is None)
    stored = account.password_hash if account and may_sign_in else None
    is_right = _verify(stored or _decoy_hash(), password)
    return account if stored and is_right else None


def create_sign_in(account: Account, *, now: datetime, life: timedelta | None = None) -> str:
    """Sign somebody in on one device and return the key for its cookie.

    Args:
        account: whose.
        now: when.
        life: how long, where it is not as long as the settings say.
    """
    key = new_key()
    note_activity(account, now=now)
    db.session.add(
        SignIn(
            key_digest=key_digest(key),
            account=account,
            created_at=now,
            expires_at=now + (life or timedelta(hours=settings().session_hours)),
        )
    )
    db.session.flush()
    return key


def note_activity(account: Account, *, now: datetime) -> None:
    """Keep the day on which somebody was last signed in, and no time of it; at most one write a day."""
    if account.active_on != now.date() and account.closed_on is None:
        account.active_on = now.date()


def extend_sign_in(key: str, *, until: datetime) -> None:
    """Let a sign-in last until then; one that has ended stays ended."""
    db.session.execute(
        sa.update(SignIn)
        .where(SignIn.key_digest == key_digest(key), SignIn.ended_at.is_(None), SignIn.expires_at < until)
        .values(expires_at=until)
    )


def end_sign_in(key: str, *, now: datetime) -> None:
    """Sign out one device."""
    db.session.execute(sa.update(SignIn).where(SignIn.key_digest == key_digest(key)).values(ended_at=now))


def end_sign_ins(account: Account, *, now: datetime, except_key: str | None = None) -> None:
    """Sign somebody out everywhere, or everywhere but here."""
    statement = sa.update(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    if except_key:
        statement = statement.where(SignIn.key_digest != key_digest(except_key))
    db.session.execute(statement.values(ended_at=now))


def _old_sign_ins(before: datetime) -> tuple[sa.Select[Any], sa.Select[Any]]:
    return (
        sa.select(SignIn.id).where(sa.or_(SignIn.ended_at < before, SignIn.expires_at < before)),
        sa.select(MailedLink.id).where(sa.or_(MailedLink.used_at < before, MailedLink.expires_at < before)),
    )


def count_old_sign_ins(before: datetime) -> int:
    """How many sign-ins and mailed links `forget_sign_ins` would delete; two queries."""
    kinds = [sa.select(sa.func.count()).select_from(old.subquery()) for old in _old_sign_ins(before)]
    return sum(db.session.scalar(statement) or 0 for statement in kinds)


def forget_sign_ins(before: datetime, *, limit: int) -> int:
    """Delete some sign-ins that ended, and mailed links that were used or expired, before that moment.

    Returns:
        How many, at most `limit` of each.
    """
    ended, done = _old_sign_ins(before)
    sign_ins = db.session.scalars(ended.order_by(SignIn.id).limit(limit)).all()
    links = db.session.scalars(done.order_by(MailedLink.id).limit(limit)).all()
    db.session.execute(sa.delete(SignIn).where(SignIn.id.in_(sign_ins)))
    db.session.execute(sa.delete(MailedLink).where(MailedLink.id.in_(links)))
    return len(sign_ins) + len(links)


def update_profile(
    account: Account,
    *,
    name: str,
    locale: str,
    time_zone: str | None,
    capacity: Capacity | None,
    organisation: str,
    country: str | None,
    constituencies: list[Constituency],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what fills in the next submission's form; earlier submissions stay as they were."""
    account.name, account.locale, account.time_zone = name, locale, time_zone
    account.capacity, account.organisation, account.country = capacity, organisation, country
    account.constituencies = [c.value for c in constituencies]
    db.session.flush()
    record("account:profile:update", account, actor=actor, now=now)
