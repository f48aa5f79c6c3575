"""Both traces as the public reads them: what a reader may see of points, answers and versions, in one place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from consult.access.roles import Actor
from consult.consultations.history import is_concluded
from consult.consultations.models import Consultation
from consult.core.db import db
from consult.core.errors import NotFound
from consult.documents.models import DocumentVersion, Paragraph
from consult.documents.queries.continuity import find_predecessor
from consult.publication.enums import ReleaseStatus
from consult.publication.models import Release
from consult.responses.tracing.queries import may_read
from consult.responses.tracing.standing import Standing, continuing_versions, list_standing
from consult.responses.tracing.unreflected import count_unreflected, followed_rounds
from consult.submissions.queries import rounds_with_input_for


def rounds_told_to(consultation: Consultation, actor: Actor) -> set[int]:
    """The keys of the rounds whose points and answers somebody may read: their input is, and a release gives it out."""
    readable = rounds_with_input_for(actor, consultation.rounds)
    return set(
        db.session.scalars(
            sa.select(Release.round_id)
            .where(Release.round_id.in_(readable), Release.status == ReleaseStatus.PUBLISHED)
            .distinct()
        )
    )


@dataclass(frozen=True)
class Leftovers:
    """What the two lists hold, for a reader.

    Args:
        round_ids: of the rounds whose points and answers they may read.
        readable: keys of the versions whose words they may read.
        version: the newest text that continues another and that they may read; None where there is none.
        base: what it continues, if they may read that.
        unasked: the changes with it that no point asked for, as far as they may read.
        unreflected: how many accepted points no change is linked to.
        untold: whether points of some round are not read by them, or not released yet.
        has_followed: whether any text of the consultation was followed by another one here.
    """

    round_ids: Collection[int]
    readable: Collection[int]
    version: DocumentVersion | None
    base: DocumentVersion | None
    unasked: Sequence[Standing]
    unreflected: int
    untold: bool
    has_followed: bool

    @property
    def explained(self) -> int:
        """How many of the changes have a source, or are editorial."""
        return sum(one.source is not None for one in self.unasked)


def leftovers_of(consultation: Consultation, actor: Actor, language: str, *, of: str = "") -> Leftovers:
    """What is left over of both traces; a dozen queries.

    Args:
        consultation: with an outcome.
        actor: who reads.
        language: in which they read what is said of changes.
        of: the number of a round, whose text is meant instead of the newest.

    Raises:
        NotFound: no outcome is recorded: until then both lists are the desk's alone.
    """
    if not is_concluded(consultation):
        raise NotFound
    told = rounds_told_to(consultation, actor)
    versions = [one for one in continuing_versions(consultation) if may_read(one, actor)]
    wanted = [one for one in versions if one.of_round is not None and str(one.of_round.number) == of]
    version = next(iter(wanted or versions), None)
    base = find_predecessor(version) if version is not None else None
    readable = {one.id for one in (version, base) if one is not None and may_read(one, actor)}
    reads_base = base is not None and base.id in readable
    standing = list_standing(version, language, round_ids=told) if version is not None else []
    asking = {one.id for one in consultation.rounds if one.opened_at is not None and one.asks_for_answers}
    return Leftovers(
        told,
        readable,
        version,
        base if reads_base else None,
        [one for one in standing if one.is_unasked and (one.change.after_id is not None or reads_base)],
        count_unreflected(consultation, round_ids=told),
        bool(asking - told),
        bool(followed_rounds(consultation)),
    )


def words_of(paragraph_ids: Collection[int], readable: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """EId and words of these paragraphs as they stand in the texts that may be read, by key; one query for some."""
    rows: list[Any] = []
    wanted = sorted(paragraph_ids)
    for start in range(0, len(wanted), 500):
        rows += db.session.execute(
            sa.select(Paragraph.id, Paragraph.eid, Paragraph.text).where(
                Paragraph.id.in_(wanted[start : start + 500]), Paragraph.version_id.in_(list(readable))
            )
        )
    return {row.id: (row.eid, row.text) for row in rows}
