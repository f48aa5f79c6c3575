"""Inviting people to a round, and taking an invitation back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from consult.access.guard import current_actor, requires
from consult.access.permissions import Permission
from consult.consultations.enums import Audience
from consult.consultations.forms import InviteForm
from consult.consultations.models import Invitation, Round
from consult.consultations.queries import count_invitations, get_invitation_to, get_round, page_of_invitations
from consult.consultations.services import invite, revoke_invitation
from consult.consultations.views.desk import desk
from consult.core.clock import utc_now
from consult.core.errors import BadInput
from consult.core.forms import ConfirmForm
from consult.core.locale import gettext as _
from consult.core.locale import ngettext
from consult.core.text import search_words


@desk.route("/<address:slug>/invitations", methods=["GET", "POST"])
@requires(Permission.INVITATIONS_MANAGE, get_round)
def invitations(round_: Round) -> Any:
    """Who was invited, what became of it, and a form for more."""
    form = InviteForm()
    if form.validate_on_submit():
        now = utc_now()
        try:
            sent = invite(round_, form.addresses(), locale=form.language.data, actor=current_actor(), now=now)
        except BadInput as error:
            form.show(error)
        else:
            flash(_invited(sent), "success" if sent else "info")
            return redirect(url_for(".invitations", slug=round_.consultation.slug))
    return _page(round_, form), 422 if form.is_submitted() else 200


def _invited(sent: int) -> str:
    if not sent:
        return _("All of them were invited before. Nobody gets a second message.")
    return ngettext("%(num)s person is invited by e-mail.", "%(num)s people are invited by e-mail.", sent)


def _page(round_: Round, form: InviteForm) -> str:
    words = search_words(request.args.get("words"))
    now = utc_now()
    return render_template(
        "consultations/invitations.html",
        form=form,
        consultation=round_.consultation,
        round=round_,
        current="invitations",
        words=words,
        page=page_of_invitations(
            round_, words=words, after=request.args.get("after"), before=request.args.get("before")
        ),
        total=count_invitations(round_, words=words),
        now=now,
        by_invitation=round_.audience is Audience.BY_INVITATION,
        takes_more=round_.opened_at is not None and not round_.has_closed(now),
    )


def load_invitation(slug: str, digest: str) -> Invitation:
    """The invitation that an address names, to the round of the same address."""
    return get_invitation_to(get_round(slug), digest)


@desk.route("/<address:slug>/invitations/<digest>/revoke", methods=["GET", "POST"])
@requires(Permission.INVITATIONS_MANAGE, load_invitation)
def revoke(invitation: Invitation) -> Any:
    """Take an invitation back, after saying what remains."""
    form = ConfirmForm()
    consultation = invitation.round.consultation
    if form.validate_on_submit():
        revoke_invitation(invitation, actor=current_actor(), now=utc_now())
        flash(_("The invitation is taken back."), "success")
        return redirect(url_for(".invitations", slug=consultation.slug))
    return render_template(
        "consultations/revoke.html", invitation=invitation, consultation=consultation, current="invitations"
    )
