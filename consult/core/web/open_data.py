"""What is open to programs of others: no cookie, any origin, a limit that its headers state."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, request
from flask_limiter import Limiter

from consult.core.context import settings
from consult.core.locale import gettext as _
from consult.core.networks import network_of

PREFIX = "/api/"
EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
WINDOW = 60


def is_open_data(path: str) -> bool:
    """Whether a path belongs to programs rather than people."""
    return path.startswith(PREFIX)


def _address() -> str:
    return network_of(request.remote_addr or "unknown")


limiter = Limiter(_address, storage_uri="memory://", strategy="moving-window", headers_enabled=False)
limited = limiter.shared_limit(lambda: f"{settings().api_requests_per_minute} per minute", scope="api")
"""The mark of what counts against the limit: one count for all of it."""


def init_open_data(app: Flask) -> None:
    """Let other origins read the answers, and state the limit on each."""
    # Flask-Limiter's own lines name the address that went over the limit.
    logging.getLogger("flask-limiter").disabled = True
    limiter.init_app(app)

    @app.after_request
    def open_up(response: Response) -> Response:
        if not is_open_data(request.path):
            return response
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = EXPOSED
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match"
            headers["Access-Control-Max-Age"] = "86400"
        _state_limit(response)
        return response


def _state_limit(response: Response) -> None:
    """The headers of draft-ietf-httpapi-ratelimit-headers: the policy, what is left of it, and until when."""
    current = limiter.current_limit
    if current is None:
        return
    seconds = min(WINDOW, max(1, current.reset_at - int(time.time())))
    response.headers["RateLimit-Policy"] = f'"api";q={current.limit.amount};w={WINDOW}'
    response.headers["RateLimit"] = f'"api";r={current.remaining};t={seconds}'
    if current.breached:
        response.headers["Retry-After"] = str(seconds)


def limit_sentence() -> str:
    """What somebody over the limit is told."""
    return _("You have asked too often in the last minute. The header Retry-After says for how many seconds to wait.")
