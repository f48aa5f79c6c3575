"""Handing in a draft after the closing, and the desk's decision about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition, NotFound
from consult.core.locale import gettext as _
from consult.submissions.enums import SubmissionStatus
from consult.submissions.forms import DecideLateForm, OfferLateForm
from consult.submissions.models import Submission
from consult.submissions.queries import (
    code_of,
    count_offered,
    count_points,
    get_offered,
    is_released,
    page_of_offered,
    speakers,
)
from consult.submissions.services import accept_late, can_offer_late, decline_late, offer_late, take_back_offer
from consult.submissions.views.frame import find_own_draft, frame, load_round
from consult.submissions.views.take_part import take_part

desk = Blueprint("submissions_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>")


@take_part.route("/late", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@requires(Permission.TAKE_PART, load_round)
def hand_in_late(round_: Round) -> Any:
    """Hand in a draft after the closing, or take it back while nobody has decided; a page says what follows."""
    draft = find_own_draft(round_)
    if draft is None:
        raise NotFound
    form, now = OfferLateForm(), utc_now()
    if form.validate_on_submit():
        if request.form.get("action") == "take_back":
            take_back_offer(draft, actor=current_actor(), now=now)  # type: ignore[arg-type]
            flash(_("You have taken it back. It is a draft of yours again."), "success")
        else:
            offer_late(draft, plea=form.plea.data or "", actor=current_actor(), now=now)  # type: ignore[arg-type]
            flash(_("It is handed in late. You are told by e-mail what the secretariat decides."), "success")
        return redirect(url_for(".start", slug=round_.consultation.slug))
    if draft.status is not SubmissionStatus.OFFERED and not can_offer_late(draft, now):
        raise InvalidTransition(_("This draft cannot be handed in late."))
    page = render_template("submissions/hand_in_late.html", **frame(round_, draft), form=form)
    return page, 422 if form.errors or form.form_errors else 200


@desk.get("/late")
@requires(Permission.LATE_ACCEPT, get_round)
def late(round_: Round) -> str:
    """What was handed in after the closing and waits for a decision."""
    page = page_of_offered(round_, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "submissions/late.html",
        current="late",
        round=round_,
        consultation=round_.consultation,
        page=page,
        total=count_offered(round_),
        speakers=speakers(page.items, for_staff=True),
        points=count_points([submission.id for submission in page.items]),
        code_of=code_of,
    )


def load_offered(slug: str, code: str) -> Submission:
    """What was handed in late, by the code in an address, also after it was decided on.

    Raises:
        NotFound: none such.
    """
    return get_offered(get_round(slug), code)


@desk.route("/late/<code>", methods=["GET", "POST"])
@requires(Permission.LATE_ACCEPT, load_offered)
def decide_late(submission: Submission) -> Any:
    """Accept or decline, with a reason; the words are not shown before they are accepted."""
    round_ = submission.round
    form = DecideLateForm(is_protected=submission.is_protected)
    if form.validate_on_submit():
        decide = accept_late if form.is_accepted else decline_late
        try:
            decide(submission, reason=form.reason.data or "", actor=current_actor(), now=utc_now())
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            accepted = _("It is on the record, marked as received late. Its points wait in the queue.")
            flash(accepted if form.is_accepted else _("It is declined. Its author is told why."), "success")
            return redirect(url_for(".late", slug=round_.consultation.slug))
    page = render_template(
        "submissions/decide_late.html",
        current="late",
        round=round_,
        consultation=round_.consultation,
        submission=submission,
        is_open=submission.status is SubmissionStatus.OFFERED and not is_released(round_),
        speaker=speakers([submission], for_staff=True)[submission.id],
        number=count_points([submission.id]).get(submission.id, 0),
        form=form,
    )
    return page, 422 if form.errors or form.form_errors else 200
