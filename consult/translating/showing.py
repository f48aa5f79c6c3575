"""A source as its readers will see it."""

from __future__ import annotations

import re

from markupsafe import Markup

from consult.core.markdown import to_html
from consult.translating.units import Unit


def preview_of(unit: Unit) -> Markup | None:
    """The source as readers see it, where that is something else than its words: only drafts have marks."""
    if unit.subject != "paragraph":
        return None
    html = to_html(unit.source)
    return html if _spaced(html.striptags()) != _spaced(unit.source) else None


def _spaced(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
