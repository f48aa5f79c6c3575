"""A browser that is lent to the person beside: a session that is kept nowhere and ends by itself.

What tells it apart is in the signed cookie, with the minute in which it was last used, so that a copy of the cookie
is of no use either once the time has passed. Sign-ins made in it are rows that end as soon.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, request, session

from consult.core.clock import utc_now
from consult.core.web.caching import looks_at_no_cookie

LENT = "lent"
LENT_LIFE = timedelta(hours=2)
_STEP = 5  # minutes between two writings of the cookie


def _minute() -> int:
    return int(utc_now().timestamp()) // 60


def lend() -> None:
    """Mark the session of this browser as lent from now on; a new one, of which nothing was known before."""
    session.clear()
    keep_lent()


def keep_lent() -> None:
    """Mark a session that began anew within a lent one."""
    session[LENT] = _minute()
    session.permanent = False


def is_lent() -> bool:
    """Whether this browser is lent to the person beside its owner."""
    return LENT in session


def init_lending(app: Flask) -> None:
    """End lent sessions that were idle, before anything is asked of them; let templates know."""

    @app.before_request
    def end_what_was_idle() -> None:
        if looks_at_no_cookie() or request.endpoint is None or LENT not in session:
            return
        passed = _minute() - session[LENT]
        if passed * 60 >= LENT_LIFE.total_seconds():
            session.clear()  # its sign-in ended as long ago
        elif passed >= _STEP:
            session[LENT] = _minute()

    @app.context_processor
    def lent() -> dict[str, Any]:
        return {"is_lent": is_lent}
