"""One page that finds words in everything that its reader may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request

from consult.access.guard import current_actor, public
from consult.core.clock import utc_now
from consult.core.collation import in_order
from consult.core.languages import languages_in_order
from consult.core.locale import current_locale
from consult.core.paging import Page
from consult.core.text import search_words
from consult.core.web.routes import reading_page
from consult.search.enums import Kind
from consult.search.queries import Found, Search, count_found, list_languages, page_of_hits
from consult.search.reach import Reach, reach_of
from consult.search.results import results_of, titles_of
from consult.texts.tokens import phrases
from consult.texts.values import LocalizedText

search = Blueprint("search", __name__, url_prefix="/<locale:locale>/search")
CHOICES = 50


@search.get("")
@reading_page
@public
def find() -> str:
    """What is found, newest first, with how much there is of each kind."""
    typed = request.args.get("words", "")
    wanted = request.args.get("kind", "")
    asked = Search(
        search_words(typed),
        Kind(wanted) if wanted in set(Kind) else None,
        search_words(request.args.get("consultation")),
        search_words(request.args.get("language")),
    )
    has_asked = bool(phrases(asked.words))
    return render_template(
        "search/search.html",
        search=asked,
        has_asked=has_asked,
        is_cut=len(" ".join(dict.fromkeys(typed.split()))) > len(asked.words),
        kinds=list(Kind),
        **(_found(asked) if has_asked else {}),
    )


def _found(asked: Search) -> dict[str, Any]:
    reach, locale = reach_of(current_actor(), utc_now()), current_locale().code
    found = count_found(asked, reach)
    total = found.total(asked.kind)
    after, before = request.args.get("after"), request.args.get("before")
    hits = page_of_hits(asked, reach, after=after, before=before) if total else Page([], None, None)
    offered = _most(found)
    titles = titles_of({*offered, *(hit.consultation_id for hit in hits.items if hit.consultation_id)}, reach, locale)
    return {
        "found": found,
        "total": total,
        "page": Page(
            results_of(hits.items, asked.words, reach, titles, language=locale, only=asked.language),
            hits.after,
            hits.before,
        ),
        "languages": languages_in_order(list_languages(asked, reach), locale),
        "consultations": _choices(offered, asked, reach, titles),
    }


def _most(found: Found) -> list[int]:
    """The consultations that the list can be narrowed to: those in which most is found."""
    numbers = found.by_consultation
    return sorted((key for key in numbers if key is not None), key=lambda key: -numbers[key])[:CHOICES]


def _choices(
    offered: list[int], asked: Search, reach: Reach, titles: Mapping[int, LocalizedText]
) -> list[tuple[str, str]]:
    slugs = {one.consultation_id: one.consultation.slug for one in reach.rounds.values()}
    choices = [(slugs[key], titles[key].text) for key in offered if key in titles]
    if asked.consultation in slugs.values() and asked.consultation not in dict(choices):
        choices.append((asked.consultation, asked.consultation))
    return in_order(choices, lambda choice: choice[1], current_locale().code)
