"""Reading releases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from consult.consultations.models import Question, Round
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.paging import Page, fetch_page
from consult.moderation.queries import count_waiting
from consult.publication.changes import has_changed, with_before
from consult.publication.enums import GONE, Change, FileKind, ReleaseStatus, Shown
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.responses.enums import Disposition
from consult.responses.models import Delivery, ResponseVersion
from consult.responses.queries import is_answered
from consult.submissions.enums import ModerationStatus, Nature, PublicationSetting, ResponseStatus
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import (
    IN_TEXT_ORDER,
    KNOWN,
    KNOWN_SUPERSEDED,
    OF_STATES,
    PUBLIC,
    TOLD,
    Filters,
    count_offered,
)

# With translations, and the originals folded below them, as many rows as fit into the budget of a page on a slow line.
ROWS_ON_A_PAGE = 15


def find_latest_release(round_: Round) -> Release | None:
    """The newest published release of a round."""
    return db.session.scalar(
        sa.select(Release)
        .where(Release.round_id == round_.id, Release.status == ReleaseStatus.PUBLISHED)
        .order_by(Release.number.desc())
        .limit(1)
    )


def find_last_release(round_: Round) -> Release | None:
    """The release of a round with the highest number, published or being built."""
    return db.session.scalar(
        sa.select(Release).where(Release.round_id == round_.id).order_by(Release.number.desc()).limit(1)
    )


def has_release(round_: Round) -> bool:
    """Whether a round was released, or is being released."""
    return find_last_release(round_) is not None


def page_of_releases(
    round_: Round, *, after: str | None = None, before: str | None = None, size: int = 10
) -> Page[Release]:
    """The releases of a round, newest first, those being built too."""
    return fetch_page(
        db.session,
        sa.select(Release).where(Release.round_id == round_.id),
        [Release.number],
        lambda row: [row.number],
        after=after,
        before=before,
        descending=True,
        size=size,
    )


def list_releases(round_: Round, limit: int = 3) -> Sequence[Release]:
    """The newest releases of a round, newest first, those being built too."""
    return db.session.scalars(
        sa.select(Release).where(Release.round_id == round_.id).order_by(Release.number.desc()).limit(limit)
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


SUFFIXES = {FileKind.CSV: ".csv", FileKind.JSON: ".json", FileKind.MANIFEST: "-manifest.json"}


def file_name(release: Release, file: ReleaseFile) -> str:
    """What a file of a release is called, for ever: each issue has a name of its own."""
    return f"{release.round.label}-release-{release.number}-issue-{file.issue}{SUFFIXES[file.kind]}"


def list_issues(releases: Sequence[Release]) -> Mapping[int, Sequence[ReleaseFile]]:
    """Every file that each release ever had, newest issue first, by key of the release; one query."""
    rows = db.session.scalars(
        sa.select(ReleaseFile)
        .where(ReleaseFile.release_id.in_([release.id for release in releases]))
        .order_by(ReleaseFile.issue.desc(), ReleaseFile.kind)
    )
    found: dict[int, list[ReleaseFile]] = {release.id: [] for release in releases}
    for row in rows:
        found[row.release_id].append(row)
    return found


def list_languages(release: Release) -> Sequence[str]:
    """The languages of the points whose words a release shows, in the order of their codes."""
    return db.session.scalars(
        sa.select(Comment.language)
        .join(ReleaseRow, ReleaseRow.comment_id == Comment.id)
        .join(Comment.submission)
        .where(ReleaseRow.release_id == release.id, ReleaseRow.shown == Shown.TEXT, PUBLIC)
        .distinct()
        .order_by(Comment.language)
    ).all()


# Rows that show words which the record no longer gives to the public: withdrawn, restricted or made stricter since;
# in a compilation also a name that its bearer no longer wants told; and more of the sort of author than is told now.
OUTDATED = sa.or_(
    sa.and_(ReleaseRow.shown == Shown.TEXT, sa.not_(PUBLIC)),
    sa.and_(ReleaseRow.shown.not_in(GONE), Comment.withdrawn_at.is_not(None)),
    sa.and_(ReleaseRow.setting.is_not(None), ReleaseRow.setting != Submission.publication_setting),
    sa.and_(ReleaseRow.shown.not_in(GONE), ReleaseRow.told != TOLD),
)


def find_outdated_release(*, besides: Collection[int] = ()) -> Release | None:
    """A published release whose files show what the record no longer gives; the oldest first.

    Args:
        besides: keys of releases to leave out, such as those that could not be reissued just now.
    """
    return db.session.scalar(
        sa.select(Release)
        .join(ReleaseRow, ReleaseRow.release_id == Release.id)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .join(Submission, Submission.id == Comment.submission_id)
        .where(Release.status == ReleaseStatus.PUBLISHED, Release.id.not_in(besides), OUTDATED)
        .order_by(Release.id)
        .limit(1)
    )


def outdated_releases(releases: Iterable[Release]) -> set[int]:
    """The keys of those among these releases whose files must not be given out until they are reissued; one query."""
    statement = (
        sa.select(ReleaseRow.release_id)
        .join(ReleaseRow.comment)
        .join(Comment.submission)
        .where(ReleaseRow.release_id.in_([release.id for release in releases]), OUTDATED)
        .distinct()
    )
    return set(db.session.scalars(statement))


def is_outdated(release: Release) -> bool:
    """Whether this release's files must not be given out until they are reissued."""
    return bool(outdated_releases([release]))


