"""Being forgotten without an account: one submission, opened with its code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.views.attempts import counted_attempt
from consult.consultations.models import Round
from consult.consultations.queries import get_published_round, title_in
from consult.core.clock import utc_now
from consult.core.errors import BadInput, NotFound
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.web.routes import not_idempotent
from consult.privacy.forms import ForgetForm
from consult.privacy.services import forget_submission
from consult.submissions.models import Submission
from consult.submissions.queries import get_submitted
from consult.submissions.services import opens_submission

forgetting = Blueprint("forgetting", __name__, url_prefix="/<locale:locale>/take-part")


def load_without_account(slug: str, key: str) -> Submission:
    """The submission without an account that an address names.

    Raises:
        NotFound: none such in this consultation, a draft, or one of an account: that is closed as a whole.
    """
    submission = get_submitted(slug, key)
    if submission.claim_digest is None:
        raise NotFound
    return submission


@forgetting.route("/<address:slug>/receipt/<key>/forget", methods=["GET", "POST"])
@not_idempotent
@requires(Permission.SUBMISSION_OWN, load_without_account)
def forget(submission: Submission) -> Any:
    """Forget who made it, and let its code open nothing; what becomes of the words is chosen."""
    form = ForgetForm(submission)
    if form.validate_on_submit() and _is_forgotten(submission, form):
        return redirect(url_for(".forgotten", slug=submission.round.address))
    page = render_template(
        "privacy/forget.html",
        form=form,
        consultation=submission.round.consultation,
        receipt=url_for("pages.receipt", slug=submission.round.address, key=submission.key),
        title=title_in(submission.round.consultation, current_locale().code),
    )
    return page, 422 if form.is_submitted() else 200


def _is_forgotten(submission: Submission, form: ForgetForm) -> bool:
    with counted_attempt(form, None) as attempt:
        if not opens_submission(submission, form.written_code.data or ""):
            raise BadInput(_("This is not the code of this submission. Look at each group again."), "written_code")
        forget_submission(submission, fate=str(form.fate.data), actor=current_actor(), now=utc_now())
    return attempt.succeeded


@forgetting.get("/<address:slug>/forgotten")
@requires(Permission.CONSULTATION_READ, get_published_round)
def forgotten(round_: Round) -> str:
    """Say that nobody can open it any more."""
    return render_template("privacy/forgotten.html", consultation=round_.consultation, slug=round_.address)
