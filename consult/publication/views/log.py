"""The response log and its releases: the page, and the files that anybody can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from consult.access.guard import can, requires
from consult.access.permissions import Permission
from consult.accounts.enums import Constituency
from consult.consultations.enums import RoundState
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.consultations.wording import KINDS, clock_state, status_sentence
from consult.core.clock import utc_now
from consult.core.context import file_store
from consult.core.errors import Gone, NotFound
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.caching import is_cacheable
from consult.core.web.routes import reading_page
from consult.documents.queries import find_version, places
from consult.publication.enums import FileKind, Shown
from consult.publication.models import Release, ReleaseFile
from consult.publication.queries import (
    count_rows,
    current_files,
    file_name,
    find_latest_release,
    get_published_release,
    is_outdated,
    list_languages,
    page_of_rows,
)
from consult.publication.services import shown_now
from consult.responses.enums import Disposition, disposition_in_words
from consult.responses.queries import is_answered
from consult.submissions.queries import Filters, progress_of
from consult.texts.queries import load_texts

log = Blueprint("response_log", __name__, url_prefix="/<locale:locale>/consultations/<slug>/response-log")

MEDIA_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.JSON: "application/json",
    FileKind.MANIFEST: "application/json",
}
RETRY_AFTER = 30


def _head(round_: Round) -> dict[str, Any]:
    now = utc_now()
    answered = round_.has_closed(now) and is_answered(round_)
    state = RoundState.ANSWERED if answered else clock_state(round_, now)
    return {
        "round": round_,
        "consultation": round_.consultation,
        "title": title_in(round_.consultation, current_locale().code),
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
    if latest is not None and readable:
        return redirect(url_for("response_log.release", slug=round_.consultation.slug, number=latest.number))
    return render_template(
        "publication/before.html",
        **_head(round_),
        readable=readable,
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


@log.get("/<int:number>")
@reading_page
@requires(Permission.INPUT_READ, load_release)
def release(published: Published) -> str:
    """One release: what everybody said, how it was addressed, and why; immutable but for what is taken back."""
    round_, found = published.round, published.release
    filters = Filters.read(request.args)
    wanted = request.args.get("disposition")
    disposition = Disposition(wanted) if wanted in set(Disposition) else None
    page = page_of_rows(found, filters, disposition, after=request.args.get("after"), before=request.args.get("before"))
    consultation = round_.consultation
    locale = current_locale().code
    known = locale if locale in consultation.languages else consultation.authentic_language
    version = find_version(round_)
    latest = find_latest_release(round_)
    return render_template(
        "publication/log.html",
        **_head(round_),
        release=found,
        newer=latest if latest is not None and latest.number > found.number else None,
        page=page,
        total=count_rows(found, filters, disposition),
        shown={row.id: shown_now(row) for row in page.items},
        Shown=Shown,
        filters=filters,
        disposition=disposition,
        is_filtered=filters != Filters() or disposition is not None,
        places=places(version, known) if version is not None else {},
        place_language=known,
        questions=load_texts(
            "question", [row.comment.question_id for row in page.items if row.comment.question_id], locale
        ),
        responses=load_texts("response_version", [row.response.id for row in page.items if row.response], locale),
        constituencies=list(Constituency),
        dispositions=list(Disposition),
        languages=list_languages(found),
        in_words=disposition_in_words,
        files=current_files(found),
        issues=sorted(found.files, key=lambda file: (-file.issue, file.kind)),
        file_name=file_name,
        is_outdated=is_outdated(found),
    )


@log.get("/<int:number>/files/<name>")
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
    response.headers["Cache-Control"] = "public, no-cache" if is_cacheable() else "private, no-cache"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response.make_conditional(request)


def _require_current(release: Release, found: ReleaseFile) -> None:
    if found.retired_at is not None:
        raise Gone(_("This file was replaced, because something in it was taken back. The release has the newest one."))
    if is_outdated(release):
        abort(503, retry_after=RETRY_AFTER)
