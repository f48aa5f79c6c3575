"""Files of one's own: sending one, saying who may have it, taking it out again, having it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.accounts.throttling import reserve_upload
from consult.consultations.models import Round
from consult.consultations.views.editions import reading_language
from consult.core.clock import utc_now
from consult.core.context import settings
from consult.core.errors import BadInput, InvalidTransition, NotFound, TooManyAttempts
from consult.core.forms import ConfirmForm, FileForm
from consult.core.locale import gettext as _
from consult.core.web.requests import takes_file
from consult.core.web.routes import not_idempotent
from consult.documents.queries import places_of
from consult.files.views import EXTENSIONS, as_download, clean_upload, limits_of_files
from consult.submissions.forms import AudienceForm
from consult.submissions.models import Attachment, Comment, Submission
from consult.submissions.queries import get_draft_comment, get_file_of, get_submitted, list_comments_of, list_files_of
from consult.submissions.services import attach_file, choose_audience, remove_file
from consult.submissions.views.frame import begin_own_draft, can_write, find_own_draft, frame, load_round
from consult.submissions.views.take_part import take_part

SHOWN = 80


@dataclass(frozen=True)
class OwnFile:
    """A file of somebody's draft."""

    round: Round
    attachment: Attachment

    @property
    def draft(self) -> Submission:
        """What it comes with."""
        return self.attachment.submission


def load_own_file(round_: Round) -> OwnFile:
    """The file that an address names, in the draft of whoever asks.

    Raises:
        NotFound: no draft, or no such file in it.
    """
    draft = find_own_draft(round_)
    if draft is None:
        raise NotFound
    return OwnFile(round_, get_file_of(draft, str((request.view_args or {}).get("file_key", ""))))


@take_part.route("/files", methods=["GET", "POST"])
@takes_file
@not_idempotent
@requires(Permission.TAKE_PART, load_round)
def files(round_: Round) -> Any:
    """The files of one's draft, and the form that sends one."""
    form, status = FileForm(), 200
    headers: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            attachment = _take_file(round_, form)
        except (BadInput, InvalidTransition, TooManyAttempts) as error:
            form.show(error)
            status, headers = error.status, error.headers
        else:
            return redirect(url_for(".file", slug=round_.consultation.slug, file_key=attachment.key))
    elif form.is_submitted():
        status = 422
    draft = find_own_draft(round_)
    page = render_template(
        "submissions/files.html",
        **frame(round_, draft),
        form=form,
        files=list_files_of(draft),
        limits=limits_of_files(),
        accept=EXTENSIONS,
        most=settings().max_file_bytes,
        point=request.args.get("point", ""),
    )
    return page, status, headers


def _take_file(round_: Round, form: FileForm) -> Attachment:
    """Judge, clean and keep what was sent; no transaction is open while that takes its time."""
    now = utc_now()
    if not can_write(round_, find_own_draft(round_), now):
        raise InvalidTransition(_("This round takes no files now. What you have drafted is kept."))
    reserve_upload(address=request.remote_addr or "", now=now)
    cleaned = clean_upload(form)
    draft = begin_own_draft(round_, now)
    return attach_file(draft, cleaned, name=form.file.data.filename or "", comment=_asked_point(draft), now=now)


def _asked_point(draft: Submission) -> Comment | None:
    key = request.args.get("point", "")
    try:
        return get_draft_comment(draft, key) if key else None
    except NotFound:
        return None


@take_part.route("/files/<file_key>", methods=["GET", "POST"])
@requires(Permission.TAKE_PART, load_round)
def file(round_: Round) -> Any:
    """What was taken out of a file, and who may have it."""
    own = load_own_file(round_)
    points = _points(own)
    form = AudienceForm(own.attachment, points)
    status = 200
    if form.validate_on_submit():
        try:
            choose_audience(own.attachment, now=utc_now(), **form.choice)
        except (BadInput, InvalidTransition) as error:
            form.show(error)
            status = error.status
        else:
            flash(_("Your choice is saved."), "success")
            return redirect(url_for(".files", slug=round_.consultation.slug))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "submissions/file.html", **frame(round_, own.draft), form=form, file=own.attachment,
        has_points=bool(points),
    )  # fmt: skip
    return page, status


def _points(own: OwnFile) -> list[tuple[Comment, str]]:
    """The points of a draft that a file can belong to, each by where it stands and how it begins."""
    comments = [row for row in list_comments_of(own.draft) if row.text or row.proposed_change]
    places = places_of(
        [row.paragraph for row in comments if row.paragraph], reading_language(own.round.consultation), actor=None
    )
    found = []
    for row in comments:
        place = places.get(row.paragraph_id or 0)
        words = " ".join((row.text or row.proposed_change).split())
        begin = f"\u2068{words[:SHOWN]}{'…' if len(words) > SHOWN else ''}\u2069"
        number = place.name if place is not None else ""
        found.append((row, _("%(place)s: %(words)s", place=number, words=begin) if number else begin))
    return found


@take_part.route("/files/<file_key>/remove", methods=["GET", "POST"])
@requires(Permission.TAKE_PART, load_round)
def remove(round_: Round) -> Any:
    """Take a file out of one's draft, after a page that asks."""
    own = load_own_file(round_)
    form = ConfirmForm()
    if form.validate_on_submit():
        remove_file(own.attachment, now=utc_now())
        flash(_("The file is deleted."), "success")
        return redirect(url_for(".files", slug=round_.consultation.slug))
    return render_template("submissions/remove_file.html", **frame(round_, own.draft), form=form, file=own.attachment)


@take_part.get("/files/<file_key>/download")
@requires(Permission.TAKE_PART, load_round)
def download(round_: Round) -> Any:
    """A file of one's draft, as we keep it."""
    return as_download(load_own_file(round_).attachment.file)


def load_submitted_file(slug: str, key: str, file_key: str) -> Attachment:
    """The file of a submission on the record that an address names.

    Raises:
        NotFound: none such.
    """
    return get_file_of(get_submitted(slug, key), file_key)


@take_part.get("/receipt/<key>/files/<file_key>")
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, load_submitted_file)
def submitted_file(attachment: Attachment) -> Any:
    """A file that one has submitted."""
    return as_download(attachment.file)
