"""Credentials: what shows that somebody may speak for a government or an intergovernmental body."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.moderation.enums import CredentialKind
from consult.moderation.forms import CredentialForm
from consult.moderation.queries import (
    count_awaited,
    get_awaited,
    page_of_awaited,
    surroundings_of,
)
from consult.moderation.services import record_credential
from consult.moderation.views.desk import desk
from consult.submissions.models import Submission
from consult.submissions.queries import code_of, count_points


@desk.get("/credentials")
@requires(Permission.CREDENTIAL_RECORD, get_round)
def credentials(round_: Round) -> str:
    """Submissions in an official name that wait, unpublished, for their credential."""
    page = page_of_awaited(round_, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "moderation/credentials.html",
        current="credentials",
        round=round_,
        consultation=round_.consultation,
        page=page,
        total=count_awaited(round_),
        points=count_points([submission.id for submission in page.items]),
        around=surroundings_of(round_, page.items, current_locale().code),
        code_of=code_of,
    )


def load_awaited(slug: str, code: str) -> Submission:
    """The submission that an address names, while its credential is awaited.

    Raises:
        NotFound: none such.
    """
    return get_awaited(get_round(slug), code)


@desk.route("/credentials/<code>", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_RECORD, load_awaited)
def credential(submission: Submission) -> Any:
    """Record the credential of one submission."""
    round_ = submission.round
    form = CredentialForm()
    if form.validate_on_submit():
        try:
            record_credential(
                submission,
                kind=CredentialKind(form.kind.data),
                reference=form.reference.data or "",
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The credential is on record. A moderator can now publish the points."), "success")
            return redirect(url_for("moderation_desk.credentials", slug=round_.consultation.slug))
    page = render_template(
        "moderation/credential.html",
        current="credentials",
        round=round_,
        consultation=round_.consultation,
        submission=submission,
        points=count_points([submission.id]).get(submission.id, 0),
        around=surroundings_of(round_, [submission], current_locale().code),
        form=form,
    )
    return page, 422 if form.errors else 200
