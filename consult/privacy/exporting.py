"""Everything that is held of one person as a file: JSON for programs, one page of HTML for people.

Made at once, from the same sections as the page, and never stored: a file that lay ready could be taken by others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from consult.core.personal import Collector, Section

FORMAT, VERSION = "consult-own-data", 1
"""Raise the version when a key goes or changes its meaning; new ones come without."""
Held = Sequence[tuple[Collector, Sequence[Section]]]


def as_json(held: Held, *, instance: str, language: str, made_on: date) -> bytes:
    """The file for programs: UTF-8, keys that do not change with the language, titles that do.

    Args:
        held: as `core.personal.collect_all` gives it.
        instance: its name.
        language: of the titles.
        made_on: the day.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "instance": instance,
        "language": language,
        "made_on": made_on.isoformat(),
        "sections": [_section(section) for _collector, sections in held for section in sections],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "who_sees": section.who_sees,
        "entries": [
            ({"title": entry.title} if entry.title else {})
            | {fact.key: fact.as_json for fact in entry.facts}
            | (
                {"parts": [{"title": one.title} | {f.key: f.as_json for f in one.facts} for one in entry.parts]}
                if entry.parts
                else {}
            )
            for entry in section.entries
        ],
    }
