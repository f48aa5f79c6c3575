"""In which language a consultation is read: any of its own, whether the interface has that or not.

``?edition=km`` asks for one. Links to the other pages of the consultation keep it by themselves; what is no language of
the consultation is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, has_request_context, request, url_for

from consult.consultations.models import Consultation
from consult.consultations.queries import held, split_address, title_in
from consult.consultations.reading import EDITION, READ_IN, ReadLink, read_links
from consult.core.locale import current_locale
from consult.texts.values import LocalizedText

# Where the words of a consultation are read.
_PAGES = {
    "pages.consultation",
    "pages.timeline",
    "reading.draft",
    "reading.final_text",
    "comparisons.compare",
    "comments.list_comments",
    "comments.comment",
    "positions.list_all",
    "response_log.log",
    "response_log.release",
    "commitments.of_consultation",
    "traces.paragraph",
    "traces.accepted",
    "traces.unasked",
}


def _asked_for(consultation: Consultation) -> str | None:
    wanted = held(consultation, request.args.get(EDITION, ""))
    if not wanted:
        return None
    g.consult_edition = (consultation.slug, wanted)
    return wanted


def reading_language(consultation: Consultation) -> str:
    """The language in which this request reads what the consultation says; never one in preparation.

    Returns:
        What the address asks for, else the language of the interface, where the consultation is held in it; else
        `consultations.queries.NONE_OF_THEM`, in which nothing is found.
    """
    return _asked_for(consultation) or held(consultation, current_locale().code)


def input_language(consultation: Consultation) -> str:
    """The same for points and answers, which may be translated into other languages than those of the consultation."""
    return _asked_for(consultation) or current_locale().code


def asked_language() -> str | None:
    """The language in which the address asks to read points and answers, whether they are there in it or not."""
    return request.args.get(READ_IN)


def edition_links(consultation: Consultation) -> list[ReadLink]:
    """This page in each language of the consultation; none where it has but one."""
    if len(consultation.languages) < 2 or request.endpoint is None:
        return []
    authentic = consultation.authentic_language
    read = reading_language(consultation) or authentic
    return read_links(consultation.languages, _address_in, originals=[authentic], current=read)


def _address_in(code: str) -> str:
    """This page in that language; in the language of the interface nothing needs to be asked for."""
    asked = [] if code == current_locale().code else [(EDITION, code)]
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != EDITION]
    path = url_for(request.endpoint or "", **{**(request.view_args or {}), EDITION: None})
    query = urlencode([*asked, *kept])
    return f"{path}?{query}" if query else path


def address_in(parameter: str, endpoint: str, **values: Any) -> Callable[[str], str]:
    """Where a page is read in a language, for `read_links`.

    Args:
        parameter: `EDITION` or `READ_IN`.
        endpoint: the page.
        values: of its address.
    """
    return lambda language: url_for(endpoint, **(values | {parameter: language}))


def asked_edition() -> str:
    """The language that the address of this request asks for and gets; empty for none. For forms that send a query."""
    found = g.get("consult_edition") if has_request_context() else None
    return found[1] if found else ""


def title_for_reader(consultation: Consultation) -> LocalizedText:
    """A consultation's title in the language of the interface, or the original, marked; at most one query."""
    language = current_locale().code
    if language == consultation.authentic_language:
        return LocalizedText(consultation.title, language)
    return title_in(consultation, language)


def init_editions(app: Flask) -> None:
    """Keep links within a consultation in the language in which it is read."""
    app.jinja_env.globals["edition_links"] = edition_links
    app.jinja_env.globals["asked_edition"] = asked_edition
    app.jinja_env.globals["title_for_reader"] = title_for_reader

    @app.url_defaults
    def stay_in_the_edition(endpoint: str, values: dict[str, Any]) -> None:
        if not has_request_context() or EDITION in values:
            return
        found = g.get("consult_edition")
        if found is None or not (endpoint in _PAGES or endpoint.startswith("take_part.")):
            return
        slug, language = found
        if split_address(values.get("slug") or "")[0] == slug:
            # First of all parameters: some pages write a value behind the last one.
            rest = dict(values)
            values.clear()
            values.update({EDITION: language, **rest})
