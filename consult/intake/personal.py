"""What is held of staff who bring comment tables in. Whoever a table names has no account: staff act at their wish."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.intake.models import CommentImport


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    rows = db.session.scalars(
        sa.select(CommentImport)
        .where(sa.or_(CommentImport.begun_by == owner.account_id, CommentImport.imported_by == owner.account_id))
        .order_by(CommentImport.id.desc())
    ).unique()
    yield Section(
        "comment_tables",
        _("Comment tables that you brought in as staff"),
        _("The staff of the host."),
        [
            Entry(
                [
                    Fact("round", _("Round"), row.round.label),
                    Fact("file_name", _("Name of the file"), row.file_name),
                    Fact("begun_at", _("Begun"), row.begun_at),
                    Fact("imported_at", _("Brought in"), row.imported_at),
                ]
            )
            for row in rows
        ],
    )


COLLECTORS = (
    Collector(
        key="comment_tables",
        title=_l("Comment tables"),
        tables=("comment_import", "imported_row"),
        when_closed=_l("What you brought in as staff stays, without your name."),
        collect=_collect,
    ),
)
