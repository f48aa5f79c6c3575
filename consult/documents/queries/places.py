"""What a block is called in lists and answers, for this reader: headings are words of their draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from consult.access.permissions import Permission
from consult.access.policy import permits
from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.consultations.queries import held
from consult.core.db import db
from consult.documents.enums import BlockKind
from consult.documents.models import DocumentVersion, Edition, Paragraph
from consult.documents.queries.versions import list_paragraphs, paragraph_texts, text_of
from consult.texts.values import LocalizedText


@dataclass(frozen=True)
class Place:
    """Where a block stands, in words: the nearest heading above it and its own number in there.

    ``language`` is that of the heading, which is the original where the draft has no edition in the reader's. Where
    the reader may not read the draft there is no heading, and its eId for the number that a block has not.
    """

    number: str
    heading: str
    eid: str
    language: str = ""

    @property
    def name(self) -> str:
        """The shortest that it can be called."""
        return self.number or self.heading or self.eid

    @property
    def title(self) -> str:
        """Its number and heading, as far as they are there."""
        return f"{self.number} {self.heading}".strip() or self.eid

    def told_to(self, *, reader: bool) -> Place:
        """What it is called for somebody: without words of the draft for who is no reader of it."""
        return self if reader else replace(self, number=self.number or self.eid, heading="")


def places(version: DocumentVersion, language: str, *, actor: Actor | None) -> dict[int, Place]:
    """For every block of a draft, by key: what to call it in lists and answers.

    Args:
        version: the draft, or the final text.
        language: in which the headings are read.
        actor: who reads; None where they may read this text anyhow: the desk, and whoever wrote on it.
    """
    paragraphs = list_paragraphs(version)
    is_there = held(version.consultation, language) and any(e.language == language for e in version.editions)
    texts = paragraph_texts([p for p in paragraphs if is_there and p.kind is BlockKind.HEADING], language)
    found: dict[int, Place] = {}
    number = heading = words_in = ""
    for paragraph in paragraphs:
        if paragraph.kind is BlockKind.HEADING:
            words = text_of(paragraph, texts, version.language)
            number, heading, words_in = paragraph.number, words.text, words.language
            found[paragraph.id] = Place(number, heading, paragraph.eid, words_in)
        else:
            found[paragraph.id] = Place(f"{number} ¶ {paragraph.inside}".strip(), heading, paragraph.eid, words_in)
    is_reader = _reads(actor, version.of_round)
    return {key: place.told_to(reader=is_reader) for key, place in found.items()}


def _reads(actor: Actor | None, round_: Round | None) -> bool:
    """Whether somebody may read the draft of a round; a final text is for all who know of it."""
    return actor is None or round_ is None or permits(actor, Permission.DRAFT_READ, round_)


def places_of(paragraphs: Iterable[Paragraph], language: str, *, actor: Actor | None) -> dict[int, Place]:
    """What to call some blocks, of one draft or of several, by key; three queries, however many there are.

    Args:
        paragraphs: which.
        language: in which the headings are read.
        actor: who reads; None where they may read these texts anyhow: the desk, whoever wrote on them, and where only
            texts that they may read were asked for.
    """
    wanted = {paragraph.id: paragraph for paragraph in paragraphs}
    if not wanted:
        return {}
    version_ids = {paragraph.version_id for paragraph in wanted.values()}
    versions: Any = db.session.execute(
        sa.select(DocumentVersion.id, DocumentVersion.language, Consultation, Round, Edition.id.label("edition"))
        .join(Consultation, Consultation.id == DocumentVersion.consultation_id)
        .outerjoin(Round, Round.id == DocumentVersion.round_id)
        .outerjoin(Edition, sa.and_(Edition.version_id == DocumentVersion.id, Edition.language == language))
        .where(DocumentVersion.id.in_(version_ids))
        .options(lazyload(Round.consultation))  # it is there already, and a final text has no round to join it to
    ).all()
    originals = {row.id: row.language for row in versions}
    readable = {row.id for row in versions if _reads(actor, row.Round)}
    # Of a language in preparation the draft has blocks, and no edition; of one given up before the opening both.
    there = {row.id for row in versions if row.edition is not None and held(row.Consultation, language)}
    headings = db.session.scalars(
        sa.select(Paragraph)
        .where(Paragraph.version_id.in_(version_ids), Paragraph.kind == BlockKind.HEADING)
        .order_by(Paragraph.version_id, Paragraph.position)
    ).all()
    texts = paragraph_texts([heading for heading in headings if heading.version_id in there], language)
    found = {}
    for key, paragraph in wanted.items():
        above = [h for h in headings if h.version_id == paragraph.version_id and h.position <= paragraph.position]
        number, words = "", LocalizedText("", originals[paragraph.version_id])
        if above:
            number, words = above[-1].number, text_of(above[-1], texts, originals[paragraph.version_id])
        if paragraph.kind is not BlockKind.HEADING:
            number = f"{number} ¶ {paragraph.inside}".strip()
        place = Place(number, words.text, paragraph.eid, words.language)
        found[key] = place.told_to(reader=paragraph.version_id in readable)
    return found
