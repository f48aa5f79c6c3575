"""Two versions compared: for readers, and for the desk while one of them is still set up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_published_consultation, get_round
from consult.consultations.reading import EDITION, read_links
from consult.consultations.views.editions import reading_language, title_for_reader
from consult.core.context import file_store
from consult.core.errors import NotFound
from consult.core.locale import current_locale
from consult.core.web.routes import reading_page
from consult.documents.differences import draw_page
from consult.documents.enums import Continuation
from consult.documents.models import DocumentVersion
from consult.documents.queries import list_versions, published_versions
from consult.documents.queries.comparisons import common_languages, find_comparison, list_pairs, what_it_says
from consult.documents.queries.versions import key_of, pick_version
from consult.documents.services.comparing import MAX_ATTEMPTS

comparisons = Blueprint("comparisons", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/compare")
comparisons_desk = Blueprint(
    "comparisons_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/document/compare"
)
MARGIN, CHANGED, WHOLE = "margin", "changed", "whole"
"""What the address asks for: older words beside the newer ones; only what changed; all of it on one page."""


@comparisons.get("")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_consultation)
def compare(consultation: Consultation) -> str:
    """Two versions that this reader may read, compared word by word."""
    return _page(consultation, published_versions(consultation, current_actor()), reading_language(consultation))


@comparisons_desk.get("")
@requires(Permission.DESK_READ, get_round)
def compare_at_desk(round_: Round) -> str:
    """The same of any two versions, those in set-up too."""
    return _page(round_.consultation, list_versions(round_.consultation), current_locale().code, at_desk=True)


def _page(
    consultation: Consultation, versions: Sequence[DocumentVersion], reader: str, *, at_desk: bool = False
) -> str:
    older, newer = _chosen(versions)
    languages = common_languages(older, newer)
    wanted = (request.args.get(EDITION), reader, newer.language)
    language = next((code for code in wanted if code in languages), None) or next(iter(languages), "")
    asked = {"from": key_of(older), "to": key_of(newer), "shown": request.args.get("shown"), EDITION: language}
    only = request.args.get("only") == CHANGED
    asked["only"] = CHANGED if only else None

    def address(**changed: Any) -> str:
        return url_for(".compare_at_desk" if at_desk else ".compare", slug=consultation.slug, **(asked | changed))

    row = find_comparison(older, newer, language) if language else None
    sheet = None
    if row is not None and row.sha256 is not None:
        page = request.args.get("page", "")
        sheet = draw_page(
            what_it_says(row, file_store()),
            (older, newer),
            language,
            only_changed=only,
            number=None if page == WHOLE else int(page) if re.fullmatch("[0-9]{1,5}", page) else 1,
            address=lambda number: address(page=number),
        )
    return render_template(
        "documents/compare.html",
        consultation=consultation,
        title=title_for_reader(consultation),
        versions=versions,
        older=older,
        newer=newer,
        labels={one.value: one.label for one in Continuation},
        language=language,
        editions=read_links(
            languages, lambda code: address(**{EDITION: code}), originals=[newer.language], current=language
        ),
        sheet=sheet,
        failed=row is not None and row.sha256 is None and row.attempts >= MAX_ATTEMPTS,
        is_older_state=at_desk and row is not None and row.made_of not in ("", _source(older, newer, language)),
        is_margin=asked["shown"] == MARGIN,
        only_changed=only,
        is_whole=request.args.get("page") == WHOLE,
        address=address,
        at_desk=at_desk,
    )


def _chosen(versions: Sequence[DocumentVersion]) -> tuple[DocumentVersion, DocumentVersion]:
    """The two versions that the address names, the older one first; without names, the newest and the one before.

    Raises:
        NotFound: one of them is not there for this reader, or they are one.
    """
    if len(versions) < 2:
        raise NotFound
    newer = pick_version(versions, request.args["to"]) if request.args.get("to") else versions[-1]
    place = versions.index(newer)
    older = pick_version(versions, request.args["from"]) if request.args.get("from") else versions[max(place - 1, 0)]
    if older is newer:
        raise NotFound
    return (older, newer) if versions.index(older) < place else (newer, older)


def _source(older: DocumentVersion, newer: DocumentVersion, language: str) -> str:
    wanted = (older.id, newer.id, language)
    pairs = list_pairs(older.consultation_id)
    return next((pair.source for pair in pairs if (pair.older.id, pair.newer.id, pair.language) == wanted), "")
