"""Authors say whether an answer answers their point: one press for yes, on the receipt; why not, on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotFound
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.responses.acknowledging import acknowledge, acknowledgements_of
from consult.responses.enums import Verdict
from consult.responses.forms import AcknowledgeForm
from consult.responses.models import ResponseVersion
from consult.responses.queries import sent_versions, shown_answer
from consult.submissions.models import Comment, Submission
from consult.submissions.queries import get_submitted, get_submitted_comment
from consult.texts.queries import load_all_texts

acknowledgement = Blueprint(
    "acknowledgement", __name__, url_prefix="/<locale:locale>/take-part/<address:slug>/receipt/<key>/points"
)


@dataclass(frozen=True)
class OwnAnswer:
    """The answer that counts to somebody's own point."""

    submission: Submission
    comment: Comment
    version: ResponseVersion

    @property
    def host_id(self) -> int:
        """The host whose staff wrote it."""
        return self.submission.host_id


def load_own_answer(slug: str, key: str, reference: str) -> OwnAnswer:
    """The answer to the point that an address names.

    Raises:
        NotFound: no such point in this submission, or no answer was sent to it.
    """
    submission = get_submitted(slug, key)
    comment = get_submitted_comment(submission, reference)
    version = sent_versions([comment]).get(comment.id)
    if version is None:
        raise NotFound
    return OwnAnswer(submission, comment, version)


@acknowledgement.route("/<reference>/answered", methods=["GET", "POST"])
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, load_own_answer)
def say(own: OwnAnswer) -> Any:
    """Say whether the answer answers the point, and why not."""
    version, said = own.version, acknowledgements_of([own.version.id]).get(own.version.id)
    data = {
        "version": str(version.number),
        # Yes is one press on the receipt: whoever comes here without having said anything comes to say why not.
        "verdict": (said.verdict if said else Verdict.NO).value,
        "why": said.words if said else "",
    }
    form = AcknowledgeForm(data=data)
    if form.validate_on_submit():
        verdict, why = Verdict(form.verdict.data), form.why.data or ""
        try:
            acknowledge(
                own.comment, verdict=verdict, words=why, seen=form.made_from, actor=current_actor(), now=utc_now()
            )
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
            form.renew(version.number)
        else:
            flash(_("Thank you. The secretariat reads what you said."), "success")
            return redirect(_receipt_of(own))
    texts = load_all_texts("response_version", [version.id])
    page = render_template(
        "responses/acknowledge.html",
        own=own,
        round=own.submission.round,
        consultation=own.submission.round.consultation,
        answer=shown_answer(version, texts, [own.submission.language, current_locale().code]),
        receipt=_receipt_of(own),
        form=form,
    )
    return page, 422 if form.errors else 200


def _receipt_of(own: OwnAnswer) -> str:
    submission = own.submission
    slug, anchor = submission.round.address, own.comment.reference
    shown = "show" if submission.is_protected else None  # whoever read the answer asked for the words
    return url_for("pages.receipt", slug=slug, key=submission.key, words=shown, _anchor=anchor)
