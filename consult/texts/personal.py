"""What is held of whoever translates; the words of points in other languages go with the points."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from consult.core.db import db
from consult.core.locale import current_locale, language_name
from consult.core.locale import gettext as _
from consult.core.locale import lazy_gettext as _l
from consult.core.personal import Collector, Entry, Fact, Owner, Section
from consult.texts.enums import Origin
from consult.texts.models import Translation


def _collect(owner: Owner) -> Iterable[Section]:
    if owner.account_id is None:
        return
    rows = db.session.scalars(
        sa.select(Translation).where(Translation.translated_by == owner.account_id).order_by(Translation.id.desc())
    )
    code = current_locale().code
    yield Section(
        "translations",
        _("Translations that you saved as staff"),
        _("Readers see that a person made them, and when; the staff of the host see who."),
        [
            Entry(
                [
                    Fact("language", _("Language"), row.language, language_name(row.language, code)),
                    Fact("text", _("Words"), row.text, language=row.language),
                    Fact("origin", _("Made by a machine"), row.origin is Origin.MACHINE),
                    Fact("translated_at", _("Saved"), row.translated_at),
                ]
            )
            for row in rows
        ],
    )


COLLECTORS = (
    Collector(
        key="translations",
        title=_l("Translations"),
        tables=("translation", "search_text"),
        when_closed=_l("Translations that you made as staff stay, without your name."),
        collect=_collect,
    ),
)
