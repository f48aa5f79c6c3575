"""Importing drafts, in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.languages import is_in_preparation
from consult.consultations.models import Round
from consult.consultations.services import require_not_concluded, touch
from consult.core.db import db
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.carrying import Words, match_blocks
from consult.documents.importing import Block, match_edition, places_inside, read_markdown
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.queries import find_version, is_fixed, list_paragraphs, texts_of_edition
from consult.ledger.services import record
from consult.texts.indexing import reindex
from consult.texts.services import (
    put_translations,
    take_translations,
    update_many_translations,
)
from consult.texts.values import source_digest


def import_document(round_: Round, source: str, *, language: str, actor: Actor, now: datetime) -> DocumentVersion:
    """Import the draft of a round from Markdown, in one language.

    The authentic language comes first and makes the paragraphs; importing it again replaces them, and takes the other
    editions back until what is new is translated; what is not new keeps its translations. Another language becomes
    an edition with the same eIds.

    Args:
        round_: a round that has not been opened; or any, for a language in preparation.
        source: Markdown.
        language: one of the consultation's languages, or one in preparation.
        actor: who imports.
        now: when.

    Raises:
        InvalidTransition: the round has been opened, or an outcome has closed the process.
        BadInput: not such a language, unreadable text, or editions that do not match.
    """
    consultation = round_.consultation
    in_preparation = is_in_preparation(consultation, language)
    if round_.opened_at is not None and not in_preparation:
        raise InvalidTransition(_("The round has been opened, so its draft no longer changes."))
    if language not in consultation.languages and not in_preparation:
        raise BadInput(_("This is not a language of the consultation. Add it there first."), "language")
    require_not_concluded(consultation)
    blocks = read_markdown(source)
    version = find_version(round_)
    if language == consultation.authentic_language:
        version = _replace_version(round_, version, blocks, language, now)
    else:
        version = _add_edition(version, blocks, language, actor, now)
    digest = source_digest(source)
    if not in_preparation:  # else the edition comes when the language is published
        edition = next((e for e in version.editions if e.language == language), None)
        if edition is None:
            edition = Edition(language=language)
            version.editions.append(edition)
        edition.source_digest, edition.imported_at = digest, now
    touch(consultation)
    content = {"language": language, "source": digest}
    record("desk:document:import", version, actor=actor, now=now, content=content)
    return version


def _replace_version(
    round_: Round, version: DocumentVersion | None, blocks: list[Block], language: str, now: datetime
) -> DocumentVersion:
    former: dict[int, Words] = {}
    translations: Sequence[Mapping[str, Any]] = []
    if version is None:
        version = DocumentVersion(consultation=round_.consultation, of_round=round_, language=language, imported_at=now)
        db.session.add(version)
        db.session.flush()
    else:
        former = {paragraph.id: (paragraph.kind.value, paragraph.text) for paragraph in list_paragraphs(version)}
        gone = list(former)
        translations = take_translations("paragraph", gone)
        db.session.execute(sa.delete(Paragraph).where(Paragraph.version_id == version.id))
        reindex("paragraph", gone)
        version.editions.clear()
        version.language, version.imported_at = language, now
        db.session.flush()
    paragraphs = [
        Paragraph(
            version_id=version.id,
            eid=block.eid,
            position=position,
            kind=block.kind,
            level=block.level,
            number=block.number,
            inside=inside,
            text=block.text,
        )
        for position, (block, inside) in enumerate(zip(blocks, places_inside(blocks), strict=True), start=1)
    ]
    db.session.add_all(paragraphs)
    db.session.flush()
    _carry_over(version, former, paragraphs, translations, now)
    return version


def _carry_over(
    version: DocumentVersion,
    former: Mapping[int, Words],
    paragraphs: Sequence[Paragraph],
    translations: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Keep the translations of the blocks that are still there; those of reworded ones are stale.

    A language whose every block is there as it was is an edition still; another waits for what is new.
    """
    same = match_blocks(list(former.values()), [(paragraph.kind.value, paragraph.text) for paragraph in paragraphs])
    keys = list(former)
    places = {keys[old]: paragraphs[new].id for old, new in same.items()}
    kept = [row for row in translations if row["language"] != version.language]
    put_translations("paragraph", kept, places)
    for code in sorted({row["language"] for row in kept}):
        refresh_edition(version, code, now=now)


def _add_edition(
    version: DocumentVersion | None, blocks: list[Block], language: str, actor: Actor, now: datetime
) -> DocumentVersion:
    if version is None or version.language != version.consultation.authentic_language:
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
