"""What templates of every room can use of documents."""

from __future__ import annotations

from flask import Flask, url_for

from consult.documents.models import DocumentVersion
from consult.documents.negotiated import mark_pieces
from consult.documents.queries.versions import key_of
from consult.documents.wording import version_name


def figure_url(version: DocumentVersion, key: int) -> str:
    """Where a picture of a version is: for whoever may read that."""
    if version.of_round is None:
        return url_for("figures.of_final_text", slug=version.consultation.slug, figure_id=key)
    if version.of_round.opened_at is None:
        return url_for("documents_desk.figure", slug=version.of_round.address, figure_id=key)
    return url_for("figures.of_draft", slug=version.of_round.address, figure_id=key)


def init_documents(app: Flask) -> None:
    """Register the filters ``negotiated``, for compared words, and ``version_name``; how addresses call things."""
    app.jinja_env.filters.update(negotiated=mark_pieces, version_name=version_name)
    app.jinja_env.globals.update(key_of=key_of, figure_url=figure_url)
