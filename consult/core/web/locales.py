"""The locale of a request: the first part of the path; else what the browser prefers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import flask_babel
from flask import Flask, Response, abort, g, has_request_context, redirect, request, url_for
from werkzeug.routing import BaseConverter

from consult.core.context import absolute_url
from consult.core.errors import NotFound
from consult.core.locale import Locale, find_locale, interface_locales, negotiate
from consult.core.paths import translations_dir
from consult.core.web.redirects import is_local_path


def request_locale() -> Locale:
    """The locale of this request, also for answers outside any localised path."""
    found: Locale | None = g.get("consult_locale")
    if found is not None:
        return found
    first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    return find_locale(first) or negotiate([code for code, _quality in request.accept_languages])


def localised_url(code: str) -> str:
    """This page in another language, with its query; the home page when this one has no languages."""
    if (
        request.endpoint is None
        or request.view_args is None
        or not request.path.startswith(f"/{request_locale().code}/")
    ):
        return url_for("pages.home", locale=code)
    path = f"/{code}/" + request.path.split("/", 2)[2]
    return path + (f"?{request.query_string.decode(errors='replace')}" if request.query_string else "")


def alternate_links() -> list[tuple[str, str]]:
    """(code, absolute address) of this page in every language."""
    return [(locale.code, absolute_url(localised_url(locale.code))) for locale in interface_locales()]


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
    response = redirect(f"/{request_locale().code}/{path}")
    response.vary.add("Accept-Language")
    return response
