"""Which releases hold somebody's points, and which somebody asked for as staff."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.publication.models import Release, ReleaseRow
from consult.submissions.models import Comment


def _collect(owner: Owner) -> Iterable[Section]:
    held = db.session.execute(
        sa.select(ReleaseRow, Release, Comment.reference)
        .join(Release, Release.id == ReleaseRow.release_id)
        .join(Comment, Comment.id == ReleaseRow.comment_id)
        .where(Comment.submission_id.in_(list(owner.submission_ids)), Release.published_at.is_not(None))
        .order_by(ReleaseRow.id.desc())
    ).unique()
    yield Section(
        "releases",
        _("Released response logs with your points"),
        _("The public, under the setting that you chose."),
        [
            Entry(
                [
                    Fact("round", _("Round"), release.round.label),
                    Fact("release", _("Release"), release.number),
                    Fact("published_at", _("Published"), release.published_at),
                ],
                title=reference or "",
            )
            for _row, release, reference in held
        ],
    )
    if owner.account_id is None:
        return
    asked = db.session.scalars(
        sa.select(Release).where(Release.requested_by == owner.account_id).order_by(Release.id.desc())
    ).unique()
    yield Section(
        "releases_asked_for",
        _("Releases that you asked for as staff"),
        _("The staff of the host."),
        [
            Entry(
                [
                    Fact("round", _("Round"), row.round.label),
                    Fact("release", _("Release"), row.number),
                    Fact("asked_at", _("Asked for"), row.requested_at),
                ]
            )
            for row in asked
        ],
    )


COLLECTORS = (
    Collector(
        key="releases",
        title=_l("Releases"),
        tables=("release", "release_row", "release_file"),
        when_closed=_l(
            "Released files that show more than you leave are made anew at once. Copies that others have stay with "
            "them."
        ),
        collect=_collect,
    ),
)
