"""What became of points in the newest text that their reader may read: told wherever such a point is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from consult.access.roles import Actor
from consult.documents.models import DocumentVersion
from consult.documents.queries import Place, newest_published, places_of
from consult.documents.queries.versions import list_paragraphs_by_id
from consult.submissions.fates import LABELS
from consult.submissions.models import Comment
from consult.submissions.queries.carrying import Carried, carried


@dataclass(frozen=True)
class InNewest:
    """What became of a point in the newest text.

    Args:
        version: that text.
        carried: where its paragraph and its words are now.
        places: of the paragraphs there, by key.
    """

    version: DocumentVersion
    carried: Carried
    places: Mapping[int, Place]

    @property
    def label(self) -> Any:
        """What became of its paragraph, in words."""
        return LABELS[self.carried.fate]


def in_newest(comments: Collection[Comment], *, actor: Actor, language: str) -> dict[int, InNewest]:
    """What became of points in the newest text of their consultation, by key; a dozen queries at most.

    Of points on that text itself, of those about no paragraph and of withdrawn ones there is nothing.

    Args:
        comments: the points, of any consultations.
        actor: who reads: the newest text is that of those that they may read.
        language: in which places are read.
    """
    wanted = [one for one in comments if one.paragraph is not None and not one.is_withdrawn]
    newest = newest_published({one.submission.round.consultation_id for one in wanted}, actor)
    later: dict[int, DocumentVersion] = {}
    for one in wanted:
        round_ = one.submission.round
        version = newest.get(round_.consultation_id)
        if version is not None and (version.of_round is None or version.of_round.number > round_.number):
            later[one.id] = version
    if not later:
        return {}
    told = carried([one for one in wanted if one.id in later], *set(later.values()))
    now = [step.paragraph_id for one in told.values() for step in one.steps if step.paragraph_id is not None]
    places = places_of(list_paragraphs_by_id(now), language, actor=None)
    return {key: InNewest(later[key], one, places) for key, one in told.items()}
