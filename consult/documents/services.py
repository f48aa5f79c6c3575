"""Importing drafts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.consultations.services import touch
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.importing import Block, match_edition, read_markdown
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.queries import find_version, list_paragraphs
from consult.ledger.services import record
from consult.texts.services import delete_translations, update_many_translations
from consult.texts.values import source_digest


def import_document(round_: Round, source: str, *, language: str, actor: Actor, now: datetime) -> DocumentVersion:
    """Import the draft of a round from Markdown, in one language.

    The authentic language comes first and makes the paragraphs; importing it again replaces them and removes the
    other editions, which no longer match. Another language becomes an edition with the same eIds.

    Args:
        round_: a round that has not been opened.
        source: Markdown.
        language: one of the consultation's languages.
        actor: who imports.
        now: when.

    Raises:
        InvalidTransition: the round has been opened.
        BadInput: not a language of the consultation, unreadable text, or editions that do not match.
    """
    consultation = round_.consultation
    if round_.opened_at is not None:
        raise InvalidTransition(_("The round has been opened, so its draft no longer changes."))
    if language not in consultation.languages:
        raise BadInput(_("This is not a language of the consultation. Add it there first."), "language")
    blocks = read_markdown(source)
    version = find_version(round_)
    if language == consultation.authentic_language:
        version = _replace_version(round_, version, blocks, language, now)
    else:
        version = _add_edition(version, blocks, language, actor, now)
    edition = next((e for e in version.editions if e.language == language), None)
    if edition is None:
        edition = Edition(language=language)
        version.editions.append(edition)
    edition.source_digest, edition.imported_at = source_digest(source), now
    touch(consultation)
    record(
        "desk:document:import",
        version,
        actor=actor,
        now=now,
        content={"language": language, "source": edition.source_digest},
    )
    return version


def _replace_version(
    round_: Round, version: DocumentVersion | None, blocks: list[Block], language: str, now: datetime
) -> DocumentVersion:
    if version is None:
        version = DocumentVersion(round=round_, language=language, imported_at=now)
        db.session.add(version)
        db.session.flush()
    else:
        delete_translations("paragraph", [paragraph.id for paragraph in list_paragraphs(version)])
        db.session.execute(sa.delete(Paragraph).where(Paragraph.version_id == version.id))
        version.editions.clear()
        version.language, version.imported_at = language, now
        db.session.flush()
    db.session.add_all(
        Paragraph(
            version_id=version.id,
            eid=block.eid,
            position=position,
            kind=block.kind,
            level=block.level,
            number=block.number,
            text=block.text,
        )
        for position, block in enumerate(blocks, start=1)
    )
    db.session.flush()
    return version


def _add_edition(
    version: DocumentVersion | None, blocks: list[Block], language: str, actor: Actor, now: datetime
) -> DocumentVersion:
    if version is None or version.language != version.round.consultation.authentic_language:
        raise BadInput(_("Import the edition in the authentic language first."), "language")
    paragraphs = list_paragraphs(version)
    matched = match_edition([Block(p.kind, p.level, p.number, p.text, p.eid) for p in paragraphs], blocks)
    update_many_translations(
        "paragraph",
        {
            paragraph.id: {"text": (paragraph.text, block.text)}
            for paragraph, block in zip(paragraphs, matched, strict=True)
        },
        language=language,
        actor=actor,
        now=now,
    )
    return version
