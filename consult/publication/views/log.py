"""The response log and its releases: the page, and the files that anybody can check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.commitments.queries import commitments_of_points
from consult.commitments.wording import standing_of
from consult.consultations.enums import Visibility
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.consultations.views.editions import input_language, reading_language
from consult.consultations.wording import KINDS, present_state, status_sentence, visibility_sentence
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.errors import Gone, NotFound
from consult.core.languages import languages_in_order
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.caching import is_cacheable
from consult.core.web.routes import reading_page
from consult.documents.queries import find_version, places
from consult.publication.changes import changes_of, count_changes, find_previous_release
from consult.publication.enums import GONE, Change, FileKind, Shown
from consult.publication.models import Release, ReleaseFile, ReleaseRow
from consult.publication.queries import (
    ChangedRows,
    count_rows,
    current_files,
    file_name,
    find_latest_release,
    get_published_release,
    is_outdated,
    list_languages,
    makeup_of,
    page_of_rows,
)
from consult.publication.rows import shown_now
from consult.responses.enums import Disposition, disposition_in_words
from consult.responses.tracing.queries import changes_caused
from consult.submissions.enums import Nature
from consult.submissions.natures import numbers_in_words
from consult.submissions.queries import Filters, Reader, marks_of, progress_of, public_face, speakers
from consult.texts.queries import load_texts

log = Blueprint("response_log", __name__, url_prefix="/<locale:locale>/consultations/<address:slug>/response-log")

MEDIA_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.JSON: "application/json",
    FileKind.MANIFEST: "application/json",
}
RETRY_AFTER = 30
ANY_CHANGE = "any"


def _head(round_: Round) -> dict[str, Any]:
    now = utc_now()
    state = present_state(round_, now)
    return {
        "round": round_,
        "consultation": round_.consultation,
        "title": title_in(round_.consultation, reading_language(round_.consultation)),
        "status": status_sentence(round_, state, now),
        "kind": KINDS[state],
    }


@log.get("", endpoint="log")
@reading_page
@requires(Permission.CONSULTATION_READ, get_published_round)
def newest(round_: Round) -> Any:
    """The newest release; before there is one, how far answering is and who answers by when."""
    readable = can(Permission.INPUT_READ, round_)
    latest = find_latest_release(round_)
    reading_language(round_.consultation)  # so that the redirect stays in it
    if latest is not None and readable:
        return redirect(url_for("response_log.release", slug=round_.address, number=latest.number))
    return render_template(
        "publication/before.html",
        **_head(round_),
        readable=readable,
        later=visibility_sentence(round_),
        has_closed=round_.has_closed(utc_now()),
        progress=progress_of([round_])[round_.id],
    )


@dataclass(frozen=True)
class Published:
    """A published release, as the subject of the policy."""

    round: Round
    release: Release

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_release(slug: str, number: int, **_others: str) -> Published:
    """The published release that an address names.

    Raises:
        NotFound: none such.
    """
    round_ = get_published_round(slug)
    return Published(round_, get_published_release(round_, number))


@log.get("/<int(max=2147483647):number>")
@reading_page
@requires(Permission.INPUT_READ, load_release)
def release(published: Published) -> str:
    """One release: what everybody said, how it was addressed, and why; immutable but for what is taken back."""
    round_, found = published.round, published.release
    filters, wanted = Filters.read(request.args), request.args.get("disposition")
    disposition = Disposition(wanted) if wanted in set(Disposition) else None
    previous = find_previous_release(found)
    changed = _changed_rows(previous)
    after, before = request.args.get("after"), request.args.get("before")
    page = page_of_rows(found, filters, disposition, after=after, before=before, changed=changed)
    latest, makeup = find_latest_release(round_), makeup_of(found)
    return render_template(
        "publication/log.html",
        **_head(round_),
        release=found,
        makeup=makeup,
        of_states=numbers_in_words(makeup.of_states),
        newer=latest if latest is not None and latest.number > found.number else None,
        page=page,
        total=count_rows(found, filters, disposition, changed=changed),
        filters=filters,
        disposition=disposition,
        is_filtered=filters != Filters() or disposition is not None or changed is not None,
        changed=changed,
        **_around(round_, page.items),
        **_compared(found, previous, page.items),
        **_offered(found),
    )


def _around(round_: Round, rows: Sequence[ReleaseRow]) -> dict[str, Any]:
    """What stands around the points of some rows: who speaks, where in the text, to which question, what followed."""
    consultation = round_.consultation
    language = reading_language(consultation)
    version = find_version(round_)
    comments = [row.comment for row in rows]
    shown = {row.id: shown_now(row) for row in rows}
    named = [comment.submission for comment in comments if not comment.asks_for_answer]
    return {
        "shown": shown,
        "Shown": Shown,
        "GONE": GONE,
        "faces": {comment.submission_id: public_face(comment.submission) for comment in comments},
        "speakers": speakers(named, for_staff=False),
        "places": places(version, language, actor=current_actor()) if version is not None else {},
        "questions": load_texts("question", [c.question_id for c in comments if c.question_id], language),
        "options": load_texts("question_option", [c.option_id for c in comments if c.option_id], language),
        "marks": marks_of(comments, Reader.PUBLIC),
        "point_texts": load_texts(
            "comment", [row.comment_id for row in rows if shown[row.id] is Shown.TEXT], input_language(consultation)
        ),
        "commitments": commitments_of_points([row.comment_id for row in rows if shown[row.id] is Shown.TEXT]),
        "caused": changes_caused(
            [row.comment for row in rows if shown[row.id] is Shown.TEXT], actor=current_actor(), language=language
        ),
        "standing": standing_of,
        "today": utc_now().date(),
        "in_words": disposition_in_words,
    }


def _compared(release: Release, previous: Release | None, rows: Sequence[ReleaseRow]) -> dict[str, Any]:
    """What is different from the release before, with the words of the answers now and then."""
    changes = changes_of(release, previous, rows) if previous is not None else {}
    versions = [row.response.id for row in rows if row.response]
    versions += [change.before.id for change in changes.values() if change.before is not None]
    return {
        "previous": previous,
        "changes": changes,
        "change_counts": count_changes(release, previous) if previous is not None else {},
        "responses": load_texts("response_version", versions, input_language(release.round.consultation)),
    }


def _offered(release: Release) -> dict[str, Any]:
    """What a release can be narrowed to, and its files."""
    return {
        "change_kinds": list(Change),
        "constituencies": list(Constituency),
        "dispositions": list(Disposition),
        "natures": list(Nature),
        "languages": languages_in_order(list_languages(release), current_locale().code),
        "files": current_files(release),
        "issues": sorted(release.files, key=lambda file: (-file.issue, file.kind)),
        "file_name": file_name,
        "is_outdated": is_outdated(release),
    }


def _changed_rows(previous: Release | None) -> ChangedRows | None:
    """The rows that the address asks for by what changed: all that did, or those of one kind."""
    wanted = request.args.get("changed")
    if previous is None or wanted not in {ANY_CHANGE, *Change}:
        return None
    return ChangedRows(previous, Change(wanted) if wanted in set(Change) else None)


@log.get("/<int(max=2147483647):number>/files/<name>")
@reading_page
@requires(Permission.INPUT_READ, load_release)
def file(published: Published) -> Any:
    """A file of a release, byte for byte as its digest says; never one that shows what was taken back."""
    name = (request.view_args or {})["name"]
    found = next((one for one in published.release.files if file_name(published.release, one) == name), None)
    if found is None:
        raise NotFound
    if found.kind is not FileKind.MANIFEST:
        _require_current(published.release, found)
    response = current_app.response_class(file_store().get(found.sha256), content_type=MEDIA_TYPES[found.kind])
    response.set_etag(found.sha256)
    # Kept by anybody, but asked about each time: what is withdrawn must be gone from caches at once.
    if published.round.visibility is Visibility.PARTICIPANTS_ONLY:
        response.headers["Cache-Control"] = "private, no-store"
    else:
        response.headers["Cache-Control"] = "public, no-cache" if is_cacheable() else "private, no-cache"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response.make_conditional(request)


def _require_current(release: Release, found: ReleaseFile) -> None:
    if found.retired_at is not None:
        raise Gone(_("This file was replaced, because something in it was taken back. The release has the newest one."))
    if is_outdated(release):
        abort(503, retry_after=RETRY_AFTER)
