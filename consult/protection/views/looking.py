"""The protected submissions of a round, and the act of looking at who is behind one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.secrets import normalise_reference
from consult.protection.enums import LookReason
from consult.protection.forms import LookForm
from consult.protection.queries import (
    count_open_strikes,
    count_protected,
    find_protected_with,
    get_protected,
    looks_at,
    page_of_protected,
    protected_code,
)
from consult.protection.services import LOOKS_A_DAY, look_behind
from consult.submissions.models import Submission
from consult.submissions.queries import list_comments_of

desk = Blueprint("protection_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/protection")


@desk.get("")
@requires(Permission.IDENTITY_REVEAL, get_round)
def submissions(round_: Round) -> Any:
    """The protected submissions of a round by a reference of theirs, without who is behind them; and the way to one."""
    typed = request.args.get("reference", "")
    found = find_protected_with(round_, normalise_reference(typed) or "") if typed else None
    if found is not None:
        return redirect(url_for(".look", slug=round_.consultation.slug, protected_code=protected_code(found)))
    page = page_of_protected(round_, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "protection/submissions.html",
        current="protection",
        round=round_,
        consultation=round_.consultation,
        page=page,
        typed=typed[:80],
        total=count_protected(round_),
        open_strikes=count_open_strikes([round_.id]).get(round_.id, 0),
    )


def load_protected(slug: str, protected_code: str) -> Submission:
    """The protected submission that an address of the desk names.

    Raises:
        NotFound: no such consultation, or no such submission in its round.
    """
    return get_protected(get_round(slug), protected_code)


@desk.route("/submissions/<protected_code>", methods=["GET", "POST"])
@requires(Permission.IDENTITY_REVEAL, load_protected)
def look(submission: Submission) -> Any:
    """See who is behind a submission: in the answer to this POST alone. GET never shows it; a reload asks again."""
    form, behind, status = LookForm(), None, 200
    if form.validate_on_submit():
        try:
            behind = look_behind(
                submission,
                reason=LookReason(form.reason.data),
                words=form.why.data or "",
                actor=current_actor(),
                now=utc_now(),
            )
        except BadInput as error:
            form.show(error)
    if form.errors:
        status = 422
    answer = make_response(
        render_template(
            "protection/look.html",
            current="protection",
            round=submission.round,
            consultation=submission.round.consultation,
            submission=submission,
            comments=list_comments_of(submission),
            looks=looks_at([submission.id])[submission.id],
            form=form,
            behind=behind,
            limit=LOOKS_A_DAY,
        ),
        status,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    if behind is not None:
        # Where the same form, sent once more, leads: to the page that asks, and not to the identity.
        answer.location = url_for(
            ".look", slug=submission.round.consultation.slug, protected_code=protected_code(submission)
        )
    return answer
