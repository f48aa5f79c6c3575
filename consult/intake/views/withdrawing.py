"""Withdrawing what came by another door, at the wish of a respondent who has no account to do it with."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, NotFound
from consult.core.locale import gettext as _
from consult.intake.forms import EVERYTHING, WithdrawForm
from consult.intake.services import withdraw_point
from consult.intake.views.desk import desk
from consult.submissions.enums import SubmissionSource
from consult.submissions.models import Comment
from consult.submissions.queries import get_desk_comment


def load_written_in(slug: str, written_in: str) -> Comment:
    """The point of an address of the desk that came by another door than the site.

    Raises:
        NotFound: no such consultation, no such point in its round, withdrawn, or submitted here by its author.
    """
    comment = get_desk_comment(get_round(slug), written_in)
    if comment.submission.source is SubmissionSource.ONLINE:
        raise NotFound
    return comment


@desk.route("/points/<written_in>/withdraw", methods=["GET", "POST"])
@requires(Permission.TABLE_IMPORT, load_written_in)
def withdraw(comment: Comment) -> Any:
    """Withdraw a point, or all that came with it, after a page that says what will remain."""
    round_ = comment.submission.round
    others = [one for one in comment.submission.comments if not one.is_withdrawn and one is not comment]
    form = WithdrawForm()
    if not others:
        del form.what
    if form.validate_on_submit():
        is_all = not others or form.what.data == EVERYTHING
        try:
            withdraw_point(
                comment, is_all=is_all, how_wished=form.how_wished.data or "", actor=current_actor(), now=utc_now()
            )
        except BadInput as error:
            form.show(error)
        else:
            flash(
                _("Everything is withdrawn. Only the references remain.")
                if is_all
                else _("The point is withdrawn. Only its reference remains."),
                "success",
            )
            return redirect(url_for("intake_desk.tables", slug=round_.consultation.slug))
    page = render_template(
        "intake/withdraw.html",
        current="tables",
        round=round_,
        consultation=round_.consultation,
        comment=comment,
        others=others,
        form=form,
    )
    return page, 422 if form.errors else 200
