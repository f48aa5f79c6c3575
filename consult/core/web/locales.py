"""The locale of a request: the first part of the path; else what the account prefers; else the browser; or English."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import flask_babel
from flask import Flask, Response, abort, g, has_request_context, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BaseConverter

from consult.core.context import absolute_url
from consult.core.errors import NotFound
from consult.core.locale import Locale, find_locale, interface_locales, negotiate
from consult.core.paths import translations_dir
from consult.core.web.caching import looks_at_no_cookie
from consult.core.web.redirects import is_local_path
from consult.core.web.switching import has_page, referring_page


def request_locale() -> Locale:
    """The locale of this request, also for answers outside any localised path; found once."""
    found: Locale | None = g.get("consult_locale")
    if found is None:
        first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
        found = find_locale(first) or _preferred()
        g.consult_locale = found
    return found


def _preferred() -> Locale:
    """What somebody prefers whose address names no language; such an answer varies by what the browser asks for."""
    g.consult_is_negotiated = True
    chosen = find_locale("" if looks_at_no_cookie() else _of_the_account())
    return chosen or negotiate([code for code, quality in request.accept_languages if quality > 0])


def _of_the_account() -> str:
    """The language that whoever is signed in has chosen; none while the database does not answer."""
    if session.get("_user_id") is None:
        return ""
    try:
        return str(current_user.locale)
    except SQLAlchemyError:
        return ""


def localised_url(code: str) -> str:
    """This page in another language, with its query; the home page when this one has no languages.

    What answers a form that another page sent belongs to that page.
    """
    here = request.path + (f"?{request.query_string.decode(errors='replace')}" if request.query_string else "")
    if not has_page():
        here = referring_page() or ""
    prefix = f"/{request_locale().code}/"
    if request.endpoint is None or request.view_args is None or not here.startswith(prefix):
        return url_for("pages.home", locale=code)
    return f"/{code}/{here.removeprefix(prefix)}"


def alternate_links() -> list[tuple[str, str]]:
    """(code, absolute address) of this page in every language; for anybody else, the first page's own address, which
    asks for nobody's language, or English."""
    links = [(locale.code, absolute_url(localised_url(locale.code))) for locale in interface_locales()]
    return [*links, ("x-default", absolute_url("/") if request.endpoint == "pages.home" else links[0][1])]


def _refuse_broken_addresses() -> None:
    """Stop at an address that nothing further on could read: bytes that are no UTF-8, or characters that no text has.

    Here and not in each view, because the pages of errors repeat the address in every language.
    """
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        abort(400)
    if any(ord(character) < 32 for character in request.path):
        raise NotFound


def _stay_here(response: Response) -> Response:
    """A slash too many or too few: the redirect of the router repeats the Host header, which anybody may write."""
    if response.status_code == 308 and response.location:
        parts = urlsplit(response.location)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response.location = path if is_local_path(path) else "/"
    return response


def _say_what_it_varies_by(response: Response) -> Response:
    if g.get("consult_is_negotiated"):
        response.vary.add("Accept-Language")
    return response


def init_locales(app: Flask) -> None:
    """Take the locale out of every localised path and put it into every address that is built."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations_dir())

    class LocaleConverter(BaseConverter):
        """Only the locales of the instance: any other first part of a path is no page, not a redirect."""

        regex = "|".join(re.escape(locale.code) for locale in interface_locales())
        part_isolating = False

    app.url_map.converters["locale"] = LocaleConverter

    app.before_request(_refuse_broken_addresses)
    app.after_request(_stay_here)
    app.after_request(_say_what_it_varies_by)

    @app.url_value_preprocessor
    def take_locale(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if (
            values is not None
            and "locale" in values
            and endpoint
            and app.url_map.is_endpoint_expecting(endpoint, "locale")
        ):
            locale = find_locale(values.pop("locale"))
            if locale is None:
                raise NotFound
            g.consult_locale = locale

    @app.url_defaults
    def put_locale(endpoint: str, values: dict[str, Any]) -> None:
        if "locale" not in values and app.url_map.is_endpoint_expecting(endpoint, "locale"):
            values["locale"] = request_locale().code

    def select() -> str | None:
        return request_locale().code.replace("-", "_") if has_request_context() else None

    flask_babel.Babel(app, locale_selector=select)

    @app.context_processor
    def locale_values() -> dict[str, Any]:
        if not has_request_context():
            return {}
        return {
            "locale": request_locale(),
            "locales": interface_locales(),
            "localised_url": localised_url,
            "alternate_links": alternate_links,
        }


def redirect_to_localised(path: str = "") -> Any:
    """Send somebody who came without a language to the page in theirs."""
    return redirect(f"/{request_locale().code}/{path}")
