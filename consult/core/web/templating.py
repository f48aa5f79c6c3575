"""What every template can use: filters, globals, the idempotency key."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask
from markupsafe import Markup

from consult.core.context import settings
from consult.core.locale import (
    current_locale,
    direction,
    format_day,
    format_moment,
    format_number,
    language_name,
)
from consult.core.markdown import to_html
from consult.core.web.caching import is_cacheable
from consult.core.web.neighbours import neighbours


def idempotency_key() -> str:
    """A fresh key for a form that creates something."""
    return secrets.token_urlsafe(16)


def blocks(value: Any) -> Markup:
    """Markdown blocks (text, or anything with a ``text``) as safe HTML."""
    return to_html(str(value))


def language(code: str) -> str:
    """The name of a language in the current locale."""
    return language_name(code, current_locale().code)


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
        markdown=blocks,
        language_name=language,
        direction=direction,
    )
    app.jinja_env.globals.update(idempotency_key=idempotency_key, neighbours=neighbours)

    @app.context_processor
    def values() -> dict[str, Any]:
        return {"instance_name": settings().instance_name, "is_cacheable": is_cacheable()}
