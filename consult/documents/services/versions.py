"""Making a version of a document: its paragraphs under stable eIds, what continues what, and the translations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.models import Consultation, Round
from consult.core.db import db
from consult.core.errors import Conflict
from consult.core.locale import gettext as _
from consult.documents.aligning import Words, align
from consult.documents.eids import carried_eids, relinked, stable_eids
from consult.documents.enums import Continuation, Ground
from consult.documents.importing import Block, places_inside
from consult.documents.models import Correspondence, DocumentVersion, Paragraph
from consult.documents.queries import list_paragraphs
from consult.documents.services.editions import refresh_edition
from consult.texts.indexing import reindex
from consult.texts.models import Translation
from consult.texts.services import put_translations, take_translations


@dataclass(frozen=True)
class Link:
    """What became of a paragraph of the version before, or where a block comes from.

    Args:
        before: the key of the paragraph; None of what is new.
        place: of the block, from 0; None of what was removed.
        continuation: in one word.
        ground: why that is said.
        likeness: from 0 to 1000.
    """

    before: int | None
    place: int | None
    continuation: Continuation
    ground: Ground
    likeness: int


def make_version(
    consultation: Consultation,
    round_: Round | None,
    blocks: Sequence[Block],
    *,
    figures: Mapping[int, int] | None = None,
    base: DocumentVersion | None,
    links: Sequence[Link],
    actor: Actor,
    now: datetime,
) -> DocumentVersion:
    """Make the version of a round, or the final text, in the authentic language; one that is there is replaced.

    What continues a paragraph of the version before has its eId; no other ever gets it. Translations stay with what
    they were made for: those of the version that is replaced, else those of the version before; where the words
    changed they are stale.

    Args:
        consultation: whose text it is; the caller holds its lock.
        round_: that was not opened; None for the final text.
        blocks: in their order, under the eIds that links inside the text lead to.
        figures: by place, the picture that a block shows.
        base: the version before, if any.
        links: how it is continued; every paragraph of it and every block is in one.
        actor: who confirms that.
        now: when.

    Raises:
        Conflict: another version continues the one that would be replaced.
    """
    version, former, taken = _emptied(consultation, round_, now)
    before = list_paragraphs(base) if base is not None else []
    carried = carried_eids(
        [
            (link.before, link.place, link.likeness)
            for link in links
            if link.before is not None and link.place is not None
        ],
        {paragraph.id: paragraph.eid for paragraph in before},
    )
    eids = stable_eids(blocks, carried, _used_eids(consultation))
    kept = relinked(blocks, eids)
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
            figure_id=(figures or {}).get(position - 1),
        )
        for position, (block, inside) in enumerate(zip(kept, places_inside(kept), strict=True), start=1)
    ]
    db.session.add_all(paragraphs)
    db.session.flush()
    if base is not None:
        _connect(version, base, paragraphs, links, actor, now)
    _carry_translations(version, paragraphs, former, taken, links, now)
    return version


def figures_of_version(consultation: Consultation, round_: Round | None) -> set[int]:
    """The pictures of the version that is there for a round, or of the final text, before it is replaced."""
    of_round = DocumentVersion.round_id.is_(None) if round_ is None else DocumentVersion.round_id == round_.id
    found = db.session.scalars(
        sa.select(Paragraph.figure_id)
        .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
        .where(DocumentVersion.consultation_id == consultation.id, of_round, Paragraph.figure_id.is_not(None))
    )
    return {key for key in found if key is not None}


def _emptied(
    consultation: Consultation, round_: Round | None, now: datetime
) -> tuple[DocumentVersion, dict[int, Words], Sequence[Mapping[str, Any]]]:
    """The version of a round without its paragraphs; what they said, and their translations."""
    version = db.session.scalar(
        sa.select(DocumentVersion).where(
            DocumentVersion.consultation_id == consultation.id,
            DocumentVersion.round_id.is_(None) if round_ is None else DocumentVersion.round_id == round_.id,
        )
    )
    language = consultation.authentic_language
    if version is None:
        version = DocumentVersion(consultation=consultation, of_round=round_, language=language, imported_at=now)
        db.session.add(version)
        db.session.flush()
        return version, {}, []
    if db.session.scalar(sa.select(sa.exists().where(Correspondence.base_id == version.id))):
        raise Conflict(_("Another version is kept as the continuation of this one. This one stays as it is."))
    former = {one.id: Words(one.kind, one.text, one.number, one.level) for one in list_paragraphs(version)}
    taken = take_translations("paragraph", list(former))
    db.session.execute(sa.delete(Correspondence).where(Correspondence.version_id == version.id))
    db.session.execute(sa.delete(Paragraph).where(Paragraph.version_id == version.id))
    reindex("paragraph", list(former))
    version.editions.clear()
    version.language, version.imported_at = language, now
    db.session.flush()
    return version, former, taken


def _used_eids(consultation: Consultation) -> set[str]:
    """Every eId that another version of a consultation's text has."""
    return set(
        db.session.scalars(
            sa.select(Paragraph.eid)
            .join(DocumentVersion, DocumentVersion.id == Paragraph.version_id)
            .where(DocumentVersion.consultation_id == consultation.id)
            .distinct()
        )
    )


