"""Accepting an invitation to a round. The key in the address is all that opens it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, url_for

from consult.access.guard import current_actor, public, requires
from consult.access.permissions import Permission
from consult.accounts.actors import Person
from consult.consultations.queries import find_accepted, get_invitation
from consult.consultations.services import accept_invitation
from consult.consultations.views.editions import reading_language
from consult.consultations.wording import KINDS, clock_state, status_sentence
from consult.core.clock import utc_now
from consult.core.locale import gettext as _
from consult.texts.queries import load_texts

invitations = Blueprint("invitations", __name__, url_prefix="/<locale:locale>/take-part/invitation")


@invitations.get("/<key>")
@public
def invitation(key: str) -> Any:
    """What one is invited to. Whoever has used the link before goes straight to the consultation."""
    accepted = find_accepted(current_actor(), key)
    if accepted is not None:
        return redirect(url_for("pages.consultation", slug=accepted.round.address))
    now = utc_now()
    round_ = get_invitation(key, now).round
    state = clock_state(round_, now)
    consultation = round_.consultation
    texts = load_texts("consultation", [consultation.id], reading_language(consultation))
    return render_template(
        "consultations/invitation.html",
        key=key,
        consultation=consultation,
        status=status_sentence(round_, state, now),
        kind=KINDS[state],
        text={
            name: texts.of(consultation.id, name, getattr(consultation, name), consultation.authentic_language)
            for name in ("title", "summary_changes", "summary_asked")
        },
        here=url_for(".invitation", key=key),
    )


@invitations.post("/<key>")
@requires(Permission.ACCOUNT_USE)
def accept(key: str) -> Any:
    """Take part as the account that is signed in."""
    now = utc_now()
    found = get_invitation(key, now)
    accept_invitation(found, actor=cast(Person, current_actor()), now=now)
    flash(_("You have accepted the invitation. You can read the draft and take part."), "success")
    return redirect(url_for("pages.consultation", slug=found.round.address))
