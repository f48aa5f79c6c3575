"""The session of this browser: beginning one, ending one, and what it remembers of a sign-up."""

from __future__ import annotations

import hmac
from datetime import datetime

from flask import session
from flask_login import login_user

from consult.access.guard import draft_keys
from consult.accounts.models import Account
from consult.accounts.services import create_sign_in, end_sign_in, mark_of_sign_up
from consult.accounts.signing_in import hand_over, person_of

SIGN_UP = "sign_up"
MAILED_TO = "mailed_to"


def begin_session(account: Account, *, now: datetime) -> None:
    """Sign this browser in, with a session of which nothing was known before.

    Args:
        account: whose; its password or its mailbox has been proved.
        now: when.
    """
    keys = draft_keys()
    end_session(now=now)
    login_user(person_of(account, sign_in_key=create_sign_in(account, now=now)))
    session.permanent = True
    hand_over(account, keys, now=now)


def end_session(*, now: datetime) -> None:
    """Sign this browser out and forget all that it kept."""
    key = session.get("_user_id")
    if key is not None:
        end_sign_in(key, now=now)
    session.clear()


def remember_sign_up(email: str, mark: str) -> None:
    """Keep in this browser that it is signing up, and where the link went."""
    session[SIGN_UP], session[MAILED_TO] = mark, email


def is_signing_up(account: Account) -> bool:
    """Whether this browser made the last sign-up of that account, and so chose its password."""
    return hmac.compare_digest(session.get(SIGN_UP, ""), mark_of_sign_up(account))
