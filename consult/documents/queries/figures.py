"""Pictures of drafts."""

from __future__ import annotations

import sqlalchemy as sa

from consult.core.db import db
from consult.core.errors import NotFound
from consult.documents.models import DocumentVersion, Figure, Paragraph


def get_figure(version: DocumentVersion, key: int) -> Figure:
    """The picture of that key, if it stands in this version.

    Raises:
        NotFound: no such picture in it.
    """
    found = db.session.scalar(
        sa.select(Figure)
        .join(Paragraph, Paragraph.figure_id == Figure.id)
        .where(Figure.id == key, Paragraph.version_id == version.id)
        .limit(1)
    )
    if found is None or not found.kind.is_image:
        raise NotFound
    return found
