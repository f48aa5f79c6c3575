"""What a saved point is asked about its language: a question beside it, which nobody has to answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.core.forms import ConfirmForm
from consult.core.locale import ZAWGYI
from consult.core.locale import gettext as _
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import get_draft_comment
from consult.submissions.services import answer_proposal, in_unicode
from consult.submissions.views.frame import find_own_draft, frame, load_round
from consult.submissions.views.take_part import take_part


@take_part.post("/points/<point_key>/language")
@requires(Permission.TAKE_PART, load_round)
def point_language(round_: Round) -> Any:
    """Change the language of a point to the one that it seems to be in, or keep it."""
    draft, comment = _own_point(round_)
    is_taken = request.form.get("answer") == "change"
    proposed = request.form.get("proposed", "")
    try:
        answer_proposal(draft, comment, proposed=proposed, is_taken=is_taken, now=utc_now())
    except (BadInput, InvalidTransition) as error:
        flash(error.message, "attention")
    else:
        flash(_("The language of your point is: %(language)s.", language=comment.language_label), "success")
    return redirect(_back(round_, comment))


@take_part.route("/points/<point_key>/encoding", methods=["GET", "POST"])
@requires(Permission.TAKE_PART, load_round)
def point_encoding(round_: Round) -> Any:
    """What was typed for the Zawgyi font beside the same in Unicode, for its author to choose."""
    draft, comment = _own_point(round_)
    if comment.language_guess != ZAWGYI:
        return redirect(_back(round_, comment))
    form = ConfirmForm()
    if form.validate_on_submit():
        is_taken = request.form.get("answer") == "unicode"
        try:
            answer_proposal(draft, comment, proposed=ZAWGYI, is_taken=is_taken, now=utc_now())
        except (BadInput, InvalidTransition) as error:
            flash(error.message, "attention")
        else:
            done = _("Your point is in Unicode now.") if is_taken else _("Your point stays as you typed it.")
            flash(done, "success")
        return redirect(_back(round_, comment))
    try:
        words = {"text": in_unicode(comment.text), "proposed_change": in_unicode(comment.proposed_change)}
    except BadInput as error:
        flash(error.message, "attention")
        return redirect(_back(round_, comment))
    return render_template(
        "submissions/encoding.html", **frame(round_, draft), comment=comment, form=form, in_unicode=words
    )


def _own_point(round_: Round) -> tuple[Submission, Comment]:
    draft = find_own_draft(round_)
    if draft is None:
        raise NotFound
    return draft, get_draft_comment(draft, (request.view_args or {}).get("point_key", ""))


def _back(round_: Round, comment: Comment) -> str:
    slug = round_.consultation.slug
    if comment.question_id is not None:
        return url_for(".questions", slug=slug)
    return url_for(".points", slug=slug, _anchor=comment.key)
