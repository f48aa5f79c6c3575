"""Who may keep an answer, and compression."""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from consult.core.web.routes import mark_of
from consult.core.web.switching import brings_input

COMPRESSED = (
    "text/html",
    "text/plain",
    "application/json",
    "application/ld+json",
    "application/problem+json",
    "application/atom+xml",
    "text/csv",
)


def is_cacheable() -> bool:
    """Whether this is an anonymous visit to a reading page: the answer carries no cookie and no token."""
    if brings_input():
        return False
    if looks_at_no_cookie():
        return True
    return (
        bool(mark_of(current_app, request.endpoint, "is_reading_page"))
        and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    )


def looks_at_no_cookie() -> bool:
    """Whether the view says the same to everybody, whoever is signed in."""
    return bool(mark_of(current_app, request.endpoint, "is_same_for_all"))


class QuietSessions(SecureCookieSessionInterface):
    """Sessions that answers which are the same for all neither set nor vary by, though Flask-Login looks at them."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where it was changed."""
        if not looks_at_no_cookie():
            super().save_session(app, session, response)


def init_caching(app: Flask) -> None:
    """Set the caching headers, entity tags and compression of every answer."""
    app.session_interface = QuietSessions()
    app.jinja_env.globals["is_cacheable"] = is_cacheable

    @app.after_request
    def say_who_may_keep_it(response: Response) -> Response:
        response.vary.update(["Accept-Encoding"] if looks_at_no_cookie() else ["Cookie", "Accept-Encoding"])
        if "Cache-Control" not in response.headers:
            if is_cacheable() and response.status_code == 200 and "Set-Cookie" not in response.headers:
                response.headers["Cache-Control"] = "public, max-age=60"
                response.add_etag(weak=True)
                response.make_conditional(request)
            else:
                response.headers["Cache-Control"] = "private, no-store"
        return _compress(response)


def _compress(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.status_code in {204, 304}
        or "Content-Encoding" in response.headers
        or response.mimetype not in COMPRESSED
    ):
        return response
    body = response.get_data()
    if len(body) < 500:
        return response
    accepted = request.accept_encodings
    if accepted["br"]:
        response.set_data(brotli.compress(body, quality=5))
        response.headers["Content-Encoding"] = "br"
    elif accepted["gzip"]:
        response.set_data(gzip.compress(body, compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    tag, is_weak = response.get_etag()
    if tag and not is_weak and "Content-Encoding" in response.headers:
        response.set_etag(tag, weak=True)  # a strong one vouches for each byte on the wire (RFC 9110, 8.8.1)
    return response
