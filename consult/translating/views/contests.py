"""Authors contest translations of their words and answers; the secretariat reads why, and settles it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from consult.access.guard import can, current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.models import Consultation
from consult.consultations.queries import get_consultation
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.submissions.queries import get_submitted
from consult.translating.contesting import (
    Contested,
    contest_translation,
    count_contests,
    count_contests_of,
    get_open_contest,
    get_own_translation,
    list_contested,
    page_of_contests,
    settle_contest,
    take_back_contest,
)
from consult.translating.forms import ContestForm, SettleForm

contests = Blueprint(
    "contests", __name__, url_prefix="/<locale:locale>/take-part/<address:slug>/receipt/<key>/translations"
)
contests_desk = Blueprint("contests_desk", __name__, url_prefix="/<locale:locale>/desk/<address:slug>/contested")


@contests_desk.app_template_global()
def contests_to_settle(consultation: Consultation) -> int:
    """How many contested translations of a consultation wait for whoever asks, for the menu of the desk."""
    return count_contests_of([consultation], actor=current_actor()).get(consultation.id, 0)


def load_own(slug: str, key: str, translation_id: int) -> Contested:
    """A translation that the author of a submission reads.

    Raises:
        NotFound: no such submission in this consultation, or no such translation for its author.
    """
    return get_own_translation(get_submitted(slug, key), translation_id)


def _receipt_of(contested: Contested) -> str:
    submission, reference = contested.submission, contested.comment.reference
    return url_for("pages.receipt", slug=submission.round.address, key=submission.key, _anchor=reference)


@contests.route("/<int(max=9223372036854775807):translation_id>", methods=["GET", "POST"])
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, load_own)
def contest(contested: Contested) -> Any:
    """Say that a translation is not right, and why."""
    form = ContestForm(data={"version": str(contested.translation.version)})
    if form.validate_on_submit():
        try:
            contest_translation(
                contested, reason=form.reason.data or "", seen=form.made_from, actor=current_actor(), now=utc_now()
            )
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
            form.renew(contested.translation.version)
        else:
            flash(_("Thank you. Readers see that you say so, and the secretariat reads why."), "success")
            return redirect(_receipt_of(contested))
    page = render_template(
        "translating/contest.html",
        contested=contested,
        round=contested.submission.round,
        consultation=contested.submission.round.consultation,
        receipt=_receipt_of(contested),
        form=form,
    )
    return page, 422 if form.errors else 200


@contests.post("/<int(max=9223372036854775807):translation_id>/take-back")
@requires(Permission.OWN_INPUT_USE)
@requires(Permission.SUBMISSION_OWN, load_own)
def take_back(contested: Contested) -> Any:
    """Take back what was said of a translation."""
    try:
        take_back_contest(contested, actor=current_actor(), now=utc_now())
    except InvalidTransition as error:
        flash(error.message, "error")
    else:
        flash(_("You have taken it back."), "success")
    return redirect(_receipt_of(contested))


def load_consultation(slug: str) -> Consultation:
    """The consultation that an address of the desk names.

    Raises:
        NotFound: none such.
    """
    return get_consultation(slug)


@contests_desk.get("")
@requires(Permission.INPUT_TRANSLATE, load_consultation)
def contested(consultation: Consultation) -> str:
    """The translations of which their authors say that they are not right, and nobody has settled it."""
    actor = current_actor()
    page = page_of_contests(
        consultation, actor=actor, after=request.args.get("after"), before=request.args.get("before")
    )
    total = count_contests(consultation, actor=actor)
    return render_template(
        "translating/contested.html",
        current="contested",
        consultation=consultation,
        page=page,
        contested=list_contested(page.items),
        total=total,
        open_contests=total,
    )


def load_contest(slug: str, contest_id: int) -> Contested | Consultation:
    """The open contest that an address of the desk names; for who may not settle any, the consultation to refuse.

    Raises:
        NotFound: none such in this consultation that this actor may read.
    """
    consultation = get_consultation(slug)
    if not can(Permission.INPUT_TRANSLATE, consultation):
        return consultation
    return get_open_contest(consultation, contest_id, actor=current_actor())


@contests_desk.route("/<int(max=9223372036854775807):contest_id>", methods=["GET", "POST"])
@requires(Permission.INPUT_TRANSLATE, load_contest)
def settle(contested: Contested) -> Any:
    """Answer what an author says of a translation, where the translation stays as it is."""
    form = SettleForm()
    consultation = contested.submission.round.consultation
    if form.validate_on_submit():
        try:
            settle_contest(contested, answer=form.answer.data or "", actor=current_actor(), now=utc_now())
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The author gets your answer. Readers no longer see that the translation is contested."), "success")
            return redirect(url_for("contests_desk.contested", slug=consultation.slug))
    page = render_template(
        "translating/settle.html",
        current="contested",
        consultation=consultation,
        contested=contested,
        form=form,
    )
    return page, 422 if form.errors else 200
