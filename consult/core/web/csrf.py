"""CSRF: a masked token in every form, and a look at where the browser says the request comes from.

The token is masked anew on each page, so that compressed answers which reflect input tell nothing about it (BREACH).
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect, generate_csrf

from consult.core.context import settings


def masked_token() -> str:
    """The CSRF token of this session under a fresh one-time pad."""
    token = generate_csrf().encode()
    pad = secrets.token_bytes(len(token))
    return base64.urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(token, pad, strict=True))).decode()


def unmask(masked: str) -> str:
    """The token under a mask; empty when it is malformed."""
    try:
        raw = base64.urlsafe_b64decode(masked)
    except (binascii.Error, ValueError):
        return ""
    half = len(raw) // 2
    pad, covered = raw[:half], raw[half:]
    if len(pad) != len(covered):
        return ""
    return bytes(a ^ b for a, b in zip(covered, pad, strict=True)).decode("ascii", "replace")


class MaskedCSRFProtect(CSRFProtect):
    """Flask-WTF's protection, reading masked tokens."""

    def _get_csrf_token(self) -> str | None:
        masked = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
        return unmask(masked) if masked else None


def is_cross_site() -> bool:
    """Whether the browser says that another site made this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    allowed = {urlsplit(settings().public_url).netloc, request.host}
    return origin == "null" or urlsplit(origin).netloc not in allowed


def init_csrf(app: Flask) -> None:
    """Protect every state-changing request."""
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the origin is looked at below, for http and https alike
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session; an expired session gets the page below

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and is_cross_site():
            abort(403)

    MaskedCSRFProtect(app)

    @app.context_processor  # later than Flask-WTF's own, whose token is bare
    def token() -> dict[str, Any]:
        return {"csrf_token": masked_token}


def resend_fields() -> list[tuple[str, str]]:
    """What was typed in a form whose session expired, to be sent again; never a password, never a code."""
    hidden = {"csrf_token", "idempotency_key"}
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in hidden and not is_secret(name)
    ]


def is_secret(name: str) -> bool:
    """Whether a field holds what opens something: no page hands it back."""
    return "password" in name or name in {"written_code", "sign_in_name"}
