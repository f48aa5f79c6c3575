"""Pictures of drafts, given out as they were made anew."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import get_published_consultation, get_published_round, get_round
from consult.core.context import file_store
from consult.documents.models import DocumentVersion
from consult.documents.queries import get_final_text, get_version
from consult.documents.queries.figures import get_figure
from consult.documents.views.desk import desk

figures = Blueprint("figures", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/draft")


def _round_at(slug: str, **_rest: Any) -> Round:
    return get_round(slug)


def _published_round(slug: str, **_rest: Any) -> Round:
    return get_published_round(slug)


def _consultation_at(slug: str, **_rest: Any) -> Consultation:
    return get_published_consultation(slug)


@figures.get("/figures/<int:figure_id>")
@requires(Permission.DRAFT_READ, _published_round)
def of_draft(round_: Round) -> Response:
    """A picture of a draft, for whoever may read it."""
    return _picture_of(get_version(round_))


@figures.get("/final/figures/<int:figure_id>")
@requires(Permission.CONSULTATION_READ, _consultation_at)
def of_final_text(consultation: Consultation) -> Response:
    """A picture of the final text."""
    return _picture_of(get_final_text(consultation))


@desk.get("/figures/<int:figure_id>")
@requires(Permission.DESK_READ, _round_at)
def figure(round_: Round) -> Response:
    """A picture of a draft that is still set up."""
    return _picture_of(get_version(round_))


def _picture_of(version: DocumentVersion) -> Response:
    """The picture that the address names, if it stands in this version.

    Raises:
        NotFound: it does not.
    """
    found = get_figure(version, (request.view_args or {})["figure_id"])
    answer = Response(file_store().get(found.sha256), mimetype=found.kind.media_type)
    # Opened by itself it is a page: it may draw itself and nothing more.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.set_etag(found.sha256)
    answer.make_conditional(request)
    return answer
