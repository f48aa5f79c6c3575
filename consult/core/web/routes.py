"""What every view goes through: the mark check at start, the one commit, idempotency."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, make_response, redirect, request
from flask_login import current_user

from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.db import commit_request, db, mark_writing
from consult.core.idempotency import reserve_key

SAFE = {"GET", "HEAD", "OPTIONS"}
View = TypeVar("View", bound=Callable[..., Any])
_before_commit: list[Callable[[], object]] = []


def reading_page(view: View) -> View:
    """Mark a page that says the same to every visitor: it may be kept by caches for a minute."""
    view.is_reading_page = True  # type: ignore[attr-defined]
    return view


def same_for_all(view: View) -> View:
    """Mark a view that looks at no cookie and no session: whoever asks is answered as a visitor."""
    view.is_same_for_all = True  # type: ignore[attr-defined]
    return view


def not_idempotent(view: View) -> View:
    """Mark a view that uses a transaction of its own first, or whose replay must run again, such as signing in."""
    view.is_not_idempotent = True  # type: ignore[attr-defined]
    return view


def before_commit(act: Callable[[], object]) -> None:
    """Register what is to be written beside whatever a request does, in its transaction; once each."""
    if act not in _before_commit:
        _before_commit.append(act)


def mark_of(app: Flask, endpoint: str | None, name: str) -> Any:
    """A mark of an endpoint's view, or None."""
    return getattr(app.view_functions.get(endpoint or ""), name, None)


def check_marks(app: Flask) -> None:
    """Refuse to start with a route that says nothing of who may use it.

    Raises:
        RuntimeError: naming the endpoints without a mark, or the routes that take any first part as a locale.
    """
    unmarked = sorted(
        rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "access")
    )
    loose = sorted(rule.rule for rule in app.url_map.iter_rules() if "<locale>" in rule.rule)
    if loose:
        raise RuntimeError(f"routes with <locale> where <locale:locale> is meant: {', '.join(loose)}")
    if unmarked:
        raise RuntimeError(f"routes without @requires or @public: {', '.join(unmarked)}")


def wrap_views(app: Flask) -> None:
    """Give every view that may change state its one commit, after everything it did has succeeded."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _wrapped(view)

    @app.before_request
    def say_whether_it_writes() -> None:
        mark_writing(request.method not in SAFE)

    # First of all: Flask-Login and the locale read the database in their own hooks.
    hooks = app.before_request_funcs[None]
    hooks.insert(0, hooks.pop())


def _wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def in_one_transaction(*args: Any, **kwargs: Any) -> Any:
        if request.method in SAFE:
            return view(*args, **kwargs)
        key = request.form.get("idempotency_key", "")
        row: Any = None
        if key and not getattr(view, "is_not_idempotent", False):
            row = reserve_key(
                actor=str(getattr(current_user, "actor_id", None) or "visitor"),
                route=request.path,
                key=key[:80],
                payload=_payload(),
                secret=settings().secret_key.get_secret_value(),
                now=utc_now(),
            )
            if isinstance(row, str):
                return redirect(row)
        response = make_response(view(*args, **kwargs))
        if response.status_code >= 400:
            db.session.rollback()
            return response
        if row is not None:
            if response.location:
                row.location = response.location
            else:
                db.session.delete(row)
        for act in _before_commit:
            act()
        commit_request()
        return response

    return in_one_transaction


def _payload() -> bytes:
    pairs = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "idempotency_key"}
    )
    files = []
    for name, file in request.files.items(multi=True):
        files.append((name, hashlib.file_digest(file.stream, "sha256").hexdigest()))  # type: ignore[arg-type]
        file.stream.seek(0)
    return json.dumps([pairs, files] if files else pairs).encode()