@dataclass(frozen=True)
class ChangedRows:
    """Those rows alone that changed since an earlier release: in any way, or in one."""

    previous: Release
    kind: Change | None = None


def _rows_in(
    release: Release, filters: Filters, disposition: Disposition | None, changed: ChangedRows | None
) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filtered list of rows; what a row does not show, no filter finds it by."""
    conditions = [ReleaseRow.release_id == release.id]
    if changed is not None:
        conditions.append(has_changed(changed.previous, changed.kind))
    if filters.words or filters.language:
        shown = sa.and_(ReleaseRow.shown == Shown.TEXT, PUBLIC)
        conditions.append(sa.or_(shown, Comment.reference == filters.words.upper()) if filters.words else shown)
    if disposition is not None:
        conditions.append(ResponseVersion.disposition == disposition)
    if disposition is not None or filters.constituency or filters.comment_type or filters.nature or filters.eid:
        conditions.append(Comment.withdrawn_at.is_(None))
    return conditions


def page_of_rows(
    release: Release,
    filters: Filters,
    disposition: Disposition | None,
    *,
    after: str | None,
    before: str | None,
    changed: ChangedRows | None = None,
) -> Page[ReleaseRow]:
    """Rows of a release in their order; by words, a row is found if it shows them, or if they are its reference."""
    statement = (
        sa.select(ReleaseRow)
        .join(ReleaseRow.comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .outerjoin(ReleaseRow.response)
        .options(
            contains_eager(ReleaseRow.comment).options(
                contains_eager(Comment.submission),
                contains_eager(Comment.paragraph),
                joinedload(Comment.question).lazyload(Question.options),
            ),
            contains_eager(ReleaseRow.response),
        )
        .where(*_rows_in(release, filters, disposition, changed))
    )
    if changed is not None:
        statement = with_before(statement, changed.previous)
    return fetch_page(
        db.session,
        filters.apply(statement),
        [ReleaseRow.ordinal],
        lambda row: [row.ordinal],
        after=after,
        before=before,
        size=ROWS_ON_A_PAGE,
    )


def count_rows(
    release: Release, filters: Filters, disposition: Disposition | None, *, changed: ChangedRows | None = None
) -> int:
    """How many rows such a list holds in all."""
    statement = (
        sa.select(sa.func.count())
        .select_from(ReleaseRow)
        .join(ReleaseRow.comment)
        .join(Comment.submission)
        .outerjoin(Comment.paragraph)
        .outerjoin(ReleaseRow.response)
        .where(*_rows_in(release, filters, disposition, changed))
    )
    if changed is not None:
        statement = with_before(statement, changed.previous)
    return db.session.scalar(filters.apply(statement)) or 0


def list_reasons_against_release(round_: Round, *, is_over: bool) -> list[str]:
    """What keeps a round from being released, empty when nothing does.

    `open`: it takes input, if only drafts that were begun before; `late`: what was handed in late waits for a
    decision, which could not be taken afterwards; `screening`: points wait to be read; `answers`:
    points ask for an answer; `nothing`: the record gives no more than the last release does.
    """
    reasons = []
    if not is_over:
        reasons.append("open")
    if count_offered(round_):
        reasons.append("late")
    if count_waiting(round_):
        reasons.append("screening")
    if not is_answered(round_):
        reasons.append("answers")
    last = find_latest_release(round_)
    if not reasons and last is not None and not has_news(last):
        reasons.append("nothing")
    return reasons


def has_news(release: Release) -> bool:
    """Whether the record gives more than this release."""
    return any(count_news(release).values())


def count_news(release: Release) -> Mapping[Change, int]:
    """What the record gives more than this release, in how many points: for one to come. One query.

    Points that came since, were answered since, whose answer was corrected, or whose restriction was lifted. What is
    taken back is not news: it leaves the release by itself. What is held is none yet.
    """
    row = aliased(ReleaseRow)
    corrected = sa.exists().where(
        ResponseVersion.comment_id == Comment.id,
        ResponseVersion.id > row.response_version_id,
        Delivery.response_version_id == ResponseVersion.id,
    )
    flags = {
        Change.ADDED: row.id.is_(None),
        Change.ANSWERED: sa.and_(
            row.id.is_not(None), row.response_version_id.is_(None), Comment.response_status == ResponseStatus.SENT
        ),
        Change.CORRECTED: corrected,
        Change.LIFTED: sa.and_(row.shown == Shown.RESTRICTED, PUBLIC),
    }
    statement: Any = (
        sa.select(*[sa.func.count().filter(flag) for flag in flags.values()])
        .select_from(Comment)
        .join(Comment.submission)
        .outerjoin(row, sa.and_(row.comment_id == Comment.id, row.release_id == release.id))
        .where(
            Comment.round_id == release.round_id,
            Comment.reference.is_not(None),
            Comment.withdrawn_at.is_(None),
            _HAS_A_ROW,
        )
    )
    numbers = db.session.execute(statement).one()
    return dict(zip(flags, (int(number) for number in numbers), strict=True))


@dataclass(frozen=True)
class Makeup:
    """What the points of a release are, as its rows tell anybody who reads them all.

    The first four, those that were struck and what States put on record are all of them; of those that are not
    published or restricted, which are among them, the words are not shown.
    """

    answered: int
    withdrawn: int
    superseded: int
    closed: int
    not_published: int
    restricted: int
    struck: int
    reservations: int
    statements: int

    @property
    def of_states(self) -> Mapping[Nature, int]:
        """What States put on record, which nobody answers."""
        return {Nature.RESERVATION: self.reservations, Nature.STATEMENT: self.statements}


def makeup_of(release: Release) -> Makeup:
    """How many points of a release have an answer, and what the others are; one query."""
    is_gone, is_struck = Comment.withdrawn_at.is_not(None), Comment.struck_as.is_not(None)
    is_there, is_unanswered = sa.not_(is_gone), ReleaseRow.response_version_id.is_(None)
    is_restricted = Comment.moderation_status == ModerationStatus.RESTRICTED
    is_closed = Comment.response_status == ResponseStatus.CLOSED
    # As `services.shown_now`: what the row shows, or less where the record has become stricter since.
    hidden_since = sa.and_(ReleaseRow.shown == Shown.TEXT, sa.not_(PUBLIC))
    flags = (
        sa.and_(is_there, sa.not_(is_unanswered)),
        sa.and_(is_gone, sa.not_(is_struck)),
        sa.and_(is_there, is_unanswered, KNOWN_SUPERSEDED),
        sa.and_(is_there, is_unanswered, sa.not_(KNOWN_SUPERSEDED), sa.or_(sa.not_(OF_STATES), is_closed)),
        sa.and_(
            is_there,
            sa.or_(ReleaseRow.shown == Shown.NOT_PUBLISHED, sa.and_(hidden_since, sa.not_(is_restricted))),
        ),
        sa.and_(is_there, sa.or_(ReleaseRow.shown == Shown.RESTRICTED, sa.and_(hidden_since, is_restricted))),
        is_struck,
        *(
            sa.and_(is_there, Comment.nature == nature, sa.not_(KNOWN_SUPERSEDED), sa.not_(is_closed))
            for nature in (Nature.RESERVATION, Nature.STATEMENT)
        ),
    )
    statement: Any = (
        sa.select(*[sa.func.count().filter(flag) for flag in flags])
        .select_from(ReleaseRow)
        .join(ReleaseRow.comment)
        .join(Comment.submission)
        .where(ReleaseRow.release_id == release.id)
    )
    return Makeup(*(int(number) for number in db.session.execute(statement).one()))


_shown_before = aliased(ReleaseRow)
# Which points stand in a release: those that the public knows of. Of what is counted and nothing else there is no row,
# but for what had one in an earlier release: that it is no longer published is told there, and no row just disappears.
_HAS_A_ROW = sa.and_(
    KNOWN,
    sa.or_(
        Submission.publication_setting != PublicationSetting.AGGREGATE,
        sa.exists().where(_shown_before.comment_id == Comment.id).correlate(Comment),
    ),
)


def count_for_release(round_: Round) -> int:
    """How many rows a release of this round has, the withdrawn ones too."""
    return _count_points(round_, _HAS_A_ROW)


def count_only_counted(round_: Round) -> int:
    """How many points of a round stand in no row of a release because their authors want them counted alone."""
    return _count_points(round_, KNOWN, sa.not_(_HAS_A_ROW), Comment.withdrawn_at.is_(None))


def _count_points(round_: Round, *conditions: sa.ColumnElement[bool]) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(Comment)
        .join(Comment.submission)
        .where(Comment.round_id == round_.id, Comment.reference.is_not(None), *conditions)
    )
    return db.session.scalar(statement) or 0


def comments_for_release(round_: Round) -> Sequence[Comment]:
    """The points that a release of a round has a row for, by place in the text or question, then by reference."""
    return (
        db.session.scalars(
            sa.select(Comment)
            .join(Comment.submission)
            .outerjoin(Comment.paragraph)
            .outerjoin(Comment.question)
            .options(joinedload(Comment.question).lazyload(Question.options))
            .where(Comment.round_id == round_.id, Comment.reference.is_not(None), _HAS_A_ROW)
            .order_by(*IN_TEXT_ORDER)
        )
        .unique()
        .all()
    )
