"""Where answering stands, in points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from consult.consultations.models import Round
from consult.core.counters import read_counts
from consult.core.db import db
from consult.documents.models import Paragraph
from consult.submissions.enums import (
    ResponseStatus,
)
from consult.submissions.models import Comment, Submission
from consult.submissions.queries.points import ASKED, PUBLIC


@dataclass(frozen=True)
class Progress:
    """Where answering a round stands, in points."""

    submitted: int
    published: int
    asked: int
    answered: int

    @property
    def outstanding(self) -> int:
        """Points that still ask for an answer."""
        return self.asked - self.answered


def progress_of(rounds: Iterable[Round]) -> dict[int, Progress]:
    """Where answering stands, by key of the round, from the counters; one query. What is held they do not count."""
    ids = [round_.id for round_ in rounds]
    kinds = ("submitted", "published", "asked", "answered")
    counts = read_counts([f"round:{key}:{kind}" for key in ids for kind in kinds])
    return {key: Progress(*(counts[f"round:{key}:{kind}"] for kind in kinds)) for key in ids}


def exact_progress(round_: Round) -> Progress:
    """The same, counted exactly, for the gate and the desk: with what is held, which the counters leave out."""
    return _counted(round_)


def exact_public_progress(round_: Round) -> Progress:
    """The same as the counters say it, counted exactly, for checks: without what is held."""
    return _counted(round_, Submission.is_held.is_(False))


def _counted(round_: Round, *conditions: sa.ColumnElement[bool]) -> Progress:
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(Comment.withdrawn_at.is_(None)),
            sa.func.count().filter(PUBLIC),
            sa.func.count().filter(ASKED),
            sa.func.count().filter(ASKED, Comment.response_status == ResponseStatus.SENT),
        )
        .select_from(Comment)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, Comment.reference.is_not(None), *conditions)
    ).one()
    return Progress(*row)


def published_counts(paragraphs: Iterable[Paragraph]) -> dict[int, int]:
    """Published points on each block, by key, from the counters; one query."""
    ids = [paragraph.id for paragraph in paragraphs]
    counts = read_counts([f"paragraph:{key}:published" for key in ids])
    return {key: counts[f"paragraph:{key}:published"] for key in ids}
