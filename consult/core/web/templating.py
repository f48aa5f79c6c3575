"""What every template can use: filters, globals, the idempotency key."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Flask
from flask_login import current_user
from markupsafe import Markup, escape

from consult.core.burmese import to_unicode_burmese
from consult.core.context import absolute_url, settings
from consult.core.locale import (
    ZAWGYI,
    current_locale,
    direction,
    format_day,
    format_moment,
    format_number,
    format_share,
    join_words,
    language_name,
    native_name,
)
from consult.core.markdown import to_html
from consult.core.marking import in_language
from consult.core.secrets import REFERENCE, normalise_reference
from consult.core.text import mixed_letters
from consult.core.web.caching import is_cacheable
from consult.core.web.neighbours import neighbours
from consult.core.zones import city_of, with_reader_time


def idempotency_key() -> str:
    """A fresh key for a form that creates something."""
    return secrets.token_urlsafe(16)


def blocks(value: Any) -> Markup:
    """Markdown blocks (text, or anything with a ``text``) as safe HTML."""
    return to_html(str(value))


def language(code: str) -> str:
    """The name of a language in the current locale."""
    return language_name(code, current_locale().code)


def reader_time(sentence: Any, zone: str, *moments: datetime | None) -> Markup:
    """A sentence with deadlines, beside which the reader's own time is to stand: the account's zone, if it has one."""
    zone_of_reader = None if is_cacheable() else getattr(current_user, "time_zone", None)
    return with_reader_time(str(sentence), zone, *moments, reader_zone=zone_of_reader)


def in_unicode(words: str) -> str:
    """Words that are marked as typed for Zawgyi, in Unicode."""
    return to_unicode_burmese(words, ZAWGYI)


def references(title: Any) -> Markup:
    """A heading in which references stand as they do elsewhere: in one face, left to right, on one line."""
    escaped = escape(title)
    if "<" in escaped:
        return escaped
    mark = Markup('<code class="ref">{}</code>')

    def marked(found: re.Match[str]) -> str:
        return mark.format(found[0]) if normalise_reference(found[0]) == found[0] else found[0]

    return Markup(REFERENCE.sub(marked, escaped))  # noqa: S704 - escaped above


def as_list(items: Iterable[Any]) -> Markup:
    """Things as a list in a sentence, "a, b and c"; links among them stay links."""
    return Markup(join_words([str(escape(item)) for item in items]))  # noqa: S704 - escaped one by one


# Plain addresses and telephone numbers with a country code; anything else that people type stays as it is.
_REACHABLE = re.compile(
    r"(?<![\w.@/+-])(?:(?P<email>[A-Za-z0-9][A-Za-z0-9._-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24})"
    r"|(?P<telephone>\+[0-9](?:[ -]?[0-9]){6,14}))(?![\w@/-])"
)


def with_links(text: Any) -> Markup:
    """Words that somebody typed, escaped, in which e-mail addresses and telephone numbers can be followed."""
    words, made, end = str(text), Markup(), 0
    link = Markup('<a href="{}:{}"><bdi dir="ltr">{}</bdi></a>')
    for found in _REACHABLE.finditer(words):
        made += escape(words[end : found.start()])
        if found["email"]:
            made += link.format("mailto", found[0], found[0])
        else:
            made += link.format("tel", re.sub(r"[^+0-9]", "", found[0]), found[0])
        end = found.end()
    return made + escape(words[end:])


def init_templating(app: Flask) -> None:
    """Register them."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        date=format_day,
        datetime=format_moment,
        number=format_number,
        share=format_share,
        city=city_of,
        reader_time=reader_time,
        markdown=blocks,
        language_name=language,
        references=references,
        as_list=as_list,
        native_name=native_name,
        direction=direction,
        mixed_letters=mixed_letters,
        unicode_burmese=in_unicode,
        with_links=with_links,
    )
    app.jinja_env.globals.update(
        idempotency_key=idempotency_key, neighbours=neighbours, in_language=in_language, absolute_url=absolute_url
    )

    @app.context_processor
    def values() -> dict[str, Any]:
        return {"instance_name": settings().instance_name, "is_cacheable": is_cacheable()}
