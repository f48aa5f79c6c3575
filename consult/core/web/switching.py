"""Another language without losing what was typed: the page's form is sent to the same page in the other language.

Such a request is a POST with the field `MARKER`. Once it has passed the checks of every POST (its origin, the CSRF
token) it is answered as the GET of that page, so nothing is validated, saved or counted; only the forms are told what
was sent, and show it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from consult.core.db import db, mark_writing
from consult.core.locale import gettext as _
from consult.core.locale import interface_locales

MARKER = "_language"

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.S)
_CONTROL = re.compile(r'<textarea\b|<select\b|<input\b(?![^>]*\btype="hidden")')
_BUTTON = re.compile(r'<button\b[^>]*\btype="submit"[^>]*>')
_ATTRIBUTE = re.compile(r'\s(id|name|value)="([^"]*)"')
_EDITIONS = re.compile(r'<nav class="editions".*?</nav>', re.S)
_LINK = re.compile(r'<a href="([^"]*)"([^>]*)>(.*?)</a>', re.S)
_LOOKING = 'name="step" value="confirm"'  # the page of a `CheckedForm` on which all is looked at once more


def is_switching() -> bool:
    """Whether this request only asks for the page in another language, with what was typed."""
    return bool(g.get("consult_is_switching"))


def brings_input() -> bool:
    """Whether something may have been typed that would be lost if this request were answered by another page."""
    return request.method not in {"GET", "HEAD"} or is_switching()


def has_page() -> bool:
    """Whether the address of this request can be opened as well as sent to."""
    return request.method in {"GET", "HEAD"} or _match_get() is not None


def _match_get() -> Any:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        return adapter.match(method="GET", return_rule=True)
    except HTTPException:
        return None


def _asks() -> bool:
    return request.method == "POST" and MARKER in request.form


def _find_page() -> None:
    """The route of the page, where its form is sent to another view; before the token is looked at."""
    if not _asks():
        return
    found = _match_get()
    if found is None:
        return
    rule, values = found
    if request.url_rule is rule:
        return
    request.url_rule, request.view_args, request.routing_exception = rule, dict(values), None
    for take in current_app.url_value_preprocessors[None]:
        take(request.endpoint, request.view_args)


def _become_a_page() -> None:
    """From here on, after every check of a POST, this is a GET with something to show in its forms."""
    if not _asks() or isinstance(request.routing_exception, MethodNotAllowed) or not has_page():
        return
    g.consult_is_switching = True
    if any(file.filename for _name, file in request.files.items(multi=True)):
        flash(_("Choose the file again: the page in another language cannot keep it."), "attention")
    request.method = "GET"
    db.session.rollback()  # what was begun to write would keep others from writing until the page is drawn
    mark_writing(False)


@dataclass(frozen=True)
class Switch:
    """How the links to other languages become buttons of the page's form.

    Args:
        form: its id.
        main: the page's main part, with that id, and with buttons for what it can be read in.
        first_name, first_value: of the form's own first button, which Enter presses: a button of the same name must
            stand before those of the languages.
        name, value: what a language's button sends.
    """

    form: str
    main: Markup
    first_name: str
    first_value: str
    name: str
    value: str


def switch_of(main: Markup) -> Switch | None:
    """The form of a page that somebody may have typed in, or None where there is nothing to lose.

    The markup is ours, since whatever people wrote is escaped in it: a form is found by its tags. Of several forms it
    is the first with a field for words, else the first with any; a page that answers a POST can be had no other way.
    """
    forms = [found for found in _FORM.finditer(main) if 'name="csrf_token"' in found[0]]
    typed = [found for found in forms if _CONTROL.search(found[0])]
    worded = [found for found in typed if "<textarea" in found[0]]
    candidates = worded or typed or (forms if request.method == "POST" else [])
    if not candidates or len(interface_locales()) < 2:
        return None
    form = candidates[0]
    tag = form[0][: form[0].index(">") + 1]
    form_id = dict(_ATTRIBUTE.findall(tag)).get("id", "")
    if not form_id:
        form_id = "typed"
        place = form.start() + len("<form")
        main = main[:place] + Markup(' id="{}"').format(form_id) + main[place:]
    button = _BUTTON.search(form[0])
    first = dict(_ATTRIBUTE.findall(button[0])) if button else {}
    name, value = ("step", "look") if _LOOKING in form[0] else (MARKER, "1")
    main = _with_buttons(main, form_id, name, value)
    return Switch(form_id, main, unescape(first.get("name", "")), unescape(first.get("value", "")), name, value)


def _with_buttons(main: Markup, form: str, name: str, value: str) -> Markup:
    """The links that read this page in another language of what it shows, as buttons of its form too."""
    sent = f'form="{form}" name="{name}" value="{value}"'
    button = f'<button class="link" type="submit" {sent} formaction="{{}}"{{}}>{{}}</button>'

    def as_button(link: re.Match[str]) -> str:
        is_here = urlsplit(unescape(link[1])).path == request.path
        return button.format(*link.groups()) if is_here else link[0]

    return Markup(_EDITIONS.sub(lambda row: _LINK.sub(as_button, row[0]), main))  # noqa: S704 - of our own markup


def referring_page() -> str | None:
    """The path of the page of ours that this request comes from, if the browser tells."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def init_routes_of_pages(app: Flask) -> None:
    """Find the page before CSRF is looked at: Flask-WTF passes over what has no route."""
    app.before_request(_find_page)


def init_switching(app: Flask) -> None:
    """Answer as a page, after all that may refuse a POST."""
    app.before_request(_become_a_page)
    app.jinja_env.globals["switch_of"] = switch_of
