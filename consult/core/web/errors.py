"""Errors as pages (and JSON for programs): localised, with what to do, without details of the inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, json, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from consult.core.db import db
from consult.core.errors import BadInput, BadParameters, ConsultError, SignInEnded
from consult.core.locale import gettext as _
from consult.core.web.csrf import is_cross_site, is_secret, resend_fields
from consult.core.web.open_data import is_open_data, limit_sentence

log = structlog.get_logger()

# status: (title, what happened, what to do)
PAGES: dict[int, tuple[Any, Any, Any]] = {
    400: (
        _l("We could not read that"),
        _l("Your browser sent something that we could not understand."),
        _l("Go back, reload the page and try again."),
    ),
    403: (
        _l("You cannot open this"),
        _l("This page or act is for other people."),
        _l("If you think it should be for you, sign in with another account, or write to the secretariat."),
    ),
    404: (
        _l("There is no such page"),
        _l("Nothing is at this address, or it is not for everybody to see."),
        _l("Check the address, or find the consultation from the first page."),
    ),
    405: (
        _l("That is not possible here"),
        _l("This address does not take what your browser sent."),
        _l("Go back, reload the page and try again."),
    ),
    406: (
        _l("Not in that form"),
        _l("This address gives JSON, and the request accepts none."),
        _l("Ask for application/json."),
    ),
    409: (
        _l("That is not possible now"),
        _l("Something changed since you opened the page."),
        _l("Go back and reload the page to see how things stand."),
    ),
    410: (
        _l("This is no longer here"),
        _l("It was withdrawn, used, or has expired."),
        _l("Find the consultation from the first page."),
    ),
    413: (
        _l("That is too large"),
        _l("What you sent is larger than this page can take. What was saved before is still there."),
        _l("Go back and send a smaller part."),
    ),
    422: (
        _l("Something in the form is not right"),
        _l("We could not take what you sent."),
        _l("Go back, correct it and send it again."),
    ),
    429: (
        _l("Too many attempts"),
        _l("This was tried too often in a short time."),
        _l("Wait a few minutes, then try again."),
    ),
    500: (
        _l("Something broke on our side"),
        _l("It is not your fault. What was saved before is still there."),
        _l("Try again in a minute. If it happens again, tell us the number below."),
    ),
    503: (
        _l("We are busy or being repaired"),
        _l("The page cannot be shown right now. What was saved before is still there."),
        _l("Try again in a minute."),
    ),
}


def _wants_json() -> bool:
    if is_open_data(request.path):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _problem(status: int, title: str, detail: str, parameters: Mapping[str, str]) -> tuple[Response, int]:
    """What programs read of an error (RFC 9457)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": g.get("request_id"),
    }
    if parameters:
        body["errors"] = [{"parameter": name, "detail": words} for name, words in parameters.items()]
    return Response(json.dumps(body), content_type="application/problem+json"), status


def error_page(status: int, message: str = "", parameters: Mapping[str, str] | None = None) -> tuple[Any, int]:
    """The page of a status, with a sentence of its own where there is one; for programs, with what is wrong where."""
    db.session.rollback()
    title, default, what_to_do = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    error = {"title": title, "message": message or default, "what_to_do": what_to_do, "code": status}
    if _wants_json():
        return _problem(status, str(title), str(error["message"]), parameters or {})
    values: dict[str, Any] = {"error": error, "request_id": g.get("request_id", "")}
    if status >= 500:
        values["is_cacheable"] = True  # neither the account nor the session is asked for: they may be what is broken
    return render_template("errors/error.html", **values), status


def _resend_page(status: int, **values: Any) -> tuple[Any, int]:
    """What was typed in a form that cannot be taken now, to be sent again; forms with a password begin anew."""
    if any(is_secret(name) for name in request.form):
        return error_page(400, _("This page had expired. A password or a code is never kept, so please begin again."))
    if _wants_json():
        return error_page(status)
    db.session.rollback()
    fields = resend_fields()
    # Shown besides, so that long texts can be copied whatever happens next; names and codes of fields mean nothing.
    typed = [value.strip() for _name, value in fields if " " in value.strip() or "\n" in value.strip()]
    action = request.full_path.rstrip("?")
    return render_template("errors/expired.html", fields=fields, typed=typed, action=action, **values), status


def init_errors(app: Flask) -> None:
    """Map every error once."""
    _init_expected(app)
    _init_unexpected(app)


def _init_expected(app: Flask) -> None:

    @app.errorhandler(ConsultError)
    def consult_error(error: ConsultError) -> Any:
        wrong = error.parameters if isinstance(error, BadParameters) else None
        page, status = error_page(error.status, error.message, wrong)
        return page, status, error.headers

    @app.errorhandler(CSRFError)
    def expired_form(_error: CSRFError) -> Any:
        if is_cross_site():
            return error_page(400)
        return _resend_page(400)

    @app.errorhandler(SignInEnded)
    def signed_out(_error: SignInEnded) -> Any:
        return _resend_page(403, sign_in=url_for("accounts.sign_in"))

    @app.errorhandler(RateLimitExceeded)
    def over_the_limit(_error: RateLimitExceeded) -> Any:
        return error_page(429, limit_sentence())

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        page, code = error_page(status)
        headers = [(n, v) for n, v in error.get_headers() if n in {"Allow", "Retry-After"}]
        return page, code, headers


def _init_unexpected(app: Flask) -> None:
    @app.errorhandler(StaleDataError)
    def stale(_error: StaleDataError) -> Any:
        return error_page(409)

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError) -> Any:
        log.error("database", error=type(error.orig).__name__, request_id=g.get("request_id"))
        page, status = error_page(503)
        return page, status, {"Retry-After": "30"}

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Any:
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        if isinstance(error, StatementError) and isinstance(error.orig, BadInput):
            return error_page(error.orig.status)  # the last guard of the database's text column: NUL, a surrogate
        # The traceback, not the values: an exception's text may hold what somebody typed.
        log.error("unexpected", error=type(error).__name__, where=_where(error), request_id=g.get("request_id"))
        return error_page(500)


def _where(error: BaseException) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return places[-12:]
