"""What is held of who contests translations, and of translators who work with files."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.responses.models import ResponseVersion
from consult.submissions.models import Comment
from consult.texts.models import Contest, Translation
from consult.translating.contesting import ANSWER, POINT
from consult.translating.models import TranslatedFile


def _collect(owner: Owner) -> Iterable[Section]:
    yield Section(
        "contests",
        _("Translations that you said are not right"),
        _("The public sees that a translation is contested; the secretariat reads your reason."),
        _contests(_of_points_of(owner)),
    )
    if owner.account_id is None:
        return
    yield Section(
        "contests_settled",
        _("Contested translations that you settled as staff"),
        _("The author of the words reads the answer."),
        _contests(Contest.settled_by == owner.account_id),
    )
    files = db.session.scalars(
        sa.select(TranslatedFile).where(TranslatedFile.begun_by == owner.account_id).order_by(TranslatedFile.id.desc())
    ).unique()
    yield Section(
        "translated_files",
        _("Translated files that you sent and have not taken"),
        _("The translators and managers of the host."),
        [
            Entry([Fact("file_name", _("Name of the file"), row.file_name), Fact("begun_at", _("Sent"), row.begun_at)])
            for row in files
        ],
    )


def _of_points_of(owner: Owner) -> sa.ColumnElement[bool]:
    points = sa.select(Comment.id).where(Comment.submission_id.in_(list(owner.submission_ids)))
    answers = sa.select(ResponseVersion.id).where(ResponseVersion.comment_id.in_(points))
    return sa.or_(
        sa.and_(Translation.subject == POINT, Translation.subject_id.in_(points)),
        sa.and_(Translation.subject == ANSWER, Translation.subject_id.in_(answers)),
    )


def _contests(which: sa.ColumnElement[bool]) -> list[Entry]:
    rows = db.session.execute(
        sa.select(Contest, Translation.language)
        .join(Translation, Translation.id == Contest.translation_id)
        .where(which)
        .order_by(Contest.id.desc())
    )
    return [
        Entry(
            [
                Fact("language", _("Language"), language),
                Fact("reason", _("Reason"), row.reason),
                Fact("contested_at", _("Said"), row.contested_at),
                Fact("settled_at", _("Settled"), row.settled_at),
                Fact("answer", _("Answer"), row.answer),
            ]
        )
        for row, language in rows
    ]


COLLECTORS = (
    Collector(
        key="contests",
        title=_l("Contested translations"),
        tables=("translation_contest", "translated_file"),
        when_closed=_l("What you said against a translation goes with a point that you withdraw, and stays otherwise."),
        collect=_collect,
    ),
)
