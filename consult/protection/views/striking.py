"""Striking a text: the proposals of a round, and one point with what was proposed and decided about it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.accounts.queries import names_of
from consult.consultations.models import Round
from consult.consultations.queries import get_round
from consult.core.clock import utc_now
from consult.core.errors import BadInput, InvalidTransition
from consult.core.forms import ConfirmForm, Form
from consult.core.locale import current_locale
from consult.core.locale import gettext as _
from consult.core.secrets import normalise_reference
from consult.core.zones import moment_in_words
from consult.documents.queries import places_of
from consult.protection.enums import StrikeStatus
from consult.protection.forms import DecideForm, ProposeForm
from consult.protection.models import Strike
from consult.protection.queries import get_recorded_point, list_strikes_of, page_of_strikes
from consult.protection.services import (
    DAYS_TO_DECIDE,
    confirm_strike,
    propose_strike,
    reject_strike,
    take_back_strike,
)
from consult.protection.services.striking import may_hide
from consult.protection.views.looking import desk
from consult.secretariats.queries import count_officers
from consult.submissions.enums import StrikeReason
from consult.submissions.models import Comment


@desk.get("/strikes")
@requires(Permission.TEXT_STRIKE, get_round)
def strikes(round_: Round) -> Any:
    """What was proposed to be struck, what waits first; and the way to a point by its reference."""
    typed = request.args.get("reference", "")
    reference = normalise_reference(typed) if typed else None
    if reference is not None:
        return redirect(url_for(".point", slug=round_.consultation.slug, reference=reference))
    page = page_of_strikes(round_, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "protection/strikes.html",
        current="strikes",
        round=round_,
        consultation=round_.consultation,
        page=page,
        typed=typed[:80],
        statuses=StrikeStatus,
        days=DAYS_TO_DECIDE,
        is_alone=_is_alone(round_),
    )


def _is_alone(round_: Round) -> bool:
    """Whether nobody could confirm what this officer proposes."""
    return count_officers(round_.consultation.host_id) == 1


def load_recorded(slug: str, reference: str) -> Comment:
    """The point that an address of the officers names, also where its words are gone.

    Raises:
        NotFound: no such consultation, or no such point in its round.
    """
    return get_recorded_point(get_round(slug), reference)


def _open_strike(comment: Comment, seen: str | None = None) -> Strike:
    """The proposal that waits for a decision; the one that was seen, where that is said.

    Raises:
        InvalidTransition: none does any more, or another one.
    """
    waiting = next((strike for strike in list_strikes_of(comment) if strike.is_open), None)
    if waiting is None or (seen is not None and seen != str(waiting.id)):
        raise InvalidTransition(_("This proposal is settled already. Open the page again to see how."))
    return waiting


def show_point(comment: Comment, form: Form | None = None) -> Any:
    """One point with its words, what was proposed about it, and the form for what this officer can do now."""
    found = list_strikes_of(comment)
    waiting = next((strike for strike in found if strike.is_open), None)
    is_own = waiting is not None and waiting.proposed_by == current_actor().actor_id
    if form is None and not comment.is_withdrawn:
        form = ProposeForm() if waiting is None else ConfirmForm() if is_own else DecideForm(str(waiting.id))
    places = places_of([comment.paragraph] if comment.paragraph else [], current_locale().code, actor=None)
    round_ = comment.submission.round
    page = render_template(
        "protection/point.html",
        current="strikes",
        round=round_,
        consultation=round_.consultation,
        comment=comment,
        place=places.get(comment.paragraph_id or 0),
        strikes=found,
        waiting=waiting,
        is_own=is_own,
        names=names_of([key for one in found for key in (one.proposed_by, one.settled_by) if key is not None]),
        form=form,
        may_hide=may_hide(comment, actor=current_actor()),
        is_alone=_is_alone(round_),
        in_words=moment_in_words,
        days=DAYS_TO_DECIDE,
    )
    return page, 422 if form is not None and form.errors else 200


@desk.get("/strikes/<reference>")
@requires(Permission.TEXT_STRIKE, load_recorded)
def point(comment: Comment) -> Any:
    """One point, and what was proposed and decided about its words."""
    return show_point(comment)


@desk.post("/strikes/<reference>/propose")
@requires(Permission.TEXT_STRIKE, load_recorded)
def propose(comment: Comment) -> Any:
    """Propose to strike a point; with a public reason its words are hidden at once."""
    form = ProposeForm()
    if form.validate_on_submit():
        hides = bool(form.hide.data) and may_hide(comment, StrikeReason(form.reason.data), actor=current_actor())
        try:
            if hides and not form.public_reason.data:
                raise BadInput(_("Write the reason that the public will read."), "public_reason")
            propose_strike(
                comment,
                reason=StrikeReason(form.reason.data),
                order_reference=form.order_reference.data or "",
                words=form.why.data or "",
                public_reason=form.public_reason.data or "" if hides else "",
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("It is proposed. Another protection officer decides."), "success")
            return _to(comment)
    return show_point(comment, form)


@desk.post("/strikes/<reference>/decide")
@requires(Permission.TEXT_STRIKE, load_recorded)
def decide(comment: Comment) -> Any:
    """Confirm or reject what another officer proposed."""
    _open_strike(comment)  # where it is settled already there is no form that could show it
    form = DecideForm()
    if form.validate_on_submit():
        act = confirm_strike if form.decision.data == "confirm" else reject_strike
        try:
            act(
                _open_strike(comment, form.strike.data or ""),
                words=form.why.data or "",
                actor=current_actor(),
                now=utc_now(),
            )
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("The words are struck.") if comment.is_struck else _("The proposal is rejected."), "success")
            return _to(comment)
    return show_point(comment, form)


@desk.post("/strikes/<reference>/take-back")
@requires(Permission.TEXT_STRIKE, load_recorded)
def take_back(comment: Comment) -> Any:
    """Take one's own proposal back."""
    take_back_strike(_open_strike(comment), actor=current_actor(), now=utc_now())
    flash(_("The proposal is taken back."), "success")
    return _to(comment)


def _to(comment: Comment) -> Any:
    return redirect(url_for(".point", slug=comment.submission.round.consultation.slug, reference=comment.reference))
