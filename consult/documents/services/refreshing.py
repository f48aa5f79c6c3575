"""When a draft is an edition in another language."""

from __future__ import annotations

from datetime import datetime

from consult.core.db import db
from consult.documents.models import DocumentVersion, Edition
from consult.documents.queries import is_fixed, texts_of_edition
from consult.texts.values import source_digest


def refresh_edition(version: DocumentVersion, language: str, *, now: datetime) -> bool:
    """Let the edition in another language be there exactly while every block is translated from its present words.

    A draft translated block by block becomes an edition with its last block; nobody is shown half of one. Of a round
    that was opened an edition only comes: what people comment on does not go.

    Args:
        version: the draft.
        language: BCP 47 code of the edition; not the authentic one.
        now: when.

    Returns:
        Whether the edition is there.
    """
    edition = next((e for e in version.editions if e.language == language), None)
    is_settled = is_fixed(version)
    if edition is not None and is_settled:
        return True
    if is_settled and language not in version.consultation.languages:
        return False  # in preparation: it comes when the language is published
    texts = texts_of_edition(version, language)
    if not texts:
        if edition is not None:
            version.editions.remove(edition)
            db.session.flush()
        return False
    if edition is None:
        edition = Edition(language=language)
        version.editions.append(edition)
    edition.source_digest = source_digest("\n\n".join(texts))
    edition.imported_at = now
    db.session.flush()
    return True
