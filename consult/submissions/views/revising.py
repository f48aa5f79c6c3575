"""Revising what was submitted, giving a revision up, deleting a draft."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.errors import InvalidTransition, NotFound
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.submissions.enums import SubmissionStatus
from consult.submissions.models import Submission
from consult.submissions.queries import find_draft, get_submission_at, get_submitted, neighbours_of
from consult.submissions.services import begin_revision, delete_draft, discard_revision
from consult.submissions.views.frame import find_own_draft, frame, load_round
from consult.submissions.views.take_part import take_part


@take_part.route("/receipt/<key>/revise", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@requires(Permission.SUBMISSION_OWN, get_submitted)
def revise(submission: Submission) -> Any:
    """Begin a revision, after a page that says what becomes of what was submitted."""
    round_ = submission.round
    form = ConfirmForm()
    status = 200
    if form.validate_on_submit():
        try:
            begin_revision(submission, actor=current_actor(), now=utc_now())  # type: ignore[arg-type]
        except InvalidTransition as error:
            form.show(error)
            status = error.status
        else:
            return redirect(url_for(".start", slug=round_.consultation.slug))
    draft = find_draft(round_, current_actor())
    page = render_template(
        "submissions/revise.html",
        **frame(round_, None),
        submission=submission,
        form=form,
        there=draft,
        later=neighbours_of([submission])[submission.id].later,
        is_open=round_.is_open(utc_now()),
    )
    return page, status


@take_part.route("/draft/<key>/delete", methods=["GET", "POST"])
@requires(Permission.SUBMISSION_OWN, get_submission_at)
def delete(draft: Submission) -> Any:
    """Delete a draft with all that is in it, after a page that asks: nothing of it is kept."""
    if draft.status not in {SubmissionStatus.DRAFT, SubmissionStatus.DECLINED}:
        raise NotFound
    round_ = draft.round
    form = ConfirmForm()
    if form.validate_on_submit():
        delete_draft(draft)
        flash(_("The draft is deleted. Nothing of it is kept."), "success")
        return redirect(url_for("pages.consultation", slug=round_.consultation.slug))
    return render_template("submissions/delete_draft.html", **frame(round_, draft), form=form)


@take_part.route("/revision/discard", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@requires(Permission.TAKE_PART, load_round)
def discard(round_: Round) -> Any:
    """Give a revision up, after a page that asks; what was submitted stays as it is."""
    draft = find_own_draft(round_)
    if draft is None or draft.supersedes is None:
        raise NotFound
    form = ConfirmForm()
    if form.validate_on_submit():
        key = draft.supersedes.key
        discard_revision(draft, now=utc_now())
        flash(_("The revision is given up. What you submitted stays as it is."), "success")
        return redirect(url_for("pages.receipt", slug=round_.consultation.slug, key=key))
    return render_template("submissions/discard_revision.html", **frame(round_, draft), form=form)
