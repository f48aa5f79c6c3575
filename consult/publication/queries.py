"""Reading releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.documents.models import Paragraph
from consult.moderation.queries import count_waiting
from consult.publication.enums import FileKind, ReleaseStatus, Shown
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.responses.enums import Disposition
from consult.responses.models import ResponseVersion
from consult.responses.queries import is_answered
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import PUBLIC, Filters


def find_latest_release(round_: Round) -> Release | None:
    """The newest published release of a round."""
    return db.session.scalar(
        sa.select(Release)
        .where(Release.round_id == round_.id, Release.status == ReleaseStatus.PUBLISHED)
        .order_by(Release.number.desc())
        .limit(1)
    )


def list_releases(round_: Round) -> Sequence[Release]:
    """All releases of a round, newest first, those being built too."""
    return db.session.scalars(
        sa.select(Release).where(Release.round_id == round_.id).order_by(Release.number.desc())
    ).all()


def get_published_release(round_: Round, number: int) -> Release:
    """A published release by its number, with its files.

    Raises:
        NotFound: none such.
    """
    found = db.session.scalar(
        sa.select(Release)
        .options(selectinload(Release.files))
        .where(Release.round_id == round_.id, Release.number == number, Release.status == ReleaseStatus.PUBLISHED)
    )
    if found is None:
        raise NotFound
    return found


def current_files(release: Release) -> dict[FileKind, ReleaseFile]:
    """The files of the newest issue of a release, by kind."""
    return {file.kind: file for file in release.files if file.retired_at is None}


# Rows that show words which the record no longer gives to the public: withdrawn, restricted or made stricter since.
OUTDATED = sa.and_(ReleaseRow.shown == Shown.TEXT, sa.not_(PUBLIC)) | sa.and_(
    ReleaseRow.shown != Shown.WITHDRAWN, Comment.withdrawn_at.is_not(None)
)


def find_outdated_release() -> Release | None:
    """A published release whose files show what the record no longer gives; the oldest first."""
    return db.session.scalar(
        sa.select(Release)
        .join(ReleaseRow, ReleaseRow.release_id == Release.id)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(Release.status == ReleaseStatus.PUBLISHED, OUTDATED)
        .order_by(Release.id)
        .limit(1)
    )


def is_outdated(release: Release) -> bool:
    """Whether this release's files must not be given out until they are reissued."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    ReleaseRow.release_id == release.id,
                    ReleaseRow.comment_id == Comment.id,
                    Comment.submission_id == Submission.id,
                    OUTDATED,
                )
            )
        )
    )


def page_of_rows(
    release: Release, filters: Filters, disposition: Disposition | None, *, after: str | None, before: str | None
) -> Page[Any]:
    """Rows of a release in their order; a filter on words or origin never finds what is not shown."""
    statement = (
        sa.select(ReleaseRow)
        .join(ReleaseRow.comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .outerjoin(ReleaseRow.response)
        .options(joinedload(ReleaseRow.comment).joinedload(Comment.question).lazyload(Question.options))
        .where(ReleaseRow.release_id == release.id)
    )
    if filters != Filters():
        visible = PUBLIC if filters.words or filters.language else Comment.withdrawn_at.is_(None)
        statement = filters.apply(statement.where(visible))
    if disposition is not None:
        statement = statement.where(ResponseVersion.disposition == disposition, Comment.withdrawn_at.is_(None))
    return fetch_page(
        db.session,
        statement,
        [ReleaseRow.ordinal],  # type: ignore[list-item]
        lambda row: [row.ordinal],
        after=after,
        before=before,
    )


def list_reasons_against_release(round_: Round, *, has_closed: bool) -> list[str]:
    """What keeps a round from being released: `open`, `screening`, `answers`, `nothing`; empty when nothing does."""
    reasons = []
    if not has_closed:
        reasons.append("open")
    if count_waiting(round_):
        reasons.append("screening")
    if not is_answered(round_):
        reasons.append("answers")
    return reasons


def comments_for_release(round_: Round) -> Sequence[Comment]:
    """Every submitted point of a round in the order of the log: by place in the text, then by reference."""
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .outerjoin(Comment.paragraph)
            .where(Comment.round_id == round_.id, Comment.reference.is_not(None))
            .order_by(sa.func.coalesce(Paragraph.position, 0), Comment.reference)
        )
        .unique()
        .all()
    )
