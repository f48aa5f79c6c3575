"""Logs: structured lines with a request id; never a name, an address, a query or a body."""

from __future__ import annotations

import logging
import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from consult.core.secrets import REFERENCE
from consult.core.settings import Settings

# Keys in paths open things (confirmation, receipts, invitations), and references and codes name what somebody wrote:
# whoever holds the log and the times in it would know who came when. They are not for logs.
_NAMERS = (
    "address", "confirm", "delegation", "invitation", "reset",  # of accounts
    "draft", "files", "points", "receipt", "submit",  # of whoever takes part
    "comments", "r",  # points, for everybody
    "comment-tables", "corrections", "credentials", "invitations", "late", "members", "queue", "strikes",
    "submissions?",  # of the desk
)  # fmt: skip
# Parts of addresses that say what is done, and no key.
_WORDS = ("new", "check", "remove", "restrict", "points", "decide", "files")
# People type references in any case.
_REFERENCE = re.compile(REFERENCE.pattern, re.IGNORECASE)
_SECRET_PARTS = re.compile(rf"(?<=/)({'|'.join(_NAMERS)})/(?!(?:{'|'.join(_WORDS)})(?:/|$))[^/]+")


def configure_logs(settings: Settings) -> None:
    """Set up structlog for this process."""
    level = getattr(logging, settings.log_level.upper())
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
    )
    # The development server of Werkzeug writes a line with the network address of each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def safe_path(path: str) -> str:
    """A path as it may be logged."""
    return _REFERENCE.sub("…", _SECRET_PARTS.sub(r"\1/…", path))


def _path_of(response: Response) -> str:
    """The path of a page that is there; of one that is not the kind of page alone.

    A code that somebody types into the address bar by mistake stands where a name of ours should.
    """
    if request.url_rule is None:
        return "…"
    return safe_path(request.path) if response.status_code != 404 else request.url_rule.rule


def init_logs(app: Flask) -> None:
    """Give every request an id, and write one line about it."""
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.request_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        # Whoever watches the instance asks every few seconds; that is no news.
        (log.debug if request.path in {"/healthz", "/readyz"} else log.info)(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            path=_path_of(response),
            status=response.status_code,
            milliseconds=round(1000 * (time.perf_counter() - g.get("request_began", time.perf_counter())), 1),
        )
        return response
