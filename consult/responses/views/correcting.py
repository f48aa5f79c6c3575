"""Correcting an answer that was sent, and the corrections that are under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.forms import ConfirmForm
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.moderation.queries import surroundings_of
from consult.responses.acknowledging import acknowledgements_of
from consult.responses.enums import Disposition, disposition_in_words
from consult.responses.forms import CorrectionForm, read_seen
from consult.responses.models import ResponseVersion
from consult.responses.queries import (
    corrections_under_way,
    count_corrections,
    newest_versions,
    page_of_corrections,
    sent_versions,
)
from consult.responses.services import take_back_correction, write_correction
from consult.responses.views.desk import desk
from consult.submissions.models import Comment
from consult.submissions.queries import get_desk_comment


@desk.get("/corrections")
@requires(Permission.DESK_READ, get_round)
def corrections(round_: Round) -> str:
    """The corrections that are neither sent nor taken back, and where each stands."""
    page = page_of_corrections(round_, after=request.args.get("after"), before=request.args.get("before"))
    comments = [version.comment for version in page.items]
    under_way = corrections_under_way(page.items)
    return render_template(
        "responses/corrections.html",
        current="answers",
        round=round_,
        consultation=round_.consultation,
        page=page,
        counts=count_corrections([round_.id])[round_.id],
        under_way=under_way,
        sent=sent_versions(comments),
        names=names_of(
            [
                *(version.written_by for version in page.items),
                *(one.clearance.decided_by for one in under_way.values() if one.clearance is not None),
            ]
        ),
        around=surroundings_of(
            round_, [comment.submission for comment in comments], current_locale().code, comments=comments
        ),
        in_words=disposition_in_words,
    )


@dataclass(frozen=True)
class Corrected:
    """A point of a round, whose answer is to be corrected."""

    round: Round
    comment: Comment

    @property
    def host_id(self) -> int:
        """The host whose staff look after it."""
        return self.round.host_id


def load_corrected(slug: str, reference: str) -> Corrected:
    """The point that an address names, of the round of the same address."""
    round_ = get_round(slug)
    return Corrected(round_, get_desk_comment(round_, reference))


@desk.route("/corrections/<reference>", methods=["GET", "POST"])
@requires(Permission.RESPONSE_DRAFT, load_corrected)
def correct(corrected: Corrected) -> Any:
    """Write a correction of the answer that was sent to one point; it has to be cleared as any answer."""
    round_, comment = corrected.round, corrected.comment
    sent = sent_versions([comment]).get(comment.id)
    if sent is None:
        flash(_("Only an answer that was sent is corrected."), "error")
        return redirect(url_for("responses_desk.answers", slug=round_.consultation.slug))
    newest = newest_versions([comment.id])[comment.id]
    under_way = corrections_under_way([newest]).get(comment.id)
    form = CorrectionForm(
        languages=round_.consultation.languages,
        is_member_driven=round_.consultation.is_member_driven,
        data=_prefill(under_way.version if under_way else sent, under_way.row.reason if under_way else ""),
    )
    number = newest.number
    if form.validate_on_submit():
        try:
            return _save(round_, comment, form)
        except Conflict as error:
            form.show(error)  # what the other has written stands beside the form now, so it counts as seen
        except (BadInput, InvalidTransition) as error:
            form.show(error)
            number = _seen(comment)
    elif form.is_submitted():
        number = _seen(comment)
    page = render_template(
        "responses/correct.html",
        current="answers",
        round=round_,
        consultation=round_.consultation,
        comment=comment,
        sent=sent,
        said=acknowledgements_of([sent.id]).get(sent.id),
        under_way=under_way,
        names=names_of([newest.written_by, *_decided_by(under_way)]),
        around=surroundings_of(round_, [comment.submission], current_locale().code, words_of=[comment]),
        in_words=disposition_in_words,
        number=number,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _decided_by(under_way: Any) -> list[int]:
    return [under_way.clearance.decided_by] if under_way is not None and under_way.clearance is not None else []


def _prefill(version: ResponseVersion, reason: str) -> dict[str, str]:
    return {
        "disposition": version.disposition.value,
        "rationale": version.rationale,
        "text": version.text,
        "language": version.language,
        "reason": reason,
    }


def _seen(comment: Comment) -> int:
    return read_seen(request.form.getlist("seen")).get(comment.reference or "", 0)


def _save(round_: Round, comment: Comment, form: CorrectionForm) -> Any:
    write_correction(
        [comment],
        disposition=Disposition(form.disposition.data),
        **form.values("rationale", "text", "language", "reason"),
        actor=current_actor(),
        now=utc_now(),
        seen={comment.id: _seen(comment)},
    )
    message = _("The correction waits for clearance by another person. Until it is sent, the earlier answer counts.")
    flash(message, "success")
    return redirect(url_for("responses_desk.corrections", slug=round_.consultation.slug))


@desk.route("/corrections/<reference>/take-back", methods=["GET", "POST"])
@requires(Permission.RESPONSE_DRAFT, load_corrected)
def take_back(corrected: Corrected) -> Any:
    """Give up a correction before it is sent, after saying what remains."""
    round_, comment = corrected.round, corrected.comment
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            take_back_correction(comment, actor=current_actor(), now=utc_now())
            flash(_("The correction is taken back. The answer that was sent stays as it is."), "success")
        except InvalidTransition as error:
            flash(error.message, "error")
        return redirect(url_for("responses_desk.corrections", slug=round_.consultation.slug))
    newest = newest_versions([comment.id]).get(comment.id)
    return render_template(
        "responses/take_back.html",
        current="answers",
        round=round_,
        consultation=round_.consultation,
        comment=comment,
        correction=corrections_under_way([newest]).get(comment.id) if newest is not None else None,
        in_words=disposition_in_words,
    )
