"""The session of this browser: beginning one, ending one, and what it remembers of a sign-up."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import session
from flask_login import current_user, login_user, logout_user

from consult.access.guard import claim_keys, draft_keys
from consult.accounts.models import Account
from consult.accounts.queries import find_sign_in
from consult.accounts.services import create_sign_in, end_sign_in, extend_sign_in, mark_of_sign_up, note_activity
from consult.accounts.signing_in import forget_held, hand_over, let_go, person_of
from consult.core.clock import utc_now
from consult.core.web.lending import LENT_LIFE, is_lent, keep_lent

SIGN_UP = "sign_up"
MAILED_TO = "mailed_to"
UNCHECKED = "unchecked"
"""In the session: the key of a sign-in that can do nothing yet but show a code and take it back."""
UNCHECKED_LIFE = timedelta(hours=1)


def begin_session(account: Account, *, now: datetime) -> None:
    """Sign this browser in, with a session of which nothing was known before.

    Args:
        account: whose; its password or its mailbox has been proved.
        now: when.
    """
    keys, lent = draft_keys(), is_lent()
    end_session(now=now)
    session.permanent = True
    if lent:
        keep_lent()
    key = create_sign_in(account, now=now, life=LENT_LIFE if lent else None)
    login_user(person_of(account, sign_in_key=key))
    hand_over(account, keys, now=now)


def end_session(*, now: datetime) -> None:
    """Sign this browser out and forget all that it kept."""
    for key in (session.get("_user_id"), session.get(UNCHECKED)):
        if key is not None:
            end_sign_in(key, now=now)
    let_go(claim_keys())
    session.clear()


def begin_unchecked(account: Account, *, now: datetime) -> None:
    """Let this browser show the account's code and take it back, and nothing else; its drafts stay where they are."""
    for key in (session.get("_user_id"), session.pop(UNCHECKED, None)):
        if key is not None:
            end_sign_in(key, now=now)
    logout_user()
    session[UNCHECKED] = create_sign_in(account, now=now, life=UNCHECKED_LIFE)


def unchecked_account(now: datetime) -> Account | None:
    """The account whose code this browser is to check before it is signed in."""
    key = session.get(UNCHECKED)
    found = find_sign_in(key, now, unchecked=True) if key is not None else None
    return found.account if found is not None else None


def forget_session(*, now: datetime) -> None:
    """Sign this browser out and delete what it alone could open: nobody finds it here afterwards."""
    keys = draft_keys()
    end_session(now=now)
    forget_held(keys)


def note_use() -> None:
    """Keep the day on which an account was used, and let a lent sign-in last as long as somebody writes in it."""
    key = session.get("_user_id")
    if key is None or not current_user.is_authenticated:
        return
    now = utc_now()
    note_activity(current_user.account, now=now)
    if is_lent():
        extend_sign_in(key, until=now + LENT_LIFE)


def remember_sign_up(email: str, mark: str) -> None:
    """Keep in this browser that it is signing up, and where the link went."""
    session[SIGN_UP], session[MAILED_TO] = mark, email


def is_signing_up(account: Account) -> bool:
    """Whether this browser made the last sign-up of that account, and so chose its password."""
    return hmac.compare_digest(session.get(SIGN_UP, ""), mark_of_sign_up(account))
