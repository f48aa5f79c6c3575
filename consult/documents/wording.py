"""What a version of a text is called, wherever it is named."""

from __future__ import annotations

from consult.core.locale import format_day, format_number
from consult.core.locale import gettext as _
from consult.documents.models import DocumentVersion


def version_name(version: DocumentVersion, *, dated: bool = False) -> str:
    """ "Draft for round 2" or "Final text", in the language of the page.

    Args:
        version: which one.
        dated: with the day on which its text was brought, in the time zone of its round; of the final text, in that of
            the newest round.
    """
    round_ = version.of_round
    if not dated:
        if round_ is None:
            return _("Final text")
        return _("Draft for round %(number)s", number=format_number(round_.number))
    if round_ is None:
        newest = max(version.consultation.rounds, key=lambda one: one.number)
        return _("Final text, of %(day)s", day=format_day(version.imported_at, newest.zone))
    day = format_day(version.imported_at, round_.zone)
    return _("Draft for round %(number)s, of %(day)s", number=format_number(round_.number), day=day)
