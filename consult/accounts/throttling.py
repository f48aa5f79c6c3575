"""Attempts, counted before they are made, by account and by network; drafts and files of a network likewise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from consult.accounts.enums import AttemptKind
from consult.accounts.models import Attempt
from consult.accounts.queries import what_is_typed
from consult.core.context import settings
from consult.core.db import db, own_transaction
from consult.core.errors import TooManyAttempts
from consult.core.locale import ngettext
from consult.core.networks import network_of
from consult.core.secrets import keyed_digest

ATTEMPTS_KEPT = timedelta(hours=1)


def reserve_attempt(*, email: str | None, address: str, now: datetime, act: str = "sign-in") -> list[int]:
    """Count an attempt before it is made and before anything is looked up, so that neither a race nor a failure
    passes the limit.

    The rows are committed first and counted afterwards: of any number made at one time, only as many as the limit
    find themselves within it.

    Args:
        email: the account that is tried, by its e-mail address or its name however typed, or the mailbox that is
            written to.
        address: network address, as the trusted proxies tell it.
        now: when.
        act: what is tried; each has a count of its own for one account, so that somebody who is locked out by
            others' guesses can still choose a new password.

    Returns:
        Keys of what was counted, for `forgive_attempt`.

    Raises:
        TooManyAttempts: the limit of the account or of the address is reached.
    """
    config = settings()
    limits = [(AttemptKind.ADDRESS, network_of(address), config.attempts_per_address)]
    if email:
        limits.append((AttemptKind.ACCOUNT, f"{act}:{what_is_typed(email)}", config.attempts_per_account))
    return _reserve(limits, now)


def reserve_draft(*, address: str, now: datetime) -> None:
    """Count a draft that somebody begins without an account, by network, apart from attempts to sign in.

    Args:
        address: network address, as the trusted proxies tell it.
        now: when.

    Raises:
        TooManyAttempts: the limit of the address is reached.
    """
    _reserve([(AttemptKind.ADDRESS, f"draft:{network_of(address)}", settings().drafts_per_address)], now)


def reserve_upload(*, address: str, now: datetime) -> None:
    """Count a file that somebody sends, by network; as `reserve_draft`.

    Raises:
        TooManyAttempts: the limit of the address is reached.
    """
    _reserve([(AttemptKind.ADDRESS, f"upload:{network_of(address)}", settings().uploads_per_address)], now)


def _reserve(limits: Sequence[tuple[AttemptKind, str, int]], now: datetime) -> list[int]:
    config = settings()
    secret = config.secret_key.get_secret_value()
    window = timedelta(minutes=config.attempt_window_minutes)
    # The key is another one each day, so that rows of two days cannot be joined; a window may reach over midnight.
    days = [_key_of_day(secret, moment) for moment in (now, now - window)]
    digests = [(kind, [keyed_digest(value, day) for day in days], limit) for kind, value, limit in limits]
    with own_transaction() as session:
        session.execute(sa.delete(Attempt).where(Attempt.at < now - window))
        rows = [Attempt(kind=kind, key_digest=of_days[0], at=now) for kind, of_days, _limit in digests]
        session.add_all(rows)
        session.flush()
        keys = [row.id for row in rows]
    allowed = True
    for kind, of_days, limit in digests:
        made = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Attempt)
            .where(Attempt.kind == kind, Attempt.key_digest.in_(of_days), Attempt.at > now - window)
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
    return keys


def _key_of_day(secret: str, moment: datetime) -> str:
    return keyed_digest(f"attempts of {moment.astimezone(UTC).date().isoformat()}", secret)


def forget_attempts(now: datetime) -> int:
    """Forget what was counted more than an hour ago, whoever tries again or not; returns how many."""
    done = db.session.execute(sa.delete(Attempt).where(Attempt.at < now - ATTEMPTS_KEPT))
    return int(done.rowcount)  # type: ignore[attr-defined]


def forgive_attempt(keys: list[int]) -> None:
    """Take back the count of an attempt that succeeded; earlier failures keep counting."""
    db.session.execute(sa.delete(Attempt).where(Attempt.id.in_(keys)))
