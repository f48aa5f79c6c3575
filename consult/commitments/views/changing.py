"""What becomes of a public commitment, and further points that led to it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.commitments.enums import CommitmentStatus
from consult.commitments.forms import PointsForm, change_form
from consult.commitments.queries import commitment_texts, earlier_dates_of, list_points
from consult.commitments.services import change_commitment, link_points
from consult.commitments.views.desk import Entry, both, desk, frame, load_entry
from consult.commitments.views.drafting import named_points
from consult.commitments.wording import languages_for
from consult.core.clock import utc_now
from consult.core.errors import BadInput, Conflict, InvalidTransition, NotFound
from consult.core.locale import current_locale, ngettext
from consult.core.locale import gettext as _


def load_public(commitment: str, slug: str | None = None, host_slug: str | None = None) -> Entry:
    """The public commitment that an address names.

    Raises:
        NotFound: none such in that register, or not public yet.
    """
    entry = load_entry(commitment, slug, host_slug)
    if not entry.commitment.is_published:
        raise NotFound
    return entry


@both("/<commitment>/change", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_public)
def change(entry: Entry) -> Any:
    """Say how far it has got, move its day with a reason, or add a document."""
    commitment = entry.commitment
    languages = languages_for(commitment.consultation, commitment.language)
    form = change_form(commitment, languages)
    is_stale = False
    if form.validate_on_submit():
        try:
            change_commitment(commitment, form.change(), version=form.made_from, actor=current_actor(), now=utc_now())
        except Conflict as error:
            form.show(error)
            form.renew(commitment.version)
            is_stale = True
        except (BadInput, InvalidTransition) as error:
            form.show(error)
        else:
            flash(_("Saved. Everybody sees it now, with what was promised before."), "success")
            return redirect(entry.url)
    page = render_template(
        "commitments/change.html",
        **frame(entry.register),
        form=form,
        languages=languages,
        commitment=commitment,
        is_stale=is_stale,
        replaced=CommitmentStatus.REPLACED.value,
        words=commitment_texts([commitment], current_locale().code),
        earlier=earlier_dates_of([commitment.id])[commitment.id],
    )
    return page, 422 if form.is_submitted() else 200


@desk.route("/<address:slug>/commitments/<commitment>/points", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MANAGE, load_public)
def points(entry: Entry) -> Any:
    """Name further points whose answers led to it; their authors are told."""
    commitment = entry.commitment
    if commitment.consultation is None:
        raise NotFound
    form = PointsForm(data={"version": str(commitment.version)})
    if form.validate_on_submit():
        try:
            comments = named_points(commitment.consultation, form.references())
            number = link_points(commitment, comments, version=form.made_from, actor=current_actor(), now=utc_now())
        except (BadInput, Conflict, InvalidTransition) as error:
            form.show(error)
            form.renew(commitment.version)
        else:
            flash(
                ngettext(
                    "%(num)s point is added. Its author is told.",
                    "%(num)s points are added. Their authors are told.",
                    number,
                ),
                "success",
            )
            return redirect(entry.url)
    page = render_template(
        "commitments/points.html",
        **frame(entry.register),
        form=form,
        commitment=commitment,
        points=list_points(commitment),
    )
    return page, 422 if form.is_submitted() else 200