def _connect(
    version: DocumentVersion,
    base: DocumentVersion,
    paragraphs: Sequence[Paragraph],
    links: Sequence[Link],
    actor: Actor,
    now: datetime,
) -> None:
    rows = [
        {
            "version_id": version.id,
            "base_id": base.id,
            "before_id": link.before,
            "after_id": paragraphs[link.place].id if link.place is not None else None,
            "continuation": link.continuation,
            "ground": link.ground,
            "likeness": link.likeness,
            "confirmed_by": actor.actor_id,
            "confirmed_at": now,
        }
        for link in links
    ]
    if rows:
        db.session.execute(sa.insert(cast(sa.Table, Correspondence.__table__)), rows)


def _carry_translations(
    version: DocumentVersion,
    paragraphs: Sequence[Paragraph],
    former: Mapping[int, Words],
    taken: Sequence[Mapping[str, Any]],
    links: Sequence[Link],
    now: datetime,
) -> None:
    """Keep the translations of what is still there; those of reworded blocks are stale.

    A language whose every block is there as it was is an edition still; another waits for what is new.
    """
    keys = list(former)
    now_words = [Words(one.kind, one.text, one.number, one.level) for one in paragraphs]
    again = align(list(former.values()), now_words) if former else []
    places = {
        keys[match.old]: paragraphs[match.new].id
        for match in sorted(again, key=lambda one: one.likeness)
        if match.old is not None and match.new is not None
    }
    own = _best([row for row in taken if row["language"] != version.language], places)
    put_translations("paragraph", own, places)
    have = {(places[row["subject_id"]], row["language"]) for row in own}
    lent = _of_base(version, paragraphs, links, have)
    for code in sorted({row["language"] for row in own} | lent):
        refresh_edition(version, code, now=now)


def _best(rows: Sequence[Mapping[str, Any]], places: Mapping[int, int]) -> list[Mapping[str, Any]]:
    """One translation in each language for each place: of several that were merged that of one."""
    found: dict[tuple[int, str, str], Mapping[str, Any]] = {}
    for row in rows:
        if row["subject_id"] in places:
            found.setdefault((places[row["subject_id"]], row["language"], row["field"]), row)
    return list(found.values())


def _of_base(
    version: DocumentVersion, paragraphs: Sequence[Paragraph], links: Sequence[Link], have: set[tuple[int, str]]
) -> set[str]:
    """Offer the translations of the version before, as they were made, where this one has none; their languages."""
    afters: dict[int, list[int]] = defaultdict(list)
    for link in sorted(links, key=lambda one: -one.likeness):
        if link.before is not None and link.place is not None:
            afters[link.before].append(paragraphs[link.place].id)
    table = Translation.__table__
    rows = db.session.execute(
        sa.select(table)
        .where(table.c.subject == "paragraph", table.c.subject_id.in_(list(afters)))
        .where(table.c.language != version.language)
        .order_by(table.c.id)
    ).all()
    wanted = []
    for row in rows:
        values = row._asdict()
        del values["id"]
        place = afters[row.subject_id][0]
        if (place, row.language) not in have:
            have.add((place, row.language))
            wanted.append(values)
    put_translations("paragraph", wanted, {before: places[0] for before, places in afters.items()})
    return {row["language"] for row in wanted}
