"""Keeping a text that was looked at: what is lost and what stays is said before."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from consult.access.guard import current_actor
from consult.consultations.reading import EDITION
from consult.consultations.views.editions import address_in
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition
from consult.core.locale import gettext as _
from consult.documents.enums import ProposalState, SourceFormat
from consult.documents.forms import KeepForm
from consult.documents.models import DocumentVersion
from consult.documents.queries.matching import count_undecided
from consult.documents.queries.proposals import find_version_at, outline_of
from consult.documents.services.editions import fit_of, keep_edition
from consult.documents.services.keeping import keep_proposal
from consult.documents.views.looking import found_in, review_url
from consult.documents.views.places import InHand, TextAt, on_both


@on_both("/<language>/proposal/keep", methods=("GET", "POST"))
def keep(hand: InHand) -> Any:
    """Ask, then keep the text."""
    place, proposal = hand.place, hand.proposal
    if proposal.state is not ProposalState.READY:
        return redirect(url_for(".look", slug=place.slug, language=place.language))
    form = KeepForm(data={"seen": str(proposal.version)})
    if form.validate_on_submit():
        try:
            kept = _keep(hand, form)
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
        else:
            is_there = any(edition.language == place.language for edition in kept.editions)
            flash(_said(place, is_there=is_there), "success")
            return redirect(_next(place, is_there=is_there))
    version, outline = find_version_at(place.consultation, place.round), outline_of(proposal)
    page = render_template(
        "documents/keep.html",
        place=place,
        proposal=proposal,
        consultation=place.consultation,
        round=place.shown_round,
        current="document",
        form=form,
        outline=outline,
        found=[] if proposal.source_format is SourceFormat.VERSION else found_in(proposal, outline),
        undecided=count_undecided(proposal) if place.is_authentic else 0,
        review_url=review_url(hand),
        fit=None if place.is_authentic else fit_of(proposal),
        version=version,
        others=[e.language for e in version.editions if e.language != place.language] if version else [],
        is_there=version is not None and any(e.language == place.language for e in version.editions),
    )
    return page, 422 if form.is_submitted() else 200


def _keep(hand: InHand, form: KeepForm) -> DocumentVersion:
    typed = form.seen.data or ""
    seen = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    if hand.place.is_authentic:
        return keep_proposal(hand.proposal, seen=seen, actor=current_actor(), now=utc_now())
    gaps = bool(form.with_gaps.data)
    return keep_edition(hand.proposal, with_gaps=gaps, seen=seen, actor=current_actor(), now=utc_now())


def _said(place: TextAt, *, is_there: bool) -> str:
    if place.in_preparation:
        return _("The draft is imported. The public sees it once you publish the language.")
    if not is_there:
        return _("The words are kept. People read the edition once nothing is missing in it.")
    if place.round is None:
        return _("The final text is kept. The public sees it once the outcome is recorded; until then it can change.")
    return _("The draft is imported. Look at it as everybody will see it.")


def _next(place: TextAt, *, is_there: bool) -> str:
    slug = place.consultation.slug
    if place.in_preparation:
        return url_for("languages_desk.list_all", slug=slug)
    if not is_there:
        return place.home
    if place.round is None:
        return address_in(EDITION, "final_desk.preview", slug=place.slug)(place.language)
    return address_in(EDITION, "documents_desk.preview", slug=place.slug)(place.language)
