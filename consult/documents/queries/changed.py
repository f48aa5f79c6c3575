"""Which paragraphs of a version are not as they were in the version before."""

from __future__ import annotations

import sqlalchemy as sa

from consult.core.db import db
from consult.documents.enums import Continuation
from consult.documents.models import Correspondence, DocumentVersion, Paragraph


def changed_eids(version: DocumentVersion) -> set[str]:
    """The eIds of what was edited, moved, split, merged or added with a version; nothing where it is the first one."""
    return set(
        db.session.scalars(
            sa.select(Paragraph.eid)
            .join(Correspondence, Correspondence.after_id == Paragraph.id)
            .where(Correspondence.version_id == version.id, Correspondence.continuation != Continuation.UNCHANGED)
        )
    )
