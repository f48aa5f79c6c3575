"""What States put on record beside the text, and nobody answers: reservations and statements of position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from consult.access.roles import Actor
from consult.consultations.models import Round
from consult.core.db import db
from consult.documents.models import Paragraph
from consult.documents.queries import Place, places_of
from consult.submissions.enums import Nature, ResponseStatus
from consult.submissions.models import Comment
from consult.submissions.queries.points import PUBLIC
from consult.submissions.queries.speaking import Speaker, speakers
from consult.texts.queries import Texts, load_texts

OF_STATES = Comment.nature != Nature.POINT
# As the public reads them now: one whose submission was revised stays public at its own address alone.
_STANDING = sa.and_(PUBLIC, OF_STATES, Comment.response_status != ResponseStatus.CLOSED)


def list_reservations(rounds: Iterable[Round], *, limit: int = 500) -> Sequence[Comment]:
    """The public reservations and statements of position of these rounds that stand; one query.

    By round, then by their place in the text, those on the whole text first; never by arrival.
    """
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .outerjoin(Comment.paragraph)
            .options(contains_eager(Comment.submission), contains_eager(Comment.paragraph), lazyload(Comment.question))
            .where(Comment.round_id.in_([round_.id for round_ in rounds]), _STANDING)
            .order_by(Comment.round_id, sa.func.coalesce(Paragraph.position, 0), Comment.reference)
            .limit(limit)
        )
        .unique()
        .all()
    )


def count_reservations(rounds: Iterable[Round], *, for_staff: bool = False) -> Mapping[int, Mapping[Nature, int]]:
    """How many of each nature stand, by key of the round, none where there are none; one query.

    Args:
        rounds: whose.
        for_staff: those too that the public does not read yet, such as while a credential is awaited.
    """
    which = (
        sa.and_(OF_STATES, Comment.reference.is_not(None), Comment.withdrawn_at.is_(None)) if for_staff else _STANDING
    )
    rows = db.session.execute(
        sa.select(Comment.round_id, Comment.nature, sa.func.count())
        .join(Comment.submission)
        .where(Comment.round_id.in_([round_.id for round_ in rounds]), which)
        .group_by(Comment.round_id, Comment.nature)
        .order_by(Comment.round_id, Comment.nature.desc())
    )
    found: dict[int, dict[Nature, int]] = {}
    for round_id, nature, number in rows:
        found.setdefault(round_id, {})[nature] = number
    return {key: {nature: of.get(nature, 0) for nature in Nature if nature.is_of_state} for key, of in found.items()}


@dataclass(frozen=True)
class Standing:
    """What stands on record of some rounds, ready for a page.

    Args:
        comments: by round and by place in the text.
        speakers: who puts it on record, by key of the submission.
        texts: translations of the words.
        places: where in the text, by key of the paragraph.
    """

    comments: Sequence[Comment]
    speakers: Mapping[int, Speaker]
    texts: Texts
    places: Mapping[int, Place]

    @property
    def on_the_whole(self) -> Sequence[Comment]:
        """What is on no paragraph, but on the whole text."""
        return [comment for comment in self.comments if comment.paragraph is None]

    @property
    def by_eid(self) -> Mapping[str, Sequence[Comment]]:
        """What is on a paragraph, by its eId; of one round, whose draft has each eId once."""
        found: dict[str, list[Comment]] = {}
        for comment in self.comments:
            if comment.paragraph is not None:
                found.setdefault(comment.paragraph.eid, []).append(comment)
        return found


def load_standing(rounds: Iterable[Round], *, reader: str, words: str, actor: Actor) -> Standing:
    """What States put on record in these rounds; one query where that is nothing, seven at most.

    Args:
        rounds: whose input the reader may read.
        reader: the language of places.
        words: the language in which the words are wanted, where they are translated.
        actor: who reads.
    """
    comments = list_reservations(rounds)
    return Standing(
        comments,
        speakers([comment.submission for comment in comments], for_staff=False) if comments else {},
        load_texts("comment", [comment.id for comment in comments], words),
        places_of([comment.paragraph for comment in comments if comment.paragraph is not None], reader, actor=actor),
    )
