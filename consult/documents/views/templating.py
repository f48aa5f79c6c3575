"""What templates of every room can use of documents."""

from __future__ import annotations

from flask import Flask, url_for

from consult.documents.models import DocumentVersion
from consult.documents.negotiated import bracketed
from consult.documents.queries.names import key_of


def figure_url(version: DocumentVersion, key: int) -> str:
    """Where a picture of a version is: for whoever may read that."""
    if version.of_round is None:
        return url_for("reading.final_figure", slug=version.consultation.slug, figure_id=key)
    if version.of_round.opened_at is None:
        return url_for("documents_desk.figure", slug=version.of_round.address, figure_id=key)
    return url_for("reading.figure", slug=version.of_round.address, figure_id=key)


def init_documents(app: Flask) -> None:
    """Register the filter ``negotiated``, for plain words with brackets, and how addresses call things."""
    app.jinja_env.filters["negotiated"] = bracketed
    app.jinja_env.globals.update(key_of=key_of, figure_url=figure_url)
