"""Files at the desk: what came with the submissions, and what of it may be public."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.zones import moment_in_words
from consult.files.views import as_download
from consult.moderation.enums import RestrictionReason
from consult.moderation.forms import RestrictForm
from consult.moderation.queries import list_file_decisions
from consult.moderation.services import publish_file, restrict_file
from consult.moderation.views.desk import desk
from consult.submissions.disclosure import public_after
from consult.submissions.models import Attachment
from consult.submissions.queries import count_files, get_desk_file, page_of_files


@desk.get("/files")
@requires(Permission.DESK_READ, get_round)
def files(round_: Round) -> str:
    """The files of a round: those that wait for a decision, or all."""
    waiting = request.args.get("show") != "all"
    page = page_of_files(round_, waiting=waiting, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "moderation/files.html",
        current="files",
        round=round_,
        consultation=round_.consultation,
        page=page,
        waiting=waiting,
        total=count_files(round_, waiting=waiting),
    )


def load_file(slug: str, file_key: str) -> Attachment:
    """The file that an address of the desk names.

    Raises:
        NotFound: no such consultation, or no such file in its round.
    """
    return get_desk_file(get_round(slug), file_key)


@desk.get("/files/<file_key>")
@requires(Permission.DESK_READ, load_file)
def file(attachment: Attachment) -> str:
    """One file with every decision about it."""
    return _page(attachment, RestrictForm())


def _page(attachment: Attachment, form: Any, problem: str = "") -> str:
    round_ = attachment.submission.round
    decisions = list_file_decisions(attachment)
    return render_template(
        "moderation/file.html",
        current="files",
        round=round_,
        consultation=round_.consultation,
        file=attachment,
        decisions=decisions,
        names=names_of([one.decided_by for one in decisions]),
        in_words=moment_in_words,
        after=public_after(attachment.comment, utc_now()) if attachment.comment is not None else "",
        form=form,
        problem=problem,
    )


@desk.get("/files/<file_key>/download")
@requires(Permission.DESK_READ, load_file)
def download(attachment: Attachment) -> Any:
    """A file, for the staff of its host."""
    return as_download(attachment.file, name=attachment.shown_name)


@desk.post("/files/<file_key>/publish")
@requires(Permission.INPUT_SCREEN, load_file)
def publish(attachment: Attachment) -> Any:
    """Let a file be public with its point."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _page(attachment, RestrictForm()), 422
    try:
        publish_file(attachment, actor=current_actor(), now=utc_now())
    except InvalidTransition as error:
        return _page(attachment, RestrictForm(), error.message), error.status
    flash(_("The file is public as soon as its point is."), "success")
    return redirect(url_for(".files", slug=attachment.submission.round.consultation.slug))


@desk.post("/files/<file_key>/restrict")
@requires(Permission.INPUT_SCREEN, load_file)
def restrict_one(attachment: Attachment) -> Any:
    """Keep a file from the public, with a reason."""
    form = RestrictForm()
    if form.validate_on_submit():
        try:
            restrict_file(
                attachment,
                reason=RestrictionReason(form.reason.data),
                public_reason=form.public_reason.data or "",
                agreement=form.agreement.data or "",
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The file is restricted. Its author reads why on the receipt."), "success")
            return redirect(url_for(".files", slug=attachment.submission.round.consultation.slug))
    return _page(attachment, form), 422
