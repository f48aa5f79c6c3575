"""What the rows of a release show, as the record is now, and how its files give them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from consult.accounts.actors import Visitor
from consult.documents.queries import get_version, places
from consult.publication.changes import RowChange, changes_of, find_previous_release
from consult.publication.enums import Shown
from consult.publication.formats import LogRow, columns_of
from consult.publication.models import Release, ReleaseRow
from consult.submissions.enums import ModerationStatus, PublicationSetting
from consult.submissions.models import Comment
from consult.submissions.queries import Speaker, speakers, superseded_among
from consult.submissions.services import is_public
from consult.texts.models import Translation
from consult.texts.queries import list_translations

CHUNK = 500
"""How many rows are asked about at once."""


def shown_of(comment: Comment) -> Shown:
    """What a log may show of a point's words now."""
    if comment.is_withdrawn:
        return Shown.STRUCK if comment.is_struck else Shown.WITHDRAWN
    if comment.moderation_status is ModerationStatus.RESTRICTED or comment.is_held:  # lifted, and waits for its batch
        return Shown.RESTRICTED
    return Shown.TEXT if is_public(comment) else Shown.NOT_PUBLISHED


def setting_now(row: ReleaseRow) -> PublicationSetting | None:
    """How a row may tell who speaks: in a compilation, and with what a State put on record; None where it does not."""
    tells = row.shown is Shown.TEXT and not row.comment.asks_for_answer
    return row.comment.submission.publication_setting if tells else None


def shown_now(row: ReleaseRow) -> Shown:
    """What a page may show of a row of a release: what the row shows, unless the record has become stricter since."""
    if row.shown is Shown.TEXT or row.comment.is_withdrawn:
        return shown_of(row.comment)
    return row.shown


def log_rows_of(release: Release, rows: Sequence[ReleaseRow]) -> list[LogRow]:
    """The rows of a release as its files give them out now, in their order.

    Args:
        release: which.
        rows: all of them.
    """
    consultation = release.round.consultation
    # Files are made once, for everybody, and so are what they call the places.
    where = places(get_version(release.round), consultation.authentic_language, actor=Visitor())
    version_ids = [row.response.id for row in rows if row.response is not None]
    translations: dict[int, dict[str, dict[str, str]]] = {}
    made: dict[int, dict[str, dict[str, Any]]] = {}
    for translation in _translations("response_version", version_ids):
        by_language = translations.setdefault(translation.subject_id, {})
        by_language.setdefault(translation.language, {})[translation.field] = translation.text
        made.setdefault(translation.subject_id, {}).setdefault(translation.language, {})[translation.field] = _made(
            translation
        )
    points: dict[int, dict[str, dict[str, Any]]] = {}
    for translation in _translations("comment", [row.comment_id for row in rows if row.shown is Shown.TEXT]):
        words = {"text": translation.text, **_made(translation)}
        points.setdefault(translation.subject_id, {}).setdefault(translation.language, {})[translation.field] = words
    submissions = sorted({row.comment.submission_id for row in rows})
    superseded: set[int] = set()
    for start in range(0, len(submissions), CHUNK):
        superseded |= superseded_among(submissions[start : start + CHUNK], known=True)
    changes, told = _changes(release, rows), _speakers(rows)
    return [
        LogRow.of(
            row,
            where.get(row.comment.paragraph_id or 0),
            translations.get(row.response.id if row.response else 0, {}),
            made=made.get(row.response.id if row.response else 0),
            point=points.get(row.comment_id),
            superseded=row.comment.submission_id in superseded,
            columns=columns_of(release),
            change=changes.get(row.comment_id),
            speaker=told.get(row.comment.submission_id),
        )
        for row in rows
    ]


def _translations(subject: str, keys: Sequence[int]) -> Iterator[Translation]:
    for start in range(0, len(keys), CHUNK):
        yield from list_translations(subject, keys[start : start + CHUNK])


def _made(translation: Translation) -> dict[str, str]:
    """Who or what made a translation and when; never who of the staff."""
    return {
        "origin": translation.origin.value,
        "made_with": translation.made_with,
        "made_on": translation.translated_at.date().isoformat(),
    }


def _changes(release: Release, rows: Sequence[ReleaseRow]) -> Mapping[int, RowChange]:
    """How each row differs from the release before; nothing in the first one."""
    previous = find_previous_release(release)
    if previous is None:
        return {}
    found: dict[int, RowChange] = {}
    for start in range(0, len(rows), CHUNK):
        found |= changes_of(release, previous, rows[start : start + CHUNK])
    return found


def _speakers(rows: Sequence[ReleaseRow]) -> Mapping[int, Speaker]:
    """Who speaks in the rows that tell it: those of compilations, and the reservations and statements of States."""
    found: dict[int, Speaker] = {}
    told = [row.comment.submission for row in rows if row.setting is not None]
    for start in range(0, len(told), CHUNK):
        found |= speakers(told[start : start + CHUNK], for_staff=False)
    return found
